// SPDX-License-Identifier: MIT
// What an event-driven run keeps and proves: the best assignment, proposals, bounds, finishing, counts.
#include <gtest/gtest.h>

#include <limits>

#include "runtime/event_support.hpp"

namespace entente::event_tests {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

struct LeaderParams {
  std::int64_t propose = -1, steps = 0, finish_at = -1;
  double bound = 0;
  std::int64_t bounds = 0, half = 0;
};
struct LeaderBase {
  struct Step {
    std::int64_t left;
  };
  struct Idle {};
  using Params = LeaderParams;
  static constexpr auto parameters =
      std::tuple{integer("propose", &Params::propose, -1, 100, "everybody's value in a proposal; -1: none"),
                 integer("steps", &Params::steps, 0, 10'000, "values after the first"),
                 integer("finish_at", &Params::finish_at, -1, 10'000, "finish with so many steps left"),
                 real("bound", &Params::bound, -inf, inf, "the bound to report"),
                 integer("bounds", &Params::bounds, 0, 1, "whether to report a bound"),
                 integer("half", &Params::half, 0, 1, "whether the others never decide")};
};

/// The first computation goes through its variable's values, one a message; what it says besides is up to parameters.
template <bool complete>
struct Leader : LeaderBase {
  static constexpr Info info{.name = "leader", .timing = Timing::events, .complete = complete};
  using Messages = Kinds<Step, Idle>;
  ValueIndex value = no_value;
  void start(Agent auto& self) {
    if (self.id() != 0) {
      if (!self.params().half) value = 0;
      return self.finish();
    }
    value = 0;
    if (self.params().propose >= 0)
      self.propose(std::vector<ValueIndex>(self.problem().variable_count(), ValueIndex(self.params().propose)));
    if (self.params().bounds) {
      self.report_bound(self.params().bound - 1);
      self.report_bound(self.params().bound);
      self.report_bound(self.params().bound - 2);
    }
    go(self, self.params().steps);
  }
  void receive(Agent auto& self, ComputationId, Step step) {
    value = (value + 1) % self.domain();
    go(self, step.left);
  }
  void receive(Agent auto&, ComputationId, Idle) {}

 private:
  static void go(Agent auto& self, std::int64_t left) {
    if (left == self.params().finish_at) self.finish();
    if (left > 0) self.send(self.id(), Step{left - 1});
  }
};

/// Two variables of four values; the first one's value costs 5, 3, 1, 4; equal values of both cost 10 more each.
Problem valley(Objective objective = Objective::minimise) {
  ProblemBuilder builder("valley", objective);
  const auto domain = builder.add_domain("d", numbers(4));
  builder.add_variable("a", domain);
  builder.add_variable("b", domain);
  const double sign = objective == Objective::minimise ? 1 : -1;
  builder.add_unary_costs(0, std::vector<double>{sign * 5, sign * 3, sign * 1, sign * 4});
  std::vector<double> cells(16);
  for (int i = 0; i < 4; ++i) cells[std::size_t(i) * 5] = sign * 10;
  const VariableId scope[] = {0, 1};
  builder.add_table_constraint("", scope, cells);
  return builder.build();
}

template <bool complete = false>
RunResult lead(const std::vector<Setting>& settings, const Problem& problem = valley(), RunControl control = {}) {
  const Neighbours neighbours(2, {{0, 1}});
  return run_events(problem, algorithm_of<Leader<complete>>(), neighbours.topology(), control, settings);
}

using Values = std::vector<ValueIndex>;

TEST(EventProof, the_best_assignment_on_the_way_is_kept) {
  EXPECT_EQ(lead({{"steps", "1"}}).best, (Values{1, 0}));
  const RunResult result = lead({{"steps", "3"}});
  EXPECT_EQ(result.best, (Values{2, 0}));
  EXPECT_EQ(result.last, (Values{3, 0}));
  EXPECT_FALSE(result.optimal);
  EXPECT_EQ(lead({{"steps", "3"}}, valley(Objective::maximise)).best, (Values{2, 0}));
}

TEST(EventProof, a_proposal_counts_unless_decisions_are_better) {
  EXPECT_EQ(lead({{"propose", "2"}}).best, (Values{2, 2}));  // 11 beats 15
  EXPECT_EQ(lead({{"propose", "2"}}).last, (Values{0, 0}));
  EXPECT_EQ(lead({{"propose", "2"}, {"steps", "3"}}).best, (Values{2, 0}));
  EXPECT_EQ(lead({{"propose", "2"}, {"half", "1"}}).best, (Values{2, 2}));
  EXPECT_TRUE(lead<true>({{"propose", "2"}, {"half", "1"}}).optimal);
}

TEST(EventProof, a_complete_search_that_knows_nothing_at_its_end_has_shown_that_there_is_nothing) {
  const RunResult result = lead<true>({{"half", "1"}});
  EXPECT_EQ(result.end, RunEnd::infeasible);
  EXPECT_FALSE(result.optimal);
  EXPECT_TRUE(result.best.empty());
  EXPECT_EQ(lead<false>({{"half", "1"}}).end, RunEnd::by_itself);
}

TEST(EventProof, a_complete_search_that_has_proven_less_than_its_answer_claims_no_optimum) {
  const RunResult result = lead<true>({{"propose", "2"}, {"half", "1"}, {"bounds", "1"}, {"bound", "-100"}});
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_FALSE(result.optimal);
  EXPECT_EQ(result.bound, -100);
}

TEST(EventProof, the_largest_bound_is_kept_in_the_sign_of_the_problem) {
  EXPECT_EQ(lead({{"bounds", "1"}, {"bound", "0.5"}}).bound, 0.5);
  EXPECT_EQ(lead({{"bounds", "1"}, {"bound", "0.5"}}, valley(Objective::maximise)).bound, -0.5);
  EXPECT_FALSE(lead({}).bound.has_value());
  EXPECT_FALSE(lead({{"bounds", "1"}, {"bound", "-inf"}}).bound.has_value());
}

TEST(EventProof, an_infinite_bound_proves_that_there_is_nothing) {
  const RunResult result = lead({{"bounds", "1"}, {"bound", "inf"}, {"half", "1"}});
  EXPECT_EQ(result.end, RunEnd::infeasible);
  EXPECT_FALSE(result.bound.has_value());
}

TEST(EventProof, a_run_ends_when_all_have_finished_whatever_is_in_flight) {
  const RunResult result = lead({{"steps", "1000"}, {"finish_at", "998"}});
  EXPECT_EQ(result.end, RunEnd::by_itself);
  EXPECT_EQ(result.last, (Values{2, 0}));
}

TEST(EventProof, runs_without_cycles_report_batches_in_which_something_moved) {
  RunControl control;
  std::vector<double> best;
  control.on_cycle = [&](const runtime::CycleReport& report) {
    EXPECT_EQ(report.cycle, 0u);
    best.push_back(report.best.cost);
    EXPECT_EQ(valley().evaluate(report.values()).cost, report.now.cost);
  };
  lead({{"steps", "3"}}, valley(), control);
  EXPECT_EQ(best, (std::vector<double>{15, 3, 1, 1}));
}

}  // namespace
}  // namespace entente::event_tests
