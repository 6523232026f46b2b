// SPDX-License-Identifier: MIT
#include "kernel/group_costs.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

bool better(const Problem& problem, const Evaluation& a, const Evaluation& b) {
  if (a.violations != b.violations) return a.violations < b.violations;
  return problem.objective() == Objective::minimise ? a.cost < b.cost : a.cost > b.cost;
}

/// Checks one group's best move against all its joint values.
void check(const Problem& problem, std::vector<ValueIndex> x, const std::vector<VariableId>& group) {
  GroupCosts costs;
  costs.tabulate(problem, group, [&](VariableId v) { return x[v]; });
  const auto move = costs.best_move(nullptr);
  const Evaluation before = problem.evaluate(x);
  Evaluation best = before;
  std::vector<ValueIndex> y = x;
  const ValueIndex second = group.size() > 1 ? problem.domain_size(group[1]) : 1;
  const ValueIndex third = group.size() > 2 ? problem.domain_size(group[2]) : 1;
  for (ValueIndex a = 0; a < problem.domain_size(group[0]); ++a)
    for (ValueIndex b = 0; b < second; ++b)
      for (ValueIndex c = 0; c < third; ++c) {
        y[group[0]] = a;
        if (group.size() > 1) y[group[1]] = b;
        if (group.size() > 2) y[group[2]] = c;
        const Evaluation now = problem.evaluate(y);
        if (better(problem, now, best)) best = now;
      }
  EXPECT_EQ(move.has_value(), better(problem, best, before));
  if (!move) return;
  for (std::size_t m = 0; m < group.size(); ++m) x[group[m]] = (*move)[m];
  const Evaluation after = problem.evaluate(x);
  EXPECT_EQ(after.violations, best.violations);
  EXPECT_EQ(after.cost, best.cost);
}

TEST(GroupCosts, FindsTheBestOfAllJointMoves) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const Problem problem = make_random_problem({.variables = 7,
                                                 .mixed_domains = seed % 3 == 0,
                                                 .degree = 3,
                                                 .wide = seed % 2 ? 4u : 0u,
                                                 .unary = 2,
                                                 .own_costs = 0.5,
                                                 .hard = seed % 4 ? 0.0 : 0.3,
                                                 .objective = seed % 5 ? Objective::minimise : Objective::maximise},
                                                seed);
    Random random(seed);
    std::vector<ValueIndex> x;
    for (VariableId v = 0; v < 7; ++v) x.push_back(ValueIndex(random.below(std::uint64_t(problem.domain_size(v)))));
    check(problem, x, {VariableId(seed % 7)});
    check(problem, x, {0, VariableId(1 + seed % 6)});
    check(problem, x, {VariableId(5), 2, VariableId(seed % 2)});
  }
}

TEST(GroupCosts, LeavesAsTheyAreMovesThatOnlyRoundingMakesCheaper) {
  // 0.1 + 0.2 is not 0.3: the two values cost the same, but not to the last bit.
  ProblemBuilder builder("rounding", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const VariableId x = builder.add_variable("x", d);
  builder.add_table_constraint("", std::vector{x}, std::vector<double>{0.1, 0.3});
  builder.add_table_constraint("", std::vector{x}, std::vector<double>{0.2, 0.0});
  const Problem problem = builder.build();
  GroupCosts costs;
  for (const ValueIndex now : {0, 1}) {
    costs.tabulate(problem, std::vector{x}, [&](VariableId) { return now; });
    EXPECT_FALSE(costs.best_move(nullptr)) << now;
  }
}

TEST(GroupCosts, FindsNothingOnceStopped) {
  ProblemBuilder builder("one", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const VariableId x = builder.add_variable("x", d);
  builder.add_unary_costs(x, std::vector<double>{1, 0});
  const Problem problem = builder.build();
  GroupCosts costs;
  costs.tabulate(problem, std::vector{x}, [](VariableId) { return 0; });
  EXPECT_TRUE(costs.best_move(nullptr));
  const std::atomic<bool> stop{true};
  EXPECT_FALSE(costs.best_move(&stop));
}

}  // namespace
}  // namespace entente
