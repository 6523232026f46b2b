// SPDX-License-Identifier: MIT
// AnytimeTracker against Problem::evaluate: after any moves and proposals it knows the cost and the best.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <optional>

#include "entente/base/random.hpp"
#include "runtime/anytime_tracker.hpp"
#include "runtime/better.hpp"
#include "support/random_problem.hpp"

namespace entente::event_tests {
namespace {

using runtime::AnytimeTracker;

testing::RandomProblem some_shape() {
  testing::RandomProblem shape;
  shape.variables = *rc::gen::inRange<std::uint32_t>(1, 12);
  shape.mixed_domains = *rc::gen::arbitrary<bool>();
  shape.wide = *rc::gen::inRange<std::uint32_t>(0, 4);
  shape.unary = *rc::gen::inRange<std::uint32_t>(0, 3);
  shape.own_costs = 0.5;
  shape.hard = *rc::gen::element(0.0, 0.2);
  shape.fractional = *rc::gen::arbitrary<bool>();
  shape.objective = *rc::gen::element(Objective::minimise, Objective::maximise);
  return shape;
}

struct Truth {
  const Problem& problem;
  std::optional<Evaluation> best;
  std::vector<ValueIndex> assignment;

  void see(const std::vector<ValueIndex>& now) {
    const Evaluation evaluation = problem.evaluate(now);
    // Sums of many fractions may differ in their last bits; what is better by no more is no difference.
    if (best && (evaluation.violations == best->violations && std::abs(evaluation.cost - best->cost) < 1e-9)) return;
    if (best && !runtime::better(evaluation, *best, problem.objective())) return;
    best = evaluation;
    assignment = now;
  }
};

RC_GTEST_PROP(AnytimeTracker, knows_the_cost_and_the_best_after_every_move_and_proposal, ()) {
  const Problem problem = testing::make_random_problem(some_shape(), *rc::gen::arbitrary<std::uint64_t>());
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const std::uint32_t count = problem.variable_count();
  const auto any_value = [&](VariableId v) { return ValueIndex(random.below(std::uint64_t(problem.domain_size(v)))); };
  AnytimeTracker tracker(problem);
  Truth truth{problem, {}, {}};
  std::vector<ValueIndex> now(count, no_value), other(count);
  for (int step = 0; step < 200; ++step) {
    const auto v = VariableId(random.below(count));
    const bool forgets = random.below(50) == 0, proposes = random.below(20) == 0;
    if (proposes) {
      for (VariableId u = 0; u < count; ++u) other[u] = any_value(u);
      tracker.propose(other);
      truth.see(other);
    } else {
      now[v] = forgets ? no_value : any_value(v);
      tracker.move(v, now[v]);
    }
    const bool complete = std::find(now.begin(), now.end(), no_value) == now.end();
    RC_ASSERT(tracker.complete() == complete);
    if (complete) {
      const Evaluation evaluation = problem.evaluate(now);
      RC_ASSERT(tracker.now().violations == evaluation.violations);
      RC_ASSERT(std::abs(tracker.now().cost - evaluation.cost) < 1e-9);
      if (!proposes) truth.see(now);
    }
    RC_ASSERT(tracker.has_best() == truth.best.has_value());
    if (!truth.best) continue;
    const Evaluation best = problem.evaluate(tracker.best());
    RC_ASSERT(best.violations == truth.best->violations);
    RC_ASSERT(std::abs(best.cost - truth.best->cost) < 1e-8);
    RC_ASSERT(std::abs(tracker.best_evaluation().cost - best.cost) < 1e-9);
  }
}

TEST(AnytimeTracker, does_not_drift_in_a_million_moves_between_costs_of_very_different_size) {
  ProblemBuilder builder("drift", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1, 2});
  std::vector<VariableId> chain;
  for (int i = 0; i < 10; ++i) chain.push_back(builder.add_variable("", domain));
  const std::vector<double> cells{0.1, 1e12 + 0.3, 0.7, 3e-9, 1.0 / 3, 2e15, 0.2, 1e-3, 0.3};
  for (int i = 0; i + 1 < 10; ++i) builder.add_table_constraint("", {{chain[i], chain[i + 1]}}, cells);
  const Problem problem = builder.build();
  AnytimeTracker tracker(problem);
  std::vector<ValueIndex> now(10, 0);
  tracker.take(now);
  Random random(3);
  for (int i = 0; i < 1'000'000; ++i) {
    const auto v = VariableId(random.below(10));
    tracker.move(v, now[v] = ValueIndex(random.below(3)));
  }
  for (VariableId v = 0; v < 10; ++v) tracker.move(v, now[v] = 0);
  EXPECT_DOUBLE_EQ(tracker.now().cost, problem.evaluate(now).cost);
  EXPECT_DOUBLE_EQ(tracker.best_evaluation().cost, problem.evaluate(tracker.best()).cost);
}

TEST(AnytimeTracker, an_assignment_with_a_value_outside_its_domain_is_not_taken) {
  const Problem problem = testing::make_random_problem({.variables = 3, .domain = 2}, 1);
  AnytimeTracker tracker(problem);
  EXPECT_FALSE(tracker.propose(std::vector<ValueIndex>{0, 1, 2}));
  EXPECT_FALSE(tracker.propose(std::vector<ValueIndex>{no_value, 1, 1}));
  EXPECT_FALSE(tracker.has_best());
  EXPECT_TRUE(tracker.propose(std::vector<ValueIndex>{0, 1, 1}));
  EXPECT_FALSE(tracker.propose(std::vector<ValueIndex>{0, 1, 1})) << "equally good is no better";
}

}  // namespace
}  // namespace entente::event_tests
