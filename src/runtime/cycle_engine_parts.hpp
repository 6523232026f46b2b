// SPDX-License-Identifier: MIT
// What the files of the cycle engine share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "entente/algorithm/frame.hpp"
#include "kernel/local_view.hpp"

namespace entente::runtime {

static_assert(sizeof(kernel::RowBest) == sizeof(Best) && alignof(kernel::RowBest) == alignof(Best),
              "steps read what kernels write");
inline kernel::RowBest* kernel_best(Best* best) { return reinterpret_cast<kernel::RowBest*>(best); }

/// Whether any of `count` flags is set.
inline bool any(const std::uint8_t* flags, std::size_t count) {
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t eight;
    std::memcpy(&eight, flags + i, sizeof eight);
    seen |= eight;
  }
  for (; i < count; ++i) seen |= flags[i];
  return seen != 0;
}

/// The value of computation i in a plane of values of `width` bytes.
inline std::uint32_t value_at(const std::byte* plane, std::uint32_t width, std::size_t i) {
  if (width == 1) return std::to_integer<std::uint32_t>(plane[i]);
  std::uint32_t value;
  std::memcpy(&value, plane + i * sizeof value, sizeof value);
  return value;
}

}  // namespace entente::runtime
