// SPDX-License-Identifier: MIT
// A quick assignment to begin with.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/exact/core_network.hpp"

namespace entente {

struct Descent {
  std::vector<ValueIndex> assignment;
  double cost = 0;  ///< +infinity if a hard constraint is violated.
  std::uint64_t work = 0;
};

/// Gives each variable in turn its best value given those before, then its best value given all others until nobody
/// changes, fewest violated hard constraints first. Stops after some 10 rounds or `work` cells. Ties go to the lowest
/// value.
Descent descend(const CoreNetwork& core, std::uint64_t work);

}  // namespace entente
