// SPDX-License-Identifier: MIT
// Depth-first search with an explicit path.
#include "graph/depth_first_order.hpp"

#include <algorithm>

namespace entente {

std::vector<VariableId> depth_first_order(const ConstraintGraph& graph, DepthFirstRule rule) {
  const std::uint32_t size = graph.size();
  std::vector<VariableId> roots(size);
  for (VariableId v = 0; v < size; ++v) roots[v] = v;
  std::stable_sort(roots.begin(), roots.end(),
                   [&](VariableId a, VariableId b) { return graph.degree(a) > graph.degree(b); });

  std::vector<std::uint32_t> next = graph.neighbours;  // each variable's neighbours in the order to be tried
  std::vector<std::uint32_t> tried(size, 0), visited_neighbours(size, 0);
  std::vector<std::uint8_t> visited(size, 0);
  std::vector<VariableId> order, path;
  order.reserve(size);

  const auto visit = [&](VariableId v) {
    visited[v] = 1;
    order.push_back(v);
    path.push_back(v);
    const auto begin = next.begin() + graph.first[v], end = next.begin() + graph.first[v + std::size_t(1)];
    if (rule == DepthFirstRule::max_degree) {
      std::stable_sort(begin, end, [&](VariableId a, VariableId b) { return graph.degree(a) > graph.degree(b); });
    } else {
      // Sorting once is enough: while v waits, the search visits only what hangs together with its last child, and
      // the neighbours of v it does not reach have no neighbour there.
      for (auto u = begin; u != end; ++u) ++visited_neighbours[*u];
      std::stable_sort(begin, end,
                       [&](VariableId a, VariableId b) { return visited_neighbours[a] > visited_neighbours[b]; });
    }
  };
  for (const VariableId root : roots) {
    if (visited[root]) continue;
    visit(root);
    while (!path.empty()) {
      const VariableId v = path.back();
      while (tried[v] < graph.degree(v) && visited[next[graph.first[v] + tried[v]]]) ++tried[v];
      if (tried[v] == graph.degree(v)) {
        path.pop_back();
      } else {
        visit(next[graph.first[v] + tried[v]]);
      }
    }
  }
  return order;
}

}  // namespace entente
