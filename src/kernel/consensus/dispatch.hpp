// SPDX-License-Identifier: MIT
// What an agent produces at a price, and the price at which all together produce a target.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace entente::kernel {

/// The x in [lower, upper] that minimises 0.5 quadratic x^2 + linear x - price x; quadratic > 0.
inline double produced(double price, double linear, double quadratic, double lower, double upper) {
  return std::min(std::max((price - linear) / quadratic, lower), upper);
}

struct Producer {
  double linear, quadratic, lower, upper;
};

/// The price at which producer(0) … producer(count - 1) add up to `target`: by bisection until two neighbouring numbers
/// are left. Where no price does it, one at which all are at their limits on the nearer side.
template <class At>
double clearing_price(std::size_t count, double target, At&& producer) {
  const auto sum = [&](double price) {
    double all = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Producer p = producer(i);
      all += produced(price, p.linear, p.quadratic, p.lower, p.upper);
    }
    return all;
  };
  double low = producer(0).linear, high = low;
  for (double width = 1; sum(low) > target && width < 1e300; width *= 2) low -= width;
  for (double width = 1; sum(high) < target && width < 1e300; width *= 2) high += width;
  for (;;) {
    const double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    (sum(middle) < target ? low : high) = middle;
  }
  return std::abs(sum(low) - target) < std::abs(sum(high) - target) ? low : high;
}

}  // namespace entente::kernel
