// SPDX-License-Identifier: MIT
// What an event-driven run counts: non-concurrent constraint checks and messages by type.
#include <gtest/gtest.h>

#include "runtime/event_support.hpp"

namespace entente::event_tests {
namespace {

/// Computation 0 asks 1 and 2, who work and answer; then 0 works again. 3 works alone.
template <bool is_confluent>
struct Office {
  static constexpr Info info{.name = "office", .timing = Timing::events, .confluent = is_confluent};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Question {
    std::uint64_t work;
  };
  struct Answer {
    std::vector<int> pages;
    std::size_t bytes() const { return pages.size() * sizeof(int); }
  };
  struct Unsaid {};
  using Messages = Kinds<Question, Answer, Unsaid>;

  ValueIndex value = 0;
  void start(Agent auto& self) {
    if (self.id() == 3) self.check(60);
    if (self.id() != 0) return;
    self.check(10);
    self.send(1, Question{30});
    self.check(5);
    self.send(2, Question{20});
    self.send(0, Question{1});  // to oneself: no message between agents
  }
  void receive(Agent auto& self, ComputationId from, const Question& question) {
    self.check(question.work);
    if (from != self.id()) self.send(from, Answer{std::vector<int>(self.id() * 10)});
  }
  void receive(Agent auto& self, ComputationId, Answer&&) {
    const ValueIndex tuple[] = {0, 0};
    self.cost(0, tuple);
    self.cost(0, tuple);
  }
  void receive(Agent auto&, ComputationId, Unsaid) {}
};

template <bool is_confluent>
RunResult work(int threads, const std::uint32_t* host = nullptr) {
  const auto edges = ring_edges(4);
  const Problem problem = colouring(4, edges, 2);
  const Neighbours neighbours(4, edges);
  EventTopology topology = neighbours.topology();
  topology.host = host;
  return run_events(problem, algorithm_of<Office<is_confluent>>(), topology, on_threads(threads), {});
}

TEST(EventCount, constraint_checks_that_run_side_by_side_count_once) {
  // 0: 10, asks 1; 15, asks 2; 16. 1: 10 + 30 = 40, answers. 2: 15 + 20 = 35, answers. 0 hears 1: max(16, 40) + 2 = 42;
  // hears 2: max(42, 35) + 2 = 44. But 3 has worked 60 alone.
  EXPECT_EQ(work<false>(1).checks, 60u);
  EXPECT_EQ(work<true>(1).checks, 60u);
  EXPECT_EQ(work<true>(3).checks, 60u);
}

/// The same without the fourth.
struct Chain {
  static constexpr Info info{.name = "chain", .timing = Timing::events};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Go {};
  using Messages = Kinds<Go>;
  ValueIndex value = 0;
  void start(Agent auto& self) {
    self.check(self.id() * 10);
    if (self.id() == 0) self.send(1, Go{});
    self.check(1);
  }
  void receive(Agent auto& self, ComputationId, Go) {
    self.check(5);
    if (self.id() < 3) self.send(self.id() + 1, Go{});
  }
};

TEST(EventCount, the_logical_clock_runs_along_messages) {
  const Problem problem = free_variables(4);
  const Neighbours neighbours(4, ring_edges(4));
  const RunResult result = run_events(problem, algorithm_of<Chain>(), neighbours.topology(), on_threads(1), {});
  // Starts: 1, 11, 21, 31. Then 1: max(11, 0) + 5 = 16; 2: max(21, 16) + 5 = 26; 3: max(31, 26) + 5 = 36.
  EXPECT_EQ(result.checks, 36u);
}

TEST(EventCount, messages_between_agents_are_counted_by_type) {
  for (const RunResult& result : {work<false>(1), work<true>(1), work<true>(3)}) {
    ASSERT_EQ(result.kinds.size(), 3u);
    EXPECT_EQ(result.kinds[0].name, "Question");
    EXPECT_EQ(result.kinds[0].messages, 2u);
    EXPECT_EQ(result.kinds[0].bytes, 16u);
    EXPECT_EQ(result.kinds[0].largest, 8u);
    EXPECT_EQ(result.kinds[1].name, "Answer");
    EXPECT_EQ(result.kinds[1].messages, 2u);
    EXPECT_EQ(result.kinds[1].bytes, 120u);
    EXPECT_EQ(result.kinds[1].largest, 80u);
    EXPECT_EQ(result.kinds[2].messages, 0u);
  }
  const std::uint32_t host[] = {0, 0, 1, 1};  // 0 and 1 share an agent
  const RunResult shared = work<false>(1, host);
  EXPECT_EQ(shared.kinds[0].messages, 1u);
  EXPECT_EQ(shared.kinds[1].bytes, 80u);
}

}  // namespace
}  // namespace entente::event_tests
