// SPDX-License-Identifier: MIT
// Elimination tree: the tree an elimination order induces, and what eliminating along it costs, without any fill.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/constraint_graph.hpp"

namespace entente {

/// The tree in which a variable's parent is the first of its later neighbours (new ones included) to be eliminated.
/// It is a pseudo-tree, and every pseudo-tree is the elimination tree of its own leaves-first order.
///
/// Everything is by position in the order, so a parent is always greater than its child.
struct EliminationTree {
  std::vector<VariableId> variable;      ///< The order: variable at each position.
  std::vector<std::uint32_t> position;   ///< Of each variable.
  std::vector<std::uint32_t> parent;     ///< `no_id` at a root.
  std::vector<std::uint32_t> separator;  ///< Number of neighbours, new ones included, when eliminated.
  std::uint64_t separator_total = 0;     ///< Of all positions together.
  std::uint32_t induced_width = 0;       ///< The largest separator.
  double cells = 0;                      ///< As Pseudotree::cells, up to rounding (relative error below 1e-6).
  double log2_cells = 0;                 ///< Its binary logarithm, also where `cells` saturates.
};

/// Returns the elimination tree of `order` with its costs. `domain_sizes` holds one size (at least 1) per variable.
///
/// Cost  near O(nodes + edges), however large the separators are.
/// From  Liu, "The role of elimination trees in sparse factorization", 1990, for the tree; Gilbert, Ng & Peyton, "An
///       efficient algorithm to compute row and column counts", 1994, for the counts, here also with weights.
EliminationTree make_elimination_tree(const ConstraintGraph& graph, std::vector<VariableId> order,
                                      std::span<const std::uint32_t> domain_sizes);

}  // namespace entente
