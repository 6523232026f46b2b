// SPDX-License-Identifier: MIT
// The reference implementation's own runs, message by message.
#include <gtest/gtest.h>

#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

const ParticipantOptions compat{.sending = Sending::live, .compat = true};

TEST(CohdaCompat, two_agents_end_as_the_reference_does) {
  Team team({{{0, 1, 2}, {1, 2, 3}}, {{0, 1, 2}, {1, 2, 3}}}, compat);
  team.run({1.2, 2, 3});
  for (const auto& participant : team.participants) {
    const SolutionCandidate& candidate = *participant->memory().solution_candidate;
    EXPECT_EQ(candidate.participant_id, 2u);
    EXPECT_NEAR(*candidate.perf, -2.2, 1e-12);
    EXPECT_EQ(*candidate.find(1), (Schedule{0, 1, 2}));
    EXPECT_EQ(*candidate.find(2), (Schedule{0, 1, 2}));
    EXPECT_EQ(participant->memory().system_config.find(1)->counter, 1u);
    EXPECT_EQ(participant->memory().system_config.find(2)->counter, 3u);
  }
  EXPECT_EQ(team.participants[0]->counter(), 1u);
  EXPECT_EQ(team.participants[1]->counter(), 3u);
}

TEST(CohdaCompat, four_agents_send_forty_messages_and_end_as_the_reference_does) {
  const std::vector<Schedule> odd = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}};
  const std::vector<Schedule> even = {{2, 0, 0, 0}, {0, 2, 0, 0}, {0, 0, 0, 2}};
  Team team({odd, even, odd, even}, compat);
  const RunReport report = team.run({3, 3, 1, 2});
  EXPECT_EQ(report.messages, 40u);
  EXPECT_EQ(report.messages, team.decides() * 3 + 1);
  const std::uint32_t counters[] = {1, 1, 2, 2};
  const Schedule chosen[] = {{1, 0, 0, 0}, {2, 0, 0, 0}, {0, 1, 0, 0}, {0, 2, 0, 0}};
  for (const auto& participant : team.participants) {
    const SolutionCandidate& candidate = *participant->memory().solution_candidate;
    EXPECT_EQ(candidate.participant_id, 4u);
    EXPECT_DOUBLE_EQ(*candidate.perf, -3);
    EXPECT_EQ(candidate.present(), (std::vector<std::uint32_t>{1, 2, 3, 4}));
    EXPECT_EQ(cohda_result(*participant), (std::vector<double>{3, 3, 0, 0}));
    for (std::uint32_t id = 1; id <= 4; ++id) {
      EXPECT_EQ(*candidate.find(id), chosen[id - 1]);
      EXPECT_EQ(participant->memory().system_config.find(id)->counter, counters[id - 1]);
      EXPECT_EQ(participant->memory().system_config.find(id)->schedule, chosen[id - 1]);
    }
  }
}

TEST(CohdaCompat, a_second_target_is_ignored) {
  Team team({{{0, 1, 2}, {1, 2, 3}}, {{0, 1, 2}, {1, 2, 3}}}, compat);
  team.run({1.2, 2, 3});
  team.run({2, 4, 6});
  EXPECT_NEAR(*team.participants[0]->memory().solution_candidate->perf, -2.2, 1e-12);
  EXPECT_EQ(team.participants[0]->memory().target_params->schedule, (std::vector<double>{1.2, 2, 3}));
}

TEST(CohdaCompat, messages_are_decides_times_neighbours_and_the_first) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Team team(random_sets(seed, 6, 5, 4), compat);
    const RunReport report = team.run({10, 12, 9, 11});
    EXPECT_EQ(report.messages, team.decides() * 5 + 1);
    EXPECT_TRUE(team.agrees());
  }
}

TEST(CohdaCompat, sums_are_rounded_in_numpys_order) {
  // 200 numbers: two halves of 96 and 104, each in eight partial sums.
  DenseMatrix matrix(1, 200);
  TargetParams target{std::vector<double>(200), std::vector<double>(200, 1.0)};
  double halves[2] = {};
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t begin = half * 96, count = half ? 104 : 96;
    double part[8] = {};
    for (std::size_t i = 0; i < count; ++i) {
      target.schedule[begin + i] = 1.0 / double(begin + i + 1);
      part[i % 8] = i < 8 ? target.schedule[begin + i] : part[i % 8] + target.schedule[begin + i];
    }
    halves[half] = ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
  }
  EXPECT_EQ(cohda_default_performance(matrix, target), -(halves[0] + halves[1]));
}

}  // namespace
}  // namespace entente::cohda
