// SPDX-License-Identifier: MIT
// What is told of a run while it goes on: every algorithm's states are true, the last one is the end, and telling
// changes nothing.
#include <gtest/gtest.h>

#include <cmath>

#include "conformance/conformance_problems.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/solve.hpp"

namespace entente {
namespace {

class LiveStates : public ::testing::TestWithParam<std::string> {};

void expect_true(const Problem& problem, const LiveState& state, const std::string& where) {
  EXPECT_EQ(state.cycle, state.progress.cycle) << where;
  EXPECT_EQ(state.seconds, state.progress.seconds) << where;
  if (state.values.empty()) return;
  ASSERT_EQ(state.values.size(), problem.variable_count()) << where;
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    EXPECT_GE(state.values[v], 0) << where;
    EXPECT_LT(state.values[v], problem.domain_size(v)) << where;
  }
  const Evaluation cost = problem.evaluate(state.values);
  EXPECT_EQ(cost.violations, state.progress.violations) << where;
  EXPECT_NEAR(cost.cost, state.progress.cost, 1e-9 * (1 + std::abs(cost.cost))) << where;
}

void expect_true(const Problem& problem, const RunPlan& plan, const Outcome& outcome, const std::string& where) {
  EXPECT_EQ(plan.algorithm, outcome.algorithm) << where;
  const std::uint32_t constraints = plan.graph == Graph::factor ? problem.constraint_count() : 0;
  EXPECT_EQ(plan.host.size(), problem.variable_count() + constraints) << where;
  std::vector<std::size_t> hosted(plan.agents.size());
  for (const std::uint32_t agent : plan.host) ++hosted.at(agent);
  ASSERT_EQ(plan.agents.size(), outcome.agents.size()) << where;
  for (std::size_t a = 0; a < hosted.size(); ++a) {
    EXPECT_EQ(plan.agents[a], outcome.agents[a].name) << where;
    EXPECT_EQ(hosted[a], outcome.agents[a].computations.size()) << where;
  }
}

TEST_P(LiveStates, AreTrueAndChangeNothing) {
  const Algorithm& algorithm = find_algorithm(GetParam());
  for (std::uint64_t seed = 0; seed < 6; ++seed)
    for (const Engine engine : {Engine::local, Engine::simulated}) {
      const std::string where = "seed " + std::to_string(seed) + (engine == Engine::local ? "" : " simulated");
      const Problem problem = testing::problem_for(algorithm, testing::shapes()[seed], seed);
      SolveRequest request;
      request.algorithm = algorithm.info.name;
      request.seed = seed;
      request.stop_cycle = 30;
      request.engine = engine;
      const Outcome plain = solve(problem, request);
      std::vector<LiveState> states;
      std::vector<RunPlan> plans;
      request.on_start = [&](const RunPlan& plan) { plans.push_back(plan); };
      request.on_state = [&](const LiveState& state) {
        EXPECT_EQ(plans.size(), 1u) << where;
        states.push_back(state);
      };
      const Outcome told = solve(problem, request);
      EXPECT_EQ(plain.status, told.status) << where;
      EXPECT_EQ(plain.assignment, told.assignment) << where;
      EXPECT_EQ(plain.cost, told.cost) << where;
      EXPECT_EQ(plain.bound, told.bound) << where;
      EXPECT_EQ(plain.cycles, told.cycles) << where;
      EXPECT_EQ(plain.best_cost_cycle, told.best_cost_cycle) << where;
      EXPECT_EQ(plain.messages, told.messages) << where;
      EXPECT_EQ(plain.message_bytes, told.message_bytes) << where;

      expect_true(problem, plans.at(0), told, where);
      ASSERT_FALSE(states.empty()) << where;
      for (const LiveState& state : states) expect_true(problem, state, where);
      const LiveState& last = states.back();
      EXPECT_EQ(last.values.empty(), told.assignment.empty()) << where;
      EXPECT_EQ(last.cycle, told.cycles) << where;
      EXPECT_EQ(last.seconds, told.seconds) << where;
      EXPECT_EQ(last.progress.best_cost, told.cost) << where;
      EXPECT_EQ(last.progress.best_violations, told.violations) << where;
      EXPECT_EQ(last.progress.messages, told.messages) << where;
      EXPECT_EQ(last.progress.bound, told.bound) << where;
      if (algorithm.info.complete && told.status == Status::finished) {
        EXPECT_EQ(last.progress.cost, told.cost) << where;
      }
    }
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const Algorithm& algorithm : algorithm_table()) names.emplace_back(algorithm.info.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, LiveStates, ::testing::ValuesIn(names()), [](const auto& info) { return info.param; });

TEST(LiveStateTimes, ComeAboutTenTimesASecondAndOnceAtTheEnd) {
  const Problem problem = testing::make_random_problem({.variables = 40, .degree = 4}, 3);
  SolveRequest request;
  request.algorithm = "dsa";
  request.parameters = {{"variant", "C"}, {"probability", "0.5"}};
  request.timeout = 0.65;
  std::vector<double> times;
  request.on_state = [&](const LiveState& state) { times.push_back(state.seconds); };
  solve(problem, request);
  ASSERT_GE(times.size(), 3u);
  EXPECT_LE(times.size(), 9u);
  for (std::size_t i = 1; i + 1 < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], 0.0999);
}

}  // namespace
}  // namespace entente
