// SPDX-License-Identifier: MIT
// What agents that run a synchronous algorithm on the factor graph say to each other and to their coordinator.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// From agent to agent: all that the other one needs of this one in a cycle (see FactorShare).
struct FactorBatch {
  static constexpr std::string_view content_name = "entente.factor_batch";
  std::uint64_t cycle = 0;
  bool beliefs = false;  ///< Else answers.
  RemoteBytes numbers;
  std::vector<std::int32_t> values;  ///< That go with the beliefs.
};

/// What an agent's computations did in one cycle.
struct FactorEntry {
  std::vector<std::int32_t> values;  ///< Of its variables by ascending id; empty if they are those of the cycle before.
  std::uint32_t changed = 0;
  bool stirred = false;
};
/// To the coordinator: the cycles since the last report.
struct FactorEntries {
  static constexpr std::string_view content_name = "entente.factor_entries";
  std::vector<FactorEntry> entries;
};

}  // namespace entente::runtime
