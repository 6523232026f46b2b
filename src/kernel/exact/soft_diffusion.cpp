// SPDX-License-Identifier: MIT
// Dual ascent: costs are spread evenly over functions, which can raise the bound where moving them whole gets stuck.
#include <algorithm>
#include <cmath>

#include "kernel/exact/soft_network.hpp"

namespace entente {
namespace {

constexpr int most_rounds = 60;
constexpr double worthwhile = 1e-3;  // of the distance to the top, a round

}  // namespace

// Collects what a variable's functions cost each value and gives even shares on to those ahead.
bool SoftNetwork::spread(std::uint32_t variable, bool upwards) {
  if (!is_open(variable)) return true;
  std::uint32_t higher = 0, lower = 0;
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    if (!project(edge_at(at))) return false;
    ++(end_of(edge_at(at) ^ 1) > variable ? higher : lower);
  }
  if (live_[variable] < 2 || (upwards ? higher : lower) == 0) return true;
  const double share = 1.0 / std::max(higher, lower);
  double* const unary = trail_.cells(unary_[variable]);
  double* const by = scratch_.data();
  std::fill_n(by, width_[variable], 0.0);
  bool any = false;
  for (const ValueIndex a : values(variable)) any |= (by[a] = std::floor(unary[a] * share)) > 0;
  if (!any) return true;
  trail_.touch(unary_[variable], width_[variable]);
  for (std::uint32_t at = next_[ring(variable)]; at != ring(variable); at = next_[at]) {
    const std::uint32_t edge = edge_at(at);
    if ((end_of(edge ^ 1) > variable) != upwards) continue;
    const Pair& pair = pairs_[edge / 2];
    use(pair.origin);
    trail_.touch(pair.shifted[edge % 2], width_[variable]);
    kernels_.take(unary, trail_.cells(pair.shifted[edge % 2]), by, width_[variable]);
  }
  return true;
}

bool SoftNetwork::diffuse() {
  const auto n = static_cast<std::uint32_t>(core_.sizes.size());
  for (int round = 0; round < most_rounds; ++round) {
    const double before = constant_;
    for (std::uint32_t i = 0; i < n; ++i) {
      if (watch_ != nullptr && work_ >= next_look_) {
        next_look_ = work_ + (1 << 20);
        if ((*watch_)()) return true;
      }
      if (!spread(round % 2 == 0 ? i : n - 1 - i, round % 2 == 0)) {
        fail();
        return false;
      }
    }
    if (round > 2 && constant_ - before <= worthwhile * (std::isfinite(top_) ? top_ - constant_ : constant_)) break;
  }
  for (std::uint32_t v = 0; v < n; ++v) {
    raised_.insert(v);
    stirred_.insert(v);
    shrunk_.insert(v);
  }
  for (std::uint32_t t = 0; t < tables_.size(); ++t) restless_tables_.insert(t);
  return propagate();
}

}  // namespace entente
