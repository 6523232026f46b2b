// SPDX-License-Identifier: MIT
// The decider that makes schedules itself.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/base/error.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

double nothing(const Schedule&) { return 0; }

struct Searchers {
  std::vector<std::unique_ptr<CohdaParticipant>> participants;
  Searchers(std::size_t count, std::size_t steps, const std::function<double(const Schedule&)>& local,
            LocalSearchDecider::Options options) {
    for (std::size_t i = 0; i < count; ++i) {
      options.seed = i + 1;
      std::vector<std::pair<double, double>> corridors(steps, {0.0, 1.0 + double(i % 3)});
      participants.push_back(create_cohda_participant_with_decider(
          std::uint32_t(i + 1),
          std::make_shared<LocalSearchDecider>(std::vector<double>(steps, 0.0), corridors, local, options)));
    }
  }
  RunReport run(const std::vector<double>& target) {
    std::vector<Participant*> all;
    for (const auto& participant : participants) all.push_back(participant.get());
    InProcessOptions options;
    options.limits.messages = 200'000;
    return start_distributed_optimization(all, create_cohda_start_message(target), options);
  }
};

TEST(LocalSearch, ends_with_all_agreed_on_a_sum_near_the_target) {
  for (const std::size_t steps : {1u, 4u, 24u}) {
    Searchers team(10, steps, nothing, {});
    const std::vector<double> target(steps, 9.5);  // half of what the corridors allow
    const RunReport report = team.run(target);
    EXPECT_EQ(report.end, RunEnd::quiet);
    const SolutionCandidate& candidate = *team.participants[0]->memory().solution_candidate;
    EXPECT_GT(*candidate.perf, -0.01 * 9.5 * double(steps));
    for (const auto& participant : team.participants) EXPECT_EQ(*participant->memory().solution_candidate, candidate);
  }
}

TEST(LocalSearch, is_pulled_down_as_well_as_up) {
  for (const double target : {2.0, 5.0, 8.0}) {
    auto one = create_cohda_participant_with_decider(
        1, std::make_shared<LocalSearchDecider>(std::vector<double>{5.5},
                                                std::vector<std::pair<double, double>>{{0, 10}}, nothing));
    Participant* const alone[] = {one.get()};
    start_distributed_optimization(alone, create_cohda_start_message({target}));
    EXPECT_NEAR(cohda_result(*one)[0], target, 1e-9);
  }
}

TEST(LocalSearch, finds_the_local_optimum_where_there_is_no_force) {
  // The best of -(x - 2)^2 on [0, 10], whatever the target.
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    LocalSearchDecider::Options options;
    options.convergence_force_factor = 0;
    options.seed = seed;
    auto one = create_cohda_participant_with_decider(
        1, std::make_shared<LocalSearchDecider>(
               std::vector<double>{9}, std::vector<std::pair<double, double>>{{0, 10}},
               [](const Schedule& s) { return -(s[0] - 2) * (s[0] - 2); }, options));
    Participant* const alone[] = {one.get()};
    start_distributed_optimization(alone, create_cohda_start_message({7}));
    EXPECT_NEAR(cohda_result(*one)[0], 2, 0.5) << seed;
  }
}

TEST(LocalSearch, weighs_its_own_interest_against_the_targets) {
  // The highest of -(x - 2)^2 - force * |8 - x|: at x = 2 + force / 2.
  const auto chosen = [](double force) {
    LocalSearchDecider::Options options;
    options.convergence_force_factor = force;
    options.max_iterations = 30;
    options.sample_size_per_value = 30;
    auto one = create_cohda_participant_with_decider(
        1, std::make_shared<LocalSearchDecider>(
               std::vector<double>{9}, std::vector<std::pair<double, double>>{{0, 10}},
               [](const Schedule& s) { return -(s[0] - 2) * (s[0] - 2); }, options));
    Participant* const alone[] = {one.get()};
    start_distributed_optimization(alone, create_cohda_start_message({8}));
    return cohda_result(*one)[0];
  };
  EXPECT_NEAR(chosen(2), 3, 0.2);
  EXPECT_NEAR(chosen(6), 5, 0.2);
  EXPECT_NEAR(chosen(100), 8, 0.2);
}

TEST(LocalSearch, takes_any_distribution_and_stays_within_its_corridors) {
  LocalSearchDecider::Options options;
  options.distribution = [](double low, double high, double unit,
                            double other) {  // Box and Muller's, around the middle
    return (low + high) / 2 + (high - low) * std::sqrt(-2 * std::log(1 - unit)) * std::cos(6.283185307179586 * other);
  };
  Searchers team(4, 3, nothing, options);
  team.run({100, 100, 100});
  EXPECT_EQ(cohda_result(*team.participants[0]), (std::vector<double>{7, 7, 7}));  // all at their upper ends
}

TEST(LocalSearch, is_the_same_for_the_same_seeds) {
  Searchers a(6, 4, nothing, {}), b(6, 4, nothing, {});
  EXPECT_EQ(a.run({3, 4, 5, 6}), b.run({3, 4, 5, 6}));
  EXPECT_EQ(cohda_result(*a.participants[0]), cohda_result(*b.participants[0]));
}

TEST(LocalSearch, refuses_corridors_and_options_that_make_no_sense) {
  using Corridors = std::vector<std::pair<double, double>>;
  EXPECT_THROW(LocalSearchDecider({1, 2}, Corridors{{0, 1}}, nothing), Error);
  EXPECT_THROW(LocalSearchDecider({1}, Corridors{{2, 1}}, nothing), Error);
  EXPECT_THROW(LocalSearchDecider({1}, Corridors{{0, 1}}, {}), Error);
  LocalSearchDecider::Options options;
  options.sample_size_per_value = 0;
  EXPECT_THROW(LocalSearchDecider({1}, Corridors{{0, 1}}, nothing, options), Error);
  options = {};
  options.convergence_force_factor = -1;
  EXPECT_THROW(LocalSearchDecider({1}, Corridors{{0, 1}}, nothing, options), Error);
}

}  // namespace
}  // namespace entente::cohda
