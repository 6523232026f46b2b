// SPDX-License-Identifier: MIT
// Depth-first orders: every variable after the one it was reached from.
#pragma once

#include <vector>

#include "graph/constraint_graph.hpp"

namespace entente {

enum class DepthFirstRule {
  max_degree,    ///< Next the unvisited neighbour with most neighbours.
  most_visited,  ///< Next the unvisited neighbour with most visited neighbours.
};

/// Returns the variables in the order a depth-first search visits them. Each component starts at its variable with most
/// neighbours; components come by that number; ties go to the lowest id. Reversed, it is an elimination order whose
/// tree is the search's own. Iterative. O(nodes + edges log degree).
std::vector<VariableId> depth_first_order(const ConstraintGraph& graph, DepthFirstRule rule);

}  // namespace entente
