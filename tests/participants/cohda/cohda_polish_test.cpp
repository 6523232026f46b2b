// SPDX-License-Identifier: MIT
// Polishing never makes worse, and finds what single agents cannot.
#include "participants/cohda_polish.hpp"

#include <gtest/gtest.h>

#include "entente/base/random.hpp"
#include "entente/participants/cohda_group.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente {
namespace {

/// Decimals, and a target that one selection meets exactly.
ScheduleProblem planted(std::uint64_t seed, std::size_t agents, std::size_t schedules, std::size_t steps) {
  Random random(seed);
  ScheduleProblem problem;
  problem.weights.assign(steps, 1);
  std::vector<std::uint32_t> choice;
  for (std::size_t i = 0; i < agents; ++i) {
    ScheduleAgent agent;
    agent.id = std::to_string(i);
    agent.count = schedules;
    for (std::size_t k = 0; k < schedules * steps; ++k)
      agent.schedules.push_back(double(std::int64_t(random.below(1500)) - 300) / 100);
    problem.agents.push_back(std::move(agent));
    choice.push_back(std::uint32_t(random.below(schedules)));
  }
  problem.target.assign(steps, 0);
  problem.target = problem.aggregate(choice);
  return problem;
}

double polished(const ScheduleProblem& problem, std::vector<std::uint32_t>& choice, std::uint64_t work,
                std::uint64_t seed = 1) {
  const kernel::ScheduleTable table(problem);
  CohdaPolishOptions options;
  options.seed = seed;
  options.work = work;
  const CohdaPolishResult result = polish(table, choice, options);
  // A round may end its last evaluations, of all agents or a pair.
  EXPECT_LE(result.evaluated, work + 2 * (choice.size() + 1) * table.most_schedules() + 8 * 256);
  return problem.cost(choice);
}

TEST(CohdaPolish, never_makes_worse) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const ScheduleProblem problem = planted(seed, 2 + seed % 20, 1 + seed % 9, 1 + seed % 30);
    Random random(seed);
    std::vector<std::uint32_t> choice;
    for (const ScheduleAgent& agent : problem.agents) choice.push_back(std::uint32_t(random.below(agent.count)));
    for (const std::uint64_t work : {1u, 100u, 5000u}) {
      const double before = problem.cost(choice);
      EXPECT_LE(polished(problem, choice, work, seed), before + 1e-9);
    }
  }
}

TEST(CohdaPolish, finds_the_one_selection_among_ten_billions_that_meets_the_target) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const ScheduleProblem problem = planted(seed, 10, 10, 24);
    std::vector<std::uint32_t> choice(10, 0);
    EXPECT_NEAR(polished(problem, choice, 4'000'000), 0, 1e-9);
  }
}

TEST(CohdaPolish, finds_an_optimum_that_branch_and_bound_proves) {
  std::size_t proven = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ScheduleProblem problem = planted(seed, 6, 6, 8);
    for (double& x : problem.target) x += 3;  // out of reach
    CohdaOptions options;
    options.polish_work = 300'000;
    options.bound_work = 20'000'000;
    const CohdaResult result = run_cohda(problem, options);
    std::vector<std::uint32_t> choice(6, 0);
    EXPECT_NEAR(polished(problem, choice, 300'000), result.cost, 1e-9);
    EXPECT_LE(result.bound, result.cost);
    EXPECT_LE(result.cost, result.plain_cost);
    proven += result.optimal;
  }
  EXPECT_EQ(proven, 20u);
}

TEST(CohdaPolish, gains_by_an_exchange_of_two_where_no_agent_gains_alone) {
  // Both at 0 miss the target by 2; either alone makes it worse, both together meet it.
  const ScheduleProblem problem = cohda::problem_of({{{0, 0, 0}, {1, 3, 0}}, {{0, 0, 0}, {0, -3, 1}}}, {1, 0, 1});
  std::vector<std::uint32_t> choice = {0, 0};
  EXPECT_EQ(polished(problem, choice, 2000), 0);
  EXPECT_EQ(choice, (std::vector<std::uint32_t>{1, 1}));
}

}  // namespace
}  // namespace entente
