// SPDX-License-Identifier: MIT
// What every registered algorithm keeps over simulated links, within what it declares, through the front door.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "conformance/conformance_problems.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "entente/solve.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::shapes;

Problem problem_for(const Algorithm& algorithm, std::uint64_t seed) {
  return testing::problem_for(algorithm, shapes()[seed % shapes().size()], seed);
}

SolveRequest calm(const Algorithm& algorithm, std::uint64_t seed) {
  SolveRequest request;
  request.algorithm = algorithm.info.name;
  request.seed = seed;
  request.stop_cycle = 40;
  request.engine = Engine::simulated;
  return request;
}

/// Links that do everything that links can do.
SolveRequest rough(const Algorithm& algorithm, std::uint64_t seed) {
  SolveRequest request = calm(algorithm, seed);
  Simulation& s = request.simulation;
  s.latency = seed % 3 == 0 ? Latency::exponential(0.02) : Latency::uniform(0.001, 0.05);
  s.reorder = true;
  s.loss = 0.05 * double(seed % 5);
  s.duplicate = 0.1;
  return request;
}

void expect_same(const Outcome& a, const Outcome& b, const std::string& where) {
  EXPECT_EQ(a.status, b.status) << where;
  EXPECT_EQ(a.assignment, b.assignment) << where;
  EXPECT_EQ(a.cost, b.cost) << where;
  EXPECT_EQ(a.bound, b.bound) << where;
  EXPECT_EQ(a.cycles, b.cycles) << where;
  EXPECT_EQ(a.best_cost_cycle, b.best_cost_cycle) << where;
  EXPECT_EQ(a.messages, b.messages) << where;
  EXPECT_EQ(a.message_bytes, b.message_bytes) << where;
  EXPECT_EQ(a.checks, b.checks) << where;
}

bool no_worse(const Problem& problem, const Evaluation& a, const Evaluation& b) {
  if (a.violations != b.violations) return a.violations < b.violations;
  const double slack = 1e-9 * (1 + std::abs(b.cost));
  return problem.objective() == Objective::minimise ? a.cost <= b.cost + slack : a.cost >= b.cost - slack;
}

class SimulationConformance : public ::testing::TestWithParam<std::string> {
 protected:
  const Algorithm& algorithm() const { return find_algorithm(GetParam()); }

  /// What must be true of any run, however bad the links.
  void expect_valid(const Problem& problem, const Outcome& outcome, const std::string& where) const {
    const Evaluation best = brute_force(problem);
    if (outcome.status == Status::infeasible) {
      EXPECT_GT(best.violations, 0u) << where;
      return;
    }
    ASSERT_EQ(outcome.status, Status::finished) << where;
    ASSERT_EQ(outcome.assignment.size(), problem.variable_count()) << where;
    const Evaluation own = problem.evaluate(outcome.assignment);
    EXPECT_EQ(outcome.cost, own.cost) << where;
    EXPECT_EQ(outcome.violations, own.violations) << where;
    if (outcome.bound && best.violations == 0) {
      EXPECT_TRUE(no_worse(problem, {*outcome.bound, 0}, best)) << where;
    }
    if (!algorithm().info.complete) return;
    EXPECT_EQ(best.violations, 0u) << where;
    EXPECT_NEAR(outcome.cost, best.cost, 1e-9 * (1 + std::abs(best.cost))) << where;
  }
};

TEST_P(SimulationConformance, LinksThatTakeNoTimeGiveTheRunOfTheLocalEngine) {
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Problem problem = problem_for(algorithm(), seed);
    SolveRequest request = calm(algorithm(), seed);
    const Outcome simulated = solve(problem, request);
    request.engine = Engine::local;
    expect_same(simulated, solve(problem, request), "seed " + std::to_string(seed));
    ASSERT_TRUE(simulated.simulation);
    EXPECT_EQ(simulated.simulation->retransmitted + simulated.simulation->lost, 0u);
  }
}

TEST_P(SimulationConformance, KeepsItsPromisesOverReliableLinksHoweverRough) {
  const bool cycles = algorithm().info.timing == Timing::cycles;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string where = "seed " + std::to_string(seed);
    const Problem problem = problem_for(algorithm(), seed);
    SolveRequest request = rough(algorithm(), seed);
    request.simulation.delivery = SimulationDelivery::reliable;
    const Outcome outcome = solve(problem, request);
    expect_valid(problem, outcome, where);
    request.engine = Engine::local;
    if (cycles) expect_same(outcome, solve(problem, request), where);
  }
}

TEST_P(SimulationConformance, IsValidOverWhatItSaysItTolerates) {
  const Tolerates bears = algorithm().info.timing == Timing::cycles
                              ? Tolerates{.loss = false, .duplicates = true, .reordering = true}
                              : algorithm().info.tolerates;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Problem problem = problem_for(algorithm(), seed);
    SolveRequest request = rough(algorithm(), seed);
    request.simulation.delivery = SimulationDelivery::raw;
    if (!bears.loss) request.simulation.loss = 0;
    if (!bears.duplicates) request.simulation.duplicate = 0;
    request.simulation.reorder = bears.reordering;
    expect_valid(problem, solve(problem, request), "seed " + std::to_string(seed));
  }
}

TEST_P(SimulationConformance, RefusesRawLinksThatDoMore) {
  const auto refused = [&](auto&& spoil) {
    SolveRequest request = calm(algorithm(), 1);
    request.simulation.delivery = SimulationDelivery::raw;
    spoil(request.simulation);
    try {
      solve(problem_for(algorithm(), 1), request);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::wrong_use);
      EXPECT_NE(std::string(error.what()).find(GetParam()), std::string::npos) << error.what();
      return true;
    }
    return false;
  };
  const bool cycles = algorithm().info.timing == Timing::cycles;
  const Tolerates says = algorithm().info.tolerates;
  EXPECT_EQ(refused([](Simulation& s) { s.loss = 0.1; }), !says.loss);
  EXPECT_EQ(refused([](Simulation& s) { s.duplicate = 0.1; }), !says.duplicates && !cycles);
  EXPECT_EQ(refused([](Simulation& s) { s.reorder = true; }), !says.reordering && !cycles);
}

TEST_P(SimulationConformance, DoesTheSameAgainForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Problem problem = problem_for(algorithm(), seed);
    std::string traces[2];
    Outcome outcomes[2];
    for (const int turn : {0, 1}) {
      SolveRequest request = rough(algorithm(), seed);
      request.simulation.on_event = [&](const Simulation::Event& e) {
        traces[turn].append(std::to_string(e.time)).append(e.event).append(e.from).append(e.to).append(e.type);
      };
      outcomes[turn] = solve(problem, request);
    }
    EXPECT_EQ(traces[0], traces[1]);
    expect_same(outcomes[0], outcomes[1], "seed " + std::to_string(seed));
    if (!outcomes[0].simulation || !outcomes[1].simulation) continue;
    EXPECT_EQ(outcomes[0].simulation->time, outcomes[1].simulation->time);
    EXPECT_EQ(outcomes[0].simulation->packets, outcomes[1].simulation->packets);
    EXPECT_EQ(outcomes[0].simulation->cbr, outcomes[1].simulation->cbr);
  }
}

TEST_P(SimulationConformance, ACrashWithARestartOnlyCostsTime) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::string where = "seed " + std::to_string(seed);
    const Problem problem = problem_for(algorithm(), seed);
    SolveRequest request = calm(algorithm(), seed);
    request.simulation.latency = Latency::uniform(0.01, 0.02);
    request.simulation.delivery = SimulationDelivery::reliable;
    request.simulation.crashes = {{"a_" + problem.variable_name(seed % problem.variable_count()), 0.015, 3.0}};
    const Outcome outcome = solve(problem, request);
    expect_valid(problem, outcome, where);
    request.engine = Engine::local;
    if (algorithm().info.timing == Timing::cycles) expect_same(outcome, solve(problem, request), where);
  }
}

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const Algorithm& algorithm : algorithm_table()) list.emplace_back(algorithm.info.name);
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, SimulationConformance, ::testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace entente
