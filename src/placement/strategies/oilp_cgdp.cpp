// SPDX-License-Identifier: MIT
// oilp_cgdp: least communication and hosting cost, free hosts being musts.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {}); }

}  // namespace

const PlacementStrategy oilp_cgdp_strategy{
    .method = {.name = "oilp_cgdp",
               .summary = "integer program: least cost, with computations that one agent hosts for nothing on it",
               .exact = true,
               .free_hosts = true},
    .place = place};

}  // namespace entente::placement
