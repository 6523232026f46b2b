// SPDX-License-Identifier: MIT
// Every public symbol and attribute of DRO's first-order algorithms, by the name it has here. Compiled, and used.
#include <gtest/gtest.h>

#include "consensus_testing.hpp"

namespace entente {
namespace {

// class ConsensusActor, gradient_term(lam, data)
struct Own : ConsensusActor {
  std::vector<double> gradient_term(std::span<const double> lam, std::span<const double> data) override {
    return {0.1 * ((data.empty() ? 0 : data[0]) - lam[0])};
  }
};

TEST(DroSymbols, of_first_order_algorithms_have_counterparts) {
  // AveragingConsensusMessage(lam, k, data, initial); create_averaging_consensus_start(initial_lam, data)
  const AveragingConsensusMessage start = create_averaging_consensus_start(1.0, {4.0});
  EXPECT_EQ(start.lam, std::vector<double>{1});
  EXPECT_EQ(start.k, 0u);
  EXPECT_EQ(start.data, std::vector<double>{4});
  EXPECT_TRUE(start.initial);

  // create_averaging_consensus_participant(finish_callback, consensus_actor, initial_lam, alpha, max_iter);
  // AveragingConsensusAlgorithm(the same), .actor; finish_callback(algorithm, carrier); NoConsensusActor
  AveragingOptions options;
  options.initial = {10};
  options.alpha = 0.3;
  options.max_iter = 50;
  int finished = 0;
  const AveragingConsensusAlgorithm::FinishCallback finish_callback = [&](AveragingConsensusAlgorithm& algorithm,
                                                                          Carrier& carrier) {
    ++finished;
    EXPECT_EQ(algorithm.lam().size(), 1u);
    EXPECT_GT(carrier.address().number, 0u);
  };
  const auto first = create_averaging_consensus_participant(finish_callback, std::make_shared<Own>(), options);
  AveragingConsensusAlgorithm second(finish_callback, std::make_shared<NoConsensusActor>(), averaging_as_in_dro());
  AveragingConsensusAlgorithm third(finish_callback, nullptr, options);
  const std::vector<Participant*> group{first.get(), &third};
  start_distributed_optimization(group, start);
  EXPECT_EQ(finished, 2);
  EXPECT_NE(dynamic_cast<Own*>(first->actor().get()), nullptr);
  EXPECT_NE(second.actor(), nullptr);
  EXPECT_EQ(second.options().initial, std::vector<double>{10});
  EXPECT_EQ(second.options().alpha, 0.3);
  EXPECT_EQ(second.options().max_iter, 50u);

  // ConsensusFinishedMessage(lam, k, actor)
  const ConsensusFinishedMessage message{first->lam(), first->k(), first->actor()};
  EXPECT_EQ(message.lam, first->lam());
  EXPECT_EQ(message.k, first->k());
  EXPECT_EQ(message.actor, first->actor());

  // LinearCostEconomicDispatchConsensusActor(cost, p_max, rho, epsilon, p_min, n_guess, P), gradient_term(lam,
  // p_target)
  LinearCostEconomicDispatchConsensusActor unit(10, 30);
  EXPECT_EQ(unit.cost, 10);
  EXPECT_EQ(unit.p_max, 30);
  EXPECT_EQ(unit.rho, 0.05);
  EXPECT_EQ(unit.epsilon, 0.1);
  EXPECT_EQ(unit.p_min, 0);
  EXPECT_EQ(unit.n_guess, 10);
  EXPECT_NEAR(unit.gradient_term(std::vector<double>{11}, std::vector<double>{30})[0], -0.35, 1e-12);
  EXPECT_NEAR(unit.power[0], 10, 1e-12);
}

}  // namespace
}  // namespace entente
