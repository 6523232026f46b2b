// SPDX-License-Identifier: MIT
// What the computations of a distributed elimination share: one memory budget, and the news that there is no solution.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "entente/base/ids.hpp"
#include "kernel/memory_budget.hpp"

namespace entente {

struct EliminationWorkspace {
  explicit EliminationWorkspace(std::uint64_t bytes) : budget(bytes) {}

  MemoryBudget budget;
  /// Tables go as soon as they are joined and only best values stay: less memory, the same result.
  bool keep_choices = false;
  std::atomic<bool> infeasible{false};
  /// Every variable's separator in the order its table suits its parent best (`message_layouts`); rows as in the tree.
  std::vector<VariableId> layouts;
};

}  // namespace entente
