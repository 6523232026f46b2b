// SPDX-License-Identifier: MIT
// GoodList: what an agent's part of a problem costs, has to cost, and whom a change would hurt.
#include "kernel/good_list.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;

/// A ring of variables with two values that want to differ.
Problem ring(VariableId size) {
  ProblemBuilder builder("ring", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  for (VariableId v = 0; v < size; ++v) builder.add_variable("", two);
  for (VariableId v = 0; v < size; ++v)
    builder.add_table_constraint("", std::vector{v, (v + 1) % size}, std::vector<double>{4, 3, 3, 4});
  return builder.build();
}

GoodList list_of(const Problem& problem, const std::vector<VariableId>& members,
                 const std::vector<ValueIndex>& values) {
  GoodList list;
  for (const VariableId v : members)
    for (const SharedFunction& function : shared_functions(problem, v)) list.learn(function);
  for (VariableId v = 0; v < values.size(); ++v) list.hear(v, values[v], 0);
  list.set_members(members);
  return list;
}

TEST(GoodList, CountsOnlyWhatIsInsideAndBeyondTheLowest) {
  const GoodList list = list_of(ring(5), {0, 1, 2}, {0, 0, 0, 0, 0});
  EXPECT_EQ(list.cost().cost, 2);
}

TEST(GoodList, AnOddRingHasToCostOneAndAnOddPathNothing) {
  GoodList whole = list_of(ring(5), {0, 1, 2, 3, 4}, {0, 0, 0, 0, 0});
  EXPECT_EQ(whole.optimum({}).cost, 1);
  GoodList path = list_of(ring(5), {0, 1, 2, 3}, {0, 0, 0, 0, 0});
  EXPECT_EQ(path.optimum({}).cost, 0);
}

TEST(GoodList, PlansTheBestInsideWithWhatHurtsNeighboursLeast) {
  // 1 and 2 clash. Either may change; outside, 0 would clash with a 1 that changed, 3 has no objection.
  GoodList list = list_of(ring(5), {1, 2}, {1, 0, 0, 0, 1});
  list.optimum({});
  EXPECT_EQ(list.plan({}), (Changes{{2, 1}}));
  EXPECT_TRUE(list.hurt({{2, 1}}).empty());
  EXPECT_EQ(list.hurt({{1, 1}}), (std::vector<VariableId>{0}));
  EXPECT_EQ(list.difference({{2, 1}}).cost, -2);
  EXPECT_EQ(list.difference({{1, 1}}).cost, 0);
}

TEST(GoodList, TakesOnlyLaterValues) {
  GoodList list = list_of(ring(3), {0, 1, 2}, {0, 0, 0});
  EXPECT_TRUE(list.hear(1, 1, 4));
  EXPECT_FALSE(list.hear(1, 0, 3));
  EXPECT_EQ(list.value(1), 1);
}

TEST(GoodList, SaysWhoIsResponsible) {
  // A ring of three with a tail: only the ring has to cost anything.
  ProblemBuilder builder("lasso", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  for (VariableId v = 0; v < 5; ++v) builder.add_variable("", two);
  const std::vector<std::vector<VariableId>> edges{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {2, 4}};
  for (const auto& edge : edges) builder.add_table_constraint("", edge, std::vector<double>{1, 0, 0, 1});
  GoodList list = list_of(builder.build(), {0, 1, 2, 3, 4}, {0, 0, 0, 0, 0});
  EXPECT_EQ(list.optimum({}).cost, 1);
  EXPECT_EQ(list.responsible(false, {}), (std::vector<VariableId>{0, 1, 2, 3, 4}));
  EXPECT_EQ(list.responsible(true, {}), (std::vector<VariableId>{2, 3, 4}));
  EXPECT_EQ(list.first_variables(std::vector<VariableId>{2, 3, 4}), (std::vector<VariableId>{2, 3}));
}

TEST(GoodList, TheOptimumOfAllIsThatOfTheProblemHoweverItGrew) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Problem problem = make_random_problem({.variables = 7,
                                                 .degree = 3,
                                                 .wide = seed % 3 ? 0u : 1u,
                                                 .own_costs = 0.5,
                                                 .hard = seed % 4 ? 0.0 : 0.3,
                                                 .fractional = seed % 2 == 0,
                                                 .objective = seed % 5 ? Objective::minimise : Objective::maximise},
                                                seed);
    const Evaluation best = brute_force(problem);
    GoodList list;
    std::vector<VariableId> members;
    double before = 0;
    for (VariableId v = 0; v < problem.variable_count(); ++v) {
      for (const SharedFunction& function : shared_functions(problem, v)) list.learn(function);
      list.hear(v, 0, 0);
      members.push_back(v);
      list.set_members(members);
      const double now = list.optimum({}).cost;
      EXPECT_GE(now, before - 1e-9) << "seed " << seed;
      before = now;
    }
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    if (best.violations > 0)
      EXPECT_TRUE(std::isinf(before)) << "seed " << seed;
    else
      EXPECT_NEAR(sign * sum_of_best(problem) + before, sign * best.cost, 1e-9) << "seed " << seed;
  }
}

}  // namespace
}  // namespace entente
