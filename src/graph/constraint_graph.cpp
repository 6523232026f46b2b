// SPDX-License-Identifier: MIT
// Builds the constraint graph from the problem's own incidence lists.
#include "graph/constraint_graph.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente {

namespace {

constexpr std::size_t neighbour_limit = std::size_t(1) << 30;

}  // namespace

ConstraintGraph make_constraint_graph(const Problem& problem) {
  const std::uint32_t variables = problem.variable_count();
  std::size_t binary_entries = 0;  // exact without parallel constraints when all are binary
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (problem.scope(c).size() == 2) binary_entries += 2;
  }
  ConstraintGraph graph;
  graph.first.resize(variables + std::size_t(1));
  graph.neighbours.reserve(std::min(binary_entries, neighbour_limit));
  std::vector<std::uint32_t> met(variables, no_id);  // the last variable whose list took this one
  for (VariableId variable = 0; variable < variables; ++variable) {
    const std::size_t start = graph.neighbours.size();
    met[variable] = variable;
    for (const ConstraintId constraint : problem.constraints_of(variable)) {
      for (const VariableId other : problem.scope(constraint)) {
        if (met[other] == variable) continue;
        met[other] = variable;
        graph.neighbours.push_back(other);
      }
    }
    if (graph.neighbours.size() > neighbour_limit) {
      throw Error(ErrorCode::too_large,
                  fmt::format("the constraint graph has more than {} pairs of neighbours at variable {} of {}; use an "
                              "algorithm on the factor graph, or constraints over fewer variables",
                              neighbour_limit, variable + 1, variables));
    }
    std::sort(graph.neighbours.begin() + static_cast<std::ptrdiff_t>(start), graph.neighbours.end());
    graph.first[variable + std::size_t(1)] = static_cast<std::uint32_t>(graph.neighbours.size());
  }
  return graph;
}

Components connected_components(const ConstraintGraph& graph) {
  Components components;
  components.of.assign(graph.size(), no_id);
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t start = 0; start < graph.size(); ++start) {
    if (components.of[start] != no_id) continue;
    const auto component = static_cast<std::uint32_t>(components.sizes.size());
    components.sizes.push_back(0);
    components.of[start] = component;
    waiting.push_back(start);
    while (!waiting.empty()) {
      const std::uint32_t node = waiting.back();
      waiting.pop_back();
      ++components.sizes[component];
      for (const std::uint32_t next : graph[node]) {
        if (components.of[next] != no_id) continue;
        components.of[next] = component;
        waiting.push_back(next);
      }
    }
  }
  return components;
}

}  // namespace entente
