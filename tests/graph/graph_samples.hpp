// SPDX-License-Identifier: MIT
// Small problems for graph tests, and slow definitions to compare with.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "graph/constraint_graph.hpp"

namespace entente::samples {

using Scopes = std::vector<std::vector<VariableId>>;

/// A problem whose costs do not matter; `sizes` may be shorter than the variables and is repeated.
inline Problem problem_of(std::uint32_t variables, const Scopes& scopes, const std::vector<int>& sizes = {2}) {
  ProblemBuilder builder("sample", Objective::minimise);
  std::vector<std::uint32_t> domains;
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    std::vector<Value> values;
    for (int i = 0; i < sizes[d]; ++i) values.emplace_back(std::int64_t(i));
    domains.push_back(builder.add_domain("d" + std::to_string(d), values));
  }
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", domains[v % domains.size()]);
  for (const auto& scope : scopes) {
    std::size_t cells = 1;
    for (const VariableId v : scope) cells *= static_cast<std::size_t>(sizes[v % sizes.size()]);
    builder.add_table_constraint("", scope, std::vector<double>(cells, 0.0));
  }
  return builder.build();
}

/// Random scopes of 0 to 4 different variables.
inline Scopes random_scopes(std::uint32_t variables, std::uint32_t constraints, std::uint64_t seed) {
  Random random(seed);
  Scopes scopes(constraints);
  for (auto& scope : scopes) {
    const std::uint64_t arity = std::min<std::uint64_t>(variables, random.below(8) == 0 ? random.below(5) : 2);
    while (scope.size() < arity) {
      const auto v = static_cast<VariableId>(random.below(variables));
      if (std::find(scope.begin(), scope.end(), v) == scope.end()) scope.push_back(v);
    }
  }
  return scopes;
}

inline Scopes grid_scopes(std::uint32_t rows, std::uint32_t columns) {
  Scopes scopes;
  for (std::uint32_t r = 0; r < rows; ++r) {
    for (std::uint32_t c = 0; c < columns; ++c) {
      const VariableId v = r * columns + c;
      if (c + 1 < columns) scopes.push_back({v, v + 1});
      if (r + 1 < rows) scopes.push_back({v, v + columns});
    }
  }
  return scopes;
}

inline Scopes chain_scopes(std::uint32_t variables) {
  Scopes scopes;
  for (VariableId v = 0; v + 1 < variables; ++v) scopes.push_back({v, v + 1});
  return scopes;
}

using NeighbourSets = std::vector<std::set<VariableId>>;

inline NeighbourSets neighbour_sets(std::uint32_t variables, const Scopes& scopes) {
  NeighbourSets sets(variables);
  for (const auto& scope : scopes) {
    for (const VariableId a : scope) {
      for (const VariableId b : scope) {
        if (a != b) sets[a].insert(b);
      }
    }
  }
  return sets;
}

/// Eliminates variables one by one; returns each one's neighbours, new ones included, at its turn.
inline NeighbourSets eliminate(NeighbourSets sets, const std::vector<VariableId>& order) {
  NeighbourSets at_turn(sets.size());
  for (const VariableId v : order) {
    at_turn[v] = sets[v];
    for (const VariableId a : at_turn[v]) {
      sets[a].erase(v);
      for (const VariableId b : at_turn[v]) {
        if (a != b) sets[a].insert(b);
      }
    }
  }
  return at_turn;
}

inline std::size_t missing_edges(const NeighbourSets& sets, VariableId v) {
  std::size_t missing = 0;
  for (const VariableId a : sets[v]) {
    for (const VariableId b : sets[v]) missing += a < b && !sets[a].contains(b);
  }
  return missing;
}

inline bool is_permutation_of_all(std::vector<VariableId> order, std::uint32_t variables) {
  std::sort(order.begin(), order.end());
  if (order.size() != variables) return false;
  for (VariableId v = 0; v < variables; ++v) {
    if (order[v] != v) return false;
  }
  return true;
}

}  // namespace entente::samples
