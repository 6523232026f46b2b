// SPDX-License-Identifier: MIT
// What agents that run a synchronous algorithm say to each other and to their coordinator.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// From agent to agent: what a Partition sends.
struct CycleBatch {
  static constexpr std::string_view content_name = "entente.cycle_batch";
  RemoteBytes messages;
};

/// What an agent's computations did in one cycle. Lists run over these by ascending id.
struct CycleEntry {
  RemoteBytes values;                 ///< What they told; empty if that is what they told before.
  std::vector<ValueIndex> decisions;  ///< The same of algorithms that tell no values.
  std::uint32_t active = 0;           ///< Steps that did anything new.
  std::uint32_t finished = 0;         ///< Computations that have said in it that they have nothing more to do.
  std::vector<std::uint64_t> checks;  ///< Most of one step, by phase; without those at the end that are 0.
  struct Kind {
    std::uint32_t phase = 0;
    std::uint64_t messages = 0, bytes = 0, largest = 0;
  };
  std::vector<Kind> kinds;  ///< Of sparse phases in which anything was sent.
  struct Sent {
    std::uint32_t computation = 0;
    std::uint64_t messages = 0, bytes = 0;
  };
  std::vector<Sent> sent;
};

/// To the coordinator: what was done since the last report. The first entry of the first is what came before cycle 0.
struct CycleEntries {
  static constexpr std::string_view content_name = "entente.cycle_entries";
  std::vector<CycleEntry> entries;
};

}  // namespace entente::runtime
