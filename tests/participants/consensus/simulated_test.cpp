// SPDX-License-Identifier: MIT
// Averaging and push-sum over links that are late, out of order, doubled or lossy.
#include <gtest/gtest.h>

#include "consensus_testing.hpp"
#include "entente/carriers/simulated.hpp"
#include "entente/participants/push_sum.hpp"

namespace entente {
namespace {

using namespace consensus_testing;

SimulatedOptions bad_links(const ConsensusTopology& graph, std::uint64_t seed) {
  SimulatedOptions options;
  options.topology = over_carrier(graph);
  options.latency = seed % 2 ? Latency::exponential(1) : Latency::uniform(0, 5);
  options.reorder = true;
  options.duplicate = 0.2;
  options.seed = seed;
  return options;
}

TEST(ConsensusOverBadLinks, delays_reordering_and_duplicates_change_not_a_bit_and_all_end_in_the_same_cycle) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    const std::uint32_t n = 2 + std::uint32_t(seed % 9);
    const ConsensusTopology graph = random_connected(n, 0.2, seed);
    const auto numbers = random_numbers(n, 0, 20, seed);
    const auto good = averaging_group(numbers), bad = averaging_group(numbers);
    InProcessOptions in_process;
    in_process.topology = over_carrier(graph);
    start_distributed_optimization(all_of(good->members), create_averaging_consensus_start(99.0), in_process);
    start_distributed_optimization(all_of(bad->members), create_averaging_consensus_start(99.0),
                                   bad_links(graph, seed));
    EXPECT_EQ(bad->finishes, n);
    for (std::uint32_t i = 0; i < n; ++i) {
      EXPECT_EQ(bad->members[i]->lam(), good->members[i]->lam()) << "seed " << seed;
      EXPECT_EQ(bad->members[i]->k(), good->members[0]->k());
      EXPECT_TRUE(bad->members[i]->converged());
      EXPECT_NEAR(bad->members[i]->lam()[0], mean(numbers), 1e-9);
    }
  }
}

TEST(ConsensusOverBadLinks, links_that_lose_messages_are_borne_where_the_network_sends_again) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const ConsensusTopology graph = random_connected(6, 0.2, seed);
    const auto numbers = random_numbers(6, 0, 20, seed);
    const auto group = averaging_group(numbers);
    SimulatedOptions options = bad_links(graph, seed);
    options.loss = 0.2;
    options.reliable = true;
    start_distributed_optimization(all_of(group->members), create_averaging_consensus_start(99.0), options);
    for (const auto& one : group->members) EXPECT_NEAR(one->lam()[0], mean(numbers), 1e-9);
  }
}

TEST(ConsensusOverBadLinks, one_message_that_is_lost_before_the_last_cycle_is_made_good_for_by_the_next) {
  // Forwards all but one message.
  struct Deaf : Participant {
    Participant& inner;
    std::uint64_t number, seen = 0;
    Deaf(Participant& p, std::uint64_t n) : inner(p), number(n) {}
    void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
      if (seen++ != number) inner.on_message(carrier, content, meta);
    }
  };
  for (std::uint64_t lost = 2; lost < 20; ++lost) {
    const auto group = averaging_group({1, 2, 3, 4, 10});
    Deaf deaf(*group->members[1], lost);
    auto list = all_of(group->members);
    list[1] = &deaf;
    start_distributed_optimization(list, create_averaging_consensus_start(0.0));
    for (const auto& one : group->members) EXPECT_NEAR(one->lam()[0], 4, 1e-9);
  }
}

TEST(ConsensusOverBadLinks, what_is_lost_for_good_is_an_error_and_no_silent_end) {
  int errors = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto numbers = random_numbers(6, 0, 20, seed);
    const ConsensusTopology graph = random_connected(6, 0.2, seed);
    const auto group = averaging_group(numbers);
    SimulatedOptions options = bad_links(graph, seed);
    options.loss = 0.3;
    options.start_from = options.start_to = Address{1};  // the start is not lost
    try {
      start_distributed_optimization(all_of(group->members), create_averaging_consensus_start(0.0), options);
      for (const auto& one : group->members) EXPECT_NEAR(one->lam()[0], mean(numbers), 1e-9);
    } catch (const AskError& error) {
      EXPECT_EQ(error.reason(), AskError::Reason::unanswered);
      ++errors;
    }
  }
  EXPECT_GT(errors, 0);
}

TEST(ConsensusOverBadLinks, messages_replaced_by_newer_ones_change_not_a_bit) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto numbers = random_numbers(6, 0, 20, seed);
    InProcessOptions options;
    options.topology = over_carrier(random_connected(6, 0.2, seed));
    const auto one = averaging_group(numbers), other = averaging_group(numbers);
    start_distributed_optimization(all_of(one->members), create_averaging_consensus_start(0.0), options);
    options.delivery = Delivery::latest;
    const RunReport report =
        start_distributed_optimization(all_of(other->members), create_averaging_consensus_start(0.0), options);
    EXPECT_GT(report.replaced, 0u);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(one->members[i]->lam(), other->members[i]->lam());
  }
}

TEST(ConsensusOverBadLinks, an_exception_of_an_actor_reaches_the_caller) {
  struct Broken : ConsensusActor {
    int calls = 0;
    std::vector<double> gradient_term(std::span<const double>, std::span<const double>) override {
      if (++calls == 3) throw std::runtime_error("no gradient today");
      return {0};
    }
  };
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 3; ++i)
    group.push_back(create_averaging_consensus_participant({}, i == 2 ? std::make_shared<Broken>() : nullptr));
  EXPECT_THROW(start_distributed_optimization(all_of(group), create_averaging_consensus_start(0.0),
                                              bad_links(complete_topology(3), 1)),
               std::runtime_error);
}

TEST(ConsensusOverBadLinks, a_dispatch_is_the_same_over_bad_links) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ConsensusTopology graph = ring_topology(5);
    std::vector<std::vector<double>> prices;
    for (const bool bad : {false, true}) {
      std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
      for (int i = 0; i < 5; ++i)
        group.push_back(create_averaging_consensus_participant(
            {}, std::make_shared<LinearCostEconomicDispatchConsensusActor>(5 + 2 * i, 20)));
      SimulatedOptions options = bad_links(graph, seed);
      if (!bad)
        options =
            SimulatedOptions{.topology = over_carrier(graph), .latency = {}, .links = {}, .outages = {}, .limits = {}};
      start_distributed_optimization(all_of(group), create_averaging_consensus_start(10.0, {30, 60}), options);
      EXPECT_TRUE(group[0]->converged());
      for (const auto& one : group) prices.push_back(one->lam());
    }
    for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(prices[i], prices[5 + i]);
  }
}

struct Pushing {
  std::vector<std::shared_ptr<PushSumParticipant>> group;
  std::vector<double> numbers;
  ConsensusTopology graph;
};
Pushing pushing(std::uint64_t seed, std::uint64_t rounds) {
  const std::uint32_t n = 3 + std::uint32_t(seed % 8);
  std::vector<ConsensusTopology::Link> links;
  Random random(seed);
  for (std::uint32_t i = 0; i < n; ++i) links.emplace_back(i, (i + 1) % n);
  for (std::uint32_t i = 0; i + 2 < n; ++i)
    if (random.uniform() < 0.5) links.emplace_back(i, i + 2);
  Pushing result{{}, random_numbers(n, 0, 20, seed), ConsensusTopology(n, links, true)};
  for (const double number : result.numbers) {
    PushSumOptions options;
    options.initial = {number};
    options.rounds = rounds;
    result.group.push_back(std::make_shared<PushSumParticipant>(options));
  }
  return result;
}

TEST(PushSum, finds_the_mean_over_directed_links_that_lose_double_and_reorder) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Pushing all = pushing(seed, 1500);
    SimulatedOptions options = bad_links(all.graph, seed);
    options.loss = 0.1 * double(seed % 6);
    options.start_from = options.start_to = Address{1};
    const RunReport report = start_distributed_optimization(all_of(all.group), PushSumStart{}, options);
    EXPECT_EQ(report.lost > 0, options.loss > 0);
    for (const auto& one : all.group) {
      EXPECT_NEAR(one->estimate()[0], mean(all.numbers), 1e-9) << "seed " << seed;
      EXPECT_TRUE(one->finished());
    }
  }
}

TEST(PushSum, what_all_hold_and_what_is_on_its_way_is_what_they_began_with_at_any_time) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Pushing all = pushing(seed, 400);
    SimulatedOptions options = bad_links(all.graph, seed);
    options.loss = 0.5;
    options.start_from = options.start_to = Address{1};
    options.limits.messages = 20 * (seed + 1);  // stops somewhere in between
    start_distributed_optimization(all_of(all.group), PushSumStart{}, options);
    double sum = 0, weight = 0;
    const std::uint32_t n = all.graph.participants();
    for (std::uint32_t i = 0; i < n; ++i) {
      sum += all.group[i]->held()[0];
      weight += all.group[i]->held()[1];
      for (const std::uint32_t j : all.graph.heard_by(i)) {
        sum += all.group[j]->passed_on()[0] - all.group[i]->taken_from(Address{j + 1})[0];
        weight += all.group[j]->passed_on()[1] - all.group[i]->taken_from(Address{j + 1})[1];
      }
    }
    EXPECT_NEAR(sum, mean(all.numbers) * n, 1e-10);
    EXPECT_NEAR(weight, n, 1e-12);
  }
}

TEST(PushSum, calls_back_once_when_it_has_spoken_for_the_last_time) {
  int calls = 0;
  PushSumOptions options;
  options.rounds = 5;
  PushSumParticipant one(options, [&](PushSumParticipant& me, Carrier&) {
    ++calls;
    EXPECT_EQ(me.rounds(), 5u);
  });
  const std::vector<Participant*> list{&one};
  start_distributed_optimization(list, PushSumStart{});
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace entente
