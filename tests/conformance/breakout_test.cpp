// SPDX-License-Identifier: MIT
// What the breakout family (dba, gdba, dgls) and MGM-2 promise by their papers.
#include <gtest/gtest.h>

#include <array>

#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "support/improvement.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;

Outcome run(const Problem& problem, const std::string& algorithm, std::vector<Setting> parameters,
            std::uint64_t stop_cycle, std::uint64_t seed = 1) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.parameters = std::move(parameters);
  request.stop_cycle = stop_cycle;
  request.seed = seed;
  return solve(problem, request);
}

/// Binary, n-ary, hard, unary, fractional and maximised problems in turn.
Problem small_problem(std::uint64_t seed) {
  return make_random_problem({.variables = 7,
                              .mixed_domains = seed % 3 == 0,
                              .degree = 3,
                              .wide = seed % 4 == 0 ? 3u : 0u,
                              .own_costs = 0.3,
                              .hard = seed % 2 ? 0.0 : 0.1,
                              .fractional = seed % 5 == 0,
                              .objective = seed % 7 ? Objective::minimise : Objective::maximise},
                             seed);
}

std::uint64_t optima_found(const std::string& algorithm, const std::vector<Setting>& parameters,
                           std::uint64_t instances) {
  std::uint64_t found = 0;
  for (std::uint64_t seed = 1; seed <= instances; ++seed) {
    const Problem problem = small_problem(seed);
    const Outcome outcome = run(problem, algorithm, parameters, 3000, seed);
    const Evaluation best = brute_force(problem);
    EXPECT_GE(outcome.violations, best.violations);
    found += outcome.violations == best.violations && std::abs(outcome.cost - best.cost) < 1e-6;
  }
  return found;
}

TEST(Dgls, FindsTheOptimumOfAlmostEverySmallProblem) { EXPECT_GE(optima_found("dgls", {}, 60), 57u); }

TEST(Gdba, LeavesTheLocalOptimaInWhichMgmStays) {
  const std::uint64_t gdba = optima_found("gdba", {{"violation", "NM"}}, 60), mgm = optima_found("mgm", {}, 60);
  EXPECT_GE(gdba, mgm + 15);
}

/// a and b start where each alone only loses, but both together gain: cost 2 at (0, 0), 0 at (1, 1), 9 else.
Problem trap() {
  ProblemBuilder builder("trap", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const VariableId a = builder.add_variable("a", d, 0), b = builder.add_variable("b", d, 0);
  builder.add_table_constraint("c", std::vector<VariableId>{a, b}, std::vector<double>{2, 9, 9, 0});
  return builder.build();
}

// Entry, added, cost not the lowest: both raise (0, 0) by 1 a cycle. At 10 it passes the 9 of moving alone; both then
// gain the same and the first moves, to (1, 0) at 9, from where b gains 9 by following.
TEST(Gdba, RaisesTheEntryThatHoldsItUntilMovingPays) {
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}}, 8).cost, 2);
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}}, 12).cost, 0);
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}, {"modifier", "M"}}, 4).cost, 2);  // 2, 4, 6, 8, 10
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}, {"modifier", "M"}}, 8).cost, 0);
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "MX"}}, 100).cost, 2);  // 2 is not the highest: nothing is violated
  // A whole row or table of an added penalty changes no difference between own values.
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}, {"increase_mode", "R"}}, 100).cost, 2);
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}, {"increase_mode", "T"}}, 100).cost, 2);
  EXPECT_EQ(run(trap(), "gdba", {{"violation", "NM"}, {"increase_mode", "C"}}, 12).cost, 0);
}

TEST(Mgm2, MovesTwoTogetherWhereNeitherGainsAlone) {
  EXPECT_EQ(run(trap(), "mgm", {}, 100).cost, 2);
  EXPECT_EQ(run(trap(), "mgm2", {}, 50).cost, 0);
  EXPECT_EQ(run(trap(), "mgm2", {{"threshold", "0"}}, 50).cost, 2);  // nobody offers
  EXPECT_EQ(run(trap(), "mgm2", {{"threshold", "1"}}, 50).cost, 2);  // nobody listens
}

TEST(Mgm2, NeverGetsWorse) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = small_problem(seed);
    SolveRequest request;
    request.algorithm = "mgm2";
    request.seed = seed;
    request.stop_cycle = 60;
    request.parameters = {{"favor", std::array{"unilateral", "no", "coordinated"}[seed % 3]}};
    request.collect = Collect::cycle_change;
    std::optional<Progress> before;
    request.on_collect = [&](const Progress& now) {
      if (before) {
        EXPECT_LE(now.violations, before->violations);
        const double rise =
            problem.objective() == Objective::minimise ? now.cost - before->cost : before->cost - now.cost;
        if (now.violations == before->violations) {
          EXPECT_LE(rise, 1e-9) << "seed " << seed << " cycle " << now.cycle;
        }
      }
      before = now;
    };
    solve(problem, request);
  }
}

TEST(Mgm2, ComesToWhereNoTwoTogetherCanImprove) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = small_problem(seed);
    const Outcome outcome = run(problem, "mgm2", {}, 600, seed);
    EXPECT_FALSE(testing::can_improve(problem, outcome.assignment, 2)) << "seed " << seed;
  }
}

/// A ring of `size` variables that differ from their neighbours.
Problem ring(std::uint32_t size, std::int64_t colours, double cost) {
  ProblemBuilder builder("ring", Objective::minimise);
  std::vector<Value> values;
  for (std::int64_t c = 0; c < colours; ++c) values.emplace_back(c);
  const auto d = builder.add_domain("d", values);
  for (std::uint32_t v = 0; v < size; ++v) builder.add_variable("", d);
  std::vector<double> cells;
  for (std::int64_t a = 0; a < colours; ++a)
    for (std::int64_t b = 0; b < colours; ++b) cells.push_back(a == b ? cost : 0);
  for (std::uint32_t v = 0; v < size; ++v)
    builder.add_table_constraint("", std::vector<VariableId>{v, (v + 1) % size}, cells);
  return builder.build();
}

// Penalties change what variables believe, never what the engine takes an assignment to cost.
TEST(Breakout, KeepsTheBestByTrueCosts) {
  for (const char* algorithm : {"gdba", "dgls"})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SolveRequest request;
      request.algorithm = algorithm;
      request.seed = seed;
      request.stop_cycle = 200;
      request.collect = Collect::cycle_change;
      Progress last;
      request.on_collect = [&](const Progress& now) { last = now; };
      const Outcome outcome = solve(small_problem(seed), request);
      EXPECT_NEAR(last.best_cost, outcome.cost, 1e-9 * (1 + std::abs(outcome.cost))) << algorithm << " seed " << seed;
      EXPECT_EQ(last.best_violations, outcome.violations) << algorithm << " seed " << seed;
    }
}

TEST(Dba, EndsByItselfWithEveryConstraintSatisfied) {
  for (const double cost : {10000.0, std::numeric_limits<double>::infinity()})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Outcome outcome = run(ring(21, 3, cost), "dba", {{"max_distance", "12"}}, 5000, seed);
      EXPECT_EQ(outcome.cost, 0);
      EXPECT_EQ(outcome.violations, 0u);
      EXPECT_LT(outcome.cycles, 5000u) << "it should know that it has ended";
    }
}

TEST(Dba, GoesOnWhereNothingSatisfies) { EXPECT_EQ(run(ring(5, 2, 10000), "dba", {}, 400).cycles, 400u); }

TEST(Dba, RefusesWhatIsNoSatisfactionProblemAndSaysWhy) {
  const auto refusal = [](const Problem& problem, std::vector<Setting> parameters) -> std::string {
    try {
      run(problem, "dba", std::move(parameters), 10);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_NE(refusal(ring(5, 3, 7), {}).find("has a cost of 7"), std::string::npos);
  EXPECT_EQ(refusal(ring(5, 3, 7), {{"infinity", "7"}}), "");
}

TEST(Breakout, RefusesAConstraintTooLargeToKeepPenaltiesFor) {
  ProblemBuilder builder("wide", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  std::vector<VariableId> scope;
  for (int v = 0; v < 30; ++v) scope.push_back(builder.add_variable("", d));
  builder.add_sparse_constraint("all", scope, {.arity = 30, .default_cost = 1});
  EXPECT_THROW(run(builder.build(), "gdba", {}, 10), Error);
}

}  // namespace
}  // namespace entente
