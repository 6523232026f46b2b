// SPDX-License-Identifier: MIT
// heur_comhost: greedy by communication and hosting costs.
#include "placement/greedy.hpp"

namespace entente::placement {

/// From  Rust, Picard & Ramparany, "Installing resilient distributed constraint optimization", OPTMAS 2018.
const PlacementStrategy heur_comhost_strategy{
    .method = {.name = "heur_comhost",
               .summary = "heaviest computation first, each where it adds least communication and hosting cost"},
    .place = place_cheapest_first};

}  // namespace entente::placement
