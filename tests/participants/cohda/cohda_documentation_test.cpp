// SPDX-License-Identifier: MIT
// The code of docs/cohda.md.
#include <gtest/gtest.h>

#include "entente/carriers/in_process.hpp"
#include "entente/participants/cohda.hpp"
#include "entente/participants/cohda_group.hpp"

namespace entente {
namespace {

TEST(CohdaDocumentation, of_a_whole_problem_is_true) {
  ScheduleProblem problem;
  problem.target = {3, 3, 1, 2};
  problem.weights = {1, 1, 1, 1};
  for (const char* id : {"east", "west"}) problem.agents.push_back({id, "pv", 3, {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}});
  for (const char* id : {"north", "south"})
    problem.agents.push_back({id, "chp", 3, {2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 2}});

  CohdaOptions options;
  options.seed = 7;
  const CohdaResult result = run_cohda(problem, options);
  EXPECT_TRUE(result.optimal);
  EXPECT_EQ(result.cost, 3);
  EXPECT_LE(result.bound, result.cost);
}

TEST(CohdaDocumentation, of_participants_is_true) {
  auto first = cohda::create_cohda_participant(1, std::vector<cohda::Schedule>{{0, 1, 2}, {1, 2, 3}});
  auto second = cohda::create_cohda_participant(2, std::vector<cohda::Schedule>{{0, 1, 2}, {1, 2, 3}});
  Participant* const both[] = {first.get(), second.get()};
  start_distributed_optimization(both, cohda::create_cohda_start_message({1.2, 2, 3}));
  EXPECT_EQ(cohda::cohda_result(*first), (std::vector<double>{0, 2, 4}));
  EXPECT_NEAR(*second->memory().solution_candidate->perf, -2.2, 1e-12);

  start_distributed_optimization(both, cohda::create_cohda_start_message({2, 4, 6}));
  EXPECT_EQ(cohda::cohda_result(*first), (std::vector<double>{2, 4, 6}));
}

class Careful : public cohda::LocalDecider {
 public:
  cohda::Schedule initial_schedule(const cohda::WorkingMemory&) override { return {0, 0}; }
  std::optional<cohda::Schedule> choose(cohda::Situation& situation) override {
    const std::vector<double> left = situation.left();  // what the others leave of the target
    const cohda::Schedule half{left[0] / 2, left[1] / 2};
    if (situation.score(half) < 0.9 * situation.to_beat()) return std::nullopt;
    return situation.score(half) > situation.to_beat() ? std::optional(half) : std::nullopt;
  }
};

TEST(CohdaDocumentation, of_deciders_is_true) {
  cohda::LocalSearchDecider::Options options;
  options.seed = 3;
  auto battery = cohda::create_cohda_participant_with_decider(
      1, std::make_shared<cohda::LocalSearchDecider>(
             std::vector<double>{0, 0}, std::vector<std::pair<double, double>>{{-2, 2}, {-2, 2}},
             [](const cohda::Schedule&) { return 0.0; }, options));
  auto careful = cohda::create_cohda_participant_with_decider(2, std::make_shared<Careful>());
  Participant* const both[] = {battery.get(), careful.get()};
  start_distributed_optimization(both, cohda::create_cohda_start_message({1, -1}));
  EXPECT_NEAR(cohda::cohda_result(*battery)[0], 1, 1e-9);
}

}  // namespace
}  // namespace entente
