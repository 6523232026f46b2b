// SPDX-License-Identifier: MIT
// MB-DPOP is exact and ADPOP's bound is one, whatever the number of dimensions they may use.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/algorithm/registry.hpp"
#include "entente/graph/pseudotree.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::RandomProblem;

RandomProblem shape_of(std::uint64_t seed) {
  RandomProblem shape;
  shape.variables = 4 + seed % 5;
  shape.domain = 2;
  shape.mixed_domains = seed % 2;
  shape.degree = 1 + double(seed % 5);
  shape.wide = seed % 3 == 0 ? 2 : 0;
  shape.unary = seed % 3;
  shape.own_costs = seed % 2 ? 0.4 : 0;
  shape.hard = seed % 4 == 0 ? 0.2 : 0;
  shape.fractional = seed % 3 == 1;
  shape.objective = seed % 2 ? Objective::maximise : Objective::minimise;
  return shape;
}

Outcome run(const Problem& problem, const std::string& algorithm, std::uint64_t max_dim, int threads = 1) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.threads = threads;
  if (algorithm != "dpop") request.parameters = {{"max_dim", std::to_string(max_dim)}};
  return solve(problem, request);
}

/// How much worse `b` is than `a`.
double worse_by(const Problem& problem, double a, double b) {
  return problem.objective() == Objective::minimise ? b - a : a - b;
}

TEST(MbDpop, EqualsBruteForceWithAnyNumberOfDimensions) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed);
    const Evaluation best = brute_force(problem);
    const Outcome found = run(problem, "mb_dpop", seed % 5);
    ASSERT_EQ(found.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
    if (best.violations) continue;
    EXPECT_EQ(found.violations, 0u) << "seed " << seed;
    EXPECT_NEAR(found.cost, best.cost, 1e-9) << "seed " << seed;
  }
}

TEST(MbDpop, EqualsDpopOnLargerProblemsOnAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    RandomProblem shape = shape_of(seed);
    shape.variables = 20;
    shape.mixed_domains = false;
    shape.degree = 4;
    shape.hard = 0.02;
    const Problem problem = make_random_problem(shape, seed + 900);
    const Outcome exact = run(problem, "dpop", 0), found = run(problem, "mb_dpop", 1 + seed % 4);
    EXPECT_EQ(found.status, exact.status) << "seed " << seed;
    EXPECT_NEAR(found.cost, exact.cost, 1e-9) << "seed " << seed;
    const Outcome threaded = run(problem, "mb_dpop", 1 + seed % 4, 2);
    EXPECT_EQ(threaded.assignment, found.assignment) << "seed " << seed;
    EXPECT_EQ(threaded.messages, found.messages) << "seed " << seed;
  }
}

TEST(MbDpop, AsksAgainOnlyWhereTheSeparatorIsTooWide) {
  const Problem problem = make_random_problem({.variables = 14, .domain = 2, .degree = 6}, 3);
  const auto width = best_pseudotree(problem).induced_width;
  ASSERT_GT(width, 3u);
  const Outcome plain = run(problem, "dpop", 0), wide = run(problem, "mb_dpop", width);
  EXPECT_EQ(wide.messages, plain.messages) << "nothing is cut, so it is DPOP";
  const Outcome narrow = run(problem, "mb_dpop", 2);
  EXPECT_GT(narrow.messages, wide.messages);
  EXPECT_EQ(narrow.cost, wide.cost);
}

TEST(Adpop, BoundsTheOptimumFromBelowAndItsAnswerFromAbove) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed + 4000);
    const Evaluation best = brute_force(problem);
    const Outcome found = run(problem, "adpop", 1 + seed % 4);
    if (best.violations) continue;
    ASSERT_EQ(found.status, Status::finished) << "seed " << seed;
    ASSERT_TRUE(found.bound) << "seed " << seed;
    EXPECT_GE(worse_by(problem, *found.bound, best.cost), -1e-9) << "seed " << seed;
    if (found.violations) continue;
    EXPECT_GE(worse_by(problem, best.cost, found.cost), -1e-9) << "seed " << seed;
  }
}

TEST(Adpop, IsExactWhereNothingHasToBeSplit) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed + 8000);
    const Evaluation best = brute_force(problem);
    const Outcome found = run(problem, "adpop", 12);
    ASSERT_EQ(found.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
    if (best.violations) continue;
    EXPECT_NEAR(found.cost, best.cost, 1e-9) << "seed " << seed;
    ASSERT_TRUE(found.bound);
    EXPECT_NEAR(*found.bound, best.cost, 1e-9) << "seed " << seed;
    EXPECT_NEAR(*found.gap, 0, 1e-9) << "seed " << seed;
  }
}

TEST(Adpop, BoundsGetNoWorseOnTheWholeWithMoreDimensions) {
  double before = -std::numeric_limits<double>::infinity();
  for (const std::uint64_t max_dim : {1, 2, 4}) {
    double sum = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
      sum += run(make_random_problem({.variables = 14, .degree = 6}, seed), "adpop", max_dim).bound.value();
    EXPECT_GT(sum, before) << max_dim << " dimensions";
    before = sum;
  }
}

}  // namespace
}  // namespace entente
