// SPDX-License-Identifier: MIT
// How runs with agents elsewhere end: by themselves, by a limit, by the user, by a fault.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>

#include "entente/base/error.hpp"
#include "entente/solve/check_certificate.hpp"
#include "solve/remote_support.hpp"

namespace entente {
namespace {

using testing::in_turn;
using testing::make_random_problem;
using testing::NetworkCrew;

SolveRequest remote(const std::string& algorithm, AgentCrew& crew) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.crew = &crew;
  return request;
}
const Problem& ring() {
  static const Problem problem = make_random_problem({.variables = 30, .degree = 4}, 3);
  return problem;
}

TEST(RemoteEnd, ARunWithoutLimitIsStoppedByTheDeadline) {
  for (const std::uint32_t agents : {1u, 4u, 30u})
    for (const char* const algorithm : {"dsa", "gdba", "mgm2", "maxsum"}) {
      auto crew = make_local_crew();
      SolveRequest request = remote(algorithm, *crew);
      request.distribution = in_turn(ring(), algorithm == std::string("maxsum"), agents);
      request.timeout = 0.3;
      const Outcome outcome = solve(ring(), request);
      EXPECT_EQ(outcome.status, Status::timeout) << algorithm;
      EXPECT_GT(outcome.cycles, 0u) << algorithm;
      ASSERT_EQ(outcome.assignment.size(), 30u) << algorithm;
      EXPECT_LT(outcome.seconds, 10) << algorithm;
    }
}

TEST(RemoteEnd, TheUserCanStopARunOfWhichAnyAnswerIsKept) {
  for (const char* const algorithm : {"gdba", "mgm2", "maxsum", "syncbb"}) {
    auto crew = make_local_crew();
    SolveRequest request = remote(algorithm, *crew);
    std::atomic<bool> interrupt{false};
    request.interrupt = &interrupt;
    request.collect = Collect::value_change;
    request.on_collect = [&](const Progress&) { interrupt = true; };
    const Problem problem = make_random_problem({.variables = 40, .domain = 6, .degree = 8}, 1);
    const Outcome outcome = solve(problem, request);
    EXPECT_EQ(outcome.status, Status::stopped) << algorithm;
    EXPECT_EQ(outcome.assignment.size(), 40u) << algorithm;
  }
}

TEST(RemoteEnd, AnAgentThatNobodyHoldsBackStaysWithinReachOfTheCoordinator) {
  // One agent computes something that ends never, and its neighbours are all its own.
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.distribution = in_turn(ring(), false, 1);
  request.stop_cycle = 20000;
  SolveRequest local = request;
  local.crew = nullptr;
  const Outcome there = solve(ring(), request), here = solve(ring(), local);
  EXPECT_EQ(there.cycles, here.cycles);
  EXPECT_EQ(there.assignment, here.assignment);
}

TEST(RemoteEnd, AGapThatIsSmallEnoughEndsTheRun) {
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.gap = 1e9;
  SolveRequest local = request;
  local.crew = nullptr;
  const Outcome there = solve(ring(), request), here = solve(ring(), local);
  EXPECT_EQ(there.status, Status::finished);
  EXPECT_EQ(there.cycles, here.cycles);
  EXPECT_EQ(there.cost, here.cost);
}

TEST(RemoteEnd, AnAlgorithmThatIsChosenByItselfRunsElsewhereToo) {
  auto crew = make_local_crew();
  SolveRequest request;
  request.crew = crew.get();
  SolveRequest local;
  const Outcome there = solve(ring(), request), here = solve(ring(), local);
  EXPECT_EQ(there.algorithm, here.algorithm);
  EXPECT_EQ(there.cost, here.cost);
  EXPECT_EQ(there.status, here.status);
}

TEST(RemoteEnd, MemoryThatIsTooSmallIsTheErrorOfALocalRun) {
  const Problem problem = make_random_problem({.variables = 20, .domain = 6, .degree = 9}, 4);
  for (const char* const algorithm : {"dpop", "adpop"}) {
    auto crew = make_local_crew();
    SolveRequest request = remote(algorithm, *crew);
    request.memory = 100;
    SolveRequest local = request;
    local.crew = nullptr;
    std::string said[2];
    int k = 0;
    for (const SolveRequest& one : {request, local}) {
      try {
        solve(problem, one);
      } catch (const Error& error) {
        said[k] = error.what();
        EXPECT_EQ(error.code(), ErrorCode::too_large);
      }
      ++k;
    }
    EXPECT_EQ(said[0], said[1]) << algorithm;
    EXPECT_FALSE(said[0].empty()) << algorithm;
  }
}

TEST(RemoteEnd, AProblemWithoutComputationsNeedsNobody) {
  ProblemBuilder builder("empty", Objective::minimise);
  const Problem problem = builder.build();
  for (const char* const algorithm : {"dsa", "maxsum", "dpop", "adopt"}) {
    auto crew = make_local_crew();
    const Outcome outcome = solve(problem, remote(algorithm, *crew));
    EXPECT_EQ(outcome.status, Status::finished) << algorithm;
  }
}

TEST(RemoteEnd, ACertificateSurvivesTheWay) {
  const Problem problem = make_random_problem({.variables = 8, .degree = 3}, 5);
  auto crew = make_local_crew();
  const Outcome outcome = solve(problem, remote("optapo", *crew));
  ASSERT_TRUE(outcome.certificate);
  EXPECT_EQ(outcome.status, Status::finished);
  ASSERT_TRUE(outcome.bound);
  EXPECT_NEAR(*outcome.bound, outcome.cost, 1e-9 * (1 + std::abs(outcome.cost)));
}

TEST(RemoteEnd, TheLastStateIsToldWithItsValues) {
  auto crew = make_local_crew();
  SolveRequest request = remote("mgm", *crew);
  std::vector<ValueIndex> last;
  request.on_state = [&](const LiveState& state) { last = state.values; };
  const Outcome outcome = solve(ring(), request);
  EXPECT_EQ(last, outcome.assignment);
}

TEST(RemoteEnd, NoiseAndLimitsAndHardCostsReachTheAgents) {
  ReadOptions options;
  options.seed = 5;
  options.infinity = 1000;
  const Problem problem = parse_pydcop_yaml(R"(
name: noisy
objective: max
domains: {d: {values: [0, 1, 2]}}
variables:
  x: {domain: d, cost_function: 0.1 * x, noise_level: 0.5}
  y: {domain: d, cost_function: 0.2 * y, noise_level: 0.5, initial_value: 2}
  z: {domain: d}
constraints:
  c: {type: intention, function: 1000 if x == y else x + y * 0.3}
  e: {type: intention, function: y * z}
agents: [a1, a2]
)",
                                            "noisy", options);
  for (const char* const algorithm : {"dsa", "maxsum", "dpop", "mgm2"}) {
    auto crew = make_local_crew();
    SolveRequest request = remote(algorithm, *crew);
    request.seed = 99;  // of the run, not of the noise
    request.stop_cycle = 30;
    SolveRequest local = request;
    local.crew = nullptr;
    const Outcome there = solve(problem, request), here = solve(problem, local);
    EXPECT_EQ(there.assignment, here.assignment) << algorithm;
    EXPECT_EQ(there.cost, here.cost) << algorithm;
    EXPECT_EQ(there.cycles, here.cycles) << algorithm;
    EXPECT_EQ(there.messages, here.messages) << algorithm;
  }
}

TEST(RemoteEnd, CostsThatAreComputedWhenAskedForAreComputedByTheAgents) {
  std::string text = "name: large\nobjective: min\ndomains: {d: {values: [0 .. 15]}}\nvariables:\n", sum;
  for (int v = 0; v < 8; ++v) {
    text += "  x" + std::to_string(v) + ": {domain: d}\n";
    sum += (v ? " + " : "") + ("abs(x" + std::to_string(v) + " - " + std::to_string(v) + ")");
  }
  text += "constraints:\n  c: {type: intention, function: " + sum + "}\n  e: {type: intention, function: x0 * x1}\n";
  const Problem problem = parse_pydcop_yaml(text, "large");
  ASSERT_EQ(problem.function(0).kind, FunctionKind::lazy);
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.stop_cycle = 20;
  SolveRequest local = request;
  local.crew = nullptr;
  const Outcome there = solve(problem, request), here = solve(problem, local);
  EXPECT_EQ(there.assignment, here.assignment);
  EXPECT_EQ(there.cycles, here.cycles);
  EXPECT_EQ(there.cost, here.cost);
}

TEST(RemoteEnd, WaitingBeforeMessagesChangesNothingElse) {
  const Problem problem = make_random_problem({.variables = 3, .degree = 2}, 1);
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.stop_cycle = 5;
  request.delay = 0.002;
  SolveRequest local = request;
  local.crew = nullptr;
  const Outcome there = solve(problem, request), here = solve(problem, local);
  EXPECT_EQ(there.assignment, here.assignment);
  EXPECT_GT(there.seconds, 0.01);
}

TEST(RemoteEnd, EveryAgentSaysHowBusyItWas) {
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.stop_cycle = 200;
  request.distribution = in_turn(ring(), false, 3);
  const Outcome outcome = solve(ring(), request);
  ASSERT_EQ(outcome.agents.size(), 30u);
  for (std::size_t a = 0; a < 30; ++a) {
    EXPECT_EQ(outcome.agents[a].activity_ratio > 0, a < 3) << a;
    EXPECT_LE(outcome.agents[a].activity_ratio, 1) << a;
  }
}

/// Somebody who takes a job and then fails in a way of its own.
class Faulty final : public Participant {
 public:
  explicit Faulty(int fault) : agent_(make_remote_agent({})), fault_(fault) {}
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    if (++seen_ <= 2) {
      leader_ = meta.sender;
      return agent_->on_message(carrier, content, meta);
    }
    if (seen_ > 3) return;
    if (fault_ == 0) carrier.send(leader_, std::string("nonsense"));
    if (fault_ == 1) carrier.send(meta.sender, std::string("nonsense"));
  }

 private:
  std::unique_ptr<Participant> agent_;
  const int fault_;
  int seen_ = 0;
  Address leader_;
};
class FaultyCrew final : public NetworkCrew<InProcessNetwork> {
 public:
  explicit FaultyCrew(int fault) : NetworkCrew<InProcessNetwork>(InProcessOptions{}), faulty_(fault) {}
  std::vector<Address> assemble(const std::vector<std::string>& names) override {
    std::vector<Address> addresses = NetworkCrew<InProcessNetwork>::assemble({names.begin() + 1, names.end()});
    addresses.insert(addresses.begin(), network.join(faulty_));
    return addresses;
  }

 private:
  Faulty faulty_;
};

TEST(RemoteEnd, AnAgentThatTalksNonsenseOrNothingIsAnErrorAndNoHang) {
  for (const char* const algorithm : {"dsa", "maxsum", "adopt"})
    for (const int fault : {0, 1, 2}) {
      FaultyCrew crew(fault);
      SolveRequest request = remote(algorithm, crew);
      request.stop_cycle = 1000;
      EXPECT_THROW(solve(make_random_problem({.variables = 6, .degree = 3}, 2), request), Error)
          << algorithm << " " << fault;
    }
}

TEST(RemoteEnd, WhatCannotBeAskedOfAgentsElsewhereIsSaidBeforehand) {
  auto crew = make_local_crew();
  SolveRequest request = remote("dsa", *crew);
  request.engine = Engine::simulated;
  EXPECT_THROW(solve(ring(), request), Error);
}

}  // namespace
}  // namespace entente
