// SPDX-License-Identifier: MIT
// ilp_fgdp: most load within agents, each hosting something.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {.hosting = false, .routes = false, .each_agent = true}); }

}  // namespace

const PlacementStrategy ilp_fgdp_strategy{
    .method = {.name = "ilp_fgdp",
               .summary = "integer program for factor graphs: least load between agents, each hosting something",
               .graph = Graph::factor,
               .exact = true,
               .free_hosts = true,
               .communication_only = true},
    .place = place};

}  // namespace entente::placement
