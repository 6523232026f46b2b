// SPDX-License-Identifier: MIT
// DualBound against brute force: never above the optimum, never worse after a sweep, exact on trees.
#include "kernel/dual_bound.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "support/random_problem.hpp"

namespace entente {
namespace {

/// Whether no assignment is better than `bound`.
bool holds(const Problem& problem, double bound, double optimum) {
  return problem.objective() == Objective::minimise ? bound <= optimum : bound >= optimum;
}

testing::RandomProblem any_shape() {
  testing::RandomProblem shape{.variables = 7, .mixed_domains = true, .wide = 3, .unary = 2, .own_costs = 0.5};
  shape.hard = *rc::gen::element(0.0, 0.2);
  shape.fractional = *rc::gen::arbitrary<bool>();
  shape.objective = *rc::gen::element(Objective::minimise, Objective::maximise);
  return shape;
}

RC_GTEST_PROP(DualBound, is_never_better_than_the_optimum_and_never_gets_worse, ()) {
  const Problem problem = testing::make_random_problem(any_shape(), *rc::gen::arbitrary<std::uint64_t>());
  const Evaluation optimum = testing::brute_force(problem);
  RC_PRE(optimum.violations == 0u);
  DualBound bound(problem);
  RC_ASSERT(bound.known());
  double before = bound.value();
  for (int sweep = 0; sweep < 20; ++sweep) {
    RC_ASSERT(holds(problem, bound.value(), optimum.cost));
    RC_ASSERT(bound.sweep() >= 0);
    RC_ASSERT(holds(problem, before, bound.value()));
    before = bound.value();
  }
}

/// A chain of variables, each with a table to the next.
Problem chain(std::uint64_t seed, Objective objective) {
  Random random(seed);
  ProblemBuilder builder("chain", objective);
  const auto domain = builder.add_domain("d", std::vector<Value>{0, 1, 2, 3});
  for (int v = 0; v < 8; ++v) builder.add_variable("", domain);
  for (VariableId v = 0; v + 1 < 8; ++v) {
    std::vector<double> table(16);
    for (double& cell : table) cell = double(random.below(100)) - 30;
    builder.add_table_constraint("", std::vector<VariableId>{v, v + 1}, table);
  }
  return builder.build();
}

TEST(DualBound, is_the_optimum_of_a_chain_after_one_sweep) {
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    for (const Objective objective : {Objective::minimise, Objective::maximise}) {
      const Problem problem = chain(seed, objective);
      DualBound bound(problem);
      bound.sweep();
      EXPECT_EQ(bound.value(), testing::brute_force(problem).cost);
    }
}

TEST(DualBound, of_whole_costs_is_whole) {
  const Problem problem = testing::make_random_problem({.variables = 8, .degree = 4}, 5);
  DualBound bound(problem);
  for (int sweep = 0; sweep < 6; ++sweep, bound.sweep()) EXPECT_EQ(bound.value(), std::nearbyint(bound.value()));
}

TEST(DualBound, of_a_negated_problem_is_negated) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    testing::RandomProblem shape{.variables = 8, .wide = 2, .own_costs = 0.5, .hard = 0.1};
    const Problem one = testing::make_random_problem(shape, seed);
    shape.objective = Objective::maximise;
    shape.negated = true;
    const Problem other = testing::make_random_problem(shape, seed);
    DualBound a(one), b(other);
    for (int sweep = 0; sweep < 3; ++sweep, a.sweep(), b.sweep()) EXPECT_EQ(a.value(), -b.value());
  }
}

TEST(DualBound, sums_up_constants_and_problems_without_variables) {
  ProblemBuilder builder("constants", Objective::minimise);
  builder.add_table_constraint("", std::vector<VariableId>{}, std::vector<double>{4.5});
  builder.add_table_constraint("", std::vector<VariableId>{}, std::vector<double>{-2});
  const Problem problem = builder.build();
  DualBound bound(problem);
  EXPECT_NEAR(bound.value(), 2.5, 1e-9);
  bound.sweep();
  EXPECT_NEAR(bound.value(), 2.5, 1e-9);
  EXPECT_LE(bound.value(), 2.5);
}

TEST(DualBound, gets_far_better_than_the_sum_of_lowest_costs) {
  const Problem problem = testing::make_random_problem({.variables = 40, .domain = 5, .degree = 6}, 3);
  DualBound bound(problem);
  const double before = bound.value();
  for (int sweep = 0; sweep < 40; ++sweep) bound.sweep();
  // 120 tables of at least -20 each; what 40 sweeps gain is more than two a table.
  EXPECT_GT(bound.value(), before + 240);
}

}  // namespace
}  // namespace entente
