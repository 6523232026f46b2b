// SPDX-License-Identifier: MIT
// ilp_compref: least communication and hosting cost.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {}); }

}  // namespace

const PlacementStrategy ilp_compref_strategy{
    .method = {.name = "ilp_compref",
               .summary = "integer program: least cost of communication and hosting",
               .exact = true},
    .place = place};

}  // namespace entente::placement
