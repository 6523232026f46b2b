// SPDX-License-Identifier: MIT
// What agents' last steps tell: how they answer to prices, and the least that they cost at prices.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernel/quadratic/agent_batch.hpp"

namespace entente::quadratic {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A lower bound of 0.5 q x^2 + slope x + l1 |x| over [low, high].
double least_of(double q, double slope, double l1, double low, double high) {
  const double pull = std::max(-slope - l1, 0.0) + std::min(-slope + l1, 0.0);  // towards this side, after l1
  const auto value = [&](double x) { return 0.5 * q * x * x + slope * x + l1 * std::abs(x); };
  if (pull == 0) {
    const double x = low > 0 ? low : high < 0 ? high : 0;
    return value(x);
  }
  const double end = pull > 0 ? high : low;
  if (q > 0) {
    const double x = pull / q;
    return value(pull > 0 ? std::max(std::min(x, high), low) : std::min(std::max(x, low), high));
  }
  return std::isfinite(end) ? value(end) : -infinite;
}

}  // namespace

void AgentBatch::add_response(std::size_t i, const double* x, DenseMatrix& into) const {
  const std::size_t n = dimension_;
  if (by_general_[i]) {
    const General& general = *general_[i];
    if (!general.split) {
      general.solver->add_response(into);
      return;
    }
    DenseMatrix halves(2 * n, 2 * n);
    general.solver->add_response(halves);
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) {
        into(r, c) += halves(r, c) - halves(n + r, c) - halves(r, n + c) + halves(n + r, n + c);
      }
    }
    return;
  }
  const double* own = x + i * stride_;
  const std::size_t at = i * stride_;
  const std::size_t row = static_cast<std::size_t>(first_row_[i]);
  if (kind_[i] == kernel::ray_agent) {
    const double* t = rows_.data() + row * stride_;
    double along = 0, square = 0, curvature = 0;
    for (std::size_t k = 0; k < n; ++k) {
      along += t[k] * own[k];
      square += t[k] * t[k];
      curvature += t[k] * t[k] / inverse_[at + k];
    }
    if (!(along > 0 && along < square)) return;
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < n; ++c) into(r, c) += t[r] * t[c] / curvature;
    }
    return;
  }
  // W - W A'(A W A')^-1 A W, with W the inverse curvatures of numbers inside their box and A the rows that bind: taken
  // off one row after the other.
  constexpr std::size_t few = 128;
  double near[3 * few];
  std::vector<double> far(n > few ? 3 * n : 0);
  double* const free = n > few ? far.data() : near;
  double* const taken[2] = {free + n, free + 2 * n};
  for (std::size_t k = 0; k < n; ++k) {
    const bool inside = own[k] > lower_[at + k] && own[k] < upper_[at + k] && (l1_[i] == 0 || own[k] != 0);
    free[k] = inside ? inverse_[at + k] : 0;
    into.values[k * n + k] += free[k];
  }
  bool has[2] = {false, false};
  for (std::size_t r = 0; r < row_count_[i]; ++r) {
    if (!equal_[row + r] && multipliers_[row + r] <= 0) continue;
    const double* a = rows_.data() + (row + r) * stride_;
    double* v = taken[r];
    double length = 0, before = 0;
    for (std::size_t k = 0; k < n; ++k) v[k] = free[k] * a[k], length += v[k] * a[k];
    const double whole = length;
    if (has[0]) {
      for (std::size_t k = 0; k < n; ++k) before += taken[0][k] * a[k];
      for (std::size_t k = 0; k < n; ++k) v[k] -= taken[0][k] * before;
      length -= before * before;
    }
    if (!(length > 1e-12 * whole)) continue;
    const double scale = 1 / std::sqrt(length);
    for (std::size_t k = 0; k < n; ++k) v[k] *= scale;
    has[r] = true;
  }
  for (std::size_t r = 0; r < 2; ++r) {
    if (!has[r]) continue;
    const double* v = taken[r];
    for (std::size_t p = 0; p < n; ++p) {
      const double factor = v[p];
      if (factor == 0) continue;
      double* to = into.values.data() + p * n;
      for (std::size_t q = 0; q < n; ++q) to[q] -= factor * v[q];
    }
  }
}

QpMultipliers AgentBatch::multipliers(std::size_t i) const {
  if (!by_general_[i] || general_[i]->split) return {};
  return general_[i]->solver->multipliers();
}

/// The largest d found for which B - d I is still positive definite.
double AgentBatch::least_curvature(const DenseMatrix& b) const {
  const std::size_t n = b.rows;
  double candidate = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < n; ++k) candidate = std::min(candidate, 0.999 * b(k, k));
  for (int halving = 0; halving < 40 && candidate > 0; ++halving, candidate *= 0.5) {
    DenseMatrix l(n, n);
    bool positive = true;
    for (std::size_t i = 0; i < n && positive; ++i) {
      for (std::size_t j = 0; j <= i && positive; ++j) {
        double sum = b(i, j) - (i == j ? candidate : 0);
        for (std::size_t k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
        if (i == j) {
          positive = sum > 1e-12 * b(i, i);
          l(i, i) = std::sqrt(std::max(sum, 0.0));
        } else {
          l(i, j) = sum / l(j, j);
        }
      }
    }
    if (positive) return candidate;
  }
  return 0;
}

void AgentBatch::add_separable_least(std::size_t i, std::span<const double> slope, SafeSum& sum,
                                     double curvature) const {
  const std::size_t at = i * stride_;
  for (std::size_t k = 0; k < dimension_; ++k) {
    sum.add(least_of(curvature_[at + k] + curvature, slope[k], l1_[i], lower_[at + k], upper_[at + k]));
  }
}

void AgentBatch::add_least(std::size_t i, std::span<const double> prices, const double* x, SafeSum& sum) const {
  const std::size_t n = dimension_, at = i * stride_;
  const double* own = x + at;
  std::vector<double> slope(n);
  if (kind_[i] == kernel::ray_agent) {
    const double* t = rows_.data() + static_cast<std::size_t>(first_row_[i]) * stride_;
    double q = 0, c = 0;
    for (std::size_t k = 0; k < n; ++k) {
      q += curvature_[at + k] * t[k] * t[k];
      c += (linear_[at + k] + prices[k]) * t[k];
      sum.size += std::abs((linear_[at + k] + prices[k]) * t[k]);
    }
    sum.add(least_of(q, c, 0, 0, 1));
    return;
  }
  if (!by_general_[i]) {
    sum.add(constant_[i]);
    for (std::size_t k = 0; k < n; ++k) slope[k] = linear_[at + k] + prices[k];
    for (std::size_t r = 0; r < row_count_[i]; ++r) {
      const std::size_t row = static_cast<std::size_t>(first_row_[i]) + r;
      const double multiplier = multipliers_[row];
      for (std::size_t k = 0; k < n; ++k) slope[k] += multiplier * rows_[row * stride_ + k];
      sum.add(-multiplier * rhs_[row]);
    }
    add_separable_least(i, slope, sum, 0);
    return;
  }
  const General& general = *general_[i];
  sum.add(general.constant);
  for (std::size_t k = 0; k < n; ++k) slope[k] = general.linear[k] + prices[k];
  double curvature = 0;
  if (general.dense.rows > 0) {  // 0.5 x'Bx >= (B own)'x - 0.5 own'B own + 0.5 d |x - own|^2
    for (std::size_t k = 0; k < n; ++k) {
      const bool open = !std::isfinite(lower_[at + k]) || !std::isfinite(upper_[at + k]);
      if (open && curvature_[at + k] == 0) {  // only there is d needed
        curvature = least_curvature(general.dense);
        break;
      }
    }
    for (std::size_t r = 0; r < n; ++r) {
      double product = 0;
      for (std::size_t c = 0; c < n; ++c) product += general.dense(r, c) * own[c];
      slope[r] += product;
      sum.add(-0.5 * product * own[r]);
      sum.size += std::abs(product * own[r]);
      slope[r] -= curvature * own[r];
      sum.add(0.5 * curvature * own[r] * own[r]);
    }
  }
  const QpMultipliers m = general.solver->multipliers();
  for (std::size_t r = 0; r < general.limits.equality.rows; ++r) {
    for (std::size_t k = 0; k < n; ++k) slope[k] += m.equality[r] * general.limits.equality(r, k);
    sum.add(-m.equality[r] * general.limits.equality_rhs[r]);
  }
  for (std::size_t r = 0; r < general.limits.inequality.rows; ++r) {
    if (m.inequality[r] == 0) continue;
    for (std::size_t k = 0; k < n; ++k) slope[k] += m.inequality[r] * general.limits.inequality(r, k);
    sum.add(-m.inequality[r] * general.limits.inequality_rhs[r]);
  }
  add_separable_least(i, slope, sum, curvature);
}

}  // namespace entente::quadratic
