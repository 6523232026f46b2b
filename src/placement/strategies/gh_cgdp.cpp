// SPDX-License-Identifier: MIT
// gh_cgdp: heur_comhost after those that an agent hosts for nothing.
#include "placement/greedy.hpp"

namespace entente::placement {

/// From  Rust, Picard & Ramparany, "Self-organized and resilient distribution of decisions over dynamic multi-agent
/// systems", OPTMAS 2018.
const PlacementStrategy gh_cgdp_strategy{
    .method = {.name = "gh_cgdp",
               .summary = "as heur_comhost, after computations that one agent hosts for nothing",
               .free_hosts = true},
    .place = place_cheapest_first};

}  // namespace entente::placement
