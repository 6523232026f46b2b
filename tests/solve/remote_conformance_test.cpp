// SPDX-License-Identifier: MIT
// Every registered algorithm, with agents that exchange bytes over a network, against the same run in one process.
#include <gtest/gtest.h>

#include <cmath>

#include "conformance/conformance_problems.hpp"
#include "entente/algorithm/registry.hpp"
#include "entente/base/error.hpp"
#include "solve/remote_support.hpp"

namespace entente {
namespace {

using testing::in_turn;
using testing::make_lossy_crew;
using testing::RandomProblem;

std::vector<RandomProblem> small_shapes() {
  auto shapes = testing::shapes();
  shapes.push_back({.variables = 6, .degree = 0.4});  // most variables have nobody
  shapes.push_back({.variables = 7, .domain = 2, .degree = 3, .unary = 4, .own_costs = 1, .hard = 0.05});
  shapes.push_back({.variables = 4, .degree = 0, .own_costs = 0.5});  // all have nobody
  return shapes;
}

SolveRequest request_for(const Algorithm& algorithm, std::uint64_t seed) {
  SolveRequest request;
  request.algorithm = algorithm.info.name;
  request.seed = seed;
  request.stop_cycle = 40;
  return request;
}

void expect_same(const Outcome& remote, const Outcome& local, const std::string& where) {
  EXPECT_EQ(remote.status, local.status) << where;
  EXPECT_EQ(remote.assignment, local.assignment) << where;
  EXPECT_EQ(remote.cost, local.cost) << where;
  EXPECT_EQ(remote.violations, local.violations) << where;
  EXPECT_EQ(remote.bound, local.bound) << where;
  EXPECT_EQ(remote.cycles, local.cycles) << where;
  EXPECT_EQ(remote.best_cost_cycle, local.best_cost_cycle) << where;
  EXPECT_EQ(remote.messages, local.messages) << where;
  EXPECT_EQ(remote.message_bytes, local.message_bytes) << where;
  EXPECT_EQ(remote.checks, local.checks) << where;
  ASSERT_EQ(remote.agents.size(), local.agents.size()) << where;
  for (std::size_t a = 0; a < local.agents.size(); ++a) {
    EXPECT_EQ(remote.agents[a].messages_out, local.agents[a].messages_out) << where;
    EXPECT_EQ(remote.agents[a].bytes_out, local.agents[a].bytes_out) << where;
  }
  ASSERT_EQ(remote.message_types.size(), local.message_types.size()) << where;
  for (std::size_t k = 0; k < local.message_types.size(); ++k) {
    EXPECT_EQ(remote.message_types[k].messages, local.message_types[k].messages) << where;
    EXPECT_EQ(remote.message_types[k].bytes, local.message_types[k].bytes) << where;
    EXPECT_EQ(remote.message_types[k].largest, local.message_types[k].largest) << where;
  }
}

class RemoteConformance : public ::testing::TestWithParam<std::string> {
 protected:
  const Algorithm& algorithm() const { return find_algorithm(GetParam()); }

  /// Of events: an order of its own, and so a way of its own, but nothing untrue, and one optimum.
  void expect_as_good(const Problem& problem, const Outcome& remote, const Outcome& local,
                      const std::string& where) const {
    if (remote.status != Status::infeasible) {
      ASSERT_EQ(remote.assignment.size(), problem.variable_count()) << where;
      const Evaluation own = problem.evaluate(remote.assignment);
      EXPECT_EQ(remote.cost, own.cost) << where;
      EXPECT_EQ(remote.violations, own.violations) << where;
    }
    EXPECT_EQ(remote.status, local.status) << where;
    // Of assignments that are all forbidden, any will do.
    if (local.status == Status::infeasible || !(algorithm().info.complete || algorithm().info.confluent)) return;
    EXPECT_EQ(remote.violations, local.violations) << where;
    EXPECT_NEAR(remote.cost, local.cost, 1e-9 * (1 + std::abs(local.cost))) << where;
    ASSERT_EQ(remote.bound.has_value(), local.bound.has_value()) << where;
    if (local.bound) {
      EXPECT_NEAR(*remote.bound, *local.bound, 1e-9 * (1 + std::abs(*local.bound))) << where;
    }
    EXPECT_EQ(remote.gap.has_value(), local.gap.has_value()) << where;
    EXPECT_EQ(remote.certificate.has_value(), local.certificate.has_value()) << where;
  }

  void compare(std::uint64_t seed, bool lossy) const {
    const std::vector<RandomProblem> shapes = small_shapes();
    const Problem problem = testing::problem_for(algorithm(), shapes[seed % shapes.size()], seed);
    const std::string where = "seed " + std::to_string(seed) + (lossy ? " with loss" : "");
    SolveRequest request = request_for(algorithm(), seed);
    if (seed % 3 > 0)
      request.distribution = in_turn(problem, algorithm().info.graph == Graph::factor, seed % 3 == 1 ? 3 : 1);
    std::vector<Progress> rows[2];
    Outcome outcomes[2];
    for (const int remote : {0, 1}) {
      const std::unique_ptr<AgentCrew> crew = lossy ? make_lossy_crew(seed) : make_local_crew();
      request.crew = remote ? crew.get() : nullptr;
      request.collect = Collect::cycle_change;
      request.on_collect = [&](const Progress& row) { rows[remote].push_back(row); };
      outcomes[remote] = solve(problem, request);
    }
    if (algorithm().info.timing == Timing::events) return expect_as_good(problem, outcomes[1], outcomes[0], where);
    expect_same(outcomes[1], outcomes[0], where);
    ASSERT_EQ(rows[1].size(), rows[0].size()) << where;
    for (std::size_t r = 0; r < rows[0].size(); ++r) {
      EXPECT_EQ(rows[1][r].cycle, rows[0][r].cycle) << where;
      EXPECT_EQ(rows[1][r].cost, rows[0][r].cost) << where;
      EXPECT_EQ(rows[1][r].best_cost, rows[0][r].best_cost) << where;
      EXPECT_EQ(rows[1][r].changed, rows[0][r].changed) << where;
      EXPECT_EQ(rows[1][r].messages, rows[0][r].messages) << where;
    }
  }
};

TEST_P(RemoteConformance, GivesWhatALocalRunGives) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) compare(seed, false);
}

TEST_P(RemoteConformance, GivesTheSameOverLinksThatLoseDoubleAndReorder) {
  for (std::uint64_t seed = 100; seed <= 120; ++seed) compare(seed, true);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const Algorithm& algorithm : algorithm_table()) names.emplace_back(algorithm.info.name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(Every, RemoteConformance, ::testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace entente
