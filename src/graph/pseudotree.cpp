// SPDX-License-Identifier: MIT
// Pseudo-trees from depth-first search and from elimination orders: both are elimination trees.
#include "entente/graph/pseudotree.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "entente/base/error.hpp"
#include "graph/candidate_trees.hpp"

namespace entente {

namespace {

constexpr std::uint64_t separator_limit = std::uint64_t(1) << 28;
constexpr double most_cells = 1e300;

/// Groups the items 0 .. rows.size()-1 by `rows[item]`, ascending in each row; `no_id` leaves an item out.
IdLists group_by(const std::vector<std::uint32_t>& rows, std::uint32_t row_count) {
  IdLists lists;
  lists.first.assign(row_count + std::size_t(1), 0);
  for (const std::uint32_t row : rows) {
    if (row != no_id) ++lists.first[row + std::size_t(1)];
  }
  for (std::size_t i = 1; i < lists.first.size(); ++i) lists.first[i] += lists.first[i - 1];
  lists.items.resize(lists.first.back());
  std::vector<std::uint32_t> next(lists.first.begin(), lists.first.end() - 1);
  for (std::uint32_t item = 0; item < rows.size(); ++item) {
    if (rows[item] != no_id) lists.items[next[rows[item]]++] = item;
  }
  return lists;
}

/// Fills every separator by walking, from the root down, each variable's row subtree: the paths from its descending
/// neighbours up to it. Ancestors come first, so each separator is written in order.
IdLists separators(const ConstraintGraph& graph, const EliminationTree& tree) {
  IdLists lists;
  lists.first.assign(graph.size() + std::size_t(1), 0);
  for (VariableId v = 0; v < graph.size(); ++v) {
    lists.first[v + std::size_t(1)] = lists.first[v] + tree.separator[tree.position[v]];
  }
  lists.items.resize(lists.first.back());
  std::vector<std::uint32_t> next(lists.first.begin(), lists.first.end() - 1);
  std::vector<std::uint32_t> reached(graph.size(), no_id);
  for (std::uint32_t row = graph.size(); row-- > 0;) {
    const VariableId ancestor = tree.variable[row];
    reached[row] = row;
    for (const VariableId neighbour : graph[ancestor]) {
      for (std::uint32_t k = tree.position[neighbour]; k < row && reached[k] != row; k = tree.parent[k]) {
        reached[k] = row;
        lists.items[next[tree.variable[k]]++] = ancestor;
      }
    }
  }
  return lists;
}

IdLists charges(const Problem& problem, const EliminationTree& tree) {
  std::vector<std::uint32_t> deepest(problem.constraint_count(), no_id);
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    std::uint32_t lowest = no_id;
    for (const VariableId v : problem.scope(c)) lowest = std::min(lowest, tree.position[v]);
    if (lowest != no_id) deepest[c] = tree.variable[lowest];
  }
  return group_by(deepest, problem.variable_count());
}

void count_cells(const Problem& problem, Pseudotree& pseudotree) {
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    double cells = problem.domain_size(v);
    for (const VariableId ancestor : pseudotree.separator[v]) {
      cells = std::min(most_cells, cells * problem.domain_size(ancestor));
    }
    pseudotree.cells = std::min(most_cells, pseudotree.cells + cells);
    pseudotree.largest_cells = std::max(pseudotree.largest_cells, cells);
  }
}

Pseudotree pseudotree_of(const Problem& problem, const ConstraintGraph& graph, EliminationTree tree) {
  if (tree.separator_total > separator_limit) {
    throw Error(ErrorCode::too_large,
                fmt::format("the pseudo-tree has induced width {}: its separators hold {} variables (at most {} are "
                            "kept) and elimination would need about 10^{:.0f} table cells; use a local method such as "
                            "dsa or mgm",
                            tree.induced_width, tree.separator_total, separator_limit, tree.log2_cells * 0.30103));
  }
  const std::uint32_t size = graph.size();
  Pseudotree result;
  result.parent.assign(size, no_id);
  result.depth.assign(size, 0);
  for (std::uint32_t i = size; i-- > 0;) {
    if (tree.parent[i] == no_id) continue;
    const VariableId parent = tree.variable[tree.parent[i]];
    result.parent[tree.variable[i]] = parent;
    result.depth[tree.variable[i]] = result.depth[parent] + 1;
  }
  result.children = group_by(result.parent, size);
  result.separator = separators(graph, tree);
  result.constraints = charges(problem, tree);
  result.induced_width = tree.induced_width;
  result.elimination = std::move(tree.variable);
  count_cells(problem, result);
  return result;
}

}  // namespace

Pseudotree make_pseudotree(const Problem& problem, TreeHeuristic heuristic) {
  const ConstraintGraph graph = make_constraint_graph(problem);
  return pseudotree_of(problem, graph, candidate_tree(problem, graph, heuristic).tree);
}

Pseudotree best_pseudotree(const Problem& problem) {
  const ConstraintGraph graph = make_constraint_graph(problem);
  return pseudotree_of(problem, graph, best_candidate_tree(problem, graph).tree);
}

}  // namespace entente
