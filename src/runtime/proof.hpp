// SPDX-License-Identifier: MIT
// Proof: what is known of a problem besides what the run finds out, and when the run is good enough.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>

#include "entente/problem/problem.hpp"

namespace entente::runtime {

/// |cost - bound| / max(|cost|, |bound|), 0 when both are 0.
inline double gap_of(double cost, double bound) {
  const double scale = std::max(std::abs(cost), std::abs(bound));
  return scale > 0 ? std::abs(cost - bound) / scale : 0;
}

/// One per run. The bound may rise while the run goes on, from another thread.
class Proof {
 public:
  /// The run may end once its answer is proven to be within `gap` of the best.
  explicit Proof(Objective objective, std::optional<double> gap = {}) : objective_(objective), gap_(gap) {}

  /// No assignment is better than `bound`, in the problem's own costs. Worse bounds than the one known change nothing.
  void raise(double bound) {
    bound += 0.0;  // no minus zero, which people would wonder about
    double known = bound_.load(std::memory_order_relaxed);
    while (!(known == known) || tighter(bound, known))
      if (bound_.compare_exchange_weak(known, bound, std::memory_order_relaxed)) return;
  }
  /// The better of what is known here and `own`, what the run itself has proven.
  std::optional<double> bound(std::optional<double> own = {}) const {
    const double known = bound_.load(std::memory_order_relaxed);
    if (!(known == known)) return own;
    return own && tighter(*own, known) ? own : known;
  }
  /// Whether the run may end with `best`.
  bool enough(const Evaluation& best, std::optional<double> own = {}) const {
    if (!gap_ || best.violations > 0) return false;
    const auto proven = bound(own);
    return proven && (gap_of(best.cost, *proven) <= *gap_ || tighter(*proven, best.cost));
  }

 private:
  bool tighter(double a, double b) const { return objective_ == Objective::minimise ? a > b : a < b; }

  const Objective objective_;
  const std::optional<double> gap_;
  std::atomic<double> bound_{std::numeric_limits<double>::quiet_NaN()};
};

}  // namespace entente::runtime
