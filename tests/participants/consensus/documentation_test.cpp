// SPDX-License-Identifier: MIT
// The code of docs/consensus.md; tests/docs/docs_test.py sees to it that it is the same.
#include <gtest/gtest.h>

#include <iostream>

#include "consensus_testing.hpp"
#include "entente/runtime/consensus_network.hpp"
#include "entente/runtime/economic_dispatch.hpp"

namespace entente {
namespace {

TEST(ConsensusDocumentation, averaging_ends_with_the_mean) {
  // clang-format off
std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
for (const double reading : {18.0, 20.0, 25.0}) {
  AveragingOptions options;
  options.initial = {reading};
  group.push_back(create_averaging_consensus_participant(
      [](AveragingConsensusAlgorithm& one, Carrier& carrier) {
        std::cout << carrier.address().number << " ends with " << one.lam()[0] << '\n';
      },
      nullptr, options));
}
const std::vector<Participant*> participants{group[0].get(), group[1].get(), group[2].get()};
start_distributed_optimization(participants, create_averaging_consensus_start(0.0));
  // clang-format on
  for (const auto& one : group) EXPECT_NEAR(one->lam()[0], 21, 1e-9);
}

TEST(ConsensusDocumentation, dispatch_ends_with_one_price) {
  // clang-format off
const std::vector<double> target{30, 60};
std::vector<std::shared_ptr<LinearCostEconomicDispatchConsensusActor>> units;
std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> plants;
for (const auto& [cost, limit] : {std::pair{5.0, 25.0}, std::pair{6.0, 25.0}, std::pair{9.0, 40.0}}) {
  units.push_back(std::make_shared<LinearCostEconomicDispatchConsensusActor>(cost, limit));
  plants.push_back(create_averaging_consensus_participant({}, units.back()));
}
const std::vector<Participant*> all{plants[0].get(), plants[1].get(), plants[2].get()};
start_distributed_optimization(all, create_averaging_consensus_start(10.0, target));
// plants[i]->lam() is the price, the same for all; units[i]->power what each produces. They add up to the target.
  // clang-format on
  for (const auto& plant : plants) {
    EXPECT_NEAR(plant->lam()[0], 7, 1e-8);   // 20 and 10 from the first two
    EXPECT_NEAR(plant->lam()[1], 10, 1e-8);  // both at their limits, 10 from the third
  }
}

TEST(ConsensusDocumentation, dispatch_at_array_speed_finds_the_same) {
  // clang-format off
DispatchProblem problem;
problem.agents = 3;
problem.steps = 1;
problem.quadratic = {0.1, 0.1, 0.1};
problem.linear = {5, 6, 9};
problem.lower = {0, 0, 0};
problem.upper = {25, 25, 40};
problem.target = {60};
const DispatchResult result = economic_dispatch(problem);
// result.price, result.power; result.cycles, result.messages; result.converged
  // clang-format on
  EXPECT_NEAR(result.price[0], 10, 1e-8);
}

TEST(ConsensusDocumentation, ten_thousand_average) {
  const std::vector<double> readings = consensus_testing::random_numbers(10'000, 0, 20, 1);
  // clang-format off
ConsensusOptions options;
options.tolerance = 1e-6;
options.threads = 2;
const ConsensusTopology graph = random_regular_topology(10'000, 6, 1);
const ConsensusResult mean = run_consensus(graph, readings, 1, options);
// mean.values, mean.cycles, mean.converged, mean.spread, mean.messages, mean.components
  // clang-format on
  EXPECT_TRUE(mean.converged);
  EXPECT_NEAR(mean.values[77], consensus_testing::mean(readings), 1e-6);
}

}  // namespace
}  // namespace entente
