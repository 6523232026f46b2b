// SPDX-License-Identifier: MIT
// What the tests of simulated runs share.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "runtime/run.hpp"
#include "runtime/simulation.hpp"

namespace entente::testing {

using runtime::SimulationPlan;

/// Links that delay by any of the distributions, and may reorder, double and, as they are reliable, lose.
inline SimulationPlan random_plan(std::uint32_t agents, std::uint64_t seed) {
  Random dice(seed ^ 0x5eed);
  SimulationPlan plan;
  NetworkModel& network = plan.network;
  network.agents = agents;
  network.seed = seed;
  const auto any = [&] {
    switch (dice.below(4)) {
      case 0: return Latency::constant(0.01);
      case 1: return Latency::uniform(0, 0.02);
      case 2: return Latency::exponential(0.01);
      default: return Latency::constant(0);
    }
  };
  network.latency = any();
  for (std::uint64_t k = dice.below(agents); k > 0; --k)
    network.links.push_back({std::uint32_t(dice.below(agents)), std::uint32_t(dice.below(agents)), any()});
  network.reorder = dice.below(2) == 0;
  network.duplicate = dice.below(2) * 0.2;
  network.loss = dice.below(2) * 0.3 * dice.uniform();
  network.reliable = true;
  return plan;
}

/// A plan without faults: every message takes as long as the latency says, in order.
inline SimulationPlan calm_plan(std::uint32_t agents, Latency latency) {
  SimulationPlan plan;
  plan.network.agents = agents;
  plan.network.latency = latency;
  return plan;
}

}  // namespace entente::testing
