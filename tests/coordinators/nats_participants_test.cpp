// SPDX-License-Identifier: MIT
// Participants and coordinators over NATS: what they find in process, through the same calls.
#include <gtest/gtest.h>

#include <thread>

#include "entente/carriers/in_process.hpp"
#include "entente/carriers/nats.hpp"
#include "entente/coordinators/admm_variants.hpp"
#include "entente/participants/averaging.hpp"
#include "entente/participants/cohda.hpp"
#include "support/nats_server.hpp"

namespace entente {
namespace {

using testing::NatsServerProcess;

NatsOptions options_of(const NatsServerProcess& server, std::uint32_t participants) {
  NatsOptions options;
  options.access = server.access();
  options.run = "test";
  options.participants = participants;
  cohda::add_cohda_messages(options.types);
  add_admm_messages(options.types);
  add_consensus_messages(options.types);
  return options;
}

/// Runs each of them as a process would: one participant, or the last with what `lead` does.
void side_by_side(std::span<Participant* const> participants, const NatsOptions& options,
                  const std::function<void(std::span<Participant* const>, NatsOptions)>& each,
                  const std::function<void()>& lead = {}) {
  std::vector<std::exception_ptr> failures(participants.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t k = 0; k < participants.size(); ++k)
      threads.emplace_back([&, k] {
        NatsOptions own = options;
        own.first = Address{std::uint32_t(k + 1)};
        try {
          each(participants.subspan(k, 1), std::move(own));
        } catch (...) {
          failures[k] = std::current_exception();
        }
      });
    if (lead) lead();
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

struct Team {
  explicit Team(const std::vector<std::vector<cohda::Schedule>>& sets) {
    for (std::size_t k = 0; k < sets.size(); ++k) {
      members.push_back(cohda::create_cohda_participant(std::uint32_t(k + 1), sets[k]));
      participants.push_back(members.back().get());
    }
  }
  std::vector<std::unique_ptr<cohda::CohdaParticipant>> members;
  std::vector<Participant*> participants;
};

TEST(OverNats, CohdaFindsWhatItFindsInProcess) {
  // Each can take one unit off one of five hours: whoever begins, all hours get theirs.
  std::vector<std::vector<cohda::Schedule>> sets;
  for (int k = 0; k < 5; ++k) {
    std::vector<cohda::Schedule> set;
    for (int hour = 0; hour < 5; ++hour) {
      std::vector<double> schedule(5, 1.0 + k);
      schedule[std::size_t(hour)] += 1;
      set.emplace_back(std::move(schedule));
    }
    sets.push_back(std::move(set));
  }
  const std::vector<double> target(5, 16);
  Team here(sets), there(sets);
  start_distributed_optimization(here.participants, cohda::create_cohda_start_message(target));
  const NatsServerProcess server;
  side_by_side(there.participants, options_of(server, 5), [&](std::span<Participant* const> own, NatsOptions options) {
    start_distributed_optimization(own, cohda::create_cohda_start_message(target), std::move(options));
  });
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_EQ(cohda::cohda_result(*there.members[k]), cohda::cohda_result(*here.members[k]));
    EXPECT_EQ(cohda::cohda_result(*there.members[k]), target);
    EXPECT_EQ(there.members[k]->memory().solution_candidate->perf, there.members[0]->memory().solution_candidate->perf);
  }
}

std::vector<FlexActor> units() {
  std::vector<FlexActor> made;
  for (int i = 0; i < 6; ++i) {
    const double eta[] = {0.1 + 0.02 * i, -0.5, 0.3 - 0.01 * i}, price[] = {0.2 * (i % 4), -0.1 * (i % 3), 0.3};
    made.push_back(FlexActor::one_to_many(10, eta, price));
  }
  return made;
}
std::vector<Participant*> pointers(std::vector<FlexActor>& actors) {
  std::vector<Participant*> list;
  for (FlexActor& actor : actors) list.push_back(&actor);
  return list;
}

TEST(OverNats, AdmmGivesTheNumbersThatItGivesInProcess) {
  const AdmmStart start = create_admm_start(create_admm_sharing_data({2, -4, 1}));
  std::vector<FlexActor> here = units(), there = units();
  AdmmCoordinator first = sharing_target_distance_coordinator(), second = sharing_target_distance_coordinator();
  const auto expected = start_coordinated_optimization<AdmmOutcome>(pointers(here), first, start);
  const NatsServerProcess server;
  AdmmOutcome found;
  const auto participants = pointers(there);
  side_by_side(
      participants, options_of(server, 6),
      [&](std::span<Participant* const> own, NatsOptions options) {
        join_coordinated_optimization(own, std::move(options));
      },
      [&] {
        found = start_coordinated_optimization<AdmmOutcome>(std::span<Participant* const>(), second, start,
                                                            options_of(server, 6));
      });
  EXPECT_TRUE(found.converged) << found.explanation;
  EXPECT_EQ(found.iterations, expected.iterations);
  EXPECT_EQ(found.x, expected.x);
  EXPECT_EQ(found.z.rows, expected.z.rows);
}

TEST(OverNats, AnErrorOfAnActorReachesTheCoordinatorsCaller) {
  std::vector<FlexActor> actors = units();
  const NatsServerProcess server;
  AdmmCoordinator coordinator = sharing_target_distance_coordinator();
  const auto participants = pointers(actors);
  std::string said;
  side_by_side(
      participants, options_of(server, 6),
      [&](std::span<Participant* const> own, NatsOptions options) {
        EXPECT_THROW(join_coordinated_optimization(own, std::move(options)), Error);
      },
      [&] {
        try {
          start_coordinated_optimization(std::span<Participant* const>(), coordinator,
                                         create_admm_start(create_admm_sharing_data({2, -4})), options_of(server, 6));
        } catch (const Error& error) {
          said = error.what();
        }
      });
  EXPECT_NE(said.find("could not answer: flex actor"), std::string::npos) << said;
}

}  // namespace
}  // namespace entente
