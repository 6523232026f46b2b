// SPDX-License-Identifier: MIT
// Delivery and quiescence of the event engine: nothing is lost, repeated, reordered or waited for in vain.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <time.h>

#include <array>
#include <numeric>
#include <thread>

#include "runtime/event_support.hpp"

namespace entente::event_tests {
namespace {

std::vector<Setting> walk_settings(int hops, int tokens) {
  return {{"hops", std::to_string(hops)}, {"tokens", std::to_string(tokens)}};
}

RC_GTEST_PROP(EventWalk, every_message_arrives_once_and_the_run_ends_when_nothing_is_in_flight, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(2, 60);
  const auto hops = *rc::gen::inRange(0, 40), tokens = *rc::gen::inRange(0, 8);
  const auto edges =
      random_edges(count, *rc::gen::inRange<std::uint32_t>(0, 100), *rc::gen::arbitrary<std::uint64_t>());
  const Neighbours neighbours(count, edges);
  const Problem problem = free_variables(count);
  const Algorithm walk = algorithm_of<Walk>();
  std::vector<ValueIndex> alone;
  std::uint64_t names = 0;
  for (const int threads : {1, 2, 5}) {
    Walk::Totals totals;
    const RunResult result =
        run_events(problem, walk, neighbours.topology(), on_threads(threads), walk_settings(hops, tokens), &totals);
    RC_ASSERT(result.end == RunEnd::by_itself);
    RC_ASSERT(totals.landed == std::uint64_t(count) * std::uint64_t(tokens));
    RC_ASSERT(totals.heard == totals.landed * std::uint64_t(hops));
    const auto sent = std::accumulate(result.messages_out.begin(), result.messages_out.end(), std::uint64_t(0));
    RC_ASSERT(sent == totals.heard);
    const auto bytes = std::accumulate(result.bytes_out.begin(), result.bytes_out.end(), std::uint64_t(0));
    RC_ASSERT(bytes == sent * sizeof(Walk::Token));
    if (threads == 1) {
      alone = result.last;
      names = totals.names;
    }
    RC_ASSERT(result.last == alone);
    RC_ASSERT(totals.names == names);
  }
}

TEST(EventWalk, two_thousand_short_runs_on_two_threads_all_end_complete) {
  const std::uint32_t count = 6;
  const Neighbours neighbours(count, ring_edges(count));
  const Problem problem = free_variables(count);
  const Algorithm walk = algorithm_of<Walk>();
  for (int run = 0; run < 2000; ++run) {
    Walk::Totals totals;
    const RunResult result =
        run_events(problem, walk, neighbours.topology(), on_threads(2 + run % 2), walk_settings(run % 30, 2), &totals);
    ASSERT_EQ(result.end, RunEnd::by_itself) << run;
    ASSERT_EQ(totals.landed, 12u) << run;
    ASSERT_EQ(totals.heard, 12u * unsigned(run % 30)) << run;
  }
}

/// Everybody counts at everybody else, who checks the order.
struct Counting {
  static constexpr Info info{.name = "counting", .timing = Timing::events, .confluent = true};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Number {
    std::uint32_t number;
  };
  struct Long {  // of another size, so that records differ
    std::uint32_t number;
    std::array<std::uint32_t, 9> text;
  };
  using Messages = Kinds<Number, Long>;
  static constexpr std::uint32_t last = 200;

  std::vector<std::uint32_t> next;
  ValueIndex value = 0;

  void start(Agent auto& self) {
    next.resize(self.degree());
    for (std::uint32_t n = 0; n < last / 2; ++n) say(self, n);
    self.remind();
  }
  void reminded(Agent auto& self) {
    for (std::uint32_t n = last / 2; n < last; ++n) say(self, n);
  }
  void receive(Agent auto& self, ComputationId from, const Number& m) { hear(self, from, m.number); }
  void receive(Agent auto& self, ComputationId from, Long m) {
    hear(self, m.text[8] == from ? from : self.id(), m.number);
  }

 private:
  static void say(Agent auto& self, std::uint32_t n) {
    for (Neighbour k = 0; k < self.degree(); ++k) {
      if ((n + k) % 3 == 0)
        self.send(self.id(k), Long{n, {0, 0, 0, 0, 0, 0, 0, 0, self.id()}});
      else
        self.send(self.id(k), Number{n});
    }
  }
  void hear(Agent auto& self, ComputationId from, std::uint32_t n) {
    const Neighbour k = self.position(from);
    if (k == self.degree() || next[k] != n) value = -100000;
    if (k < self.degree() && ++next[k] == last) ++value;
  }
};

TEST(EventWalk, messages_of_one_sender_to_one_receiver_arrive_in_the_order_they_were_sent) {
  const std::uint32_t count = 12;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  for (std::uint32_t a = 0; a < count; ++a)
    for (std::uint32_t b = a + 1; b < count; ++b) edges.emplace_back(a, b);
  const Neighbours neighbours(count, edges);
  for (const int threads : {1, 2, 3}) {
    const RunResult result =
        run_events(free_variables(count), algorithm_of<Counting>(), neighbours.topology(), on_threads(threads), {});
    EXPECT_EQ(result.last, std::vector<ValueIndex>(count, count - 1)) << threads;
  }
}

/// Computation 0 sends to a stranger and to itself, and thinks for a while in between.
struct Slow {
  static constexpr Info info{.name = "slow", .timing = Timing::events, .confluent = true};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Ping {};
  using Messages = Kinds<Ping>;
  ValueIndex value = 0;
  void start(Agent auto& self) {
    if (self.id() != 0) return;
    self.send(0, Ping{});
    self.send(3, Ping{});
  }
  void receive(Agent auto& self, ComputationId, Ping) {
    ++value;
    if (self.id() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
};

TEST(EventWalk, a_thread_without_messages_sleeps) {
  const auto processor_seconds = [] {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
  };
  const Neighbours neighbours(4, {});
  const Problem problem = free_variables(4);
  const double before = processor_seconds();
  const RunResult result = run_events(problem, algorithm_of<Slow>(), neighbours.topology(), on_threads(2), {});
  EXPECT_LT(processor_seconds() - before, 0.1);  // two spinning threads would take 0.3 and more
  EXPECT_GE(result.seconds, 0.3);
  EXPECT_GE(result.busy_seconds, 0.3);
  EXPECT_LT(result.busy_seconds, 0.55);  // the other thread's wait is no work
  EXPECT_EQ(result.last, (std::vector<ValueIndex>{1, 0, 0, 1}));
  EXPECT_EQ(result.messages_out, (std::vector<std::uint64_t>{1, 0, 0, 0}));  // none for the one to itself
}

TEST(EventWalk, only_messages_to_other_agents_count) {
  Neighbours neighbours(4, ring_edges(4));
  EventTopology topology = neighbours.topology();
  const std::uint32_t host[] = {0, 0, 1, 1};
  topology.host = host;
  Walk::Totals totals;
  const RunResult result =
      run_events(free_variables(4), algorithm_of<Walk>(), topology, on_threads(1), walk_settings(1, 100), &totals);
  // One hop: a token of computation i goes to a neighbour, which is on the same agent for one of the two.
  for (std::uint32_t i = 0; i < 4; ++i) {
    std::uint64_t away = 0;
    for (std::uint64_t t = 0; t < 100; ++t) {
      const std::uint32_t k = std::uint32_t(mix(mix(i * std::uint64_t(1'000'003) + t)) % 2);
      away += host[neighbours.items[neighbours.first[i] + k]] != host[i];
    }
    EXPECT_EQ(result.messages_out[i], away);
    EXPECT_EQ(result.bytes_out[i], 16 * away);
    EXPECT_GT(away, 0u);
    EXPECT_LT(away, 100u);
  }
}

TEST(EventWalk, an_empty_problem_ends_at_once) {
  const Neighbours neighbours(0, {});
  const RunResult result =
      run_events(free_variables(0), algorithm_of<Walk>(), neighbours.topology(), on_threads(2), {});
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_TRUE(result.last.empty());
}

}  // namespace
}  // namespace entente::event_tests
