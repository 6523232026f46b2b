// SPDX-License-Identifier: MIT
// Factor graph: variables on one side, constraints on the other.
#pragma once

#include "entente/problem/problem.hpp"
#include "graph/neighbour_lists.hpp"

namespace entente {

/// Nodes 0 .. variables-1 are the variables, then one node per constraint (of any arity); links join a constraint to
/// the variables of its scope. The variables' own costs are no nodes.
struct FactorGraph : NeighbourLists {
  std::uint32_t variables = 0;

  bool is_factor(std::uint32_t node) const { return node >= variables; }
  std::uint32_t factor_node(ConstraintId constraint) const { return variables + constraint; }
  ConstraintId constraint(std::uint32_t node) const { return node - variables; }
};

/// Returns the factor graph of `problem`.
///
/// Errors  throws Error{too_large} past 2^32 - 2 nodes or neighbour entries.
/// Cost    O(sum of arities); 4 bytes per node and 8 per link.
FactorGraph make_factor_graph(const Problem& problem);

}  // namespace entente
