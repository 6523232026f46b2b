// SPDX-License-Identifier: MIT
// Virtual time: who acts when, cycles and their limits, and how a run with periodic actions ends.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "runtime/event_agenda.hpp"
#include "runtime/event_support.hpp"
#include "runtime/proof.hpp"

namespace entente::event_tests {
namespace {

/// Every computation acts with a period of its own and writes down when; what it does besides is up to `mode`.
struct Clockwork {
  static constexpr Info info{.name = "clockwork", .timing = Timing::events};
  enum class Mode { forever, finish, rest, again };
  struct Params {
    std::int64_t mode = 0, turns = 5;
  };
  static constexpr auto parameters =
      std::tuple{integer("mode", &Params::mode, 0, 3, "what happens after `turns` actions"),
                 integer("turns", &Params::turns, 0, 1000, "actions")};
  struct Note {
    std::int64_t turn;
  };
  using Messages = Kinds<Note>;
  using Diary = std::vector<std::string>;

  ValueIndex value = 0;
  std::int64_t turn = 0;

  void start(Agent auto& self) {
    self.every(double(1 + self.id()), double(self.id()) / 2);
    write(self, "start");
  }
  void tick(Agent auto& self) {
    ++turn;
    write(self, "tick");
    value = ValueIndex(turn % self.domain());
    self.send((self.id() + 1) % 3, Note{turn});
    if (turn < self.params().turns) return;
    switch (Mode(self.params().mode)) {
      case Mode::forever: break;
      case Mode::finish: self.finish(); break;
      case Mode::rest: self.rest(); break;
      case Mode::again:
        if (turn == self.params().turns) self.every(0.25, 0.25);
        break;
    }
  }
  void receive(Agent auto& self, ComputationId, Note) { write(self, "note"); }

 private:
  static void write(Agent auto& self, const std::string& what) {
    const std::string now = std::to_string(self.now());
    self.template workspace<Diary>().push_back(std::to_string(self.id()) + " " + what + " " +
                                               now.substr(0, now.find('.') + 3));
  }
};

class EventPeriodic : public testing::Test {
 protected:
  const Problem problem = free_variables(3, 100);
  const Neighbours neighbours{3, ring_edges(3)};
  Clockwork::Diary diary;
  RunControl control = on_threads(2);
  RunResult run(int mode, int turns) {
    diary.clear();
    const std::vector<Setting> settings{{"mode", std::to_string(mode)}, {"turns", std::to_string(turns)}};
    return run_events(problem, algorithm_of<Clockwork>(), neighbours.topology(), control, settings, &diary);
  }
};

TEST_F(EventPeriodic, actions_come_by_time_then_by_computation_and_messages_take_no_time) {
  control.stop_cycle = 3;
  const RunResult result = run(0, 0);
  const Clockwork::Diary expected{
      "0 start 0.00", "1 start 0.00", "2 start 0.00", "0 tick 0.00", "1 note 0.00", "1 tick 0.50", "2 note 0.50",
      "0 tick 1.00",  "2 tick 1.00",  "1 note 1.00",  "0 note 1.00", "0 tick 2.00", "1 note 2.00", "1 tick 2.50",
      "2 note 2.50",  "2 tick 4.00",  "0 note 4.00",  "1 tick 4.50", "2 note 4.50", "2 tick 7.00", "0 note 7.00"};
  EXPECT_EQ(diary, expected);
  EXPECT_EQ(result.end, RunEnd::cycle_limit);
  EXPECT_EQ(result.cycles, 3u);
  EXPECT_EQ(result.last, (std::vector<ValueIndex>{3, 3, 3}));
}

TEST_F(EventPeriodic, runs_end_by_themselves_when_all_have_finished_or_rest) {
  for (const int mode : {1, 2}) {
    const RunResult result = run(mode, 5);
    EXPECT_EQ(result.end, RunEnd::by_itself);
    std::map<std::string, int> ticks;
    for (const std::string& line : diary)
      if (line.find("tick") != std::string::npos) ++ticks[line.substr(0, 1)];
    EXPECT_EQ(ticks["2"], 5) << mode;  // the slowest
    // Who rests acts no more; who has merely finished acts until all have.
    EXPECT_EQ(ticks["0"], mode == 1 ? 14 : 5) << mode;
    EXPECT_EQ(result.cycles, mode == 1 ? 14u : 5u) << mode;
  }
}

TEST_F(EventPeriodic, asking_again_replaces_the_period) {
  control.stop_cycle = 4;
  run(3, 2);
  const auto of_zero = [](const std::string& line) { return line.starts_with("0 tick"); };
  Clockwork::Diary ticks;
  std::copy_if(diary.begin(), diary.end(), std::back_inserter(ticks), of_zero);
  EXPECT_EQ(ticks, (Clockwork::Diary{"0 tick 0.00", "0 tick 1.00", "0 tick 1.25", "0 tick 1.50"}));
}

TEST_F(EventPeriodic, a_proof_that_comes_late_ends_a_run_that_gets_no_better) {
  runtime::Proof proof(problem.objective(), 0.0);
  control.proof = &proof;
  control.deadline = RunControl::Clock::now() + std::chrono::seconds(20);
  control.delay = 1e-4;  // so that the diary stays short
  std::thread prover([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    proof.raise(0);  // which every assignment costs
  });
  const RunResult result = run(0, 0);
  prover.join();
  EXPECT_EQ(result.end, RunEnd::good_enough);
}

TEST_F(EventPeriodic, patience_counts_cycles_without_a_better_assignment) {
  control.patience = 7;
  const RunResult result = run(0, 0);
  EXPECT_EQ(result.end, RunEnd::patience);
  EXPECT_EQ(result.best_cycle, 0u);  // everything costs nothing from the start
  EXPECT_EQ(result.cycles, 7u);
}

TEST_F(EventPeriodic, cycles_are_reported_one_by_one) {
  control.stop_cycle = 6;
  std::vector<std::uint64_t> cycles;
  std::uint64_t messages = 0, moves = 0;
  control.on_cycle = [&](const runtime::CycleReport& report) {
    cycles.push_back(report.cycle);
    EXPECT_GE(report.messages, messages);
    messages = report.messages;
    moves += report.changed;
  };
  run(0, 0);
  EXPECT_EQ(cycles, (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(messages, 18u);
  EXPECT_EQ(moves, 18u);
}

TEST_F(EventPeriodic, an_endless_run_stops_at_its_deadline) {
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(30);
  const RunResult result = run(0, 0);
  EXPECT_EQ(result.end, RunEnd::deadline);
  EXPECT_GT(result.cycles, 3u);
}

TEST(EventAgenda, a_period_too_short_for_the_clock_gives_everybody_a_turn_and_plans_do_not_pile_up) {
  runtime::EventAgenda agenda(2, 0);
  agenda.every(0, 1e-300, 1e10);
  for (int i = 0; i < 1000; ++i) agenda.every(1, 5, 1e10);  // each replaces the one before
  std::vector<ComputationId> due;
  for (std::uint64_t turn = 1; turn <= 3; ++turn) {
    agenda.advance(due);
    EXPECT_EQ(due, turn == 1 ? (std::vector<ComputationId>{0, 1}) : (std::vector<ComputationId>{0}));
    EXPECT_EQ(agenda.cycles(), turn);
    EXPECT_EQ(agenda.now(), 1e10);
  }
  agenda.every(0, 0, 0);
  EXPECT_TRUE(agenda.pending());
  agenda.advance(due);
  EXPECT_EQ(due, (std::vector<ComputationId>{1}));
  EXPECT_EQ(agenda.now(), 1e10 + 5);
  agenda.every(1, 0, 0);
  EXPECT_FALSE(agenda.pending());
}

}  // namespace
}  // namespace entente::event_tests
