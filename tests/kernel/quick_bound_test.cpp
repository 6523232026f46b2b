// SPDX-License-Identifier: MIT
// quick_bound against brute force and against the sum of all lowest costs.
#include "kernel/quick_bound.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>

#include "support/random_problem.hpp"

namespace entente {
namespace {

RC_GTEST_PROP(QuickBound, is_never_better_than_the_optimum, ()) {
  testing::RandomProblem shape{.variables = 7, .mixed_domains = true, .wide = 3, .unary = 2, .own_costs = 0.5};
  shape.hard = *rc::gen::element(0.0, 0.2);
  shape.fractional = *rc::gen::arbitrary<bool>();
  shape.objective = *rc::gen::element(Objective::minimise, Objective::maximise);
  const Problem problem = testing::make_random_problem(shape, *rc::gen::arbitrary<std::uint64_t>());
  const Evaluation optimum = testing::brute_force(problem);
  RC_PRE(optimum.violations == 0u);
  const auto bound = quick_bound(problem);
  RC_ASSERT(bound.has_value());
  const double sign = problem.objective() == Objective::minimise ? 1 : -1;
  RC_ASSERT(sign * *bound <= sign * optimum.cost);
}

TEST(QuickBound, of_a_negated_problem_is_negated) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    testing::RandomProblem shape{.variables = 9, .domain = 9, .wide = 1, .own_costs = 0.5, .hard = 0.1};
    const Problem one = testing::make_random_problem(shape, seed);
    shape.objective = Objective::maximise;
    shape.negated = true;
    EXPECT_EQ(*quick_bound(one), -*quick_bound(testing::make_random_problem(shape, seed)));
  }
}

TEST(QuickBound, is_far_better_than_the_sum_of_lowest_costs) {
  const Problem problem = testing::make_random_problem({.variables = 40, .domain = 5, .degree = 6}, 3);
  double lowest = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto cells = problem.function(c).cells;
    lowest += *std::min_element(cells.begin(), cells.end());
  }
  EXPECT_GT(*quick_bound(problem), lowest + 240);
}

TEST(QuickBound, is_not_known_where_nothing_is_feasible) {
  ProblemBuilder builder("infeasible", Objective::minimise);
  const auto domain = builder.add_domain("d", std::vector<Value>{0, 1});
  const VariableId x = builder.add_variable("", domain), y = builder.add_variable("", domain);
  const double inf = std::numeric_limits<double>::infinity();
  builder.add_table_constraint("", std::vector<VariableId>{x, y}, std::vector<double>{inf, inf, inf, inf});
  EXPECT_FALSE(quick_bound(builder.build()).has_value());
}

TEST(QuickBound, of_the_same_costs_in_a_sparse_table_still_holds) {
  ProblemBuilder builder("sparse", Objective::minimise);
  const auto domain = builder.add_domain("d", std::vector<Value>{0, 1, 2});
  const VariableId x = builder.add_variable("", domain), y = builder.add_variable("", domain);
  builder.add_sparse_constraint("", std::vector<VariableId>{x, y}, SparseTable{2, 5, {0, 1, 2, 2}, {3, 9}});
  EXPECT_EQ(*quick_bound(builder.build()), 3);
}

}  // namespace
}  // namespace entente
