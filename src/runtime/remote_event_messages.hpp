// SPDX-License-Identifier: MIT
// What agents that run an event-driven algorithm say to each other and to their coordinator.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// From agent to agent: messages of computations.
struct EventBatch {
  static constexpr std::string_view content_name = "entente.event_batch";
  struct Item {
    std::uint32_t to = 0, from = 0, kind = 0;
    std::uint64_t checks = 0;  ///< As in Record.
    RemoteBytes message;
  };
  std::vector<Item> items;
};

/// What a computation said to its engine (see EventServices).
struct EventNote {
  enum class Kind : std::uint8_t { moved, proposed, bounded, every, finished, certified, centralised };
  Kind kind = Kind::moved;
  std::uint32_t computation = 0;
  std::int32_t value = 0;
  double a = 0, b = 0;
  std::vector<std::int32_t> list;
};

/// To the coordinator: what happened since the last report.
struct EventNews {
  static constexpr std::string_view content_name = "entente.event_news";
  std::vector<EventNote> notes;
  std::uint64_t delivered = 0;
  struct Kind {
    std::uint64_t messages = 0, bytes = 0, largest = 0;
  };
  std::vector<Kind> kinds;              ///< All that was sent, by type; empty if nothing since.
  std::vector<std::int32_t> decisions;  ///< Of its computations after their start; in the first report.
  /// Whether nothing is left to do here. If so: turns that were taken, and batches sent to and got from other agents,
  /// in all, where that has changed.
  bool idle = false;
  std::uint64_t turns = 0;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> sent, received;
};

/// To the coordinator, at the end. Lists run over its computations.
struct EventLast {
  static constexpr std::string_view content_name = "entente.event_last";
  std::vector<std::int32_t> decisions;
  std::vector<std::uint64_t> messages, bytes;
  std::uint64_t checks = 0;  ///< The largest logical clock.
  bool infeasible = false;   ///< Somebody has found that there is no solution.
};

}  // namespace entente::runtime
