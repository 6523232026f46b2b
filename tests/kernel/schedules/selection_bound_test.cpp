// SPDX-License-Identifier: MIT
// The bound against all selections there are.
#include "kernel/schedules/selection_bound.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "entente/base/random.hpp"

namespace entente::kernel {
namespace {

/// Of every kind: whole numbers (ties), decimals, weights of 0, targets in reach and out of it.
ScheduleProblem random_problem(std::uint64_t seed) {
  Random random(seed);
  ScheduleProblem problem;
  const std::size_t steps = 1 + random.below(6), agents = 1 + random.below(5);
  for (std::size_t t = 0; t < steps; ++t) {
    problem.target.push_back(double(random.below(400)) / (seed % 2 ? 10 : 1) * (seed % 7 == 0 ? 10 : 0.1));
    problem.weights.push_back(double(random.below(4)));
  }
  for (std::size_t i = 0; i < agents; ++i) {
    ScheduleAgent agent;
    agent.id = std::to_string(i);
    agent.count = 1 + random.below(6);
    for (std::size_t k = 0; k < agent.count * steps; ++k)
      agent.schedules.push_back((double(random.below(200)) - 60) / (seed % 2 ? 10 : 1));
    problem.agents.push_back(std::move(agent));
  }
  return problem;
}

double lowest_cost(const ScheduleProblem& problem) {
  std::vector<std::uint32_t> choice(problem.agents.size());
  double lowest = std::numeric_limits<double>::infinity();
  for (;;) {
    lowest = std::min(lowest, problem.cost(choice));
    std::size_t i = 0;
    while (i < choice.size() && ++choice[i] == problem.agents[i].count) choice[i++] = 0;
    if (i == choice.size()) return lowest;
  }
}

TEST(SelectionBound, is_never_above_the_optimum_and_meets_it_where_it_says_so) {
  std::size_t proven = 0, positive = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const ScheduleProblem problem = random_problem(seed);
    const double optimum = lowest_cost(problem);
    const ScheduleTable table(problem);
    for (const std::uint64_t work : {1u, 60u, 1000u, 10'000'000u}) {
      std::vector<std::uint32_t> choice(problem.agents.size(), 0);
      const SelectionBound bound = bound_selections(table, choice, {work, {}});
      const double cost = problem.cost(choice);
      const double slack = 1e-12 * (table.target_size() + optimum);
      EXPECT_LE(bound.bound, optimum + slack) << seed;
      EXPECT_GE(cost, optimum - slack);
      if (bound.proven) {
        EXPECT_NEAR(cost, optimum, slack) << seed;
        EXPECT_NEAR(bound.bound, optimum, slack) << seed;
      }
      EXPECT_TRUE(bound.proven || work <= 1000) << seed;
      proven += bound.proven;
      positive += bound.bound > 0;
    }
  }
  EXPECT_GT(proven, 400u);
  EXPECT_GT(positive, 800u);
}

TEST(SelectionBound, is_that_of_the_relaxation_where_prices_decide_alone) {
  // One step: what is out of reach of any mix is missing for sure. 3 + 4 at most of 10, at 2 each.
  ScheduleProblem problem;
  problem.target = {10};
  problem.weights = {2};
  problem.agents = {{"a", "", 2, {1, 3}}, {"b", "", 2, {4, 0}}};
  const ScheduleTable table(problem);
  std::vector<std::uint32_t> choice = {0, 0};
  const SelectionBound bound = bound_selections(table, choice, {1000, {}});
  EXPECT_NEAR(bound.bound, 6, 1e-12);
  EXPECT_TRUE(bound.proven);
  EXPECT_EQ(choice, (std::vector<std::uint32_t>{1, 0}));
}

TEST(SelectionBound, stops_when_told_to) {
  const std::atomic<bool> raised = true;
  const ScheduleTable table(random_problem(5));
  std::vector<std::uint32_t> choice(table.agents(), 0);
  StopSignal stop;
  stop.flag = &raised;
  EXPECT_LT(bound_selections(table, choice, {1'000'000, stop}).evaluated, 1000u);
}

}  // namespace
}  // namespace entente::kernel
