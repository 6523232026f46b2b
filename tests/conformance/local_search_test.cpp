// SPDX-License-Identifier: MIT
// What DSA and MGM promise by their papers.
#include <gtest/gtest.h>

#include "entente/solve.hpp"
#include "support/improvement.hpp"
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

TEST(Mgm, EndsByItselfWhereNoVariableAloneCanImprove) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = make_random_problem({.variables = 30,
                                                 .mixed_domains = seed % 3 == 0,
                                                 .wide = seed % 4 == 0 ? 5u : 0u,
                                                 .own_costs = 0.3,
                                                 .hard = seed % 2 ? 0.0 : 0.1,
                                                 .fractional = seed % 5 == 0,
                                                 .objective = seed % 7 ? Objective::minimise : Objective::maximise},
                                                seed);
    for (const char* mode : {"lexic", "random"}) {
      const Outcome outcome = run(problem, "mgm", {{"break_mode", mode}}, 0, seed);
      EXPECT_EQ(outcome.status, Status::finished);
      EXPECT_FALSE(testing::can_improve(problem, outcome.assignment, 1)) << "seed " << seed << " " << mode;
    }
  }
}

TEST(Mgm, SendsTwoMessagesPerNeighbourAndCycle) {
  const Problem problem = make_random_problem({.variables = 20, .degree = 4}, 3);
  const Outcome outcome = run(problem, "mgm", {}, 4);
  std::uint64_t directed = 0;
  for (VariableId v = 0; v < 20; ++v) {
    std::vector<bool> near(20);
    for (const ConstraintId c : problem.constraints_of(v))
      for (const VariableId u : problem.scope(c)) near[u] = u != v || near[u];
    for (VariableId u = 0; u < 20; ++u) directed += u != v && near[u];
  }
  EXPECT_EQ(outcome.messages, outcome.cycles * 2 * directed);
  EXPECT_EQ(outcome.message_bytes, outcome.messages * 4);
}

/// Two variables that want to be equal, each in three ways; all start at (0, 1).
Problem two_friends() {
  ProblemBuilder builder("friends", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  const VariableId a = builder.add_variable("a", d, 0), b = builder.add_variable("b", d, 1);
  builder.add_table_constraint("equal", std::vector<VariableId>{a, b}, std::vector<double>{0, 1, 1, 1, 0, 1, 1, 1, 0});
  return builder.build();
}

TEST(Dsa, StartsFromTheInitialValues) {
  // With probability 0 nobody ever moves.
  const Outcome outcome = run(two_friends(), "dsa", {{"probability", "0"}}, 5);
  EXPECT_EQ(outcome.assignment, (std::vector<ValueIndex>{0, 1}));
  EXPECT_EQ(outcome.cost, 1);
}

TEST(Dsa, WithProbabilityOneBothMoveAndMissEachOther) {
  SolveRequest request;
  request.algorithm = "dsa";
  request.parameters = {{"probability", "1"}, {"variant", "A"}};
  request.stop_cycle = 6;
  request.collect = Collect::cycle_change;
  std::vector<double> costs;
  request.on_collect = [&](const Progress& p) { costs.push_back(p.cost); };
  solve(two_friends(), request);
  EXPECT_EQ(costs, (std::vector<double>{1, 1, 1, 1, 1, 1}));  // (1, 0), (0, 1), …
}

/// A conflict that no move mends, with a second value that costs the same: 1 whatever they do.
Problem stalemate() {
  ProblemBuilder builder("stalemate", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const auto one = builder.add_domain("one", {std::int64_t(0)});
  const VariableId a = builder.add_variable("a", d, 0), b = builder.add_variable("b", one),
                   c = builder.add_variable("c", one);
  builder.add_table_constraint("left", std::vector<VariableId>{a, b}, std::vector<double>{1, 0});
  builder.add_table_constraint("right", std::vector<VariableId>{a, c}, std::vector<double>{0, 1});
  return builder.build();
}

std::uint64_t moves(const Problem& problem, const char* variant) {
  SolveRequest request;
  request.algorithm = "dsa";
  request.parameters = {{"variant", variant}, {"probability", "1"}};
  request.stop_cycle = 10;
  request.collect = Collect::cycle_change;
  std::uint64_t changed = 0;
  request.on_collect = [&](const Progress& p) { changed += p.changed; };
  solve(problem, request);
  return changed;
}

TEST(Dsa, VariantsMoveWithoutGainOnlyAsTheyMay) {
  EXPECT_EQ(moves(stalemate(), "A"), 0u);   // never without gain
  EXPECT_EQ(moves(stalemate(), "B"), 10u);  // a conflict remains: each constraint at its best would cost 0
  EXPECT_EQ(moves(stalemate(), "C"), 10u);
  EXPECT_EQ(moves(stalemate(), "D"), 10u);
  EXPECT_EQ(moves(stalemate(), "E"), 10u);
  ProblemBuilder calm("no conflict", Objective::minimise);
  const auto d = calm.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  calm.add_variable("a", d, 0);
  const Problem free = calm.build();
  EXPECT_EQ(moves(free, "B"), 0u);
  EXPECT_EQ(moves(free, "C"), 10u);  // any tie will do
  EXPECT_EQ(moves(free, "D"), 0u);
  EXPECT_EQ(moves(free, "E"), 10u);
}

TEST(Dsa, VariantsDAndEAlwaysTakeAGain) {
  ProblemBuilder builder("gain", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const VariableId a = builder.add_variable("a", d, 0);
  builder.add_unary_costs(a, std::vector<double>{1, 0});
  const Problem problem = builder.build();
  for (const char* variant : {"D", "E"})
    EXPECT_EQ(run(problem, "dsa", {{"variant", variant}, {"probability", "0"}}, 3).cost, 0) << variant;
  for (const char* variant : {"A", "B", "C"})
    EXPECT_EQ(run(problem, "dsa", {{"variant", variant}, {"probability", "0"}}, 3).cost, 1) << variant;
}

TEST(Dsa, ArityModeMovesIsolatedVariablesAlways) {
  ProblemBuilder builder("alone", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  builder.add_unary_costs(builder.add_variable("a", d, 0), std::vector<double>{1, 0});
  EXPECT_EQ(run(builder.build(), "dsa", {{"p_mode", "arity"}}, 1).cost, 0);
}

}  // namespace
}  // namespace entente
