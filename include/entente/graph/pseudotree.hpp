// SPDX-License-Identifier: MIT
// Pseudo-tree: a rooted forest over the variables in which every constraint lies on one path from a root downwards.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// Lists of 32-bit ids, one list a row, in two flat arrays.
struct IdLists {
  std::vector<std::uint32_t> first{0};  ///< Size rows + 1.
  std::vector<std::uint32_t> items;

  std::uint32_t rows() const { return static_cast<std::uint32_t>(first.size() - 1); }
  std::span<const std::uint32_t> operator[](std::uint32_t row) const {
    return {items.data() + first[row], first[row + 1] - first[row]};
  }
};

/// Shapes  every array has one entry (or row) per variable; a root's parent is `no_id`.
struct Pseudotree {
  std::vector<VariableId> parent;
  std::vector<std::uint32_t> depth;  ///< 0 at a root.
  IdLists children;                  ///< By ascending id.
  IdLists separator;  ///< The ancestors that a variable's UTIL message depends on, by ascending depth (root first).
  IdLists
      constraints;  ///< The constraints a variable is in charge of: those whose deepest variable it is; arity 0 none.
  std::vector<VariableId> elimination;  ///< Every variable once, children before parents.
  std::uint32_t induced_width = 0;      ///< Size of the largest separator.
  /// Cells of all UTIL tables with their own variable (sum over variables of the product of separator and own domain),
  /// infinity-free: saturates at 1e300. What DPOP pays in time; memory is bounded by it.
  double cells = 0;
  double largest_cells = 0;  ///< Of the largest such table.
};

enum class TreeHeuristic {
  dfs_max_degree,    ///< Depth first from the variable with most neighbours, then by most neighbours.
  dfs_most_visited,  ///< Depth first, next the neighbour with most visited neighbours (maximum cardinality).
  min_fill,          ///< Bucket tree of a min-fill elimination order.
  min_degree,        ///< Bucket tree of a min-degree elimination order.
};

/// Returns the pseudo-tree of `problem` under `heuristic`; ties go to the lowest id. Iterative: depth is no limit.
/// Variables without constraints are roots of their own. Cost O(n + edges) for the depth-first ones; near
/// O(n width^2 log n) for the bucket trees.
///
/// Errors  throws Error{too_large}, naming the width and the table cells, when the separators together pass 2^28 ids
///         (1 GiB); elimination is out of reach long before.
Pseudotree make_pseudotree(const Problem& problem, TreeHeuristic heuristic);

/// Returns the cheapest (by `cells`) of several heuristics; leaves out those that would take too long at this size.
/// Errors as above.
Pseudotree best_pseudotree(const Problem& problem);

}  // namespace entente
