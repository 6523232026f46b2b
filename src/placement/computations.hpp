// SPDX-License-Identifier: MIT
// Computations of a graph as placement sees them: who talks to whom, how much, and what that takes to hold.
#pragma once

#include <vector>

#include "entente/placement.hpp"
#include "graph/neighbour_lists.hpp"

namespace entente::placement {

struct Computations {
  NeighbourLists links;
  std::vector<double> load;    ///< Of each entry of `links.neighbours`: mean of both directions.
  std::vector<double> memory;  ///< Of each computation.
};

/// Returns the computations of `graph` over `problem`: variables in order, then (factor graphs) constraints in order.
///
/// Cost  that of the graph; on pseudo-trees that of finding a good tree.
Computations make_computations(const Problem& problem, Graph graph, const PlacementOptions& options);

}  // namespace entente::placement
