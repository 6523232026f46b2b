// SPDX-License-Identifier: MIT
// Bounded Max-Sum: exact on trees, and a bound that holds everywhere.
#include <gtest/gtest.h>

#include "conformance/maxsum_variants.hpp"
#include "runtime/factor_samples.hpp"

namespace entente {
namespace {

using samples::random_pairs;
using samples::Shape;
using samples::solved;

TEST(BoundedMaxSum, proves_the_optimum_of_trees) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Shape shape;
    shape.variables = 7;
    shape.high_arity = 4;
    shape.isolated = 1;
    shape.hard_share = seed % 3 ? 0 : 0.1;
    shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
    const Problem problem = samples::random_problem(shape, seed);
    const Evaluation best = samples::optimum(problem);
    const Outcome found = solved(problem, "bounded_maxsum");
    EXPECT_EQ(found.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
    if (best.violations) continue;
    EXPECT_EQ(found.violations, 0u) << "seed " << seed;
    EXPECT_EQ(found.cost, best.cost) << "seed " << seed;
    ASSERT_TRUE(found.bound);
    EXPECT_EQ(*found.bound, best.cost) << "seed " << seed;
    EXPECT_EQ(found.gap, 0) << "seed " << seed;
  }
}

TEST(BoundedMaxSum, no_assignment_is_better_than_its_bound) {
  int proven = 0, tight = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Shape shape;
    shape.variables = 6;
    shape.high_arity = seed % 4 ? 2 : 4;
    shape.extra = 1 + std::uint32_t(seed % 6);
    shape.whole = seed % 5 > 0;
    shape.hard_share = seed % 7 == 0 ? 0.3 : seed % 7 == 1 ? 0.05 : 0;
    shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
    const Problem problem = samples::random_problem(shape, seed);
    const Evaluation best = samples::optimum(problem);
    const Outcome found = solved(problem, "bounded_maxsum");
    if (found.status == Status::infeasible) {
      EXPECT_GT(best.violations, 0u) << "seed " << seed;
      continue;
    }
    ASSERT_TRUE(found.bound) << "seed " << seed;
    if (best.violations) continue;
    ++proven;
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    EXPECT_LE(sign * *found.bound, sign * best.cost + 1e-9) << "seed " << seed;
    if (found.violations == 0) {
      EXPECT_GE(sign * found.cost, sign * best.cost - 1e-9) << "seed " << seed;
      tight += *found.bound == found.cost;
    }
  }
  EXPECT_GT(proven, 300);
  EXPECT_GT(tight, 20);  // also where links were cut
}

TEST(BoundedMaxSum, cuts_what_matters_least) {
  // A triangle of which one side hardly matters: without that side, x = y and y != z, which costs nothing.
  ProblemBuilder builder("triangle", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  const VariableId x = builder.add_variable("x", d), y = builder.add_variable("y", d), z = builder.add_variable("z", d);
  builder.add_table_constraint("weak", std::vector{x, z}, std::vector<double>{1, 3, 3, 1});
  builder.add_table_constraint("same", std::vector{x, y}, std::vector<double>{0, 50, 50, 0});
  builder.add_table_constraint("other", std::vector{y, z}, std::vector<double>{40, 0, 0, 40});
  const Outcome found = solved(builder.build(), "bounded_maxsum");
  EXPECT_EQ(found.cost, 3);
  EXPECT_EQ(found.bound, 1);  // the weak side at its best
}

TEST(BoundedMaxSum, finds_better_assignments_than_the_first_values_and_bounds_them_on_large_graphs) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Problem problem = random_pairs(200, 5, 260, seed);
    const Outcome found = solved(problem, "bounded_maxsum");
    const std::vector<ValueIndex> first(problem.variable_count(), 0);
    EXPECT_LT(found.cost, 0.5 * problem.evaluate(first).cost);
    EXPECT_LT(*found.bound, found.cost);
    EXPECT_GT(*found.bound, 0);
  }
}

TEST(BoundedMaxSum, sends_four_messages_over_every_link_of_the_tree_and_one_over_the_others) {
  const Problem problem = random_pairs(30, 5, 60, 2, true);
  for (VariableId v = 0; v < 30; ++v) ASSERT_FALSE(problem.constraints_of(v).empty()) << "pick another seed";
  const Outcome found = solved(problem, "bounded_maxsum");
  // One tree over 30 variables and 60 constraints, of 120 links.
  EXPECT_EQ(found.messages, 4u * 89 + (120 - 89));
}

TEST(BoundedMaxSum, several_threads_find_what_one_finds) {
  const Problem problem = random_pairs(1500, 4, 4000, 3);
  const Outcome one = solved(problem, "bounded_maxsum", {}, 0, 1), two = solved(problem, "bounded_maxsum", {}, 0, 2);
  EXPECT_EQ(one.assignment, two.assignment);
  EXPECT_EQ(one.bound, two.bound);
  EXPECT_EQ(one.messages, two.messages);
}

}  // namespace
}  // namespace entente
