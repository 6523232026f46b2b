// SPDX-License-Identifier: MIT
// Event-driven algorithms over a simulated network: time, rounds, turns, crashes, endings.
#include "runtime/simulated_events.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "runtime/event_support.hpp"
#include "runtime/message_rounds.hpp"
#include "runtime/simulation_support.hpp"

namespace entente::event_tests {
namespace {

using runtime::MessageRounds;
using runtime::SimulationPlan;
using testing::calm_plan;
using testing::random_plan;

/// A token goes round a ring so many times; who holds it makes as many checks as its id says.
struct Ring {
  static constexpr Info info{.name = "ring", .timing = Timing::events};
  struct Params {
    std::int64_t hops = 12;
    std::int64_t fails = 0;
  };
  static constexpr auto parameters =
      std::tuple{integer("hops", &Params::hops, 0, 1'000'000, "steps of the token"),
                 integer("fails", &Params::fails, 0, 1, "1: the last to get the token throws")};
  struct Token {
    std::uint64_t hops;
    std::vector<int> luggage;  // so that messages rest on the heap
  };
  using Messages = Kinds<Token>;
  ValueIndex value = 0;

  void start(Agent auto& self) {
    if (self.id() == 0) receive(self, 0, Token{std::uint64_t(self.params().hops), {1, 2, 3}});
  }
  void receive(Agent auto& self, ComputationId, Token token) {
    self.check(self.id());
    value = 1;
    if (token.hops-- > 0) return self.send((self.id() + 1) % 4, std::move(token));
    if (self.params().fails) throw std::runtime_error("the end");
  }
};

/// Counts its turns.
struct Clock {
  static constexpr Info info{.name = "clock", .timing = Timing::events};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Nothing {};
  using Messages = Kinds<Nothing>;
  ValueIndex value = 0;

  void start(Agent auto& self) { self.every(1, 1); }
  void receive(Agent auto&, ComputationId, Nothing) {}
  void tick(Agent auto& self) {
    if (++value == 5) self.rest();
  }
};

RunResult simulate(const Problem& problem, const Algorithm& algorithm, const SimulationPlan& plan,
                   std::vector<Setting> settings = {}, RunControl control = {}) {
  const Neighbours ring(problem.variable_count(), ring_edges(problem.variable_count()));
  control.simulation = &plan;
  return run_events(problem, algorithm, ring.topology(), control, settings);
}

TEST(SimulatedEvents, AChainOfMessagesTakesTheSumOfItsLatencies) {
  const SimulationPlan plan = calm_plan(4, Latency::constant(0.25));
  const RunResult result = simulate(free_variables(4), algorithm_of<Ring>(), plan);
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_DOUBLE_EQ(result.simulated->time, 12 * 0.25);
  EXPECT_EQ(result.simulated->rounds, 12u);
  // Three times round: the checks of 0, 1, 2 and 3 each time, and nobody else's meanwhile.
  EXPECT_EQ(result.simulated->round_checks, 3u * (0 + 1 + 2 + 3));
  EXPECT_EQ(result.simulated->network.packets, 12u);
  EXPECT_EQ(result.messages_out, (std::vector<std::uint64_t>{3, 3, 3, 3}));
}

TEST(SimulatedEvents, ComputationsOfOneAgentTalkInNoTime) {
  SimulationPlan plan = calm_plan(2, Latency::constant(0.25));
  const Neighbours ring(4, ring_edges(4));
  auto topology = ring.topology();
  const std::uint32_t host[] = {0, 0, 1, 1};
  topology.host = host;
  RunControl control;
  control.simulation = &plan;
  const RunResult result = run_events(free_variables(4), algorithm_of<Ring>(), topology, control, {});
  EXPECT_DOUBLE_EQ(result.simulated->time, 6 * 0.25);
  EXPECT_EQ(result.simulated->rounds, 6u);
}

TEST(SimulatedEvents, EndsExactlyWhenNothingMattersAnyMore) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const SimulationPlan plan = random_plan(4, seed);
    const RunResult result = simulate(free_variables(4), algorithm_of<Ring>(), plan, {{"hops", "7"}});
    ASSERT_EQ(result.end, RunEnd::by_itself) << seed;
    ASSERT_EQ(result.simulated->rounds, 7u) << seed;
    ASSERT_EQ(result.last, std::vector<ValueIndex>(4, 1)) << seed;
  }
}

TEST(SimulatedEvents, AnAgentThatIsDownMissesItsTurns) {
  SimulationPlan plan = calm_plan(3, Latency::constant(0));
  plan.network.outages = {{1, 1.5, 3.5}, {2, 2.5}};
  const RunResult result = simulate(free_variables(3, 9), algorithm_of<Clock>(), plan);
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_DOUBLE_EQ(result.simulated->time, 7);  // turns at 1, 4, 5, 6 and 7
  EXPECT_EQ(result.last, (std::vector<ValueIndex>{5, 5, 2}));
}

TEST(SimulatedEvents, EndsAtItsTimeLimitAndWhereSomebodyIsGone) {
  SimulationPlan plan = calm_plan(4, Latency::constant(0.25));
  plan.time_limit = 1.1;
  const RunResult cut = simulate(free_variables(4), algorithm_of<Ring>(), plan);
  EXPECT_EQ(cut.end, RunEnd::deadline);
  EXPECT_DOUBLE_EQ(cut.simulated->time, 1.1);
  EXPECT_EQ(cut.simulated->rounds, 5u);  // the token is on its way to the fifth
  plan.time_limit = INFINITY;
  plan.network.reliable = true;
  plan.network.outages = {{2, 0.4}};
  const RunResult stuck = simulate(free_variables(4), algorithm_of<Ring>(), plan);
  EXPECT_EQ(stuck.end, RunEnd::interrupted);
  EXPECT_TRUE(stuck.simulated->stuck);
  EXPECT_DOUBLE_EQ(stuck.simulated->time, 0.25);
}

TEST(SimulatedEvents, AHandlersFailureReachesTheCallerAndAWishToStopEndsARun) {
  const SimulationPlan plan = calm_plan(4, Latency::constant(0.25));
  EXPECT_THROW(simulate(free_variables(4), algorithm_of<Ring>(), plan, {{"fails", "1"}}), std::runtime_error);
  const std::atomic<bool> stop{true};
  RunControl control;
  control.interrupt = &stop;
  EXPECT_EQ(simulate(free_variables(4), algorithm_of<Ring>(), plan, {}, control).end, RunEnd::interrupted);
}

TEST(SimulatedEvents, RoundsAreThoseOfALockstep) {
  MessageRounds rounds(3);
  rounds.sent(0);
  rounds.work(0, 5);
  rounds.sent(1);
  rounds.sent(1);
  rounds.gone(0);
  rounds.enter(1, 1);
  rounds.work(1, 2);
  rounds.sent(2);
  rounds.gone(1);
  rounds.enter(2, 2);  // before the other message of round 1
  rounds.work(2, 7);
  rounds.gone(2);
  rounds.enter(2, 1);  // late: counts for the round that 2 is in
  rounds.work(2, 1);
  rounds.gone(1);
  EXPECT_EQ(rounds.rounds(), 2u);
  EXPECT_EQ(rounds.checks(), 5u + 2u + 8u);
}

}  // namespace
}  // namespace entente::event_tests
