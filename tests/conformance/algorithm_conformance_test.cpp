// SPDX-License-Identifier: MIT
// What every registered algorithm keeps, within what its info declares, through the front door.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "conformance/conformance_problems.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "support/improvement.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::problem_for;
using testing::RandomProblem;
using testing::shapes;

SolveRequest request_for(const Algorithm& algorithm, std::uint64_t seed) {
  SolveRequest request;
  request.algorithm = algorithm.info.name;
  request.seed = seed;
  request.stop_cycle = 60;
  // Noise would make two equal problems differ by more than their sign.
  for (const ParameterInfo& parameter : algorithm.parameters())
    if (parameter.name == "noise") request.parameters = {{"noise", "0"}};
  return request;
}

bool no_worse(const Problem& problem, const Evaluation& a, const Evaluation& b) {
  if (a.violations != b.violations) return a.violations < b.violations;
  const double slack = 1e-9 * (1 + std::abs(b.cost));
  return problem.objective() == Objective::minimise ? a.cost <= b.cost + slack : a.cost >= b.cost - slack;
}

class Conformance : public ::testing::TestWithParam<std::string> {
 protected:
  const Algorithm& algorithm() const { return find_algorithm(GetParam()); }
};

TEST_P(Conformance, ReportsTheCostOfTheAssignmentItReports) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem = problem_for(algorithm(), shapes()[seed % shapes().size()], seed);
    const Outcome outcome = solve(problem, request_for(algorithm(), seed));
    if (outcome.status == Status::infeasible) continue;
    ASSERT_EQ(outcome.status, Status::finished) << "seed " << seed;
    const Evaluation expected = problem.evaluate(outcome.assignment);
    EXPECT_EQ(outcome.cost, expected.cost) << "seed " << seed;
    EXPECT_EQ(outcome.violations, expected.violations) << "seed " << seed;
  }
}

TEST_P(Conformance, IsNeverBetterThanTheOptimumAndEqualToItIfComplete) {
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const Problem problem = problem_for(algorithm(), shapes()[seed % shapes().size()], seed + 1000);
    const Evaluation best = brute_force(problem);
    const Outcome outcome = solve(problem, request_for(algorithm(), seed));
    if (algorithm().info.complete) {
      EXPECT_EQ(outcome.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
      if (best.violations) continue;
      EXPECT_NEAR(outcome.cost, best.cost, 1e-9 * (1 + std::abs(best.cost))) << "seed " << seed;
      ASSERT_TRUE(outcome.bound);
      EXPECT_EQ(*outcome.bound, outcome.cost);
      EXPECT_EQ(*outcome.gap, 0);
    } else if (outcome.status == Status::infeasible) {
      EXPECT_GT(best.violations, 0u) << "seed " << seed;
    } else {
      EXPECT_TRUE(no_worse(problem, best, {outcome.cost, outcome.violations})) << "seed " << seed;
      if (best.violations == 0) {
        ASSERT_TRUE(outcome.bound) << "seed " << seed;
        EXPECT_TRUE(no_worse(problem, {*outcome.bound, 0}, best)) << "seed " << seed;
      }
    }
  }
}

TEST_P(Conformance, ANegatedProblemGivesTheNegatedResult) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    RandomProblem shape = shapes()[seed % 4];
    shape.objective = Objective::minimise;
    if (algorithm().refuses && !algorithm().refuses(make_random_problem(shape, seed), {}).empty()) return;
    const Outcome least = solve(make_random_problem(shape, seed), request_for(algorithm(), seed));
    shape.objective = Objective::maximise;
    shape.negated = true;
    const Outcome most = solve(make_random_problem(shape, seed), request_for(algorithm(), seed));
    EXPECT_EQ(least.assignment, most.assignment) << "seed " << seed;
    EXPECT_EQ(least.cost, -most.cost) << "seed " << seed;
    EXPECT_EQ(least.violations, most.violations) << "seed " << seed;
    EXPECT_EQ(least.cycles, most.cycles) << "seed " << seed;
  }
}

TEST_P(Conformance, GivesTheSameResultForAnyNumberOfThreads) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    RandomProblem shape = shapes()[seed % shapes().size()];
    shape.variables = algorithm().info.complete ? 30 : 400;
    shape.degree = algorithm().info.complete ? 1.5 : 4;
    const Problem problem = problem_for(algorithm(), shape, seed);
    SolveRequest request = request_for(algorithm(), seed);
    const Outcome one = solve(problem, request);
    request.threads = 2;
    const Outcome two = solve(problem, request);
    EXPECT_EQ(one.assignment, two.assignment) << "seed " << seed;
    EXPECT_EQ(one.cycles, two.cycles);
    EXPECT_EQ(one.messages, two.messages);
    EXPECT_EQ(one.message_bytes, two.message_bytes);
    EXPECT_EQ(one.best_cost_cycle, two.best_cost_cycle);
  }
}

TEST_P(Conformance, SolvesProblemsThatBarelyAreOnes) {
  const Problem nothing = ProblemBuilder("nothing", Objective::minimise).build();
  EXPECT_EQ(solve(nothing, request_for(algorithm(), 1)).status, Status::finished);

  ProblemBuilder one("one value", Objective::minimise);
  const auto single = one.add_domain("single", {std::int64_t(7)});
  const VariableId a = one.add_variable("a", single), b = one.add_variable("b", single);
  one.add_table_constraint("c", std::vector<VariableId>{a, b}, std::vector<double>{2.5});
  const auto takes = [&](const Problem& problem) {
    return !algorithm().refuses || algorithm().refuses(problem, {}).empty();
  };
  const Problem forced = one.build();
  if (takes(forced)) {
    EXPECT_EQ(solve(forced, request_for(algorithm(), 1)).cost, 2.5);
  }

  ProblemBuilder alone("isolated", Objective::maximise);
  const auto three = alone.add_domain("three", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  const VariableId x = alone.add_variable("x", three);
  alone.add_variable("y", three);
  alone.add_unary_costs(x, std::vector<double>{1, 5, 3});
  const Problem isolated = alone.build();
  if (takes(isolated)) {
    EXPECT_EQ(solve(isolated, request_for(algorithm(), 1)).cost, 5) << "an isolated variable takes its own best value";
  }
}

TEST_P(Conformance, StopsAtOnceWhenInterruptedWithAnOutcome) {
  const std::atomic<bool> interrupt{true};
  SolveRequest request = request_for(algorithm(), 1);
  request.stop_cycle = 0;
  request.interrupt = &interrupt;
  const Outcome outcome = solve(problem_for(algorithm(), {.variables = 50}, 1), request);
  EXPECT_EQ(outcome.status, Status::stopped);
}

TEST_P(Conformance, KeepsToItsTimeLimitAndReportsTheBestItFound) {
  const Problem problem = problem_for(algorithm(), {.variables = 60, .domain = 6, .degree = 8}, 1);
  SolveRequest request = request_for(algorithm(), 1);
  request.stop_cycle = 0;
  request.timeout = 0.2;
  request.memory = std::size_t(1) << 30;
  try {
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = solve(problem, request);
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), 10);
    if (outcome.assignment.empty()) return;
    const Evaluation expected = problem.evaluate(outcome.assignment);
    EXPECT_EQ(outcome.cost, expected.cost);
    EXPECT_EQ(outcome.violations, expected.violations);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large) << error.what();
  }
}

TEST_P(Conformance, CompleteAlgorithmsAgreeWithDpopOnLargerProblems) {
  if (!algorithm().info.complete) return;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Problem problem = problem_for(algorithm(),
                                        {.variables = 16,
                                         .degree = 2.6,
                                         .wide = seed % 2 ? 0u : 1u,
                                         .own_costs = 0.3,
                                         .objective = seed % 3 ? Objective::minimise : Objective::maximise},
                                        seed);
    SolveRequest request = request_for(algorithm(), seed);
    request.timeout = 30;
    const Outcome outcome = solve(problem, request);
    ASSERT_EQ(outcome.status, Status::finished) << "seed " << seed;
    const Outcome expected = solve(problem, request_for(find_algorithm("dpop"), seed));
    EXPECT_NEAR(outcome.cost, expected.cost, 1e-9 * (1 + std::abs(expected.cost))) << "seed " << seed;
  }
}

TEST_P(Conformance, MonotoneAlgorithmsNeverRaiseTheCost) {
  if (!algorithm().info.monotone) return;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RandomProblem shape = shapes()[seed % shapes().size()];
    shape.variables = 40;
    const Problem problem = problem_for(algorithm(), shape, seed);
    SolveRequest request = request_for(algorithm(), seed);
    request.collect = Collect::cycle_change;
    std::optional<Evaluation> before;
    request.on_collect = [&](const Progress& now) {
      if (before) {
        EXPECT_TRUE(no_worse(problem, {now.cost, now.violations}, *before))
            << "seed " << seed << " cycle " << now.cycle;
      }
      before = Evaluation{now.cost, now.violations};
    };
    solve(problem, request);
    EXPECT_TRUE(before);
  }
}

TEST_P(Conformance, EndsWhereNoGroupOfThePromisedSizeCanImprove) {
  const int promised = algorithm().info.optimal_in_groups;
  if (promised == 0) return;
  ASSERT_LE(promised, 2) << "larger groups need a test of their own";
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = problem_for(algorithm(), shapes()[seed % shapes().size()], seed);
    SolveRequest request = request_for(algorithm(), seed);
    request.stop_cycle = 0;  // to its own end
    const Outcome outcome = solve(problem, request);
    EXPECT_FALSE(testing::can_improve(problem, outcome.assignment, promised)) << "seed " << seed;
  }
}

TEST_P(Conformance, RefusesAnUnknownParameterByName) {
  SolveRequest request = request_for(algorithm(), 1);
  request.parameters.emplace_back("no_such_parameter", "1");
  try {
    solve(make_random_problem({}, 1), request);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
    EXPECT_NE(std::string(error.what()).find("no_such_parameter"), std::string::npos);
  }
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Algorithm& algorithm : algorithm_table()) list.emplace_back(algorithm.info.name);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, Conformance, ::testing::ValuesIn(names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace entente
