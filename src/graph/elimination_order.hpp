// SPDX-License-Identifier: MIT
// Elimination orders: in which order to remove variables so that few new neighbours arise.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/constraint_graph.hpp"

namespace entente {

enum class EliminationRule {
  min_fill,    ///< Next the variable whose neighbours lack the fewest edges among them.
  min_degree,  ///< Next the variable with the fewest neighbours.
};

struct EliminationOrder {
  std::vector<VariableId> order;  ///< Every variable once, the first to be eliminated first.
  bool complete = true;           ///< False: the work limit was met and the rest is ordered by the degrees then known.
};

/// Steps (entries looked at, some nanoseconds each) after which an order is completed without looking further.
inline constexpr std::uint64_t elimination_work_limit = 500'000'000;
/// Up to this many neighbours a variable can be worth eliminating exactly, so looking goes on past the work limit while
/// there are such variables, but not past `elimination_patience` times it.
inline constexpr std::uint32_t narrow_degree = 32;
inline constexpr std::uint64_t elimination_patience = 16;

/// Returns a greedy elimination order: eliminating a variable makes its neighbours a clique. Ties go to the lowest id.
///
/// Cost    about (new edges) * (degree) steps, bounded by `work_limit` as said above; memory
///         8 bytes per edge, new ones included.
/// From    Kjaerulff, "Triangulation of graphs", 1990 (both rules); the counts are kept exact edge by edge.
EliminationOrder elimination_order(const ConstraintGraph& graph, EliminationRule rule,
                                   std::uint64_t work_limit = elimination_work_limit);

}  // namespace entente
