// SPDX-License-Identifier: MIT
// gh_secp_fgdp: smart environments on factor graphs: models, then rules, beside their actuators.
#include "placement/greedy.hpp"

namespace entente::placement {

// Actuators are on their agents already; models, which are variables with their cost factor, come before rules, which
// are factors.
const PlacementStrategy gh_secp_fgdp_strategy{
    .method = {.name = "gh_secp_fgdp",
               .summary = "gh_secp_cgdp for factor graphs: models with their cost, then rules",
               .graph = Graph::factor,
               .free_hosts = true},
    .together = Together::costs,
    .place = place_beside_neighbours};

}  // namespace entente::placement
