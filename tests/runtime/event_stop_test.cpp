// SPDX-License-Identifier: MIT
// Ends other than quiescence: time limits, interrupts, failures; whatever happens, every message is freed once.
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "entente/base/error.hpp"
#include "runtime/event_support.hpp"

namespace entente::event_tests {
namespace {

/// Counts the objects of the test that are alive.
struct Counted {
  static inline std::atomic<int> alive{0};
  Counted() { ++alive; }
  Counted(const Counted&) { ++alive; }
  Counted(Counted&&) noexcept { ++alive; }
  Counted& operator=(const Counted&) = default;
  ~Counted() { --alive; }
};

/// Parcels that own memory go round for ever, or until one of them is refused.
struct Parcels {
  static constexpr Info info{.name = "parcels", .timing = Timing::events, .confluent = true};
  struct Params {
    std::int64_t hops = 1'000'000'000, fail_at = -1;
    bool start_fails() const { return fail_at == 0; }
  };
  static constexpr auto parameters = std::tuple{integer("hops", &Params::hops, 0, 1'000'000'000, "hops"),
                                                integer("fail_at", &Params::fail_at, -1, 1'000'000'000, "hop")};
  struct Parcel {  // can be moved, not copied
    std::unique_ptr<std::vector<int>> content;
    Counted counted;
    std::int64_t hops = 0;
    std::size_t bytes() const { return content->size() * sizeof(int); }
    void encode(Writer& writer) const {
      writer(*content);
      writer(hops);
    }
    static std::optional<Parcel> decode(Reader& reader) {
      Parcel parcel{std::make_unique<std::vector<int>>(), {}, 0};
      if (!reader(*parcel.content) || !reader(parcel.hops)) return {};
      return parcel;
    }
  };
  struct Letter {  // can be copied
    std::vector<std::int64_t> hops;
    Counted counted;
    std::size_t bytes() const { return hops.size() * sizeof(std::int64_t); }
    void encode(Writer& writer) const { writer(hops); }
    static std::optional<Letter> decode(Reader& reader) {
      Letter letter;
      if (!reader(letter.hops)) return {};
      return letter;
    }
  };
  struct Plain {
    std::int64_t hops;
  };
  using Messages = Kinds<Plain, Parcel, Letter>;

  std::vector<std::unique_ptr<std::vector<int>>> kept;
  ValueIndex value = 0;

  void start(Agent auto& self) {
    self.broadcast(Letter{{0, 0, 0}, {}});
    self.send(self.id(0), Parcel{std::make_unique<std::vector<int>>(10, 7), {}, 0});
    self.send(self.id(0), Plain{0});
    if (self.params().start_fails() && self.id() == 1) throw Error(ErrorCode::too_large, "refused at the start");
  }
  void receive(Agent auto& self, ComputationId, Plain m) { pass(self, m.hops, m); }
  void receive(Agent auto& self, ComputationId, Parcel&& m) {
    if (m.content->size() != 10 || m.content->back() != 7) value = -1;
    pass(self, m.hops, std::move(m));
  }
  void receive(Agent auto& self, ComputationId, Letter m) { pass(self, m.hops[0], std::move(m)); }

 private:
  static std::int64_t& hops_of(Plain& m) { return m.hops; }
  static std::int64_t& hops_of(Parcel& m) { return m.hops; }
  static std::int64_t& hops_of(Letter& m) { return m.hops[0]; }
  template <class M>
  static void pass(Agent auto& self, std::int64_t hops, M&& m) {
    if (hops == self.params().hops) return;
    if (hops + 1 == self.params().fail_at && self.id() % 2 == 1) throw Error(ErrorCode::too_large, "refused");
    std::remove_cvref_t<M> next = std::forward<M>(m);
    ++hops_of(next);
    self.send(self.id(Neighbour(hops) % self.degree()), std::move(next));
  }
};

class EventStop : public testing::TestWithParam<int> {
 protected:
  static constexpr std::uint32_t count = 10;
  const Neighbours neighbours{count, ring_edges(count)};
  const Problem problem = free_variables(count);
  RunControl control = on_threads(GetParam());
  void SetUp() override { Counted::alive = 0; }
  void TearDown() override { EXPECT_EQ(Counted::alive, 0) << "messages leaked or were freed twice"; }
  RunResult run(const Algorithm& algorithm, std::vector<Setting> settings = {}) const {
    return run_events(problem, algorithm, neighbours.topology(), control, settings);
  }
};
INSTANTIATE_TEST_SUITE_P(, EventStop, testing::Values(1, 2, 3));

TEST_P(EventStop, messages_that_own_memory_are_moved_and_freed_in_a_run_that_ends_by_itself) {
  const RunResult result = run(algorithm_of<Parcels>(), {{"hops", "50"}});
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_EQ(result.last, std::vector<ValueIndex>(count, 0));
  std::uint64_t messages = 0, bytes = 0;
  for (const auto n : result.messages_out) messages += n;
  for (const auto n : result.bytes_out) bytes += n;
  EXPECT_EQ(messages, 51u * 4 * count);  // two letters, a parcel and a plain message each
  EXPECT_EQ(bytes, 51u * count * (2 * 24 + 40 + 8));
}

TEST_P(EventStop, a_run_that_never_ends_stops_at_its_deadline) {
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(60);
  const RunResult result = run(algorithm_of<Parcels>());
  EXPECT_EQ(result.end, RunEnd::deadline);
  EXPECT_GE(RunControl::Clock::now(), control.deadline);
  EXPECT_LT(result.seconds, 5.0);
  EXPECT_EQ(result.best, result.last);  // everybody had decided
}

TEST_P(EventStop, an_interrupt_ends_the_run_with_the_decisions_so_far) {
  std::atomic<bool> interrupt{false};
  control.interrupt = &interrupt;
  std::thread user([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    interrupt = true;
  });
  const RunResult result = run(algorithm_of<Parcels>());
  user.join();
  EXPECT_EQ(result.end, RunEnd::interrupted);
  EXPECT_LT(result.seconds, 5.0);
  EXPECT_EQ(result.last, std::vector<ValueIndex>(count, 0));
}

TEST_P(EventStop, a_failure_in_a_handler_reaches_the_caller_as_it_was_thrown) {
  for (const char* hop : {"1", "2", "77"}) {
    try {
      run(algorithm_of<Parcels>(), {{"fail_at", hop}});
      FAIL() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::too_large);
      EXPECT_STREQ(error.what(), "refused");
    }
    EXPECT_EQ(Counted::alive, 0);
  }
}

TEST_P(EventStop, a_failure_at_the_start_reaches_the_caller_and_frees_what_was_sent) {
  EXPECT_THROW(run(algorithm_of<Parcels>(), {{"fail_at", "0"}}), Error);
}

TEST_P(EventStop, bad_settings_are_refused_before_anything_runs) {
  EXPECT_THROW(run(algorithm_of<Parcels>(), {{"hops", "-3"}}), Error);
  EXPECT_THROW(run(algorithm_of<Parcels>(), {{"hop", "3"}}), Error);
}

/// Works until it is asked to stop.
struct Tireless {
  static constexpr Info info{.name = "tireless", .timing = Timing::events, .complete = true, .confluent = true};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Work {};
  using Messages = Kinds<Work>;
  ValueIndex value = no_value;
  void start(Agent auto& self) {
    value = 1;
    self.send(self.id(), Work{});
  }
  void receive(Agent auto& self, ComputationId, Work) {
    while (!self.stop_requested()) std::this_thread::yield();
    value = self.stop_flag()->load() ? 0 : 1;  // and says nothing more
  }
};

TEST_P(EventStop, a_long_handler_learns_of_the_deadline_and_its_silence_is_no_quiescence) {
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(30);
  const RunResult result = run(algorithm_of<Tireless>());
  EXPECT_EQ(result.end, RunEnd::deadline);
  EXPECT_FALSE(result.optimal);
  EXPECT_LT(result.seconds, 5.0);
  for (const ValueIndex value : result.last) EXPECT_TRUE(value == 0 || value == 1);
}

TEST_P(EventStop, nothing_starts_after_the_deadline) {
  control.deadline = RunControl::Clock::now() - std::chrono::seconds(1);
  const RunResult result = run(algorithm_of<Tireless>());
  EXPECT_EQ(result.end, RunEnd::deadline);
  EXPECT_EQ(result.last, std::vector<ValueIndex>(count, no_value));
  EXPECT_TRUE(result.best.empty());
}

TEST_P(EventStop, a_delay_passes_before_each_message) {
  control.delay = 0.002;
  Walk::Totals totals;
  const RunResult result = run_events(problem, algorithm_of<Walk>(), neighbours.topology(), control,
                                      std::vector<Setting>{{"hops", "3"}}, &totals);
  EXPECT_EQ(totals.heard, 30u);
  EXPECT_GE(result.seconds, 0.06);
  EXPECT_LE(result.busy_seconds, result.seconds - 0.06);  // the delay is no work
}

TEST_P(EventStop, a_delay_does_not_outlast_the_deadline) {
  control.delay = 1e300;
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(30);
  const RunResult result = run(algorithm_of<Parcels>());
  EXPECT_EQ(result.end, RunEnd::deadline);
  EXPECT_LT(result.seconds, 5.0);
}

}  // namespace
}  // namespace entente::event_tests
