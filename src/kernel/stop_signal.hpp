// SPDX-License-Identifier: MIT
// StopSignal: how a long computation learns that it should end early.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

namespace entente {

/// A flag that somebody else raises, a deadline, both or none. Cheap enough to ask every few microseconds.
struct StopSignal {
  const std::atomic<bool>* flag = nullptr;
  std::optional<std::chrono::steady_clock::time_point> deadline;

  bool raised() const {
    return (flag != nullptr && flag->load(std::memory_order_relaxed)) ||
           (deadline && std::chrono::steady_clock::now() >= *deadline);
  }
};

}  // namespace entente
