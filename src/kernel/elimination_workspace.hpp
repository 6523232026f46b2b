// SPDX-License-Identifier: MIT
// What the computations of a distributed elimination share: one memory budget, and the news that there is no solution.
#pragma once

#include <atomic>
#include <cstdint>

#include "kernel/memory_budget.hpp"

namespace entente {

struct EliminationWorkspace {
  explicit EliminationWorkspace(std::uint64_t bytes) : budget(bytes) {}

  MemoryBudget budget;
  /// Tables go as soon as they are joined and only best values stay: less memory, the same result.
  bool keep_choices = false;
  std::atomic<bool> infeasible{false};
};

}  // namespace entente
