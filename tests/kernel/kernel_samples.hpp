// SPDX-License-Identifier: MIT
// Random tables, problems and elimination trees for kernel tests, with slow definitions to compare with.
#pragma once

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "kernel/join_project.hpp"

namespace entente::samples {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

enum class Costs { whole, fractional };

inline double random_cost(Random& random, Costs costs) {
  if (random.below(12) == 0) return infinity;
  const double whole = static_cast<double>(random.below(41)) - 20;
  return costs == Costs::whole ? whole : whole + random.uniform();
}

/// Takes `count` different entries of `from`, in random order.
template <typename T>
std::vector<T> random_subset(Random& random, std::vector<T> from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) std::swap(from[i], from[i + random.below(from.size() - i)]);
  from.resize(count);
  return from;
}

inline CostTable random_table(Random& random, const std::vector<Dimension>& scope, Costs costs, MemoryBudget& budget) {
  std::vector<VariableId> variables;
  std::vector<ValueIndex> sizes;
  for (const Dimension& dimension : scope) {
    variables.push_back(dimension.variable);
    sizes.push_back(dimension.size);
  }
  CostTable table(variables, sizes, budget);
  for (std::size_t c = 0; c < table.cells().size(); ++c) table.writable()[c] = random_cost(random, costs);
  return table;
}

/// Cost of `table` where variable v has value values[v].
inline double cost_at(const TableView& table, const std::vector<ValueIndex>& values) {
  std::size_t cell = 0;
  for (std::size_t i = 0; i < table.scope.size(); ++i)
    cell = cell * static_cast<std::size_t>(table.sizes[i]) + static_cast<std::size_t>(values[table.scope[i]]);
  return table.cells[cell];
}

/// Calls act() for every combination of values of some variables, which it leaves in `values`.
template <typename Act>
void each_combination(const std::vector<Dimension>& scope, std::vector<ValueIndex>& values, Act act) {
  for (const Dimension& dimension : scope) values[dimension.variable] = 0;
  for (;;) {
    act();
    std::size_t i = scope.size();
    for (; i > 0; --i) {
      if (++values[scope[i - 1].variable] < scope[i - 1].size) break;
      values[scope[i - 1].variable] = 0;
    }
    if (i == 0) return;
  }
}

/// A pseudo-tree by definition: eliminates variables in a given order, joining each one's neighbours.
struct BucketTree {
  struct Rows {
    std::vector<std::uint32_t> first{0}, items;
    void add(const std::vector<std::uint32_t>& row) {
      items.insert(items.end(), row.begin(), row.end());
      first.push_back(static_cast<std::uint32_t>(items.size()));
    }
  };
  std::vector<VariableId> parent, elimination;
  Rows separator, constraints;
  std::size_t width = 0;

  BucketTree(const Problem& problem, const std::vector<VariableId>& order) : elimination(order) {
    const std::size_t n = order.size();
    std::vector<std::size_t> rank(n);
    for (std::size_t i = 0; i < n; ++i) rank[order[i]] = i;
    const auto later = [&](VariableId a, VariableId b) {
      return rank[a] > rank[b];
    };  // the last eliminated is the root
    std::vector<std::set<VariableId>> neighbours(n);
    std::vector<std::vector<ConstraintId>> charge(n);
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      const auto scope = problem.scope(c);
      for (const VariableId a : scope)
        for (const VariableId b : scope)
          if (a != b) neighbours[a].insert(b);
      if (!scope.empty())
        charge[*std::min_element(scope.begin(), scope.end(), [&](auto a, auto b) { return rank[a] < rank[b]; })]
            .push_back(c);
    }
    parent.assign(n, no_id);
    std::vector<std::vector<VariableId>> separators(n);
    for (const VariableId v : order) {
      for (const VariableId a : neighbours[v])
        if (rank[a] > rank[v]) separators[v].push_back(a);
      std::sort(separators[v].begin(), separators[v].end(), later);
      width = std::max(width, separators[v].size());
      if (separators[v].empty()) continue;
      parent[v] = separators[v].back();
      for (const VariableId a : separators[v])
        for (const VariableId b : separators[v])
          if (a != b) neighbours[a].insert(b);
    }
    for (VariableId v = 0; v < n; ++v) {
      separator.add(separators[v]);
      constraints.add(charge[v]);
    }
  }
};

inline std::vector<VariableId> random_order(Random& random, std::uint32_t variables) {
  std::vector<VariableId> order(variables);
  for (VariableId v = 0; v < variables; ++v) order[v] = v;
  return random_subset(random, order, variables);
}

}  // namespace entente::samples
