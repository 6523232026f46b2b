// SPDX-License-Identifier: MIT
// Candidate trees: the elimination tree each heuristic gives, and the cheapest of them, at any size of separators.
#pragma once

#include "entente/graph/pseudotree.hpp"
#include "graph/constraint_graph.hpp"
#include "graph/elimination_order.hpp"
#include "graph/elimination_tree.hpp"

namespace entente {

struct CandidateTree {
  EliminationTree tree;
  TreeHeuristic heuristic = TreeHeuristic::dfs_max_degree;
  bool complete = true;  ///< False: the heuristic met its work limit and finished by a cheaper rule.
};

/// Returns the elimination tree of `problem` under `heuristic`; see `make_pseudotree`.
CandidateTree candidate_tree(const Problem& problem, const ConstraintGraph& graph, TreeHeuristic heuristic,
                             std::uint64_t work_limit = elimination_work_limit);

/// Returns the candidate with the fewest cells; equal ones (to 1e-9) go to the one found first: depth first by degree,
/// min-degree, min-fill, depth first by visited neighbours. A forest of induced width 1 ends the search, since none is
/// narrower; so does a min-degree order that meets its work limit (10^8 steps, fewer on small graphs), since the
/// graph is then too wide for any of them.
CandidateTree best_candidate_tree(const Problem& problem, const ConstraintGraph& graph);

}  // namespace entente
