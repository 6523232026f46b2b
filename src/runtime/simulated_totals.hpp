// SPDX-License-Identifier: MIT
// What is counted in a simulated run, besides what every run counts.
#pragma once

#include <cstdint>

namespace entente::runtime {

struct NetworkCounts {
  std::uint64_t packets = 0;  ///< Put on a link: messages, retransmissions and acknowledgements.
  std::uint64_t lost = 0, duplicated = 0, retransmitted = 0, acknowledgements = 0;
  std::uint64_t crashes = 0, restarts = 0;
};

struct SimulatedTotals {
  double time = 0;                 ///< Virtual seconds until the last message was handled.
  std::uint64_t rounds = 0;        ///< Message rounds; see MessageRounds. Of cycles: their phases.
  std::uint64_t round_checks = 0;  ///< Sum over the rounds of the most constraint checks that a computation made.
  NetworkCounts network;
  bool stuck = false;  ///< Nothing could happen any more, but messages to or from agents that are gone were waited for.
};

}  // namespace entente::runtime
