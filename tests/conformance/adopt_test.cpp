// SPDX-License-Identifier: MIT
// ADOPT and BnB-ADOPT end at an optimum in whatever order messages of different senders arrive.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/algorithm/registry.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"
#include "support/scripted_delivery.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::RandomProblem;
using testing::ScriptedDelivery;

class AdoptFamily : public ::testing::TestWithParam<const char*> {
 protected:
  const Algorithm& algorithm() const { return find_algorithm(GetParam()); }
};

RandomProblem shape_of(std::uint64_t seed) {
  RandomProblem shape;
  shape.variables = 2 + seed % 6;
  shape.domain = seed % 3 == 0 ? 3 : 2;
  shape.mixed_domains = seed % 4 == 1;
  shape.degree = double(seed % 5) * 0.8;
  shape.wide = seed % 7 < 2 ? 1 : 0;
  shape.unary = seed % 3;
  shape.own_costs = seed % 2 ? 0.5 : 0;
  shape.hard = seed % 5 == 0 ? 0.4 : seed % 5 == 1 ? 0.1 : 0;
  shape.fractional = seed % 3 == 1;
  shape.objective = seed % 2 ? Objective::maximise : Objective::minimise;
  return shape;
}

double distance(const Problem& problem, double better, double worse) {
  return problem.objective() == Objective::minimise ? worse - better : better - worse;
}

TEST_P(AdoptFamily, EndsAtAnOptimumWhateverOrderMessagesArriveIn) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed);
    const Evaluation best = brute_force(problem);
    const Pseudotree tree = make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
    ScriptedDelivery run(problem, tree, algorithm());
    run.start_all();
    Random random(seed + 77);
    ASSERT_LT(run.deliver_at_random(random, 3'000'000, seed), 3'000'000u) << "seed " << seed;
    EXPECT_TRUE(run.all_finished()) << "seed " << seed;
    ASSERT_TRUE(run.bound()) << "seed " << seed;
    if (best.violations) {
      EXPECT_EQ(*run.bound(), std::numeric_limits<double>::infinity()) << "seed " << seed;
      continue;
    }
    const Evaluation found = problem.evaluate(run.decisions());
    EXPECT_EQ(found.violations, 0u) << "seed " << seed;
    EXPECT_NEAR(found.cost, best.cost, 1e-9) << "seed " << seed;
    EXPECT_NEAR(std::abs(*run.bound()), std::abs(best.cost), 1e-9) << "seed " << seed;
  }
}

TEST_P(AdoptFamily, IsWithinTheErrorBoundInAnyOrderAndProvesIt) {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed + 5000);
    const Evaluation best = brute_force(problem);
    if (best.violations) continue;
    const double allowed = double(seed % 60);
    const Pseudotree tree = make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
    ScriptedDelivery run(problem, tree, algorithm(), {{"error_bound", std::to_string(allowed)}});
    run.start_all();
    Random random(seed);
    ASSERT_LT(run.deliver_at_random(random, 3'000'000, seed), 3'000'000u) << "seed " << seed;
    ASSERT_TRUE(run.bound());
    const double bound = problem.objective() == Objective::minimise ? *run.bound() : -*run.bound();
    const Evaluation found = problem.evaluate(run.decisions());
    EXPECT_EQ(found.violations, 0u) << "seed " << seed;
    EXPECT_LE(distance(problem, best.cost, found.cost), allowed + 1e-9) << "seed " << seed;
    EXPECT_LE(distance(problem, bound, found.cost), allowed + 1e-9) << "seed " << seed;
    EXPECT_GE(distance(problem, bound, best.cost), -1e-9) << "seed " << seed;
  }
}

TEST_P(AdoptFamily, EqualsDpopOnLargerProblems) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    RandomProblem shape = shape_of(seed);
    shape.variables = 16;
    shape.domain = 2;
    shape.degree = 2;
    shape.wide = 0;
    shape.hard = 0.05;
    const Problem problem = make_random_problem(shape, seed + 100);
    SolveRequest request;
    request.algorithm = "dpop";
    const Outcome exact = solve(problem, request);
    request.algorithm = GetParam();
    const Outcome found = solve(problem, request);
    EXPECT_EQ(found.status, exact.status) << "seed " << seed;
    EXPECT_NEAR(found.cost, exact.cost, 1e-9) << "seed " << seed;
  }
}

TEST_P(AdoptFamily, ClaimsNoMoreThanItHasProven) {
  int apart = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem = make_random_problem({.variables = 8, .degree = 4}, seed);
    const Evaluation best = brute_force(problem);
    SolveRequest request;
    request.algorithm = GetParam();
    request.parameters = {{"error_bound", "80"}};
    const Outcome found = solve(problem, request);
    ASSERT_TRUE(found.bound);
    EXPECT_LE(*found.bound, best.cost + 1e-9) << "seed " << seed;
    EXPECT_LE(found.cost, *found.bound + 80 + 1e-9) << "seed " << seed;
    EXPECT_EQ(*found.gap == 0, *found.bound == found.cost);
    apart += *found.gap > 0;
  }
  EXPECT_GT(apart, 10);
}

TEST_P(AdoptFamily, HasABoundWhenItsTimeIsUp) {
  SolveRequest request;
  request.algorithm = GetParam();
  request.timeout = 0.2;
  const Outcome found = solve(make_random_problem({.variables = 60, .domain = 5, .degree = 8}, 1), request);
  EXPECT_EQ(found.status, Status::timeout);
  ASSERT_TRUE(found.bound);
  EXPECT_LT(*found.bound, found.cost);
}

INSTANTIATE_TEST_SUITE_P(Both, AdoptFamily, ::testing::Values("adopt", "bnb_adopt"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace entente
