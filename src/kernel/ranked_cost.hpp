// SPDX-License-Identifier: MIT
// RankedCost: a sum of costs in which violated hard constraints count first.
#pragma once

#include <cmath>

namespace entente {

/// To be minimised: fewer violated hard constraints first, lower cost second. Differences of two are of the same type.
struct RankedCost {
  double violations = 0, cost = 0;

  /// A cost as EventSelf::cost gives it: infinite where it is hard.
  static RankedCost of(double working) { return std::isinf(working) ? RankedCost{1, 0} : RankedCost{0, working}; }

  RankedCost& operator+=(const RankedCost& other) {
    violations += other.violations;
    cost += other.cost;
    return *this;
  }
  friend RankedCost operator+(RankedCost a, const RankedCost& b) { return a += b; }
  friend RankedCost operator-(const RankedCost& a, const RankedCost& b) {
    return {a.violations - b.violations, a.cost - b.cost};
  }
  friend bool operator<(const RankedCost& a, const RankedCost& b) {
    return a.violations != b.violations ? a.violations < b.violations : a.cost < b.cost;
  }
};

}  // namespace entente
