// SPDX-License-Identifier: MIT
// A sharing problem from wherever its agents come, and its solution.
#pragma once

#include <functional>
#include <string>

#include "coordinators/resource_run.hpp"
#include "coordinators/sharing_loop.hpp"

namespace entente::admm {

struct SharingSetup {
  std::size_t dimension;
  std::function<void(quadratic::AgentBatch& agents, bool with_cost)> fill;  ///< Adds all agents.
  PriceModel coupling;
  bool strict;                                   ///< Whether the coupling can be impossible to meet.
  std::function<std::string(std::size_t)> name;  ///< Of an agent.
  const AdmmOptions& options;
  StopSignal stop;
};

/// All but objective and violation; x is empty if there is none.
AdmmResult solve_sharing(const SharingSetup& setup);

}  // namespace entente::admm
