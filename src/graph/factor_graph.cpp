// SPDX-License-Identifier: MIT
// Lays the problem's incidence lists and scopes out as one graph.
#include "graph/factor_graph.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente {

FactorGraph make_factor_graph(const Problem& problem) {
  std::uint64_t entries = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) entries += 2 * problem.scope(c).size();
  const std::uint64_t nodes = std::uint64_t(problem.variable_count()) + problem.constraint_count();
  constexpr std::uint64_t limit = std::numeric_limits<std::uint32_t>::max() - 1;
  if (nodes > limit || entries > limit) {
    throw Error(ErrorCode::too_large, fmt::format("the factor graph has {} nodes and {} neighbour entries; at most {} "
                                                  "of each are supported",
                                                  nodes, entries, limit));
  }
  FactorGraph graph;
  graph.variables = problem.variable_count();
  graph.first.reserve(nodes + 1);
  graph.neighbours.reserve(entries);
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    for (const ConstraintId c : problem.constraints_of(v)) graph.neighbours.push_back(graph.factor_node(c));
    graph.first.push_back(static_cast<std::uint32_t>(graph.neighbours.size()));
  }
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    for (const VariableId v : problem.scope(c)) graph.neighbours.push_back(v);
    std::sort(graph.neighbours.begin() + graph.first.back(), graph.neighbours.end());
    graph.first.push_back(static_cast<std::uint32_t>(graph.neighbours.size()));
  }
  return graph;
}

}  // namespace entente
