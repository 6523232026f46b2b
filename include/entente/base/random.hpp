// SPDX-License-Identifier: MIT
// Randomness addressed by counters: a draw depends on where it stands, never on who drew before.
#pragma once

#include <cstdint>

namespace entente {

/// Scrambles 64 bits; a bijection. From Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014.
constexpr std::uint64_t mix(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// The `draw`-th number in [0, 1) of computation `id` under `salt`.
inline double unit(std::uint64_t salt, std::uint32_t id, std::uint32_t draw) {
  return static_cast<double>(mix(salt + id * 0x9e3779b97f4a7c15ull + draw * 0xd1342543de82ef95ull) >> 11) * 0x1.0p-53;
}

/// A seeded sequence for generators and set-up code.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
  std::uint64_t bits() { return mix(state_++); }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  /// Uniform whole number in [0, count); `count` > 0. Bias below count / 2^64.
  std::uint64_t below(std::uint64_t count) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(bits()) * count) >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace entente
