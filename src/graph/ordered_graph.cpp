// SPDX-License-Identifier: MIT
// Sorts the variables by name.
#include "entente/graph/ordered_graph.hpp"

#include <algorithm>
#include <string>

namespace entente {

OrderedGraph make_ordered_graph(const Problem& problem) {
  const std::uint32_t size = problem.variable_count();
  std::vector<std::string> names(size);
  OrderedGraph graph;
  graph.order.resize(size);
  graph.position.resize(size);
  for (VariableId v = 0; v < size; ++v) {
    names[v] = problem.variable_name(v);
    graph.order[v] = v;
  }
  std::sort(graph.order.begin(), graph.order.end(), [&](VariableId a, VariableId b) { return names[a] < names[b]; });
  for (std::uint32_t i = 0; i < size; ++i) graph.position[graph.order[i]] = i;
  return graph;
}

}  // namespace entente
