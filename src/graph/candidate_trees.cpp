// SPDX-License-Identifier: MIT
// One elimination tree per heuristic, and the choice among them.
#include "graph/candidate_trees.hpp"

#include <algorithm>
#include <utility>

#include "graph/depth_first_order.hpp"
#include "graph/elimination_order.hpp"

namespace entente {

namespace {

/// Ample for trees narrow enough to compute on, where each variable costs about the square of the width.
std::uint64_t moderate_work(const ConstraintGraph& graph) {
  const std::uint64_t entries = graph.size() + graph.neighbours.size();
  return std::clamp<std::uint64_t>(1000 * entries, 20'000'000, 100'000'000);
}

}  // namespace

CandidateTree candidate_tree(const Problem& problem, const ConstraintGraph& graph, TreeHeuristic heuristic,
                             std::uint64_t work_limit) {
  CandidateTree candidate;
  candidate.heuristic = heuristic;
  std::vector<VariableId> order;
  if (heuristic == TreeHeuristic::min_fill || heuristic == TreeHeuristic::min_degree) {
    const auto rule = heuristic == TreeHeuristic::min_fill ? EliminationRule::min_fill : EliminationRule::min_degree;
    EliminationOrder elimination = elimination_order(graph, rule, work_limit);
    candidate.complete = elimination.complete;
    order = std::move(elimination.order);
  } else {
    order = depth_first_order(
        graph, heuristic == TreeHeuristic::dfs_max_degree ? DepthFirstRule::max_degree : DepthFirstRule::most_visited);
    std::reverse(order.begin(), order.end());
  }
  std::vector<std::uint32_t> domain_sizes(problem.variable_count());
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    domain_sizes[v] = static_cast<std::uint32_t>(std::max<ValueIndex>(1, problem.domain_size(v)));
  }
  candidate.tree = make_elimination_tree(graph, std::move(order), domain_sizes);
  return candidate;
}

CandidateTree best_candidate_tree(const Problem& problem, const ConstraintGraph& graph) {
  const std::uint64_t work = moderate_work(graph);
  CandidateTree best = candidate_tree(problem, graph, TreeHeuristic::dfs_max_degree);
  const auto offer = [&](CandidateTree other) {
    if (other.tree.log2_cells < best.tree.log2_cells - 1.5e-9) best = std::move(other);
  };
  if (best.tree.induced_width <= 1) return best;
  CandidateTree min_degree = candidate_tree(problem, graph, TreeHeuristic::min_degree, work);
  const bool more = min_degree.complete;
  offer(std::move(min_degree));
  if (!more) return best;
  offer(candidate_tree(problem, graph, TreeHeuristic::min_fill, work));
  offer(candidate_tree(problem, graph, TreeHeuristic::dfs_most_visited));
  return best;
}

}  // namespace entente
