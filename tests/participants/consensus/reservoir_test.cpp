// SPDX-License-Identifier: MIT
#include "entente/participants/reservoir.hpp"

#include <gtest/gtest.h>

#include "consensus_testing.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

using namespace consensus_testing;

TEST(Reservoir, ends_at_its_final_charge_and_keeps_its_limits_whatever_the_prices) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    ReservoirOptions options;
    options.energy_max = 1 + 20 * random.uniform();
    options.lowest_charge = 0.2 * random.uniform();
    options.highest_charge = 0.8 + 0.2 * random.uniform();
    options.initial_charge = 0.3 + 0.4 * random.uniform();
    options.final_charge = options.initial_charge + 0.1 * (random.uniform() - 0.5);
    options.charge_cost = random.uniform();
    options.discharge_cost = random.uniform();
    ReservoirDiffusionActor actor(options);
    const auto price = random_numbers(24, -2, 3, seed);
    actor.gradient(price, {}, 1);
    double energy = options.initial_charge * options.energy_max;
    for (const double power : actor.power()) {
      EXPECT_LE(power, options.discharge_power_max);
      EXPECT_GE(power, -options.charge_power_max);
      energy -= power > 0 ? power / options.discharge_efficiency : power * options.charge_efficiency;
      EXPECT_GE(energy, options.lowest_charge * options.energy_max - 1e-9);
      EXPECT_LE(energy, options.highest_charge * options.energy_max + 1e-9);
    }
    EXPECT_NEAR(energy, options.final_charge * options.energy_max, 1e-9) << "seed " << seed;
    EXPECT_NEAR(actor.energy().back(), energy, 1e-9);
  }
}

TEST(Reservoir, without_a_limit_on_the_way_it_answers_prices_as_cheaply_as_can_be) {
  // Moves that keep the final charge: less in one step, more in another. None gains.
  ReservoirOptions options;
  options.energy_max = 1000;
  options.discharge_cost = 0.3;
  options.charge_cost = 0.1;
  const auto price = random_numbers(12, -0.2, 0.5, 4);
  const auto cost = [&](const std::vector<double>& p) {
    double sum = 0;
    for (std::size_t t = 0; t < p.size(); ++t)
      sum += 0.5 * options.epsilon * p[t] * p[t] + options.charge_cost * p[t] +
             options.discharge_cost * std::max(p[t], 0.0) - price[t] * p[t];
    return sum;
  };
  // Losses put a price of their own on energy; leave them out here.
  options.charge_efficiency = options.discharge_efficiency = 1;
  ReservoirDiffusionActor ideal(options);
  ideal.gradient(price, {}, 1);
  const std::vector<double> best = ideal.power();
  for (std::size_t a = 0; a < 12; ++a) {
    for (std::size_t b = 0; b < 12; ++b) {
      if (a == b) continue;
      std::vector<double> moved(best);
      moved[a] += 1e-3;
      moved[b] -= 1e-3;
      if (moved[a] > options.discharge_power_max || moved[b] < -options.charge_power_max) continue;
      EXPECT_GE(cost(moved), cost(best) - 1e-12);
    }
  }
}

TEST(Reservoir, a_final_charge_out_of_reach_is_come_as_near_as_can_be) {
  ReservoirOptions options;
  options.final_charge = 1;
  ReservoirDiffusionActor actor(options);
  actor.gradient(std::vector<double>{5, 5}, {}, 1);
  EXPECT_DOUBLE_EQ(actor.energy().back(), 5 + 2 * 2 * 0.95);  // charges all it can in two steps
}

TEST(Reservoir, stores_for_units_that_share_a_target_with_it) {
  // A cheap unit and a store; more is needed in the second half of the day than the unit can give.
  auto store = std::make_shared<ReservoirDiffusionActor>(ReservoirOptions{});
  auto unit = std::make_shared<LinearCostEconomicDispatchConsensusActor>(1.0, 5.0);
  DiffusionOptions diffusion;
  diffusion.initial = {1};
  std::vector<std::shared_ptr<DiffusionAlgorithm>> group{create_diffusion_participant({}, store, diffusion),
                                                         create_diffusion_participant({}, unit, diffusion)};
  const std::vector<double> target{2, 2, 2, 6, 6, 2};
  start_distributed_optimization(all_of(group), create_diffusion_start({0}, target));
  EXPECT_TRUE(group[0]->converged());
  for (std::size_t t = 0; t < target.size(); ++t) EXPECT_NEAR(store->power()[t] + unit->power[t], target[t], 1e-6);
  EXPECT_NEAR(store->energy().back(), 5, 1e-9);
}

TEST(Reservoir, options_out_of_range_are_refused) {
  const auto make = [](auto&& change) {
    ReservoirOptions options;
    change(options);
    ReservoirDiffusionActor actor(options);
  };
  EXPECT_NO_THROW(make([](auto&) {}));
  EXPECT_THROW(make([](auto& o) { o.charge_efficiency = 0; }), Error);
  EXPECT_THROW(make([](auto& o) { o.discharge_efficiency = 1.1; }), Error);
  EXPECT_THROW(make([](auto& o) { o.initial_charge = 1.2; }), Error);
  EXPECT_THROW(make([](auto& o) { o.epsilon = 0; }), Error);
  EXPECT_THROW(make([](auto& o) { o.energy_max = NAN; }), Error);
}

}  // namespace
}  // namespace entente
