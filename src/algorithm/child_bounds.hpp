// SPDX-License-Identifier: MIT
// ChildBounds: what a variable's values cost at least in its whole subtree of a pseudo-tree.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente {

/// For each own value: its share, a lower bound of each child's subtree under it, and their sum.
class ChildBounds {
 public:
  static constexpr std::size_t none = ~std::size_t(0);

  ChildBounds() = default;
  ChildBounds(std::size_t values, std::size_t children)
      : children_(children), shares_(values), totals_(values), bounds_(values * children) {}

  std::size_t values() const { return shares_.size(); }
  std::size_t children() const { return children_; }
  /// To be written before `reset`.
  std::span<double> shares() { return shares_; }
  double share(std::size_t v) const { return shares_[v]; }
  double total(std::size_t v) const { return totals_[v]; }
  double bound(std::size_t v, std::size_t c) const { return bounds_[v * children_ + c]; }

  /// Forgets all about the children.
  void reset() {
    std::fill(bounds_.begin(), bounds_.end(), 0.0);
    totals_ = shares_;
  }
  /// Notes that child c costs at least `cost` under v; returns whether that is news.
  bool raise(std::size_t v, std::size_t c, double cost) {
    if (!(cost > bound(v, c))) return false;
    set(v, c, cost);
    return true;
  }
  void set(std::size_t v, std::size_t c, double cost) {
    bounds_[v * children_ + c] = cost;
    // Added up anew: differences of what may be infinite are none.
    totals_[v] = shares_[v];
    for (std::size_t k = 0; k < children_; ++k) totals_[v] += bound(v, k);
  }
  /// What child c may cost under v for the total to stay below `best`.
  double left_for(double best, std::size_t v, std::size_t c) const {
    double others = shares_[v];
    for (std::size_t k = 0; k < children_; ++k)
      if (k != c) others += bound(v, k);
    return best - others;
  }
  double lowest_total() const { return *std::min_element(totals_.begin(), totals_.end()); }
  /// The value with the lowest total below `best` of those that `admits(v)` lets through; `none` if there is none.
  template <class Admits>
  std::size_t cheapest(double best, Admits&& admits) const {
    std::size_t found = none;
    for (std::size_t v = 0; v < totals_.size(); ++v)
      if (totals_[v] < best && admits(v)) {
        best = totals_[v];
        found = v;
      }
    return found;
  }

 private:
  std::size_t children_ = 0;
  std::vector<double> shares_, totals_, bounds_;  // bounds: by value, then child
};

}  // namespace entente
