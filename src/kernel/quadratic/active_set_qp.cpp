// SPDX-License-Identifier: MIT
// The dual active-set method: start from the unconstrained minimum and let violated limits in, one by one.
#include "kernel/quadratic/active_set_qp.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "entente/base/contract.hpp"
#include "entente/base/error.hpp"

namespace entente::quadratic {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double feasible = 1e-11;           // of the size of the numbers: slack that counts as none
constexpr double dependent = 1e-11;          // of a normal's length: what counts as lying in the others' span
constexpr std::uint64_t most_changes = 400;  // rotations lose about an ulp each: then start from a fresh factor

/// Rows scaled to length 1, with their former lengths.
DenseMatrix normalised(const DenseMatrix& rows, std::vector<double>& lengths) {
  DenseMatrix scaled = rows;
  lengths.assign(rows.rows, 1);
  for (std::size_t i = 0; i < rows.rows; ++i) {
    double largest = 0;
    for (const double value : rows.row(i)) largest = std::max(largest, std::abs(value));
    if (largest == 0) continue;
    double sum = 0;
    for (const double value : rows.row(i)) sum += (value / largest) * (value / largest);
    lengths[i] = largest * std::sqrt(sum);
    for (double& value : scaled.row(i)) value /= lengths[i];
  }
  return scaled;
}

}  // namespace

ActiveSetQp::ActiveSetQp(const LinearLimits& limits) : n_(limits.dimension()) {
  ENTENTE_EXPECTS(limits.upper.size() == n_);
  equality_rows_ = normalised(limits.equality, equality_norm_);
  inequality_rows_ = normalised(limits.inequality, inequality_norm_);
  const auto index = [](std::size_t i) { return static_cast<std::uint32_t>(i); };
  for (std::size_t i = 0; i < limits.equality.rows; ++i) {
    limits_.push_back({LimitKind::equality, true, false, index(i), 1, limits.equality_rhs[i] / equality_norm_[i],
                       equality_rows_.row(i).data()});
  }
  for (std::size_t k = 0; k < n_; ++k) {
    const bool fixed = limits.lower[k] == limits.upper[k];
    if (limits.lower[k] > -infinite) {
      limits_.push_back({LimitKind::lower, fixed, false, index(k), 1, limits.lower[k], nullptr});
    }
    if (limits.upper[k] < infinite && !fixed) {
      limits_.push_back({LimitKind::upper, false, false, index(k), -1, -limits.upper[k], nullptr});
    }
  }
  for (std::size_t i = 0; i < limits.inequality.rows; ++i) {
    limits_.push_back({LimitKind::inequality, false, false, index(i), -1,
                       -limits.inequality_rhs[i] / inequality_norm_[i], inequality_rows_.row(i).data()});
  }
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    if (limits_[i].equality) equalities_.push_back(index(i));
  }
  is_active_.assign(limits_.size(), 0);
  x_.assign(n_, 0);
  d_.assign(n_, 0);
  r_.assign(n_, 0);
  z_.assign(n_, 0);
  y_.assign(n_, 0);
}

void ActiveSetQp::set_curvature(std::span<const double> diagonal) {
  start_.assign(n_ * n_, 0);
  for (std::size_t k = 0; k < n_; ++k) {
    if (!(diagonal[k] > 0))
      throw Error(ErrorCode::unsupported, "the curvature has a diagonal entry that is not above 0");
    start_[k * n_ + k] = 1 / std::sqrt(diagonal[k]);
  }
  refactor();
}

namespace {

/// The factor L of h = L L'; nothing if h is not positive definite.
std::optional<DenseMatrix> cholesky(const DenseMatrix& h) {
  DenseMatrix l(h.rows, h.rows);
  for (std::size_t i = 0; i < h.rows; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = h(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
      if (i == j) {
        if (!(sum > 0)) return std::nullopt;
        l(i, i) = std::sqrt(sum);
      } else {
        l(i, j) = sum / l(j, j);
      }
    }
  }
  return l;
}

}  // namespace

void ActiveSetQp::set_curvature(const DenseMatrix& h) {
  if (!try_curvature(h)) throw Error(ErrorCode::unsupported, "the curvature is not positive definite");
}

bool ActiveSetQp::try_curvature(const DenseMatrix& h) {
  const std::optional<DenseMatrix> factor = cholesky(h);
  if (!factor) return false;
  const DenseMatrix& l = *factor;
  // Column k of the inverse of L' is row k of the inverse of L, transposed: solved backwards from its diagonal.
  start_.assign(n_ * n_, 0);
  for (std::size_t k = 0; k < n_; ++k) {
    double* into = start_.data() + k * n_;
    for (std::size_t i = k + 1; i-- > 0;) {
      double sum = i == k ? 1 : 0;
      for (std::size_t j = i + 1; j <= k; ++j) sum -= l(j, i) * into[j];
      into[i] = sum / l(i, i);
    }
  }
  refactor();
  return true;
}

void ActiveSetQp::refactor() {
  basis_ = start_;
  factor_.assign(n_ * n_, 0);
  changes_ = 0;
  const std::vector<std::uint32_t> before = active_;
  active_.clear();
  std::fill(is_active_.begin(), is_active_.end(), 0);
  if (fresh_) return;
  for (const std::uint32_t limit : before) {
    project(limits_[limit], d_);
    append(limit);  // one that became dependent by rounding is left out: it is seen again if violated
  }
}

void ActiveSetQp::project(const Limit& limit, std::vector<double>& d) const {
  if (limit.row == nullptr) {
    for (std::size_t k = 0; k < n_; ++k) d[k] = limit.sign * column(k)[limit.index];
    return;
  }
  for (std::size_t k = 0; k < n_; ++k) {
    const double* from = column(k);
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i) sum += from[i] * limit.row[i];
    d[k] = limit.sign * sum;
  }
}

bool ActiveSetQp::append(std::uint32_t limit) {
  const std::size_t q = active_.size();
  if (q == n_) return false;
  double all = 0, rest = 0;
  for (std::size_t k = 0; k < n_; ++k) {
    all += d_[k] * d_[k];
    if (k >= q) rest += d_[k] * d_[k];
  }
  if (!(rest > dependent * dependent * all)) return false;
  for (std::size_t k = n_ - 1; k > q; --k) {
    const double b = d_[k];
    if (b == 0) continue;
    const double a = d_[k - 1], h = std::hypot(a, b), c = a / h, s = b / h;
    d_[k - 1] = h;
    d_[k] = 0;
    double *left = column(k - 1), *right = column(k);
    for (std::size_t i = 0; i < n_; ++i) {
      const double old = left[i];
      left[i] = c * old + s * right[i];
      right[i] = c * right[i] - s * old;
    }
  }
  std::copy_n(d_.begin(), q + 1, factor_.begin() + static_cast<std::ptrdiff_t>(q * n_));
  active_.push_back(limit);
  is_active_[limit] = 1;
  ++changes_;
  return true;
}

void ActiveSetQp::remove(std::size_t position) {
  is_active_[active_[position]] = 0;
  active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(position));
  if (position < multiplier_.size()) multiplier_.erase(multiplier_.begin() + static_cast<std::ptrdiff_t>(position));
  const std::size_t q = active_.size();
  for (std::size_t k = position; k < q; ++k) {
    std::copy_n(factor_.begin() + static_cast<std::ptrdiff_t>((k + 1) * n_), k + 2,
                factor_.begin() + static_cast<std::ptrdiff_t>(k * n_));
  }
  for (std::size_t k = position; k < q; ++k) {
    double* top = factor_.data() + k * n_;
    const double a = top[k], b = top[k + 1];
    if (b == 0) continue;
    const double h = std::hypot(a, b), c = a / h, s = b / h;
    for (std::size_t j = k; j < q; ++j) {
      double* entry = factor_.data() + j * n_;
      const double old = entry[k];
      entry[k] = c * old + s * entry[k + 1];
      entry[k + 1] = c * entry[k + 1] - s * old;
    }
    double *left = column(k), *right = column(k + 1);
    for (std::size_t i = 0; i < n_; ++i) {
      const double old = left[i];
      left[i] = c * old + s * right[i];
      right[i] = c * right[i] - s * old;
    }
  }
  ++changes_;
}

void ActiveSetQp::back_solve(std::span<const double> d, std::vector<double>& r) const {
  for (std::size_t k = active_.size(); k-- > 0;) {
    double sum = d[k];
    for (std::size_t j = k + 1; j < active_.size(); ++j) sum -= factor_[j * n_ + k] * r[j];
    r[k] = sum / factor_[k * n_ + k];
  }
}

void ActiveSetQp::resolve() {
  const std::size_t q = active_.size();
  for (std::size_t k = 0; k < q; ++k) {  // R' y = bounds
    double sum = limits_[active_[k]].bound;
    for (std::size_t j = 0; j < k; ++j) sum -= factor_[k * n_ + j] * y_[j];
    y_[k] = sum / factor_[k * n_ + k];
  }
  for (std::size_t k = 0; k < n_; ++k) {
    const double* from = column(k);
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i) sum += from[i] * gradient_[i];
    if (k < q) {
      d_[k] = y_[k] + sum;
    } else {
      y_[k] = -sum;
    }
  }
  multiplier_.resize(q);
  back_solve(d_, r_);
  std::copy_n(r_.begin(), q, multiplier_.begin());
  std::fill(x_.begin(), x_.end(), 0);
  for (std::size_t k = 0; k < n_; ++k) {
    const double* from = column(k);
    const double factor = y_[k];
    for (std::size_t i = 0; i < n_; ++i) x_[i] += factor * from[i];
  }
  // Bounds that are active hold exactly.
  for (const std::uint32_t limit : active_) {
    if (limits_[limit].row == nullptr) x_[limits_[limit].index] = limits_[limit].sign * limits_[limit].bound;
  }
}

double ActiveSetQp::slack(const Limit& limit) const {
  if (limit.row == nullptr) return limit.sign * x_[limit.index] - limit.bound;
  double sum = 0;
  for (std::size_t i = 0; i < n_; ++i) sum += limit.row[i] * x_[i];
  return limit.sign * sum - limit.bound;
}

bool ActiveSetQp::add_equalities() {
  for (const std::uint32_t index : equalities_) {
    Limit& limit = limits_[index];
    project(limit, d_);
    resolve();
    const double missed = slack(limit);
    project(limit, d_);
    const std::vector<double> direction = d_;
    if (append(index)) continue;
    double size = 1 + std::abs(limit.bound);
    back_solve(direction, r_);
    for (std::size_t k = 0; k < active_.size(); ++k) size += std::abs(r_[k] * limits_[active_[k]].bound);
    if (std::abs(missed) <= 1e-9 * size) {
      limit.ignored = true;
      continue;
    }
    contradiction_gap_ = std::abs(missed);
    contradiction_.assign(1, {limit.kind, limit.index, 1});
    for (std::size_t k = 0; k < active_.size(); ++k) {
      if (std::abs(r_[k]) > 1e-12)
        contradiction_.push_back({limits_[active_[k]].kind, limits_[active_[k]].index, -r_[k]});
    }
    return false;
  }
  return true;
}

std::int64_t ActiveSetQp::most_violated() const {
  double size = 1;
  for (const double value : x_) size = std::max(size, std::abs(value));
  std::int64_t worst = -1;
  double most = 0;
  for (std::size_t i = 0; i < limits_.size(); ++i) {
    const Limit& limit = limits_[i];
    if (is_active_[i] || limit.ignored) continue;
    const double by = -slack(limit) - feasible * (size + std::abs(limit.bound));
    if (by > most) {
      most = by;
      worst = static_cast<std::int64_t>(i);
    }
  }
  return worst;
}

/// Lets one violated limit in; others may leave on the way.
bool ActiveSetQp::enter(std::uint32_t entering, QpStatus& status) {
  const Limit& limit = limits_[entering];
  double own = 0;  // the multiplier of the entering limit
  for (;;) {
    ++steps_;
    const std::size_t q = active_.size();
    project(limit, d_);
    back_solve(d_, r_);
    double all = 0, rest = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      all += d_[k] * d_[k];
      if (k >= q) rest += d_[k] * d_[k];
    }
    const bool blocked = !(rest > dependent * dependent * all);
    double dual_step = infinite;
    std::size_t leaving = q;
    double largest = 0;
    for (std::size_t k = 0; k < q; ++k) largest = std::max(largest, std::abs(r_[k]));
    for (std::size_t k = 0; k < q; ++k) {
      if (limits_[active_[k]].equality || r_[k] <= 1e-13 * largest) continue;
      const double ratio = std::max(multiplier_[k], 0.0) / r_[k];
      if (ratio < dual_step) {
        dual_step = ratio;
        leaving = k;
      }
    }
    const double missing = slack(limit);
    const double full_step = blocked ? infinite : -missing / rest;
    if (dual_step == infinite && full_step == infinite) {
      double size = 1 + std::abs(limit.bound), gap = limit.bound;
      for (std::size_t k = 0; k < q; ++k) {
        size += std::abs(r_[k] * limits_[active_[k]].bound);
        gap -= r_[k] * limits_[active_[k]].bound;
      }
      if (gap <= 1e-9 * size) return false;  // the rest of rounding: this limit holds by the others
      status = QpStatus::infeasible;
      contradiction_gap_ = gap;
      contradiction_.assign(1, {limit.kind, limit.index, 1});
      for (std::size_t k = 0; k < q; ++k) {
        if (std::abs(r_[k]) > 1e-12)
          contradiction_.push_back({limits_[active_[k]].kind, limits_[active_[k]].index, -r_[k]});
      }
      return false;
    }
    const double step = std::min(dual_step, full_step);
    for (std::size_t k = 0; k < q; ++k) multiplier_[k] -= step * r_[k];
    own += step;
    if (full_step < infinite) {
      std::fill(z_.begin(), z_.end(), 0);
      for (std::size_t k = q; k < n_; ++k) {
        const double* from = column(k);
        for (std::size_t i = 0; i < n_; ++i) z_[i] += d_[k] * from[i];
      }
      for (std::size_t i = 0; i < n_; ++i) x_[i] += step * z_[i];
    }
    if (full_step <= dual_step) {
      append(entering);
      multiplier_.push_back(own);
      return true;
    }
    remove(leaving);
  }
}

QpStatus ActiveSetQp::solve(std::span<const double> gradient) {
  ENTENTE_EXPECTS(gradient.size() == n_ && start_.size() == n_ * n_);
  gradient_.assign(gradient.begin(), gradient.end());
  contradiction_.clear();
  if (changes_ > most_changes + 4 * n_) refactor();
  if (fresh_) {
    fresh_ = false;
    equalities_contradict_ = !add_equalities();
  }
  if (equalities_contradict_) {
    fresh_ = true;  // say the same again when asked again
    active_.clear();
    refactor();
    return QpStatus::infeasible;
  }
  resolve();
  for (bool refined = false;;) {
    // What the last gradient left active may pull the wrong way for this one.
    for (;;) {
      std::size_t worst = active_.size();
      double least = 0;
      for (std::size_t k = 0; k < active_.size(); ++k) {
        if (!limits_[active_[k]].equality && multiplier_[k] < least) {
          least = multiplier_[k];
          worst = k;
        }
      }
      if (worst == active_.size()) break;
      double size = 0;
      for (std::size_t k = 0; k < active_.size(); ++k) size = std::max(size, std::abs(multiplier_[k]));
      if (refined && least > -1e-11 * size) break;
      remove(worst);
      resolve();
    }
    bool entered = false;
    const std::uint64_t limit_of_steps = steps_ + 1000 + 50 * (n_ + limits_.size());
    for (;;) {
      const std::int64_t violated = most_violated();
      if (violated < 0) break;
      if (steps_ > limit_of_steps) return QpStatus::stuck;
      QpStatus status = QpStatus::optimal;
      if (!enter(static_cast<std::uint32_t>(violated), status)) {
        if (status == QpStatus::infeasible) return status;
        limits_[static_cast<std::size_t>(violated)].ignored = true;
      }
      entered = true;
    }
    for (Limit& limit : limits_) limit.ignored = limit.ignored && limit.equality;
    if (!entered || refined) break;
    // Steps add up rounding: what stays is computed once more from the factor.
    refined = true;
    resolve();
  }
  for (const double value : x_) {
    if (!std::isfinite(value)) return QpStatus::stuck;
  }
  return QpStatus::optimal;
}

QpMultipliers ActiveSetQp::multipliers() const {
  QpMultipliers found{std::vector<double>(equality_rows_.rows, 0), std::vector<double>(n_, 0),
                      std::vector<double>(n_, 0), std::vector<double>(inequality_rows_.rows, 0)};
  for (std::size_t k = 0; k < active_.size(); ++k) {
    const Limit& limit = limits_[active_[k]];
    const double value = multiplier_[k];
    switch (limit.kind) {
      case LimitKind::equality: found.equality[limit.index] = -value / equality_norm_[limit.index]; break;
      case LimitKind::lower:  // a fixed coordinate's multiplier has either sign
        (value >= 0 ? found.lower : found.upper)[limit.index] = std::abs(value);
        break;
      case LimitKind::upper: found.upper[limit.index] = std::max(value, 0.0); break;
      case LimitKind::inequality:
        found.inequality[limit.index] = std::max(value, 0.0) / inequality_norm_[limit.index];
        break;
    }
  }
  return found;
}

void ActiveSetQp::add_response(DenseMatrix& into) const {
  for (std::size_t k = active_.size(); k < n_; ++k) {
    const double* from = column(k);
    for (std::size_t i = 0; i < n_; ++i) {
      if (from[i] == 0) continue;
      double* row = into.values.data() + i * into.columns;
      for (std::size_t j = 0; j < n_; ++j) row[j] += from[i] * from[j];
    }
  }
}

}  // namespace entente::quadratic
