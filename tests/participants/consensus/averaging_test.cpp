// SPDX-License-Identifier: MIT
#include "entente/participants/averaging.hpp"

#include <gtest/gtest.h>

#include <set>

#include "consensus_testing.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

using namespace consensus_testing;

RunReport run(const Group& group, const ConsensusTopology& graph, double start = 100) {
  InProcessOptions options;
  if (graph.participants() > 0) options.topology = over_carrier(graph);
  return start_distributed_optimization(all_of(group.members), create_averaging_consensus_start(start), options);
}

InProcessNetwork linked(const ConsensusTopology& graph) {
  InProcessOptions options;
  options.topology = over_carrier(graph);
  return InProcessNetwork(options);
}

TEST(Averaging, all_come_to_the_mean_and_the_start_message_is_not_averaged) {
  for (const std::uint32_t n : {2u, 3u, 5u, 10u, 30u}) {
    const auto numbers = random_numbers(n, 0, 20, n);
    const auto group = averaging_group(numbers);
    run(*group, complete_topology(n), 1e6);
    for (const auto& one : group->members) {
      EXPECT_NEAR(one->lam()[0], mean(numbers), 1e-9);
      EXPECT_TRUE(one->converged());
    }
    EXPECT_EQ(group->finishes, n);
  }
}

TEST(Averaging, all_stop_in_the_same_cycle_on_any_topology) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    const std::uint32_t n = 2 + std::uint32_t(seed);
    const ConsensusTopology graph = seed % 3 == 0   ? ring_topology(n)
                                    : seed % 3 == 1 ? random_connected(n, 0.05, seed)
                                                    : chordal_ring_topology(n);
    const auto numbers = random_numbers(n, -5, 5, seed);
    const auto group = averaging_group(numbers);
    run(*group, graph);
    std::set<std::uint64_t> cycles;
    for (const auto& one : group->members) {
      cycles.insert(one->k());
      EXPECT_TRUE(one->converged());
      EXPECT_NEAR(one->lam()[0], mean(numbers), 1e-9);
      EXPECT_EQ(one->participants(), n);
    }
    EXPECT_EQ(cycles.size(), 1u) << "seed " << seed;
  }
}

TEST(Averaging, every_symmetric_rule_keeps_the_mean_on_an_irregular_graph) {
  const ConsensusTopology star(6, std::vector<ConsensusTopology::Link>{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}});
  const std::vector<double> numbers{1, 2, 3, 4, 5, 9};
  for (const WeightRule rule : {WeightRule::metropolis, WeightRule::hastings, WeightRule::mean_metropolis}) {
    AveragingOptions options;
    options.weights = rule;
    const auto group = averaging_group(numbers, options);
    run(*group, star);
    for (const auto& one : group->members) EXPECT_NEAR(one->lam()[0], 4, 1e-9);
  }
}

TEST(Averaging, vectors_are_averaged_step_by_step) {
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  std::vector<double> sum(24);
  for (int i = 0; i < 4; ++i) {
    AveragingOptions options;
    options.initial = random_numbers(24, 0, 1, std::uint64_t(i));
    for (std::size_t t = 0; t < 24; ++t) sum[t] += options.initial[t];
    group.push_back(create_averaging_consensus_participant({}, nullptr, options));
  }
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(0.0));
  for (const auto& one : group)
    for (std::size_t t = 0; t < 24; ++t) EXPECT_NEAR(one->lam()[t], sum[t] / 4, 1e-9);
}

TEST(Averaging, one_participant_has_its_own_mean) {
  const auto group = averaging_group({7});
  run(*group, ConsensusTopology());
  EXPECT_EQ(group->members[0]->lam(), std::vector<double>{7});
  EXPECT_TRUE(group->members[0]->converged());
  EXPECT_EQ(group->finishes, 1u);
}

TEST(Averaging, groups_without_a_link_come_to_means_of_their_own) {
  const ConsensusTopology graph(5, std::vector<ConsensusTopology::Link>{{0, 1}, {2, 3}});
  const auto group = averaging_group({1, 3, 10, 30, 5});
  InProcessNetwork network = linked(graph);
  for (const auto& one : group->members) network.join(*one);
  const auto start = create_averaging_consensus_start(0.0);
  for (const std::uint32_t first : {1u, 3u, 5u}) network.send(Address{first}, Address{first}, start);
  network.run();
  const std::vector<double> expected{2, 2, 20, 20, 5};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(group->members[i]->lam()[0], expected[i], 1e-9);
  EXPECT_EQ(group->members[0]->participants(), 2u);
  EXPECT_EQ(group->members[4]->participants(), 1u);
}

TEST(Averaging, the_limit_of_cycles_ends_all_in_that_cycle_and_says_so) {
  AveragingOptions options;
  options.max_iter = 7;
  const auto group = averaging_group(random_numbers(20, 0, 1, 3), options);
  run(*group, ring_topology(20));
  for (const auto& one : group->members) {
    EXPECT_TRUE(one->finished());
    EXPECT_FALSE(one->converged());
    EXPECT_EQ(one->k(), 7u);
  }
  EXPECT_EQ(group->finishes, 20u);
}

TEST(Averaging, several_start_messages_at_once_make_one_run) {
  const auto group = averaging_group({1, 2, 3, 4, 10});
  InProcessNetwork network = linked(ring_topology(5));
  for (const auto& one : group->members) network.join(*one);
  for (const std::uint32_t to : {2u, 4u, 5u})
    network.send(Address{1}, Address{to}, create_averaging_consensus_start(0.0));
  network.run();
  for (const auto& one : group->members) EXPECT_NEAR(one->lam()[0], 4, 1e-9);
}

TEST(Averaging, late_messages_do_not_restart_a_group_but_a_new_start_does) {
  const auto group = averaging_group({1, 2, 6});
  InProcessNetwork network;
  for (const auto& one : group->members) network.join(*one);
  const auto start = create_averaging_consensus_start(0.0);
  network.send(Address{1}, Address{2}, start);
  network.run();
  ASSERT_EQ(group->finishes, 3u);
  network.send(Address{1}, Address{2}, start);  // the same once more
  AveragingConsensusMessage late;
  late.lam = {50};
  late.run = start.run;
  late.k = 3;
  network.send(Address{1}, Address{3}, late);
  EXPECT_EQ(network.run().delivered, 2u);
  EXPECT_EQ(group->finishes, 3u);
  EXPECT_NEAR(group->members[2]->lam()[0], 3, 1e-9);
  network.send(Address{1}, Address{2}, create_averaging_consensus_start(0.0));
  network.run();
  EXPECT_EQ(group->finishes, 6u);
  EXPECT_NEAR(group->members[2]->lam()[0], 3, 1e-9);
}

TEST(Averaging, an_exception_of_an_actor_reaches_the_caller) {
  struct Broken : ConsensusActor {
    std::vector<double> gradient_term(std::span<const double>, std::span<const double>) override {
      throw std::runtime_error("no gradient today");
    }
  };
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 3; ++i)
    group.push_back(create_averaging_consensus_participant({}, i == 2 ? std::make_shared<Broken>() : nullptr));
  EXPECT_THROW(start_distributed_optimization(all_of(group), create_averaging_consensus_start(0.0)),
               std::runtime_error);
}

TEST(Averaging, a_gradient_of_the_wrong_length_is_an_error_that_says_so) {
  struct Short : ConsensusActor {
    std::vector<double> gradient_term(std::span<const double>, std::span<const double>) override { return {1, 2}; }
  };
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 2; ++i) group.push_back(create_averaging_consensus_participant({}, std::make_shared<Short>()));
  try {
    start_distributed_optimization(all_of(group), create_averaging_consensus_start({0, 0, 0}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("2 numbers; expected 3"), std::string::npos) << error.what();
  }
}

TEST(Averaging, an_actors_pull_is_added_in_each_cycle_until_nothing_moves) {
  // Both are pulled to 4; the mean of 0 and 10 is forgotten.
  struct Pull : ConsensusActor {
    std::vector<double> gradient_term(std::span<const double> lam, std::span<const double>) override {
      return {0.2 * (4 - lam[0])};
    }
  };
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (const double initial : {0.0, 10.0}) {
    AveragingOptions options;
    options.initial = {initial};
    group.push_back(create_averaging_consensus_participant({}, std::make_shared<Pull>(), options));
  }
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(0.0));
  for (const auto& one : group) {
    EXPECT_NEAR(one->lam()[0], 4, 1e-8);
    EXPECT_TRUE(one->converged());
  }
}

TEST(Averaging, whoever_is_named_is_told_the_end) {
  struct Observer : Participant {
    std::vector<ConsensusFinishedMessage> told;
    void on_message(Carrier&, const Content& content, const Meta&) override {
      told.push_back(content.as<ConsensusFinishedMessage>());
    }
  } observer;
  AveragingOptions options;
  options.report_to = Address{3};
  const auto group = averaging_group({1, 5}, options);
  InProcessNetwork network = linked(ConsensusTopology(3, std::vector<ConsensusTopology::Link>{{0, 1}}));
  for (const auto& one : group->members) network.join(*one);
  network.join(observer);
  network.send(Address{1}, Address{2}, create_averaging_consensus_start(0.0));
  network.run();
  ASSERT_EQ(observer.told.size(), 2u);
  EXPECT_NEAR(observer.told[0].lam[0], 3, 1e-9);
  EXPECT_EQ(observer.told[0].k, group->members[0]->k());
  EXPECT_TRUE(observer.told[0].converged);
}

TEST(Averaging, options_out_of_range_are_refused) {
  const auto make = [](auto&& change) {
    AveragingOptions options;
    change(options);
    create_averaging_consensus_participant({}, nullptr, options);
  };
  EXPECT_THROW(make([](auto& o) { o.alpha = 0; }), Error);
  EXPECT_THROW(make([](auto& o) { o.alpha = 1.5; }), Error);
  EXPECT_THROW(make([](auto& o) { o.initial = {}; }), Error);
  EXPECT_THROW(make([](auto& o) { o.initial = {NAN}; }), Error);
  EXPECT_THROW(make([](auto& o) { o.tolerance = -1; }), Error);
  EXPECT_THROW(make([](auto& o) { o.weights = WeightRule::relative_degree; }), Error);
}

TEST(Averaging, messages_that_no_neighbour_sends_are_errors) {
  const auto deliver = [](AveragingConsensusMessage message) {
    const auto group = averaging_group({1, 2, 3});
    InProcessNetwork network = linked(ConsensusTopology(3, std::vector<ConsensusTopology::Link>{{0, 1}}));
    for (const auto& one : group->members) network.join(*one);
    network.send(Address{3}, Address{1}, std::move(message));
    network.run();
  };
  AveragingConsensusMessage message;
  message.lam = {1};
  message.run = 1;
  EXPECT_THROW(deliver(message), Error);  // 3 is no neighbour of 1
}

}  // namespace
}  // namespace entente
