// SPDX-License-Identifier: MIT
// gh_secp_cgdp: smart environments: models beside their actuators.
#include "placement/greedy.hpp"

namespace entente::placement {

// Actuators are on their agents already; all others follow in their order.
const PlacementStrategy gh_secp_cgdp_strategy{
    .method = {.name = "gh_secp_cgdp",
               .summary = "greedy for smart environments: actuators on their own agents, the rest beside them",
               .graph = Graph::constraint,
               .free_hosts = true},
    .place = place_beside_neighbours};

}  // namespace entente::placement
