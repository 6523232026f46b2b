// SPDX-License-Identifier: MIT
#include "entente/participants/diffusion.hpp"

#include <gtest/gtest.h>

#include "consensus_testing.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

using namespace consensus_testing;

/// Costs 0.5 weight (lam - goal)^2.
struct Parabola : DiffusionActor {
  double weight, goal;
  Parabola(double w, double g) : weight(w), goal(g) {}
  std::vector<double> gradient(std::span<const double> lam, std::span<const double>, std::size_t) override {
    std::vector<double> slope;
    for (const double x : lam) slope.push_back(weight * (x - goal));
    return slope;
  }
  double curvature() const override { return weight; }
};

/// What a group of parabolas comes to, and what it should come to.
struct Outcome {
  std::vector<std::shared_ptr<DiffusionAlgorithm>> group;
  double optimum = 0;
  double error() const {
    double most = 0;
    for (const auto& one : group) {
      const double off = std::abs(one->lam()[0] - optimum);
      if (!(off <= most)) most = off;  // NaN counts
    }
    return most;
  }
};
Outcome diffuse(const ConsensusTopology& graph, DiffusionOptions options, std::uint64_t seed) {
  const auto weights = random_numbers(graph.participants(), 0.5, 3, seed);
  const auto goals = random_numbers(graph.participants(), -10, 10, seed + 1);
  Outcome outcome;
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    outcome.optimum += weights[i] * goals[i];
    total += weights[i];
    outcome.group.push_back(
        create_diffusion_participant({}, std::make_shared<Parabola>(weights[i], goals[i]), options));
  }
  outcome.optimum /= total;
  InProcessOptions network;
  network.topology = over_carrier(graph);
  start_distributed_optimization(all_of(outcome.group), create_diffusion_start({0}), network);
  return outcome;
}

TEST(Diffusion, exact_diffusion_reaches_the_optimum_where_the_others_stay_away) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const ConsensusTopology graph = random_connected(3 + std::uint32_t(seed), 0.2, seed);
    DiffusionOptions options;
    const Outcome exact = diffuse(graph, options, seed);
    EXPECT_LT(exact.error(), 1e-7);
    for (const auto& one : exact.group) EXPECT_TRUE(one->converged());
    for (const DiffusionVariant variant :
         {DiffusionVariant::adapt_then_combine, DiffusionVariant::combine_then_adapt}) {
      options.variant = variant;
      const Outcome biased = diffuse(graph, options, seed);
      EXPECT_GT(biased.error(), 1e-3) << "seed " << seed;
      for (const auto& one : biased.group) EXPECT_TRUE(one->converged());
    }
  }
}

TEST(Diffusion, the_bias_of_adapt_then_combine_shrinks_with_the_step) {
  const ConsensusTopology graph = ring_topology(6);
  DiffusionOptions options;
  options.variant = DiffusionVariant::adapt_then_combine;
  options.max_iter = 100'000;
  double last = 1e9;
  for (const double epsilon : {0.1, 0.03, 0.01, 0.003}) {
    options.epsilon = epsilon;
    const double error = diffuse(graph, options, 5).error();
    EXPECT_LT(error, last / 2);
    last = error;
  }
}

TEST(Diffusion, exact_diffusion_shortens_a_step_that_is_too_long_for_the_curvature) {
  DiffusionOptions options;
  options.epsilon = 50;
  EXPECT_LT(diffuse(complete_topology(5), options, 1).error(), 1e-7);
}

TEST(Diffusion, exact_diffusion_bears_weights_with_negative_eigenvalues) {
  // A hub of nine gives itself -7/11; without taking half of every weight the correction would grow without end.
  std::vector<ConsensusTopology::Link> links;
  for (std::uint32_t i = 1; i < 10; ++i) links.emplace_back(0, i);
  DiffusionOptions options;
  options.weights = WeightRule::mean_metropolis;
  options.epsilon = 0.3;
  EXPECT_LT(diffuse(ConsensusTopology(10, links), options, 2).error(), 1e-7);
}

TEST(Diffusion, one_participant_finds_its_own_optimum) {
  const auto one = create_diffusion_participant({}, std::make_shared<Parabola>(2, 3));
  const std::vector<Participant*> list{one.get()};
  start_distributed_optimization(list, create_diffusion_start({0}));
  EXPECT_NEAR(one->lam()[0], 3, 1e-7);
  EXPECT_TRUE(one->converged());
}

TEST(Diffusion, exact_diffusion_dispatches_different_units_at_one_price) {
  std::vector<std::shared_ptr<DiffusionAlgorithm>> group;
  std::vector<std::shared_ptr<LinearCostEconomicDispatchConsensusActor>> units;
  for (const auto& [cost, p_max] : {std::pair{5.0, 20.0}, std::pair{8.0, 50.0}, std::pair{12.0, 50.0}}) {
    units.push_back(std::make_shared<LinearCostEconomicDispatchConsensusActor>(cost, p_max));
    group.push_back(create_diffusion_participant({}, units.back()));
  }
  start_distributed_optimization(all_of(group), create_diffusion_start({0}, {40}));
  // 20 from the first at its limit, 20 from the second: price 8 + 0.1 * 20.
  for (const auto& one : group) EXPECT_NEAR(one->lam()[0], 10, 1e-7);
  EXPECT_NEAR(units[0]->power[0], 20, 1e-7);
  EXPECT_NEAR(units[1]->power[0], 20, 1e-6);
  EXPECT_NEAR(units[2]->power[0], 0, 1e-7);
}

TEST(Diffusion, is_refused_without_an_actor_or_step) {
  EXPECT_THROW(create_diffusion_participant({}, nullptr), Error);
  DiffusionOptions options;
  options.epsilon = 0;
  EXPECT_THROW(create_diffusion_participant({}, std::make_shared<Parabola>(1, 1), options), Error);
}

}  // namespace
}  // namespace entente
