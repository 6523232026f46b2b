// SPDX-License-Identifier: MIT
// Random problems for tests: every kind of cost function, small enough for brute force or large on request.
#pragma once

#include <limits>
#include <span>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "entente/problem/problem.hpp"

namespace entente::testing {

struct RandomProblem {
  std::uint32_t variables = 8;
  std::uint32_t domain = 3;
  bool mixed_domains = false;  ///< Domain sizes 1 .. 2 * domain instead of `domain`.
  double degree = 3;           ///< Mean number of binary constraints around a variable.
  std::uint32_t wide = 0;      ///< Constraints of arity 3 or 4.
  std::uint32_t unary = 0;     ///< Constraints on one variable.
  double own_costs = 0;        ///< Share of variables with costs of their own.
  double hard = 0;             ///< Share of cells that are hard.
  bool fractional = false;     ///< Costs that no power of two divides.
  Objective objective = Objective::minimise;
  bool negated = false;       ///< The same costs with the other sign.
  bool satisfaction = false;  ///< What is not hard costs nothing.
};

/// Returns a random problem; the same for the same seed.
inline Problem make_random_problem(const RandomProblem& shape, std::uint64_t seed) {
  Random random(seed);
  ProblemBuilder builder("random", shape.objective);
  std::vector<std::uint32_t> sizes, domains;
  for (std::uint32_t v = 0; v < shape.variables; ++v) {
    const auto size = shape.mixed_domains ? std::uint32_t(1 + random.below(2 * shape.domain)) : shape.domain;
    if (v == 0 || shape.mixed_domains) {
      std::vector<Value> values;
      for (std::uint32_t a = 0; a < size; ++a) values.emplace_back(std::int64_t(a));
      domains.push_back(builder.add_domain("d" + std::to_string(v), values));
    } else {
      domains.push_back(domains[0]);
    }
    sizes.push_back(size);
    builder.add_variable("", domains.back());
  }
  const auto cost = [&] {
    const double c = shape.fractional ? random.uniform() * 10 - 3 : double(random.below(100)) - 20;
    const bool hard = random.uniform() < shape.hard;
    const double signed_cost = hard ? std::numeric_limits<double>::infinity() : shape.satisfaction ? 0.0 : c;
    return shape.negated ? -signed_cost : signed_cost;
  };
  const auto add = [&](const std::vector<VariableId>& scope) {
    std::size_t cells = 1;
    for (const VariableId v : scope) cells *= sizes[v];
    std::vector<double> table(cells);
    for (double& cell : table) cell = cost();
    builder.add_table_constraint("", scope, table);
  };
  const auto pick = [&](std::vector<VariableId>& scope) {
    for (;;) {
      const auto v = VariableId(random.below(shape.variables));
      bool fresh = true;
      for (const VariableId u : scope) fresh &= u != v;
      if (fresh) return scope.push_back(v);
    }
  };
  const auto binary = std::uint32_t(shape.degree * shape.variables / 2);
  for (std::uint32_t c = 0; c < binary && shape.variables > 1; ++c) {
    std::vector<VariableId> scope;
    pick(scope), pick(scope);
    add(scope);
  }
  for (std::uint32_t c = 0; c < shape.wide && shape.variables > 3; ++c) {
    std::vector<VariableId> scope;
    for (std::uint64_t k = 3 + random.below(2); k > 0; --k) pick(scope);
    add(scope);
  }
  for (std::uint32_t c = 0; c < shape.unary; ++c) add({VariableId(random.below(shape.variables))});
  for (VariableId v = 0; v < shape.variables; ++v) {
    if (random.uniform() >= shape.own_costs) continue;
    std::vector<double> own(sizes[v]);
    for (double& c : own) c = cost();
    builder.add_unary_costs(v, own);
  }
  return builder.build();
}

/// Returns the best evaluation over all assignments: fewest violations, then best cost. For tiny problems.
inline Evaluation brute_force(const Problem& problem, std::vector<ValueIndex>* best_assignment = nullptr) {
  std::vector<ValueIndex> x(problem.variable_count(), 0);
  Evaluation best = problem.evaluate(x);
  if (best_assignment) *best_assignment = x;
  for (;;) {
    std::size_t v = 0;
    while (v < x.size() && ++x[v] == problem.domain_size(VariableId(v))) x[v++] = 0;
    if (v == x.size()) return best;
    const Evaluation now = problem.evaluate(x);
    const bool fewer = now.violations < best.violations;
    const bool cheaper = problem.objective() == Objective::minimise ? now.cost < best.cost : now.cost > best.cost;
    if (fewer || (now.violations == best.violations && cheaper)) {
      best = now;
      if (best_assignment) *best_assignment = x;
    }
  }
}

}  // namespace entente::testing
