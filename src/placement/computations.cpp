// SPDX-License-Identifier: MIT
#include "placement/computations.hpp"

#include <algorithm>

#include "entente/graph/ordered_graph.hpp"
#include "entente/graph/pseudotree.hpp"
#include "graph/constraint_graph.hpp"
#include "graph/factor_graph.hpp"

namespace entente::placement {
namespace {

/// More cells than anything can hold; keeps sums of sizes finite.
constexpr double most_cells = 1e15;

NeighbourLists from_pairs(std::uint32_t nodes, const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
  NeighbourLists lists;
  lists.first.assign(nodes + std::size_t(1), 0);
  for (const auto& [a, b] : pairs) ++lists.first[a + 1], ++lists.first[b + 1];
  for (std::uint32_t n = 0; n < nodes; ++n) lists.first[n + 1] += lists.first[n];
  lists.neighbours.resize(lists.first.back());
  std::vector<std::uint32_t> at(lists.first.begin(), lists.first.end() - 1);
  for (const auto& [a, b] : pairs) lists.neighbours[at[a]++] = b, lists.neighbours[at[b]++] = a;
  for (std::uint32_t n = 0; n < nodes; ++n)
    std::sort(lists.neighbours.begin() + lists.first[n], lists.neighbours.begin() + lists.first[n + 1]);
  return lists;
}

Computations make_tree(const Problem& problem) {
  const Pseudotree tree = best_pseudotree(problem);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::vector<double> util(problem.variable_count());
  Computations result;
  result.memory.resize(util.size());
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    if (tree.parent[v] != no_id) pairs.emplace_back(tree.parent[v], v);
    double cells = 1;
    for (const VariableId above : tree.separator[v]) cells = std::min(most_cells, cells * problem.domain_size(above));
    util[v] = cells;
    result.memory[v] = std::min(most_cells, cells * problem.domain_size(v));
  }
  result.links = from_pairs(problem.variable_count(), pairs);
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    for (const std::uint32_t other : result.links[v]) {
      const VariableId child = tree.parent[v] == other ? v : other;
      result.load.push_back((util[child] + double(tree.separator[child].size())) / 2);
    }
  }
  return result;
}

}  // namespace

Computations make_computations(const Problem& problem, Graph graph, const PlacementOptions& options) {
  if (graph == Graph::pseudotree) return make_tree(problem);
  const LinkLoad load = options.load.value_or(graph == Graph::factor ? LinkLoad{0, 1} : LinkLoad{});
  Computations result;
  if (graph == Graph::factor) {
    result.links = make_factor_graph(problem);
  } else if (graph == Graph::ordered) {
    const OrderedGraph row = make_ordered_graph(problem);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::size_t i = 1; i < row.order.size(); ++i) pairs.emplace_back(row.order[i - 1], row.order[i]);
    result.links = from_pairs(problem.variable_count(), pairs);
  } else {
    result.links = make_constraint_graph(problem);
  }
  const auto said_by = [&](std::uint32_t from, std::uint32_t to) {
    const VariableId about = from < problem.variable_count() ? from : to;
    return load.fixed + load.per_value * problem.domain_size(about);
  };
  result.memory.resize(result.links.size());
  result.load.reserve(result.links.neighbours.size());
  for (std::uint32_t c = 0; c < result.links.size(); ++c) {
    for (const std::uint32_t other : result.links[c]) {
      const double heard = said_by(other, c);
      result.memory[c] += heard;
      result.load.push_back((heard + said_by(c, other)) / 2);
    }
  }
  return result;
}

}  // namespace entente::placement
