// SPDX-License-Identifier: MIT
// What OptAPO promises: an optimum with a certificate, a cost that never rises on the way, and with limits a true
// bound.
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <set>

#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "entente/solve/check_certificate.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::RandomProblem;

Outcome run(const Problem& problem, std::vector<Setting> parameters = {}, std::uint64_t seed = 1,
            std::string algorithm = "optapo") {
  SolveRequest request;
  request.algorithm = std::move(algorithm);
  request.parameters = std::move(parameters);
  request.seed = seed;
  return solve(problem, request);
}
Outcome optimum_of(const Problem& problem) { return run(problem, {}, 1, "dpop"); }

RandomProblem shape_of(std::uint64_t seed) {
  return {.variables = std::uint32_t(14 + seed % 8),
          .domain = 3,
          .mixed_domains = seed % 6 == 0,
          .degree = 2.4,
          .wide = seed % 4 == 0 ? 2u : 0u,
          .own_costs = seed % 2 ? 0.3 : 0,
          .hard = seed % 5 == 0 ? 0.05 : 0,
          .fractional = seed % 7 == 0,
          .objective = seed % 3 ? Objective::minimise : Objective::maximise};
}

/// A random connected graph whose neighbours want different ones of three colours, each clash at a cost of 1.
Problem colouring(std::uint32_t variables, std::uint32_t edges, std::uint64_t seed, double clash = 1) {
  Random random(seed);
  ProblemBuilder builder("colouring", Objective::minimise);
  const auto colours = builder.add_domain("colours", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", colours);
  std::set<std::pair<VariableId, VariableId>> taken;
  while (taken.size() < edges) {
    const auto reached = VariableId(std::min<std::size_t>(taken.size() + 1, variables - 1));
    const bool tree = taken.size() + 1 < variables;
    const auto a = tree ? reached : VariableId(random.below(variables));
    const auto b = VariableId(random.below(tree ? reached : variables));
    if (a == b || !taken.insert(std::minmax(a, b)).second) continue;
    std::vector<double> table(9, 0.0);
    for (std::size_t c = 0; c < 3; ++c) table[4 * c] = clash;
    builder.add_table_constraint("", std::vector{a, b}, table);
  }
  return builder.build();
}

TEST(Optapo, EndsAtTheOptimumAndItsCertificateHolds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed);
    const Outcome expected = optimum_of(problem), outcome = run(problem, {{"claim", seed % 2 ? "whole" : "minimal"}});
    ASSERT_EQ(outcome.status, expected.status) << "seed " << seed;
    ASSERT_TRUE(outcome.certificate);
    const auto faults = check_certificate(problem, *outcome.certificate);
    EXPECT_TRUE(faults.empty()) << "seed " << seed << ": " << faults.front();
    const double proven = outcome.certificate->bound(problem);
    if (outcome.status == Status::infeasible) {
      EXPECT_TRUE(std::isinf(proven)) << "seed " << seed;
      continue;
    }
    EXPECT_NEAR(outcome.cost, expected.cost, 1e-9) << "seed " << seed;
    EXPECT_NEAR(proven, outcome.cost, 1e-9) << "seed " << seed;
    EXPECT_EQ(*outcome.gap, 0);
  }
}

TEST(Optapo, TheCostNeverRises) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomProblem shape = shape_of(seed);
    shape.variables = 30;
    const Problem problem = make_random_problem(shape, seed);
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    SolveRequest request;
    request.algorithm = "optapo";
    request.parameters = {{"warm_start", seed % 2 ? "1" : "0"}};
    request.collect = Collect::cycle_change;
    std::optional<Progress> before;
    std::size_t rows = 0;
    request.on_collect = [&](const Progress& now) {
      if (before && before->violations == now.violations) {
        EXPECT_LE(sign * now.cost, sign * before->cost + 1e-9) << "seed " << seed << " row " << rows;
      } else if (before) {
        EXPECT_LT(now.violations, before->violations) << "seed " << seed << " row " << rows;
      }
      before = now;
      ++rows;
    };
    solve(problem, request);
    EXPECT_GT(rows, 1u) << "seed " << seed;
  }
}

TEST(Optapo, WithALimitTheGapIsProven) {
  bool finished = false, open = false;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = make_random_problem(shape_of(seed), seed);
    const Outcome best = optimum_of(problem);
    if (best.status == Status::infeasible) continue;
    const auto limit = 3 + seed % 6;
    const Outcome outcome = run(problem, {{"max_group", std::to_string(limit)}});
    ASSERT_TRUE(outcome.certificate);
    for (const auto& group : outcome.certificate->groups) EXPECT_LE(group.variables.size(), limit);
    EXPECT_LE(outcome.centralised->largest, double(limit) / problem.variable_count() + 1e-9);
    const auto faults = check_certificate(problem, *outcome.certificate);
    EXPECT_TRUE(faults.empty()) << "seed " << seed << ": " << faults.front();
    EXPECT_NE(outcome.status, Status::infeasible) << "seed " << seed;
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    EXPECT_LE(sign * outcome.certificate->bound(problem), sign * best.cost + 1e-9) << "seed " << seed;
    if (outcome.violations > 0) continue;
    EXPECT_GE(sign * outcome.cost, sign * best.cost - 1e-9) << "seed " << seed;
    EXPECT_LE(sign * *outcome.bound, sign * best.cost + 1e-9) << "seed " << seed;
    finished |= *outcome.gap == 0;
    open |= *outcome.gap > 0;
  }
  EXPECT_TRUE(finished && open) << "some limits are enough, some are not";
}

TEST(Optapo, AsPublishedItClaimsNoMoreThanItProves) {
  bool beside = false;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    RandomProblem shape = shape_of(seed);
    shape.domain = 2;
    const Problem problem = make_random_problem(shape, seed);
    const Outcome best = optimum_of(problem);
    SolveRequest request;
    request.algorithm = "optapo";
    request.parameters = {{"mode", "classic"}};
    request.stop_cycle = 200;
    const Outcome outcome = solve(problem, request);
    const auto faults = check_certificate(problem, *outcome.certificate);
    EXPECT_TRUE(faults.empty()) << "seed " << seed << ": " << faults.front();
    if (best.status == Status::infeasible || outcome.violations > 0) continue;
    EXPECT_EQ(outcome.status, Status::finished) << "seed " << seed;
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    EXPECT_GE(sign * outcome.cost, sign * best.cost - 1e-9) << "seed " << seed;
    EXPECT_LE(sign * *outcome.bound, sign * best.cost + 1e-9) << "seed " << seed;
    beside |= sign * outcome.cost > sign * best.cost + 1e-9;
    if (sign * outcome.cost > sign * best.cost + 1e-9) {
      EXPECT_GT(*outcome.gap, 0) << "seed " << seed;
    }
  }
  EXPECT_TRUE(beside) << "the flaw it is kept for";
}

TEST(Optapo, ProvesThreeColouringsOfFortyVariablesInTwoSeconds) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const Problem problem = colouring(40, 80, seed);
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = run(problem);
    EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), 2) << "seed " << seed;
    EXPECT_EQ(outcome.cost, optimum_of(problem).cost) << "seed " << seed;
    EXPECT_EQ(*outcome.gap, 0) << "seed " << seed;
  }
}

TEST(Optapo, HoldsNoSessionWhereEverythingCostsNothing) {
  const Outcome outcome = run(colouring(20, 30, 1, 0));
  EXPECT_EQ(outcome.cost, 0);
  for (const MessageReport& type : outcome.message_types) {
    const bool ending = type.name == "Token" || type.name == "Done";
    EXPECT_EQ(type.messages > 0, ending) << type.name;
  }
}

TEST(Optapo, SaysWhatIsProvenWhenTimeIsUp) {
  const Problem problem = make_random_problem({.variables = 60, .domain = 6, .degree = 8}, 1);
  SolveRequest request;
  request.algorithm = "optapo";
  request.timeout = 0.3;
  const Outcome outcome = solve(problem, request);
  EXPECT_EQ(outcome.status, Status::timeout);
  ASSERT_TRUE(outcome.bound && outcome.certificate);
  EXPECT_GT(*outcome.bound, outcome.certificate->best);
  EXPECT_GE(outcome.cost, *outcome.bound);
}

TEST(Apo, FindsASolutionOrProvesThatThereIsNone) {
  int solved = 0, none = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    const Problem problem = make_random_problem(
        {.variables = 8, .degree = 4, .hard = 0.25 + 0.05 * double(seed % 6), .satisfaction = true}, seed);
    const Outcome outcome = run(problem, {}, seed, "apo");
    const bool possible = brute_force(problem).violations == 0;
    EXPECT_EQ(outcome.status, possible ? Status::finished : Status::infeasible) << "seed " << seed;
    if (possible) {
      EXPECT_EQ(outcome.violations, 0u) << "seed " << seed;
    }
    const auto faults = check_certificate(problem, *outcome.certificate);
    EXPECT_TRUE(faults.empty()) << "seed " << seed << ": " << faults.front();
    (possible ? solved : none) += 1;
  }
  EXPECT_GT(solved, 20);
  EXPECT_GT(none, 20);
}

TEST(Apo, ColoursSixtyVariables) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const Outcome outcome = run(colouring(60, 120, seed, std::numeric_limits<double>::infinity()), {}, seed, "apo");
    EXPECT_TRUE(outcome.status == Status::infeasible || outcome.violations == 0) << "seed " << seed;
  }
}

TEST(Apo, RefusesCostsAndNamesThem) {
  ProblemBuilder builder("soft", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  const std::vector<VariableId> v{builder.add_variable("a", two), builder.add_variable("b", two)};
  builder.add_table_constraint("likes", v, std::vector<double>{0, 1, 0, 0});
  try {
    run(builder.build(), {}, 1, "apo");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
    const std::string text = error.what();
    EXPECT_NE(text.find("likes"), std::string::npos) << text;
    EXPECT_NE(text.find("satisfaction"), std::string::npos) << text;
    EXPECT_NE(text.find("optapo"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace entente
