// SPDX-License-Identifier: MIT
// Walking over the computations that are awake.
#pragma once

#include <cstdint>
#include <cstring>

#include "entente/base/ids.hpp"

namespace entente::detail {

/// Calls `visit(i)` for each i in [low, high) whose flag is set, in order; looks at eight flags at a time. `visit` may
/// change the flag of i alone.
template <class F>
inline void for_each_awake(const std::uint8_t* awake, ComputationId low, ComputationId high, F&& visit) {
  ComputationId i = low;
  for (; i + 8 <= high; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, awake + i, sizeof eight);
    while (eight) {
      const int byte = __builtin_ctzll(eight) / 8;
      visit(i + static_cast<ComputationId>(byte));
      eight &= ~(std::uint64_t(0xff) << (8 * byte));
    }
  }
  for (; i < high; ++i)
    if (awake[i]) visit(i);
}

}  // namespace entente::detail
