// SPDX-License-Identifier: MIT
// Fit: some placement within the capacities, or why there is none.
#pragma once

#include "placement/model.hpp"

namespace entente::placement {

/// Throws PlacementFailure for what needs no search: an item that no agent can hold, an agent that must hold too much,
/// all capacities together too small.
void refuse_impossible(const PlacementModel& model, const Hosts& pins);

/// Returns some placement that keeps to capacities and pins. Throws PlacementFailure when there is none, and says how
/// much larger capacities would have to be; or when none was found in `seconds`.
Hosts any_fit(const PlacementModel& model, const Hosts& pins, double seconds);

}  // namespace entente::placement
