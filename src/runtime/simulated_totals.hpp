// SPDX-License-Identifier: MIT
// What is counted in a simulated run, besides what every run counts.
#pragma once

#include <cstdint>

#include "base/network_counts.hpp"

namespace entente::runtime {

struct SimulatedTotals {
  double time = 0;                 ///< Virtual seconds until the last message was handled.
  std::uint64_t rounds = 0;        ///< Message rounds; see MessageRounds. Of cycles: their phases.
  std::uint64_t round_checks = 0;  ///< Sum over the rounds of the most constraint checks that a computation made.
  NetworkCounts network;
  bool stuck = false;  ///< Nothing could happen any more, but messages to or from agents that are gone were waited for.
};

}  // namespace entente::runtime
