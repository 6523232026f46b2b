// SPDX-License-Identifier: MIT
// Latency: how long a message is under way, as a distribution.
#pragma once

#include <cmath>
#include <cstdint>

namespace entente {

/// Seconds.
struct Latency {
  enum class Kind : std::uint8_t {
    constant,     ///< Always `low`.
    uniform,      ///< From `low` to `high`, all alike.
    exponential,  ///< Never negative, `low` in the mean.
  };
  Kind kind = Kind::constant;
  double low = 0, high = 0;

  static Latency constant(double seconds) { return {Kind::constant, seconds, seconds}; }
  static Latency uniform(double low, double high) { return {Kind::uniform, low, high}; }
  static Latency exponential(double mean) { return {Kind::exponential, mean, mean}; }

  double mean() const { return kind == Kind::uniform ? low + (high - low) / 2 : low; }
  /// The latency that a share of `unit` (in [0, 1)) of all messages stays below.
  double at(double unit) const {
    switch (kind) {
      case Kind::constant: return low;
      case Kind::uniform: return low + unit * (high - low);
      case Kind::exponential: return -low * std::log1p(-unit);
    }
    return low;
  }
};

}  // namespace entente
