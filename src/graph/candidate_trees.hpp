// SPDX-License-Identifier: MIT
// Candidate trees: the elimination tree each heuristic gives, and the cheapest of them, at any size of separators.
#pragma once

#include "graph/constraint_graph.hpp"
#include "graph/elimination_order.hpp"
#include "graph/elimination_tree.hpp"
#include "graph/pseudotree.hpp"

namespace entente {

struct CandidateTree {
  EliminationTree tree;
  TreeHeuristic heuristic = TreeHeuristic::dfs_max_degree;
  bool complete = true;  ///< False: the heuristic met its work limit and finished by a cheaper rule.
};

/// Returns the elimination tree of `problem` under `heuristic`; see `make_pseudotree`.
CandidateTree candidate_tree(const Problem& problem, const ConstraintGraph& graph, TreeHeuristic heuristic,
                             std::uint64_t work_limit = elimination_work_limit);

/// Returns the candidate with the fewest cells; equal ones (to 1e-9) go to the heuristic that TreeHeuristic lists
/// first. A forest of induced width 1 ends the search: none is better. Min-fill is left out where min-degree already
/// met its work limit, since it makes the same graph denser at more work.
CandidateTree best_candidate_tree(const Problem& problem, const ConstraintGraph& graph);

}  // namespace entente
