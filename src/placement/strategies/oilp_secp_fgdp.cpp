// SPDX-License-Identifier: MIT
// oilp_secp_fgdp: as oilp_secp_cgdp on factor graphs, an actuator's cost factor beside it.
#include "placement/communication_program.hpp"

namespace entente::placement {
namespace {

Placed place(const Task& task) { return place_exactly(task, {.hosting = false, .each_agent = true}); }

}  // namespace

const PlacementStrategy oilp_secp_fgdp_strategy{.method = {.name = "oilp_secp_fgdp",
                                                           .summary = "oilp_secp_cgdp for factor graphs",
                                                           .graph = Graph::factor,
                                                           .exact = true,
                                                           .free_hosts = true,
                                                           .communication_only = true},
                                                .together = Together::actuator_costs,
                                                .place = place};

}  // namespace entente::placement
