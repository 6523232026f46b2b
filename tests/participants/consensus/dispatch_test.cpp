// SPDX-License-Identifier: MIT
// Economic dispatch over a carrier: one price, exact balance, the optimum.
#include <gtest/gtest.h>

#include "consensus_testing.hpp"
#include "entente/base/error.hpp"
#include "entente/runtime/economic_dispatch.hpp"

namespace entente {
namespace {

using namespace consensus_testing;
using Unit = LinearCostEconomicDispatchConsensusActor;

struct Units {
  DispatchProblem problem;
  std::vector<std::shared_ptr<Unit>> actors;
};

Units random_units(std::uint32_t n, std::size_t steps, std::uint64_t seed) {
  Random random(seed);
  Units units;
  units.problem.agents = n;
  units.problem.steps = steps;
  units.problem.target.assign(steps, 0);
  for (std::uint32_t i = 0; i < n; ++i) {
    const double cost = 5 + 10 * random.uniform(), p_max = 5 + 45 * random.uniform();
    const double epsilon = 0.05 + 0.2 * random.uniform();
    units.actors.push_back(std::make_shared<Unit>(cost, p_max, 0.05, epsilon));
    for (std::size_t t = 0; t < steps; ++t) {
      units.problem.quadratic.push_back(epsilon);
      units.problem.linear.push_back(cost);
      units.problem.lower.push_back(0);
      units.problem.upper.push_back(p_max);
      units.problem.target[t] += p_max;
    }
  }
  for (double& target : units.problem.target) target *= 0.1 + 0.8 * random.uniform();
  return units;
}

TEST(Dispatch, different_units_come_to_one_price_and_the_optimum) {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    const std::uint32_t n = 2 + std::uint32_t(seed);
    const Units units = random_units(n, 24, seed);
    std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
    for (const auto& actor : units.actors) group.push_back(create_averaging_consensus_participant({}, actor));
    InProcessOptions network;
    network.topology = over_carrier(seed % 2 ? ring_topology(n) : random_connected(n, 0.3, seed));
    start_distributed_optimization(all_of(group), create_averaging_consensus_start(10.0, units.problem.target),
                                   network);

    const DispatchResult best = central_dispatch(units.problem);
    std::vector<double> sum(24);
    for (std::uint32_t i = 0; i < n; ++i) {
      ASSERT_TRUE(group[i]->converged()) << "seed " << seed;
      for (std::size_t t = 0; t < 24; ++t) {
        EXPECT_NEAR(group[i]->lam()[t], best.price[t], 1e-7);
        EXPECT_NEAR(units.actors[i]->power[t], best.power[i * 24 + t], 1e-6);
        sum[t] += units.actors[i]->power[t];
      }
    }
    for (std::size_t t = 0; t < 24; ++t)
      EXPECT_NEAR(sum[t], units.problem.target[t], 2e-9 * (1 + units.problem.target[t]));
  }
}

TEST(Dispatch, a_guess_of_the_number_of_units_is_not_used) {
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 3; ++i)
    group.push_back(create_averaging_consensus_participant({}, std::make_shared<Unit>(10, 100, 0.05, 0.1, 0, 50)));
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(10.0, {30, 60}));
  for (const auto& one : group) {
    EXPECT_NEAR(one->lam()[0], 11, 1e-8);  // 10 each, at 10 + 0.1 * 10
    EXPECT_NEAR(one->lam()[1], 12, 1e-8);
  }
}

TEST(Dispatch, a_target_that_nobody_can_meet_ends_at_the_limit_of_cycles_without_agreement) {
  AveragingOptions options;
  options.max_iter = 300;
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 3; ++i)
    group.push_back(create_averaging_consensus_participant({}, std::make_shared<Unit>(10, 5), options));
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(10.0, {100}));
  for (const auto& one : group) {
    EXPECT_TRUE(one->finished());
    EXPECT_FALSE(one->converged());
    EXPECT_NEAR(dynamic_cast<Unit&>(*one->actor()).power[0], 5, 1e-12);
  }
}

TEST(Dispatch, one_unit_alone_meets_the_target) {
  const auto one = create_averaging_consensus_participant({}, std::make_shared<Unit>(10, 100));
  const std::vector<Participant*> list{one.get()};
  start_distributed_optimization(list, create_averaging_consensus_start(10.0, {7}));
  EXPECT_TRUE(one->converged());
  EXPECT_NEAR(dynamic_cast<Unit&>(*one->actor()).power[0], 7, 1e-8);
}

TEST(Dispatch, units_with_wrong_numbers_are_refused) {
  EXPECT_THROW(Unit(1, 10, 0.05, 0), Error);
  EXPECT_THROW(Unit(1, -1), Error);
  EXPECT_THROW(Unit(1, 10, 0.05, 0.1, 0, 0), Error);
}

}  // namespace
}  // namespace entente
