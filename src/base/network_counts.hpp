// SPDX-License-Identifier: MIT
// What is counted in a simulated network.
#pragma once

#include <cstdint>

namespace entente {

struct NetworkCounts {
  std::uint64_t packets = 0;  ///< Put on a link: messages, retransmissions and acknowledgements.
  std::uint64_t lost = 0, duplicated = 0, retransmitted = 0, acknowledgements = 0;
  std::uint64_t crashes = 0, restarts = 0;
};

}  // namespace entente
