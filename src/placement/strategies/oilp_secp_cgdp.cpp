// SPDX-License-Identifier: MIT
// oilp_secp_cgdp: smart environments: least communication, actuators on their own agents.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {.hosting = false, .each_agent = true}); }

}  // namespace

const PlacementStrategy oilp_secp_cgdp_strategy{
    .method = {.name = "oilp_secp_cgdp",
               .summary = "integer program for smart environments: least communication, each agent hosting something",
               .graph = Graph::constraint,
               .exact = true,
               .free_hosts = true,
               .communication_only = true},
    .place = place};

}  // namespace entente::placement
