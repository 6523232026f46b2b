// SPDX-License-Identifier: MIT
// Problems for tests on factor graphs, and their optima by trying everything.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "entente/problem/problem.hpp"

namespace entente::samples {

inline constexpr double infinite = std::numeric_limits<double>::infinity();

struct Shape {
  std::uint32_t variables = 6;
  std::uint32_t low_domain = 2, high_domain = 4;
  std::uint32_t high_arity = 3;
  std::uint32_t extra = 0;  ///< Factors that close cycles.
  double hard_share = 0;    ///< Of the cells.
  bool whole = true;        ///< Whole costs, else fractions that no float holds.
  bool uneven = false;      ///< Fractions of very different size: sums depend on their order.
  bool own_costs = true;    ///< Some variables have costs of their own, and some constraints one variable.
  Objective objective = Objective::minimise;
  std::uint32_t isolated = 0;  ///< Further variables without factors.
};

/// A random problem whose factor graph is a tree but for `extra` factors.
inline Problem random_problem(const Shape& shape, std::uint64_t seed) {
  Random random(seed);
  ProblemBuilder builder("sample", shape.objective);
  std::vector<std::uint32_t> sizes, domains;
  for (std::uint32_t size = shape.low_domain; size <= shape.high_domain; ++size) {
    std::vector<Value> values;
    for (std::uint32_t v = 0; v < size; ++v) values.emplace_back(std::int64_t(v));
    domains.push_back(builder.add_domain("d" + std::to_string(size), values));
  }
  // Negated when the objective is: the same problem, seen from the other side.
  const double sign = shape.objective == Objective::minimise ? 1 : -1;
  const auto cost = [&] {
    if (random.uniform() < shape.hard_share) return infinite;
    if (shape.uneven) return sign * random.uniform() * std::pow(10.0, double(random.below(18)));
    return sign * (shape.whole ? double(random.below(100)) - 20 : 100 * random.uniform() - 20);
  };
  const auto costs = [&](std::size_t count) {
    std::vector<double> list(count);
    for (double& x : list) x = cost();
    return list;
  };
  const auto add_variable = [&] {
    const auto size = shape.low_domain + std::uint32_t(random.below(shape.high_domain - shape.low_domain + 1));
    sizes.push_back(size);
    const VariableId v = builder.add_variable("", domains[size - shape.low_domain]);
    if (shape.own_costs && random.below(3) == 0) builder.add_unary_costs(v, costs(size));
    if (shape.own_costs && random.below(4) == 0) {
      const VariableId scope[] = {v};
      builder.add_table_constraint("", scope, costs(size));
    }
    return v;
  };
  const auto add_factor = [&](std::vector<VariableId> scope) {
    std::size_t cells = 1;
    for (std::size_t k = scope.size(); k > 1; --k) std::swap(scope[k - 1], scope[random.below(k)]);
    for (const VariableId v : scope) cells *= sizes[v];
    builder.add_table_constraint("", scope, costs(cells));
  };
  add_variable();
  while (sizes.size() < shape.variables) {
    std::vector<VariableId> scope = {VariableId(random.below(sizes.size()))};
    const std::uint64_t fresh = 1 + random.below(shape.high_arity - 1);
    for (std::uint64_t k = 0; k < fresh && sizes.size() < shape.variables; ++k) scope.push_back(add_variable());
    add_factor(scope);
  }
  for (std::uint32_t f = 0; f < shape.extra; ++f) {
    std::vector<VariableId> scope;
    const std::uint64_t arity = 2 + random.below(shape.high_arity - 1);
    while (scope.size() < arity) {
      const auto v = VariableId(random.below(sizes.size()));
      bool fresh = true;
      for (const VariableId other : scope) fresh &= other != v;
      if (fresh) scope.push_back(v);
    }
    add_factor(scope);
  }
  for (std::uint32_t v = 0; v < shape.isolated; ++v) add_variable();
  return builder.build();
}

/// The best evaluation of all assignments.
inline Evaluation optimum(const Problem& problem) {
  std::vector<ValueIndex> values(problem.variable_count(), 0);
  Evaluation best{0, std::numeric_limits<std::uint64_t>::max()};
  const bool low = problem.objective() == Objective::minimise;
  for (;;) {
    const Evaluation now = problem.evaluate(values);
    if (now.violations < best.violations ||
        (now.violations == best.violations && (low ? now.cost < best.cost : now.cost > best.cost)))
      best = now;
    std::size_t k = 0;
    while (k < values.size() && ++values[k] == problem.domain_size(VariableId(k))) values[k++] = 0;
    if (k == values.size()) return best;
  }
}

}  // namespace entente::samples
