// SPDX-License-Identifier: MIT
// What a participant does, and what it says where something is wrong.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "entente/base/error.hpp"
#include "entente/carriers/simulated.hpp"
#include "participants/cohda/cohda_samples.hpp"

namespace entente::cohda {
namespace {

const std::vector<std::vector<Schedule>> two = {{{0, 1, 2}, {1, 2, 3}}, {{0, 1, 2}, {1, 2, 3}}};

template <class Action>
std::string what(Action action) {
  try {
    action();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(CohdaParticipant, decides_as_trying_everything_would) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto sets = random_sets(seed, 3, 6, 4);
    const std::vector<double> target = {12, 15, 9, 14};
    auto participant = create_cohda_participant(1, sets[0]);
    WorkingMemory heard = create_cohda_start_message(target);
    heard.system_config.set(2, {sets[1][0], 3});
    heard.system_config.set(3, {sets[2][1], 2});
    const WorkingMemory* const message = &heard;
    auto [sysconfig, candidate] = perceive(*participant, {&message, 1});
    candidate = create_from_updated_sysconf(1, sysconfig, sets[0][0]);
    std::tie(sysconfig, candidate) = decide(*participant, participant->decider(), sysconfig, candidate);
    double best = -1e9;
    std::size_t first_best = 0;
    for (std::size_t k = 0; k < sets[0].size(); ++k) {
      const double worth = cohda_default_performance(create_from_updated_sysconf(1, sysconfig, sets[0][k]).matrix(),
                                                     *heard.target_params);
      if (worth > best) first_best = k;
      best = std::max(best, worth);
    }
    EXPECT_EQ(*candidate.perf, best);
    EXPECT_EQ(*candidate.find(1), sets[0][first_best]);
    EXPECT_EQ(sysconfig.find(1)->schedule, sets[0][first_best]);
  }
}

TEST(CohdaParticipant, agrees_whatever_it_sends) {
  for (const Sending sending : {Sending::changes, Sending::snapshots, Sending::live})
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const Team team(random_sets(seed, 5, 4, 3), {.sending = sending});
      team.run({20, 22, 18});
      EXPECT_TRUE(team.agrees());
    }
}

TEST(CohdaParticipant, ends_alike_with_changes_and_with_snapshots) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Team changes(random_sets(seed, 5, 4, 3)),
        snapshots(random_sets(seed, 5, 4, 3), {.sending = Sending::snapshots});
    const RunReport a = changes.run({20, 22, 18}), b = snapshots.run({20, 22, 18});
    EXPECT_EQ(a.messages, b.messages);
    for (std::size_t i = 0; i < 5; ++i)
      EXPECT_EQ(changes.participants[i]->memory(), snapshots.participants[i]->memory());
  }
}

TEST(CohdaParticipant, meets_a_new_target_after_it_was_done) {
  const Team team(two);
  team.run({1.2, 2, 3});
  EXPECT_EQ(cohda_result(*team.participants[0]), (std::vector<double>{0, 2, 4}));
  team.run({2, 4, 6});
  EXPECT_TRUE(team.agrees());
  EXPECT_EQ(cohda_result(*team.participants[0]), (std::vector<double>{2, 4, 6}));
  team.run({2, 4, 6});  // the same again changes nothing
  EXPECT_EQ(cohda_result(*team.participants[1]), (std::vector<double>{2, 4, 6}));
  team.run({0, 2, 4});
  EXPECT_EQ(cohda_result(*team.participants[1]), (std::vector<double>{0, 2, 4}));
}

TEST(CohdaParticipant, meets_a_new_target_of_another_length_with_schedules_made_for_it) {
  const auto maker = [](double low) {
    return [low](const WorkingMemory& memory) {
      const std::size_t steps = memory.target_params->schedule.size();
      return std::vector<Schedule>{std::vector<double>(steps, low), std::vector<double>(steps, low + 1)};
    };
  };
  for (const Sending sending : {Sending::changes, Sending::snapshots}) {
    Team team({{{0.0}}}, {.sending = sending});
    team.participants.clear();
    for (std::uint32_t id = 1; id <= 3; ++id)
      team.participants.push_back(create_cohda_participant(id, maker(id), {}, {.sending = sending}));
    for (const std::size_t steps : {3u, 5u, 2u}) {
      team.run(std::vector<double>(steps, 9));
      EXPECT_TRUE(team.agrees());
      EXPECT_EQ(cohda_result(*team.participants[2]), std::vector<double>(steps, 9));
    }
  }
}

TEST(CohdaParticipant, alone_chooses_its_best) {
  const Team team({{{0, 0}, {3, 3}, {1, 1}}});
  team.run({1, 2});
  EXPECT_EQ(cohda_result(*team.participants[0]), (std::vector<double>{1, 1}));
}

TEST(CohdaParticipant, asks_a_provider_before_every_choice) {
  int asked = 0;
  auto one = create_cohda_participant(1, [&](const WorkingMemory& memory) {
    ++asked;
    EXPECT_TRUE(memory.target_params);
    return std::vector<Schedule>{{0, 0}, {5, 5}};
  });
  auto other = create_cohda_participant(2, std::vector<Schedule>{{1, 1}});
  Participant* const both[] = {one.get(), other.get()};
  start_distributed_optimization(both, create_cohda_start_message({6, 6}));
  EXPECT_EQ(cohda_result(*other), (std::vector<double>{6, 6}));
  EXPECT_GE(asked, 2);
}

TEST(CohdaParticipant, begins_with_an_acceptable_schedule_and_takes_no_other) {
  auto decider = std::make_shared<DefaultLocalDecider>(std::vector<Schedule>{{9, 9}, {1, 1}, {2, 2}},
                                                       [](const Schedule& s) { return s[0] < 5; });
  auto one = create_cohda_participant_with_decider(1, decider);
  Participant* const alone[] = {one.get()};
  start_distributed_optimization(alone, create_cohda_start_message({9, 9}));
  EXPECT_EQ(cohda_result(*one), (std::vector<double>{2, 2}));
  EXPECT_EQ(decider->initial_schedule(one->memory()), (Schedule{1, 1}));
}

TEST(CohdaParticipant, says_who_has_no_schedule_to_choose) {
  EXPECT_NE(
      what([] { create_cohda_participant(3, std::vector<Schedule>{}); }).find("participant 3: the list of schedules"),
      std::string::npos);
  auto none = create_cohda_participant(1, [](const WorkingMemory&) { return std::vector<Schedule>{}; });
  Participant* const alone[] = {none.get()};
  EXPECT_NE(what([&] { start_distributed_optimization(alone, create_cohda_start_message({1})); }).find("no schedule"),
            std::string::npos);
  auto picky = create_cohda_participant_with_decider(
      1, std::make_shared<DefaultLocalDecider>(std::vector<Schedule>{{1}}, [](const Schedule&) { return false; }));
  Participant* const other[] = {picky.get()};
  EXPECT_NE(what([&] { start_distributed_optimization(other, create_cohda_start_message({1})); }).find("acceptable"),
            std::string::npos);
}

TEST(CohdaParticipant, refuses_schedules_of_another_length_than_the_target) {
  const Team team(two);
  EXPECT_NE(what([&] { team.run({1, 2}); }).find("3 steps, the target 2"), std::string::npos);
  EXPECT_THROW(create_cohda_participant(1, std::vector<Schedule>{{1, 2}, {1}}), Error);
}

TEST(CohdaParticipant, has_no_result_before_it_heard_of_a_target) {
  const auto participant = create_cohda_participant(1, two[0]);
  EXPECT_NE(what([&] { cohda_result(*participant); }).find("no target has reached it"), std::string::npos);
}

TEST(CohdaParticipant, lets_exceptions_of_users_functions_reach_the_caller_of_every_run) {
  const auto run = [](int mode) {
    const PerformanceFunction broken = [](const DenseMatrix& m, const TargetParams& t) -> double {
      if (m.rows > 1) throw std::runtime_error("the performance function broke");
      return cohda_default_performance(m, t);
    };
    const Team team(two, {.sending = mode % 2 ? Sending::snapshots : Sending::changes}, broken);
    if (mode < 2) team.run({1, 2, 3}, InProcessOptions{});
    if (mode == 2) team.run({1, 2, 3}, latest_only());
    if (mode == 3) team.run({1, 2, 3}, late_links());
  };
  for (int mode = 0; mode < 4; ++mode) EXPECT_EQ(what([&] { run(mode); }), "the performance function broke") << mode;
  const PerformanceFunction nan = [](const DenseMatrix&, const TargetParams&) { return std::nan(""); };
  EXPECT_NE(what([&] { Team(two, {}, nan).run({1, 2, 3}); }).find("not a number"), std::string::npos);
  auto picky = std::make_shared<DefaultLocalDecider>(
      two[0], [](const Schedule&) -> bool { throw std::runtime_error("the check broke"); });
  auto one = create_cohda_participant_with_decider(1, picky);
  Participant* const alone[] = {one.get()};
  EXPECT_EQ(what([&] {
              start_distributed_optimization(alone, create_cohda_start_message({1, 2, 3}));
            }),
            "the check broke");
}

TEST(CohdaParticipant, follows_a_performance_function_of_the_users) {
  const PerformanceFunction flat = [](const DenseMatrix& m, const TargetParams&) {
    double squares = 0;
    for (const double x : m.values) squares += x * x;
    return -squares;
  };
  const Team team({{{3, 0}, {2, 2}, {1, 1}}, {{4, 4}, {0, 1}}}, {}, flat);
  team.run({100, 100});
  EXPECT_TRUE(team.agrees());
  EXPECT_EQ(cohda_result(*team.participants[0]), (std::vector<double>{1, 2}));
}

TEST(CohdaParticipant, works_with_ids_that_are_not_addresses) {
  auto a = create_cohda_participant(7, two[0]);
  auto b = create_cohda_participant(3, two[1]);
  Participant* const both[] = {a.get(), b.get()};
  start_distributed_optimization(both, create_cohda_start_message({2, 4, 6}));
  EXPECT_EQ(cohda_result(*a), (std::vector<double>{2, 4, 6}));
  EXPECT_EQ(a->memory().solution_candidate->matrix().rows, 7u);
  EXPECT_THROW(create_cohda_participant(0, two[0]), Error);
}

}  // namespace
}  // namespace entente::cohda
