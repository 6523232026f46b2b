// SPDX-License-Identifier: MIT
// What the relatives of DSA promise: dsatuto, mixeddsa, dsan and dsa_sdp.
#include <gtest/gtest.h>

#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

Outcome run(const Problem& problem, const std::string& algorithm, std::vector<Setting> parameters,
            std::uint64_t stop_cycle = 0, std::uint64_t seed = 1) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.parameters = std::move(parameters);
  request.stop_cycle = stop_cycle;
  request.seed = seed;
  return solve(problem, request);
}

/// Whether some variable alone can improve the assignment.
bool can_improve(const Problem& problem, std::vector<ValueIndex> x) {
  const Evaluation now = problem.evaluate(x);
  for (VariableId v = 0; v < x.size(); ++v) {
    const ValueIndex kept = x[v];
    for (x[v] = 0; x[v] < problem.domain_size(v); ++x[v]) {
      const Evaluation other = problem.evaluate(x);
      if (other.violations < now.violations) return true;
      if (other.violations == now.violations && other.cost < now.cost - 1e-9) return true;
    }
    x[v] = kept;
  }
  return false;
}

/// The share of runs in which a variable, alone in its problem, moved from its first value to its second in one cycle.
double share_that_moves(const std::vector<double>& costs, const std::string& algorithm,
                        const std::vector<Setting>& parameters) {
  ProblemBuilder builder("one", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  builder.add_unary_costs(builder.add_variable("x", d, 0), costs);
  const Problem problem = builder.build();
  const Evaluation second = problem.evaluate(std::vector<ValueIndex>{1});
  const int runs = 2000;
  int moved = 0;
  for (int seed = 0; seed < runs; ++seed) {
    SolveRequest request;
    request.algorithm = algorithm;
    request.parameters = parameters;
    request.stop_cycle = 1;
    request.seed = std::uint64_t(seed);
    request.collect = Collect::cycle_change;
    Progress last;
    request.on_collect = [&](const Progress& p) { last = p; };
    solve(problem, request);
    moved += last.cost == second.cost && last.violations == second.violations;
  }
  return moved / double(runs);
}

// With 2,000 runs a share is within 0.045 of its mean but for four standard deviations.
constexpr double slack = 0.045;
const double hard = std::numeric_limits<double>::infinity();

TEST(DsaTuto, EndsByItselfWhereNoVariableAloneCanImprove) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Problem problem = make_random_problem(
        {.variables = 30, .wide = seed % 4 ? 0u : 5u, .own_costs = 0.3, .hard = seed % 2 ? 0.0 : 0.1}, seed);
    const Outcome outcome = run(problem, "dsatuto", {}, 0, seed);
    EXPECT_EQ(outcome.status, Status::finished);
    EXPECT_FALSE(can_improve(problem, outcome.assignment)) << "seed " << seed;
  }
}

TEST(DsaTuto, ImprovesInHalfOfTheCases) { EXPECT_NEAR(share_that_moves({3, 1}, "dsatuto", {}), 0.5, slack); }

TEST(MixedDsa, MendsAHardConstraintWithItsOwnProbability) {
  EXPECT_NEAR(share_that_moves({hard, 9}, "mixeddsa", {}), 0.7, slack);
  EXPECT_EQ(share_that_moves({hard, 9}, "mixeddsa", {{"proba_hard", "0"}, {"proba_soft", "1"}}), 0);
  EXPECT_EQ(share_that_moves({hard, 9}, "mixeddsa", {{"proba_hard", "1"}, {"proba_soft", "0"}}), 1);
}

TEST(MixedDsa, ImprovesSoftConstraintsWithTheOther) {
  EXPECT_NEAR(share_that_moves({9, 3}, "mixeddsa", {}), 0.5, slack);
  EXPECT_EQ(share_that_moves({9, 3}, "mixeddsa", {{"proba_hard", "1"}, {"proba_soft", "0"}}), 0);
  EXPECT_EQ(share_that_moves({9, 3}, "mixeddsa", {{"proba_hard", "0"}, {"proba_soft", "1"}}), 1);
}

TEST(MixedDsa, NeverTradesAHardConstraintForSoftOnes) {
  EXPECT_EQ(share_that_moves({1000, hard}, "mixeddsa", {{"variant", "C"}, {"proba_soft", "1"}}), 0);
}

TEST(MixedDsa, RestsWithVariantAAndNotWithCWhereAllIsEqual) {
  const Problem problem = make_random_problem({.variables = 6, .degree = 0}, 1);
  EXPECT_EQ(run(problem, "mixeddsa", {{"variant", "C"}}, 30).cycles, 30u);
  EXPECT_LT(run(problem, "mixeddsa", {{"variant", "A"}}, 30).cycles, 30u);
}

TEST(Dsan, EndsByItselfWhereNoVariableAloneCanImprove) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem =
        make_random_problem({.variables = 30, .own_costs = 0.3, .hard = seed % 2 ? 0.0 : 0.1}, seed);
    // The reported assignment is the best one seen, which only the last is sure to be a local optimum.
    SolveRequest request;
    request.algorithm = "dsan";
    request.parameters = {{"cycles", "50"}};
    request.seed = seed;
    request.collect = Collect::cycle_change;
    Progress last;
    request.on_collect = [&](const Progress& p) { last = p; };
    const Outcome outcome = solve(problem, request);
    EXPECT_EQ(outcome.status, Status::finished);
    EXPECT_GT(outcome.cycles, 50u);
    EXPECT_LT(outcome.cycles, 500u);
    if (last.cost == outcome.cost && last.violations == outcome.violations) {
      EXPECT_FALSE(can_improve(problem, outcome.assignment)) << "seed " << seed;
    }
  }
}

TEST(Dsan, TakesALossByTheRuleOfTheSchedule) {
  // The first cycle of a schedule of 4 is at temperature 4: a loss of 4 passes with chance exp(-1).
  EXPECT_NEAR(share_that_moves({0, 4}, "dsan", {{"probability", "1"}, {"cycles", "4"}}), std::exp(-1.0), slack);
  EXPECT_EQ(share_that_moves({0, 4}, "dsan", {{"probability", "1"}, {"cycles", "4"}, {"temperature", "0"}}), 0);
  EXPECT_EQ(share_that_moves({4, 0}, "dsan", {{"probability", "1"}, {"cycles", "4"}}), 1);
  EXPECT_NEAR(share_that_moves({4, 0}, "dsan", {{"cycles", "4"}}), 0.7, slack);
}

TEST(DsaSdp, MovesTheLikelierTheMoreItSaves) {
  // Of what exceeds the lowest cost (here all of the loss) a gain saves everything: the slope is 1, cut off at pB.
  EXPECT_NEAR(share_that_moves({2, 1}, "dsa_sdp", {}), 0.75, slack);
  EXPECT_NEAR(share_that_moves({2, 1}, "dsa_sdp", {{"pA", "0.2"}, {"pB", "0"}}), 0.2, slack);
}

TEST(DsaSdp, RestsWhereTheCostIsAsLowAsItCanBe) {
  const Outcome outcome = run(make_random_problem({.variables = 12, .degree = 0, .own_costs = 1}, 1), "dsa_sdp", {});
  EXPECT_EQ(outcome.status, Status::finished);
}

TEST(DsaSdp, ExploresAfterSoManyCyclesWithoutAMove) {
  // A frustrated triangle: two colours, so that one edge is always violated. Nobody can gain; pA 0 keeps all in place
  // but for explorations.
  ProblemBuilder builder("triangle", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  std::vector<VariableId> v;
  for (int i = 0; i < 3; ++i) v.push_back(builder.add_variable("", d, 0));
  for (std::size_t i = 0; i < 3; ++i)
    builder.add_table_constraint("", std::vector{v[i], v[(i + 1) % 3]}, std::vector<double>{1, 0, 0, 1});
  SolveRequest request;
  request.algorithm = "dsa_sdp";
  request.parameters = {{"pA", "0"}, {"pB", "0"}, {"pC", "1"}, {"period", "5"}};
  request.stop_cycle = 30;
  request.collect = Collect::cycle_change;
  std::vector<std::uint64_t> moved;
  request.on_collect = [&](const Progress& p) {
    if (p.changed) moved.push_back(p.cycle);
  };
  solve(builder.build(), request);
  ASSERT_GE(moved.size(), 2u);
  EXPECT_EQ(moved[1] - moved[0], 6u);
}

/// The mean of the best costs of several runs.
double mean_cost(const std::string& algorithm, const std::vector<Setting>& parameters, std::uint64_t cycles) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed)
    sum +=
        run(make_random_problem({.variables = 60, .domain = 8, .degree = 6}, seed), algorithm, parameters, cycles, seed)
            .cost;
  return sum / 8;
}

TEST(DsaFamily, ExplorersEndLowerThanPlainDescent) {
  const double plain = mean_cost("dsatuto", {}, 800);
  EXPECT_LT(mean_cost("dsa_sdp", {}, 800), plain);
  EXPECT_LT(mean_cost("dsan", {{"cycles", "800"}, {"temperature", "10"}}, 1000), plain);
  EXPECT_LT(mean_cost("mixeddsa", {}, 800), plain * 1.1 + 100);
}

}  // namespace
}  // namespace entente
