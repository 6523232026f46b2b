// SPDX-License-Identifier: MIT
// Builds the constraint graph from the problem's own incidence lists.
#include "graph/constraint_graph.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "entente/base/error.hpp"

namespace entente {

namespace {

constexpr std::size_t neighbour_limit = std::size_t(1) << 28;

[[noreturn]] void refuse(std::size_t arity) {
  throw Error(
      ErrorCode::too_large,
      fmt::format("the constraint graph has more than {} pairs of neighbours, where a constraint ranges over {} "
                  "variables; use an algorithm on the factor graph, or constraints over fewer variables",
                  neighbour_limit / 2, arity));
}

}  // namespace

ConstraintGraph make_constraint_graph(const Problem& problem) {
  const std::uint32_t variables = problem.variable_count();
  std::size_t binary_entries = 0;  // exact without parallel constraints when all are binary
  std::size_t highest_arity = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const std::size_t arity = problem.scope(c).size();
    if (arity == 2) binary_entries += 2;
    highest_arity = std::max(highest_arity, arity);
  }
  if (highest_arity * highest_arity > neighbour_limit) refuse(highest_arity);
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
    if (graph.neighbours.size() > neighbour_limit) refuse(highest_arity);
    std::sort(graph.neighbours.begin() + static_cast<std::ptrdiff_t>(start), graph.neighbours.end());
    graph.first[variable + std::size_t(1)] = static_cast<std::uint32_t>(graph.neighbours.size());
  }
  return graph;
}

}  // namespace entente
