// SPDX-License-Identifier: MIT
// VariableCosts against sums over the problem's constraints, tuple by tuple.
#include "kernel/variable_costs.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "entente/base/random.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

/// What the constraints around `own` cost whose variables all have a value in `x`, and its own cost.
RankedCost around(const Problem& problem, VariableId own, const std::vector<ValueIndex>& x) {
  const double sign = problem.objective() == Objective::maximise ? -1 : 1;
  RankedCost sum;
  const auto add = [&](double cost) { sum += problem.is_hard(cost) ? RankedCost{1, 0} : RankedCost{0, sign * cost}; };
  for (const ConstraintId c : problem.constraints_of(own)) {
    std::vector<ValueIndex> tuple;
    for (const VariableId v : problem.scope(c)) tuple.push_back(x[v]);
    if (std::find(tuple.begin(), tuple.end(), no_value) == tuple.end()) add(problem.cost(c, tuple));
  }
  if (const auto costs = problem.unary_costs(own); !costs.empty()) add(costs[std::size_t(x[own])]);
  return sum;
}

bool same(const RankedCost& a, const RankedCost& b) {
  return a.violations == b.violations && std::abs(a.cost - b.cost) < 1e-9;
}

Problem any_problem() {
  testing::RandomProblem shape{.variables = 6, .mixed_domains = true, .wide = 3, .unary = 2, .own_costs = 0.5};
  shape.hard = *rc::gen::element(0.0, 0.3);
  shape.fractional = *rc::gen::arbitrary<bool>();
  shape.objective = *rc::gen::element(Objective::minimise, Objective::maximise);
  return testing::make_random_problem(shape, *rc::gen::arbitrary<std::uint64_t>());
}

std::vector<VariableId> neighbours_of(const Problem& problem, VariableId own) {
  std::vector<VariableId> list;
  for (const ConstraintId c : problem.constraints_of(own))
    for (const VariableId v : problem.scope(c))
      if (v != own) list.push_back(v);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

RC_GTEST_PROP(VariableCosts, agree_with_the_problem_whoever_has_been_heard_of, ()) {
  const Problem problem = any_problem();
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  for (VariableId own = 0; own < problem.variable_count(); ++own) {
    const VariableCosts costs(problem, own);
    const auto neighbours = neighbours_of(problem, own);
    RC_ASSERT(costs.neighbours() == neighbours.size());
    RC_ASSERT(costs.domain() == problem.domain_size(own));
    std::vector<ValueIndex> x(problem.variable_count(), no_value), heard(neighbours.size(), no_value);
    for (std::size_t k = 0; k < heard.size(); ++k)
      if (random.below(3)) x[neighbours[k]] = heard[k] = ValueIndex(random.below(problem.domain_size(neighbours[k])));
    std::vector<RankedCost> row(std::size_t(costs.domain()));
    costs.row(heard, row);
    for (x[own] = 0; x[own] < costs.domain(); ++x[own])
      RC_ASSERT(same(row[std::size_t(x[own])], around(problem, own, x)));
    for (std::uint32_t k = 0; k < heard.size(); ++k) {
      if (heard[k] != no_value) continue;
      std::vector<RankedCost> reply(std::size_t(problem.domain_size(neighbours[k])));
      costs.best_reply(heard, k, reply);
      for (std::size_t theirs = 0; theirs < reply.size(); ++theirs) {
        x[neighbours[k]] = ValueIndex(theirs);
        RankedCost best{1e9, 0};
        for (x[own] = 0; x[own] < costs.domain(); ++x[own]) best = std::min(best, around(problem, own, x));
        RC_ASSERT(same(reply[theirs], best));
      }
      x[neighbours[k]] = no_value;
    }
  }
}

TEST(VariableCosts, count_a_check_per_cell_they_read) {
  ProblemBuilder builder("checks", Objective::minimise);
  const auto three = builder.add_domain("three", {0, 1, 2}), two = builder.add_domain("two", {0, 1});
  const VariableId a = builder.add_variable("a", three), b = builder.add_variable("b", two);
  builder.add_table_constraint("", std::vector<VariableId>{a, b}, std::vector<double>{1, 2, 3, 4, 5, 0});
  const Problem problem = builder.build();
  const VariableCosts costs(problem, a);
  std::vector<RankedCost> row(3), reply(2);
  EXPECT_EQ(costs.row(std::vector<ValueIndex>{1}, row), 3u);
  EXPECT_EQ(row[1].cost, 4);
  EXPECT_EQ(costs.row(std::vector<ValueIndex>{no_value}, row), 0u);
  EXPECT_EQ(costs.best_reply(std::vector<ValueIndex>{no_value}, 0, reply), 6u);
  EXPECT_EQ(reply[0].cost, 1);
  EXPECT_EQ(reply[1].cost, 0);
}

}  // namespace
}  // namespace entente
