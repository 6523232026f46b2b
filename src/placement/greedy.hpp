// SPDX-License-Identifier: MIT
// Greedy placements that several strategies build on.
#pragma once

#include <optional>
#include <span>

#include "placement/strategy.hpp"

namespace entente::placement {

/// Pins first; then the heaviest item that is left, to the agent where it adds least cost (ties: lowest id), going back
/// to the choice before where nothing fits. Nothing if that takes too many steps.
std::optional<Hosts> cheapest_first(const Task& task);

/// Pins first; then the items of `order`, each to the agent that has room and hosts most items linked to it (ties: most
/// room, then lowest id). Nothing if one fits nowhere. Near-linear.
std::optional<Hosts> beside_neighbours(const Task& task, std::span<const std::uint32_t> order);

/// `cheapest_first`; where that finds nothing, any placement that fits.
Placed place_cheapest_first(const Task& task);
/// `beside_neighbours` in the items' own order; where that finds nothing, `place_cheapest_first`.
Placed place_beside_neighbours(const Task& task);

/// Moves single items while that lowers the cost, within capacities and pins; bounded work.
void improve(const Task& task, Hosts& hosts);

}  // namespace entente::placement
