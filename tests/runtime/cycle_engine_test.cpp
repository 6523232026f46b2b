// SPDX-License-Identifier: MIT
// The cycle engine: the same result whatever the threads, the execution and the kind of costs.
#include "runtime/cycle_engine.hpp"

#include <gtest/gtest.h>

#include "entente/algorithm.hpp"
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

using testing::make_random_problem;
using testing::RandomProblem;

/// Averages a number over neighbours: no values, so no view and no skipping.
struct Drift {
  static constexpr Info info{.name = "drift", .summary = "", .source = ""};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Level {
    double level;
  };
  using Cycle = Phases<Level>;
  ValueIndex value = 0;
  double level = 0;
  void start(Agent auto& self) {
    level = self.uniform();
    self.broadcast(Level{level});
  }
  void step(Agent auto& self, Inbox<Level> others) {
    for (Neighbour k = 0; k < others.size(); ++k) level += (others[k].level - level) / (2.0 + k);
    value = ValueIndex(level * self.domain()) % self.domain();
    self.broadcast(Level{level});
  }
  bool operator==(const Drift&) const = default;
};

/// Two neighbours agree by letter to swap roles: a sparse phase between two dense ones.
struct Letters {
  static constexpr Info info{.name = "letters", .summary = "", .source = ""};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  struct Letter {
    std::uint32_t from;
    std::uint32_t weight;
  };
  using Cycle = Phases<Value, Sparse<Letter>>;
  ValueIndex value = 0;
  std::uint32_t received = 0;
  void start(Agent auto& self) {
    value = self.random_value();
    self.broadcast(Value{value});
  }
  void step(Agent auto& self, Inbox<Value>) {
    if (self.degree() && self.uniform() < 0.5)
      self.send(Neighbour(self.uniform() * self.degree()), Letter{self.id(), std::uint32_t(value)});
  }
  void step(Agent auto& self, Mail<Letter> mail) {
    mail.each([&](Neighbour k, const Letter& letter) {
      if (self.id(k) == letter.from) received = received * 31 + letter.weight + letter.from;
    });
    value = ValueIndex(received % std::uint32_t(self.domain()));
    self.broadcast(Value{value});
  }
  bool operator==(const Letters&) const = default;
};

struct Case {
  RandomProblem shape;
  Algorithm algorithm;
  std::vector<Setting> settings;
};

std::vector<Case> cases() {
  using namespace algorithms;
  std::vector<Case> list;
  for (const RandomProblem& shape :
       {RandomProblem{.variables = 700, .degree = 5},
        RandomProblem{.variables = 700, .domain = 10, .own_costs = 0.5, .fractional = true},
        RandomProblem{.variables = 500, .hard = 0.1, .objective = Objective::maximise},
        RandomProblem{.variables = 300, .mixed_domains = true, .wide = 100, .hard = 0.05},
        RandomProblem{.variables = 150, .domain = 300, .degree = 2}}) {
    list.push_back({shape, dsa(), {}});
    list.push_back({shape, dsa(), {{"variant", "C"}, {"p_mode", "arity"}}});
    list.push_back({shape, mgm(), {}});
    list.push_back({shape, mgm(), {{"break_mode", "random"}}});
    list.push_back({shape, mgm2(), {{"favor", "no"}}});
    list.push_back({shape, dba(), {{"infinity", "50"}}});
    list.push_back({shape, dgls(), {{"modifier", "M"}, {"penalty", "0.5"}}});
    for (const char* mode : {"E", "R", "C", "T"})
      list.push_back({shape, gdba(), {{"increase_mode", mode}, {"violation", "NM"}, {"modifier", "M"}}});
    list.push_back({shape, algorithm_of<Drift>(), {}});
    list.push_back({shape, algorithm_of<Letters>(), {}});
  }
  return list;
}

RunResult run(const Problem& problem, const Case& c, RunControl control, Execution execution) {
  const kernel::LocalCosts costs(problem);
  return CycleEngine(problem, costs, c.algorithm, c.settings, control, execution).run();
}

TEST(CycleEngine, GivesTheSameBitsForAnyThreadsAndExecution) {
  std::uint64_t seed = 0;
  for (const Case& c : cases()) {
    const Problem problem = make_random_problem(c.shape, ++seed);
    const RunControl control{.seed = seed, .stop_cycle = 30};
    const RunResult expected = run(problem, c, control, Execution::full);
    for (const int threads : {1, 2})
      for (const Execution execution : {Execution::full, Execution::change_driven, Execution::automatic}) {
        RunControl other = control;
        other.threads = threads;
        const RunResult found = run(problem, c, other, execution);
        const std::string what = std::string(c.algorithm.info.name) + " seed " + std::to_string(seed) + " threads " +
                                 std::to_string(threads) + " execution " + std::to_string(int(execution));
        EXPECT_EQ(found.last, expected.last) << what;
        EXPECT_EQ(found.best, expected.best) << what;
        EXPECT_EQ(found.cycles, expected.cycles) << what;
        EXPECT_EQ(found.best_cycle, expected.best_cycle) << what;
        EXPECT_EQ(found.end, expected.end) << what;
      }
  }
}

TEST(CycleEngine, EndsByItselfOnTheSameCycleHoweverItRuns) {
  std::uint64_t by_itself = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem =
        make_random_problem({.variables = std::uint32_t(1 + seed % 9), .degree = double(seed % 4)}, seed);
    for (const Algorithm& algorithm : {algorithms::dsa(), algorithms::mgm()}) {
      const Case c{{}, algorithm, {}};
      const RunControl control{.seed = seed, .stop_cycle = 500};
      const RunResult expected = run(problem, c, control, Execution::full);
      by_itself += expected.end == RunEnd::by_itself;
      for (const Execution execution : {Execution::change_driven, Execution::automatic}) {
        const RunResult found = run(problem, c, control, execution);
        EXPECT_EQ(found.cycles, expected.cycles) << algorithm.info.name << " seed " << seed;
        EXPECT_EQ(found.end, expected.end) << algorithm.info.name << " seed " << seed;
        EXPECT_EQ(found.best, expected.best) << algorithm.info.name << " seed " << seed;
      }
    }
  }
  EXPECT_GT(by_itself, 60u);  // otherwise this test looks at nothing
}

TEST(CycleEngine, ReportsEachCyclesCostAsRecomputed) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = make_random_problem(
        {.variables = 50, .mixed_domains = seed % 2 == 0, .wide = seed % 2 ? 0u : 9u, .own_costs = 0.4, .hard = 0.1},
        seed);
    const Case c{{}, algorithms::dsa(), {}};
    std::vector<Evaluation> costs;
    RunControl control{.seed = seed, .stop_cycle = 30};
    control.on_cycle = [&](const CycleReport& report) {
      EXPECT_EQ(report.cycle, costs.size());
      costs.push_back(report.now);
    };
    run(problem, c, control, Execution::automatic);
    for (std::uint64_t stop = 1; stop < costs.size(); stop += 7) {
      const RunResult part = run(problem, c, {.seed = seed, .stop_cycle = stop}, Execution::full);
      const Evaluation expected = problem.evaluate(part.last);
      EXPECT_EQ(costs[stop].violations, expected.violations);
      EXPECT_NEAR(costs[stop].cost, expected.cost, 1e-9 * (1 + std::abs(expected.cost)));
    }
  }
}

TEST(CycleEngine, KeepsTheBestAssignmentSeen) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Problem problem = make_random_problem({.variables = 60, .degree = 4}, seed);
    const Case c{{}, algorithms::dsa(), {{"variant", "C"}, {"probability", "1"}}};  // thrashes
    double best = std::numeric_limits<double>::infinity();
    std::uint64_t best_cycle = 0;
    RunControl control{.seed = seed, .stop_cycle = 40};
    control.on_cycle = [&](const CycleReport& report) {
      if (report.now.cost < best) {
        best = report.now.cost;
        best_cycle = report.cycle;
      }
    };
    for (const Execution execution : {Execution::full, Execution::change_driven}) {
      best = std::numeric_limits<double>::infinity();
      const RunResult result = run(problem, c, control, execution);
      EXPECT_EQ(problem.evaluate(result.best).cost, best);
      EXPECT_EQ(result.best_cycle, best_cycle);
    }
  }
}

TEST(CycleEngine, StopsAtTheDeadlineAndOnInterruptWithAnAnswer) {
  const Problem problem = make_random_problem({.variables = 300}, 1);
  const Case c{{}, algorithms::dsa(), {{"variant", "C"}}};
  RunControl control{.seed = 1, .threads = 2};
  control.deadline = RunControl::Clock::now() + std::chrono::milliseconds(30);
  const RunResult late = run(problem, c, control, Execution::automatic);
  EXPECT_EQ(late.end, RunEnd::deadline);
  EXPECT_EQ(late.best.size(), 300u);
  const std::atomic<bool> interrupt{true};
  const RunResult stopped = run(problem, c, {.seed = 1, .interrupt = &interrupt}, Execution::automatic);
  EXPECT_EQ(stopped.end, RunEnd::interrupted);
  EXPECT_EQ(stopped.cycles, 1u);
}

TEST(CycleEngine, PatienceStopsARunThatNoLongerImproves) {
  const Problem problem = make_random_problem({.variables = 100}, 4);
  const Case c{{}, algorithms::dsa(), {{"variant", "C"}}};
  const RunResult result = run(problem, c, {.seed = 2, .patience = 50}, Execution::automatic);
  EXPECT_EQ(result.end, RunEnd::patience);
  EXPECT_EQ(result.cycles, result.best_cycle + 50);
}

TEST(CycleEngine, AProblemWithoutVariablesEndsAtOnce) {
  const Problem problem = ProblemBuilder("empty", Objective::minimise).build();
  const RunResult result = run(problem, {{}, algorithms::dsa(), {}}, {.seed = 1}, Execution::automatic);
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_EQ(result.cycles, 0u);
}

}  // namespace
}  // namespace entente::runtime
