// SPDX-License-Identifier: MIT
// What KOPT promises: the cost never rises, and at the end no connected group of up to k variables can improve.
#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;
using testing::RandomProblem;

Outcome run(const Problem& problem, int k, std::uint64_t seed) {
  SolveRequest request;
  request.algorithm = "kopt";
  request.parameters = {{"k", std::to_string(k)}};
  request.seed = seed;
  return solve(problem, request);
}

bool better(const Problem& problem, const Evaluation& a, const Evaluation& b) {
  if (a.violations != b.violations) return a.violations < b.violations;
  return problem.objective() == Objective::minimise ? a.cost < b.cost - 1e-6 : a.cost > b.cost + 1e-6;
}

/// Whether giving the variables of `group` other values improves the assignment `x`.
bool improves(const Problem& problem, std::vector<ValueIndex>& x, const std::vector<VariableId>& group,
              const Evaluation& now) {
  const std::vector<ValueIndex> kept = x;
  bool found = false;
  for (const VariableId v : group) x[v] = 0;
  for (bool more = true; more && !found;) {
    found = better(problem, problem.evaluate(x), now);
    more = false;
    for (const VariableId v : group) {
      if (++x[v] < problem.domain_size(v)) {
        more = true;
        break;
      }
      x[v] = 0;
    }
  }
  x = kept;
  return found;
}

/// Whether any group of up to k variables, connected or not, can improve the assignment.
bool some_group_improves(const Problem& problem, std::vector<ValueIndex> x, int k) {
  const Evaluation now = problem.evaluate(x);
  const VariableId n = problem.variable_count();
  for (VariableId a = 0; a < n; ++a) {
    if (improves(problem, x, {a}, now)) return true;
    for (VariableId b = a + 1; b < n && k > 1; ++b) {
      if (improves(problem, x, {a, b}, now)) return true;
      for (VariableId c = b + 1; c < n && k > 2; ++c)
        if (improves(problem, x, {a, b, c}, now)) return true;
    }
  }
  return false;
}

RandomProblem shape_of(std::uint64_t seed) {
  return {.variables = 9,
          .domain = 3,
          .mixed_domains = seed % 3 == 0,
          .degree = seed % 2 ? 3.0 : 1.5,
          .wide = seed % 4 == 0 ? 3u : 0u,
          .unary = seed % 5 == 0 ? 3u : 0u,
          .own_costs = 0.3,
          .hard = seed % 2 ? 0.0 : 0.15,
          .fractional = seed % 7 == 0,
          .objective = seed % 3 ? Objective::minimise : Objective::maximise};
}

class Kopt : public ::testing::TestWithParam<int> {};

TEST_P(Kopt, EndsByItselfWhereNoGroupOfThatSizeCanImprove) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed);
    const Outcome outcome = run(problem, GetParam(), seed);
    EXPECT_EQ(outcome.status, Status::finished);
    EXPECT_FALSE(some_group_improves(problem, outcome.assignment, GetParam())) << "seed " << seed;
  }
}

TEST_P(Kopt, EndsOnLargerProblemsToo) {
  const Problem problem =
      make_random_problem({.variables = 80, .domain = 4, .degree = 4, .wide = 6, .own_costs = 0.2, .hard = 0.03}, 5);
  const Outcome outcome = run(problem, GetParam(), 5);
  EXPECT_EQ(outcome.status, Status::finished);
  std::vector<ValueIndex> x = outcome.assignment;
  const Evaluation now = problem.evaluate(x);
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto scope = problem.scope(c);
    std::vector<VariableId> group(scope.begin(), scope.end());
    group.resize(std::min<std::size_t>(group.size(), std::size_t(GetParam())));
    EXPECT_FALSE(improves(problem, x, group, now)) << "constraint " << c;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Kopt, ::testing::Values(1, 2, 3));

/// Variables in a row that want to be alike, and all of which would rather be 1; all start at 0. One alone loses
/// 2 · 10 - 4, so that only all of them together can leave.
Problem reluctant_friends(VariableId count) {
  ProblemBuilder builder("friends", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  std::vector<VariableId> v;
  for (VariableId i = 0; i < count; ++i) {
    v.push_back(builder.add_variable("", d, 0));
    builder.add_unary_costs(v[i], std::vector<double>{4, 0});
  }
  for (VariableId i = 0; i + 1 < count; ++i)
    builder.add_table_constraint("", std::vector{v[i], v[i + 1]}, std::vector<double>{0, 10, 10, 0});
  return builder.build();
}

TEST(KoptSizes, MovesAsManyTogetherAsItIsAllowedTo) {
  EXPECT_EQ(run(reluctant_friends(2), 1, 1).cost, 8);
  EXPECT_EQ(run(reluctant_friends(2), 2, 1).cost, 0);
  EXPECT_EQ(run(reluctant_friends(3), 2, 1).cost, 12);
  EXPECT_EQ(run(reluctant_friends(3), 3, 1).cost, 0);
}

TEST(KoptSizes, LargerGroupsEndLowerOnTheWhole) {
  double cost[4] = {};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = make_random_problem({.variables = 40, .domain = 5, .degree = 4}, seed);
    for (int k = 1; k <= 3; ++k) cost[k] += run(problem, k, seed).cost;
  }
  EXPECT_LT(cost[2], cost[1]);
  EXPECT_LT(cost[3], cost[2]);
}

TEST(KoptSizes, RefusesGroupsThatItCouldNotLookAt) {
  ProblemBuilder builder("wide", Objective::minimise);
  std::vector<Value> values;
  for (std::int64_t a = 0; a < 1000; ++a) values.emplace_back(a);
  const auto d = builder.add_domain("d", values);
  std::vector<VariableId> v;
  for (int i = 0; i < 3; ++i) v.push_back(builder.add_variable("", d));
  for (std::size_t i = 0; i < 2; ++i)
    builder.add_table_constraint("", std::vector{v[i], v[i + 1]}, std::vector<double>(1'000'000, 1.0));
  const Problem problem = builder.build();
  EXPECT_THROW(run(problem, 3, 1), Error);
  EXPECT_EQ(run(problem, 2, 1).cost, 2);
}

}  // namespace
}  // namespace entente
