// SPDX-License-Identifier: MIT
// What A-DSA promises: own times, few messages, and the moves of DSA.
#include <gtest/gtest.h>

#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

Outcome run(const Problem& problem, std::vector<Setting> parameters, std::uint64_t stop_cycle = 0,
            std::uint64_t seed = 1, const std::string& algorithm = "adsa") {
  SolveRequest request;
  request.algorithm = algorithm;
  request.parameters = std::move(parameters);
  request.stop_cycle = stop_cycle;
  request.seed = seed;
  return solve(problem, request);
}

TEST(Adsa, VariantAEndsByItselfWhereNoVariableAloneCanImprove) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Problem problem = make_random_problem({.variables = 25,
                                                 .mixed_domains = seed % 3 == 0,
                                                 .wide = seed % 4 == 0 ? 5u : 0u,
                                                 .unary = 3,
                                                 .own_costs = 0.3,
                                                 .hard = seed % 2 ? 0.0 : 0.1,
                                                 .objective = seed % 5 ? Objective::minimise : Objective::maximise},
                                                seed);
    const Outcome outcome = run(problem, {{"variant", "A"}}, 0, seed);
    EXPECT_EQ(outcome.status, Status::finished);
    EXPECT_GT(outcome.cycles, 0u);
    std::vector<ValueIndex> x = outcome.assignment;
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    for (VariableId v = 0; v < x.size(); ++v) {
      const ValueIndex kept = x[v];
      for (x[v] = 0; x[v] < problem.domain_size(v); ++x[v]) {
        const Evaluation other = problem.evaluate(x);
        EXPECT_GE(other.violations, outcome.violations) << seed;
        if (other.violations != outcome.violations) continue;
        EXPECT_GE(sign * (other.cost - outcome.cost), -1e-9) << seed;
      }
      x[v] = kept;
    }
  }
}

TEST(Adsa, WithoutMovesItKeepsTheInitialValuesAndSpeaksOnce) {
  ProblemBuilder builder("start", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1, 2});
  const VariableId a = builder.add_variable("a", d, 2), b = builder.add_variable("b", d, 2);
  builder.add_variable("alone", d, 1);
  builder.add_table_constraint("", std::vector<VariableId>{a, b}, std::vector<double>{0, 0, 0, 0, 0, 0, 0, 0, 7});
  const Outcome outcome = run(builder.build(), {{"probability", "0"}}, 20);
  EXPECT_EQ(outcome.assignment, (std::vector<ValueIndex>{2, 2, 1}));
  EXPECT_EQ(outcome.cost, 7);
  EXPECT_EQ(outcome.messages, 2u);
  EXPECT_EQ(outcome.message_bytes, 8u);
  EXPECT_EQ(outcome.cycles, 20u);
}

TEST(Adsa, StopCycleLimitsTheTurnsOfEveryVariable) {
  const Problem problem = make_random_problem({.variables = 40, .degree = 5}, 4);
  for (const std::uint64_t limit : {1, 2, 3}) {
    const Outcome outcome = run(problem, {{"stop_cycle", std::to_string(limit)}});
    EXPECT_EQ(outcome.status, Status::finished);
    EXPECT_EQ(outcome.cycles, limit);
  }
  EXPECT_LT(run(problem, {}, 10).cost, run(problem, {}, 1).cost);
}

TEST(Adsa, ThePeriodOnlyScalesTime) {
  const Problem problem = make_random_problem({.variables = 40, .degree = 5}, 5);
  const Outcome half = run(problem, {{"period", "0.5"}}, 30), eight = run(problem, {{"period", "8"}}, 30);
  EXPECT_EQ(half.assignment, eight.assignment);
  EXPECT_EQ(half.messages, eight.messages);
}

TEST(Adsa, ComesAboutAsFarAsDsaForFewerMessages) {
  double adsa = 0, dsa = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = make_random_problem({.variables = 100, .degree = 6}, seed);
    const Outcome ours = run(problem, {}, 60, seed), theirs = run(problem, {}, 60, seed, "dsa");
    adsa += ours.cost;
    dsa += theirs.cost;
    EXPECT_LT(ours.messages, theirs.messages);
  }
  EXPECT_LT(std::abs(adsa - dsa), 0.1 * std::abs(dsa));
}

TEST(Adsa, RowsAreCollectedPerCycle) {
  const Problem problem = make_random_problem({.variables = 30, .degree = 4}, 6);
  SolveRequest request;
  request.algorithm = "adsa";
  request.parameters = {{"probability", "0.2"}};
  request.stop_cycle = 12;
  request.collect = Collect::cycle_change;
  std::vector<std::uint64_t> cycles;
  std::uint64_t messages = 0;
  request.on_collect = [&](const Progress& p) {
    cycles.push_back(p.cycle);
    EXPECT_GE(p.messages, messages);
    messages = p.messages;
  };
  const Outcome outcome = solve(problem, request);
  ASSERT_EQ(cycles.size(), 12u);
  for (std::size_t i = 0; i < cycles.size(); ++i) EXPECT_EQ(cycles[i], i + 1);
  EXPECT_EQ(messages, outcome.messages);
}

}  // namespace
}  // namespace entente
