// SPDX-License-Identifier: MIT
// Reports fetch the values that they are about, whatever engine makes them.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/algorithm/registry.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/cycle_engine.hpp"
#include "runtime/factor_engine.hpp"
#include "runtime/simulated_cycles.hpp"
#include "runtime/simulated_factors.hpp"
#include "runtime/simulation_support.hpp"
#include "support/random_problem.hpp"

namespace entente::runtime {
namespace {

using testing::make_random_problem;
using testing::random_plan;

Problem problem_of(std::uint64_t seed) {
  return make_random_problem({.variables = 300, .mixed_domains = true, .own_costs = 0.4, .hard = 0.05}, seed);
}

/// Runs with every report's values held against its cost; returns how many reports there were.
template <class Run>
int check_reports(const Problem& problem, RunControl control, const std::string& where, Run&& run) {
  int reports = 0;
  std::uint64_t changed = 0;
  std::vector<ValueIndex> values, before;
  control.on_cycle = [&](const CycleReport& report) {
    ++reports;
    ASSERT_TRUE(report.values) << where;
    values = report.values();
    ASSERT_EQ(values.size(), problem.variable_count()) << where;
    const Evaluation cost = problem.evaluate(values);
    EXPECT_EQ(cost.violations, report.now.violations) << where << " cycle " << report.cycle;
    EXPECT_NEAR(cost.cost, report.now.cost, 1e-9 * (1 + std::abs(cost.cost))) << where << " cycle " << report.cycle;
    std::uint64_t differing = 0;
    for (std::size_t v = 0; v < before.size(); ++v) differing += values[v] != before[v];
    if (!before.empty()) {
      EXPECT_EQ(differing, report.changed) << where << " cycle " << report.cycle;
    }
    changed += differing;
    before = values;
  };
  const RunResult result = run(control);
  EXPECT_EQ(values, result.last) << where;
  EXPECT_GT(changed, 0u) << where << ": nothing moved, nothing was tested";
  return reports;
}

TEST(ReportValues, OfCyclesCostWhatTheReportSays) {
  const Problem problem = problem_of(3);
  const kernel::LocalCosts costs(problem);
  const SimulationPlan plan = random_plan(problem.variable_count(), 9);
  for (const char* name : {"dsa", "mgm", "mgm2", "gdba", "dgls"}) {
    const Algorithm& algorithm = find_algorithm(name);
    for (const Execution execution : {Execution::full, Execution::change_driven, Execution::automatic})
      for (const int threads : {1, 2}) {
        const RunControl control{.seed = 1, .threads = threads, .stop_cycle = 25};
        const auto run = [&](const RunControl& c) {
          return CycleEngine(problem, costs, algorithm, {}, c, execution).run();
        };
        EXPECT_GT(check_reports(problem, control, std::string(name) + " in cycles", run), 5) << name;
      }
    const RunControl control{.seed = 1, .stop_cycle = 25, .simulation = &plan};
    const auto run = [&](const RunControl& c) { return simulate_cycles(problem, costs, algorithm, {}, c); };
    EXPECT_GT(check_reports(problem, control, std::string(name) + " simulated", run), 5) << name;
  }
}

TEST(ReportValues, OfTheFactorGraphCostWhatTheReportSays) {
  const Problem problem = problem_of(5);
  const SimulationPlan plan = random_plan(problem.variable_count() + problem.constraint_count(), 9);
  const Algorithm& algorithm = find_algorithm("maxsum");
  for (const int threads : {1, 2}) {
    const RunControl control{.seed = 1, .threads = threads, .stop_cycle = 25};
    const auto run = [&](const RunControl& c) { return run_factors(problem, algorithm, c, {}); };
    EXPECT_GT(check_reports(problem, control, "maxsum", run), 20);
  }
  const RunControl control{.seed = 1, .stop_cycle = 25, .simulation = &plan};
  const auto run = [&](const RunControl& c) { return simulate_factors(problem, algorithm, c, {}); };
  EXPECT_GT(check_reports(problem, control, "maxsum simulated", run), 20);
}

}  // namespace
}  // namespace entente::runtime
