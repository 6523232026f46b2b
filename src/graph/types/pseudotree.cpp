// SPDX-License-Identifier: MIT
// The graph type `pseudotree`: the variables as a tree in which every constraint lies on one path from the root.
#include <algorithm>

#include "graph/graph_type.hpp"

namespace entente {

namespace {

/// Calls `use(variable, parent, shares a constraint with it)` for each variable that is no root.
template <class Use>
void for_tree_links(const GraphSource& source, Use use) {
  const EliminationTree& tree = source.tree.tree;
  for (std::uint32_t i = 0; i < tree.parent.size(); ++i) {
    if (tree.parent[i] == no_id) continue;
    const VariableId child = tree.variable[i], parent = tree.variable[tree.parent[i]];
    const auto neighbours = source.constraint_graph[child];
    use(child, parent, std::binary_search(neighbours.begin(), neighbours.end(), parent));
  }
}

GraphMeasures measure(const GraphSource& source) {
  const NeighbourLists& shared = source.constraint_graph;
  // Elimination orders may make a variable the child of one it shares no constraint with.
  std::vector<std::pair<VariableId, VariableId>> added;
  for_tree_links(source, [&](VariableId child, VariableId parent, bool neighbours) {
    if (neighbours) return;
    added.emplace_back(child, parent);
    added.emplace_back(parent, child);
  });
  std::sort(added.begin(), added.end());

  GraphMeasures measures;
  measures.nodes.neighbours.reserve(shared.neighbours.size() + added.size());
  auto next = added.begin();
  for (VariableId v = 0; v < shared.size(); ++v) {
    auto& all = measures.nodes.neighbours;
    const auto start = static_cast<std::ptrdiff_t>(all.size());
    all.insert(all.end(), shared[v].begin(), shared[v].end());
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    for (; next != added.end() && next->first == v; ++next) all.push_back(next->second);
    std::inplace_merge(all.begin() + start, all.begin() + middle, all.end());
    measures.nodes.first.push_back(static_cast<std::uint32_t>(all.size()));
  }
  measures.edges = measures.nodes.neighbours.size();
  measures.edges_are_directed = true;
  return measures;
}

void draw(const GraphSource& source, DotWriter& out) {
  const EliminationTree& tree = source.tree.tree;
  out.open(source.problem.name(), DotWriter::Direction::downwards);
  for (std::uint32_t i = source.constraint_graph.size(); i-- > 0;) out.variable(source.problem, tree.variable[i]);
  for_tree_links(source, [&](VariableId child, VariableId parent, bool) { out.variable_link(parent, child); });
  for (std::uint32_t i = source.constraint_graph.size(); i-- > 0;) {
    for (const VariableId other : source.constraint_graph[tree.variable[i]]) {
      const std::uint32_t below = tree.position[other];
      if (below < i && tree.parent[below] != i) {
        out.variable_link(tree.variable[i], other, {}, DotWriter::Line::dashed);
      }
    }
  }
}

}  // namespace

const GraphType pseudotree_type{
    "pseudotree", "pseudo_tree", "the variables as a tree in which every constraint lies on one path from the root",
    measure,      draw,          true};

}  // namespace entente
