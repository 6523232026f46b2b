// SPDX-License-Identifier: MIT
// Placement as an integer program: communication and hosting costs, capacities, musts.
#pragma once

#include "placement/strategy.hpp"

namespace entente::placement {

struct ProgramKind {
  bool hosting = true;      ///< Hosting costs count, with the options' weights; else communication alone.
  bool routes = true;       ///< Else all links between agents count alike.
  bool each_agent = false;  ///< Agents that can host something host something, where there are enough items.
};

/// Returns the placement of least objective, or the best found in time: never worse than the heuristics' that it begins
/// with. A binary column for each item and agent; for each link one for each agent (all routes alike) or pair of
/// agents, continuous, in the formulation whose relaxation is tightest. Throws PlacementFailure; Error{too_large} past
/// 4 million columns.
Placed place_exactly(const Task& task, ProgramKind kind);

}  // namespace entente::placement
