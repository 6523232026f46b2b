// SPDX-License-Identifier: MIT
// ilp_compref_fg: least communication and hosting cost on a factor graph.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {}); }

}  // namespace

const PlacementStrategy ilp_compref_fg_strategy{.method = {.name = "ilp_compref_fg",
                                                           .summary = "ilp_compref for factor graphs",
                                                           .graph = Graph::factor,
                                                           .exact = true},
                                                .place = place};

}  // namespace entente::placement
