// SPDX-License-Identifier: MIT
// Synchronous algorithms over a simulated network, against the cycle engine.
#include "runtime/simulated_cycles.hpp"

#include <gtest/gtest.h>

#include "entente/algorithm.hpp"
#include "runtime/cycle_engine.hpp"
#include "runtime/simulation_support.hpp"
#include "support/random_problem.hpp"

namespace entente::algorithms {
Algorithm dba();
Algorithm dgls();
Algorithm dsa();
Algorithm gdba();
Algorithm mgm();
Algorithm mgm2();
}  // namespace entente::algorithms

namespace entente::runtime {
namespace {

using testing::calm_plan;
using testing::make_random_problem;
using testing::random_plan;
using testing::RandomProblem;

void expect_same(const RunResult& a, const RunResult& b, const std::string& where) {
  EXPECT_EQ(a.end, b.end) << where;
  EXPECT_EQ(a.cycles, b.cycles) << where;
  EXPECT_EQ(a.best, b.best) << where;
  EXPECT_EQ(a.last, b.last) << where;
  EXPECT_EQ(a.best_cycle, b.best_cycle) << where;
  EXPECT_EQ(a.checks, b.checks) << where;
  EXPECT_EQ(a.messages_out, b.messages_out) << where;
  EXPECT_EQ(a.bytes_out, b.bytes_out) << where;
  ASSERT_EQ(a.kinds.size(), b.kinds.size()) << where;
  for (std::size_t k = 0; k < a.kinds.size(); ++k) {
    EXPECT_EQ(a.kinds[k].messages, b.kinds[k].messages) << where;
    EXPECT_EQ(a.kinds[k].bytes, b.kinds[k].bytes) << where;
    EXPECT_EQ(a.kinds[k].largest, b.kinds[k].largest) << where;
  }
}

std::vector<Algorithm> synchronous() {
  return {algorithms::dsa(),  algorithms::mgm(),  algorithms::mgm2(),
          algorithms::gdba(), algorithms::dgls(), algorithms::dba()};
}

TEST(SimulatedCycles, GivesAllThatTheCycleEngineGivesOverAnyNetwork) {
  const std::vector<RandomProblem> shapes = {
      {.variables = 60, .degree = 4},
      {.variables = 50, .domain = 10, .own_costs = 0.5, .fractional = true},
      {.variables = 40, .mixed_domains = true, .wide = 10, .hard = 0.1, .objective = Objective::maximise},
      {.variables = 40, .domain = 5, .degree = 1},  // many parts, and variables that have nobody
      {.variables = 20, .domain = 300, .degree = 2}};
  for (std::uint64_t s = 0; s < 2 * shapes.size(); ++s)
    for (const Algorithm& algorithm : synchronous()) {
      const Problem problem = make_random_problem(shapes[s % shapes.size()], s + 11);
      const kernel::LocalCosts costs(problem);
      const std::uint32_t agents = s % 3 ? problem.variable_count() : 7;
      std::vector<std::uint32_t> host(problem.variable_count());
      for (std::size_t i = 0; i < host.size(); ++i) host[i] = std::uint32_t(mix(i) % agents);
      RunControl control;
      control.seed = s;
      control.stop_cycle = s % 2 ? 30 : 200;
      control.host = host.data();
      const RunResult expected = CycleEngine(problem, costs, algorithm, {}, control).run();
      const SimulationPlan plan = random_plan(agents, s);
      control.simulation = &plan;
      expect_same(simulate_cycles(problem, costs, algorithm, {}, control), expected,
                  std::string(algorithm.info.name) + " shape " + std::to_string(s));
    }
}

TEST(SimulatedCycles, ReportsWhatTheCycleEngineReports) {
  for (const Algorithm& algorithm : synchronous()) {
    const Problem problem = make_random_problem({.variables = 40, .degree = 3, .hard = 0.1}, 5);
    const kernel::LocalCosts costs(problem);
    std::vector<std::string> lines[2];
    double before = 0;
    const SimulationPlan plan = random_plan(problem.variable_count(), 9);
    for (const int simulated : {0, 1}) {
      RunControl control;
      control.stop_cycle = 40;
      control.simulation = simulated ? &plan : nullptr;
      control.on_cycle = [&](const CycleReport& r) {
        lines[simulated].push_back(std::to_string(r.cycle) + " " + std::to_string(r.now.cost) + " " +
                                   std::to_string(r.best.cost) + " " + std::to_string(r.changed) + " " +
                                   std::to_string(r.messages) + " " + std::to_string(r.bytes));
        EXPECT_EQ(r.time.has_value(), simulated == 1);
        EXPECT_GE(r.time.value_or(0), before);
        before = r.time.value_or(0);
      };
      if (simulated)
        simulate_cycles(problem, costs, algorithm, {}, control);
      else
        CycleEngine(problem, costs, algorithm, {}, control).run();
    }
    EXPECT_EQ(lines[0], lines[1]) << algorithm.info.name;
  }
}

TEST(SimulatedCycles, TakesOneLatencyAPhaseWhereAllLinksAreAlike) {
  const Problem problem = make_random_problem({.variables = 20, .degree = 4}, 3);
  const kernel::LocalCosts costs(problem);
  const SimulationPlan plan = calm_plan(20, Latency::constant(0.25));
  RunControl control;
  control.stop_cycle = 10;
  control.simulation = &plan;
  const RunResult result = simulate_cycles(problem, costs, algorithms::mgm2(), {}, control);
  ASSERT_TRUE(result.simulated);
  // Five phases a cycle; the first message of all is sent at time 0.
  EXPECT_EQ(result.simulated->rounds, 5 * result.cycles);
  EXPECT_DOUBLE_EQ(result.simulated->time, 0.25 * double(5 * result.cycles));
  EXPECT_EQ(result.simulated->network.retransmitted, 0u);
}

TEST(SimulatedCycles, GoesOnAfterACrashAndStopsWhereNobodyComesBack) {
  const Problem problem = make_random_problem({.variables = 20, .degree = 4}, 3);
  const kernel::LocalCosts costs(problem);
  SimulationPlan plan = calm_plan(20, Latency::constant(0.25));
  plan.network.reliable = true;
  plan.network.outages = {{3, 1.1, 50}};
  RunControl control;
  control.stop_cycle = 10;
  const RunResult expected = CycleEngine(problem, costs, algorithms::dsa(), {}, control).run();
  control.simulation = &plan;
  const RunResult late = simulate_cycles(problem, costs, algorithms::dsa(), {}, control);
  expect_same(late, expected, "with a crash");
  EXPECT_GT(late.simulated->time, 50);
  EXPECT_EQ(late.simulated->network.crashes, 1u);
  EXPECT_EQ(late.simulated->network.restarts, 1u);
  plan.network.outages = {{3, 1.1}};
  const RunResult stuck = simulate_cycles(problem, costs, algorithms::dsa(), {}, control);
  EXPECT_EQ(stuck.end, RunEnd::interrupted);
  EXPECT_TRUE(stuck.simulated->stuck);
  EXPECT_EQ(stuck.cycles, 4u);  // cycles 0 to 3 end at 0.25 to 1
  EXPECT_EQ(stuck.best.size(), 20u);
  plan.network.outages.clear();
  plan.time_limit = 1.1;
  const RunResult cut = simulate_cycles(problem, costs, algorithms::dsa(), {}, control);
  EXPECT_EQ(cut.end, RunEnd::deadline);
  EXPECT_EQ(cut.best, stuck.best);
  EXPECT_DOUBLE_EQ(cut.simulated->time, 1.1);
}

}  // namespace
}  // namespace entente::runtime
