// SPDX-License-Identifier: MIT
// ActiveSetQp: small dense quadratic programs, strictly convex, solved again and again for changing gradients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "entente/base/dense_matrix.hpp"

namespace entente::quadratic {

/// lower <= x <= upper (infinite where absent), equality x = equality_rhs, inequality x <= inequality_rhs.
struct LinearLimits {
  std::vector<double> lower, upper;
  DenseMatrix equality;
  std::vector<double> equality_rhs;
  DenseMatrix inequality;
  std::vector<double> inequality_rhs;

  std::size_t dimension() const { return lower.size(); }
};

enum class LimitKind : std::uint8_t { equality, lower, upper, inequality };

/// One limit's share in a proof that limits contradict each other: summed up with these weights, their left sides
/// vanish and their right sides do not.
struct Contradiction {
  LimitKind kind = LimitKind::equality;
  std::size_t index = 0;  ///< Row, or coordinate of a bound.
  double weight = 0;
};

enum class QpStatus : std::uint8_t { optimal, infeasible, unbounded, stuck };

/// Multipliers of the limits at the optimum: gradient = -(E'equality) + lower - upper - A'inequality, the last three
/// not negative.
struct QpMultipliers {
  std::vector<double> equality, lower, upper, inequality;
};

/// Minimises 0.5 x'Hx + g'x under linear limits, H positive definite.
///
/// Keeps factor and active set between calls: where H stays the same and g changes little, a call costs a few
/// O(n^2 + rows n). Results are exact up to rounding: about 1e-11 of the size of x.
/// Cost  O(n^3) for a new H, O(n^2 + rows n) for every limit that enters or leaves the active set.
/// From  Goldfarb & Idnani, "A numerically stable dual method for solving strictly convex quadratic programs",
///       Mathematical Programming 27 (1983) 1-33; ties go to the lowest index.
class ActiveSetQp {
 public:
  /// `limits` is copied; rows of zeros are allowed.
  explicit ActiveSetQp(const LinearLimits& limits);
  ActiveSetQp(ActiveSetQp&&) = default;
  ActiveSetQp& operator=(ActiveSetQp&&) = default;

  /// H, symmetric and positive definite (only its lower triangle is read); throws Error{unsupported} if it is not.
  void set_curvature(const DenseMatrix& h);
  /// The same, false in place of the error; then the curvature is the one before.
  bool try_curvature(const DenseMatrix& h);
  void set_curvature(std::span<const double> diagonal);

  /// Needs a curvature. `infeasible` fills `contradiction()`; `stuck` (never seen but for numbers near overflow) says
  /// that the numbers are beyond double precision.
  QpStatus solve(std::span<const double> gradient);

  std::span<const double> x() const { return x_; }
  QpMultipliers multipliers() const;
  const std::vector<Contradiction>& contradiction() const { return contradiction_; }
  /// By how much the weighted right sides of `contradiction()`, of rows of length 1, miss each other.
  double contradiction_gap() const { return contradiction_gap_; }
  /// Adds to `into` (n x n) the matrix by which x answers to a change of -gradient while the active set stays:
  /// Z (Z'HZ)^-1 Z' for Z a basis of what the active limits leave free.
  void add_response(DenseMatrix& into) const;
  std::size_t dimension() const { return n_; }
  std::size_t active() const { return active_.size(); }
  std::uint64_t steps() const { return steps_; }

 private:
  struct Limit {
    LimitKind kind;
    bool equality;        // its multiplier has no sign
    bool ignored;         // follows from other equalities
    std::uint32_t index;  // row or coordinate
    double sign;          // normal = sign * row
    double bound;         // normal' x >= bound
    const double* row;    // of length 1; null for a bound, whose normal is sign * unit vector
  };

  void refactor();
  bool add_equalities();
  void resolve();  // x and multipliers of the active set
  double slack(const Limit& limit) const;
  void project(const Limit& limit, std::vector<double>& d) const;  // d = J' normal
  bool append(std::uint32_t limit);                                // uses d_
  void remove(std::size_t position);
  void back_solve(std::span<const double> d, std::vector<double>& r) const;
  std::int64_t most_violated() const;
  bool enter(std::uint32_t limit, QpStatus& status);
  double* column(std::size_t k) { return basis_.data() + k * n_; }
  const double* column(std::size_t k) const { return basis_.data() + k * n_; }

  std::size_t n_;
  DenseMatrix equality_rows_, inequality_rows_;
  std::vector<double> equality_norm_, inequality_norm_;
  std::vector<Limit> limits_;
  std::vector<std::uint32_t> equalities_;
  std::vector<double> start_;   // inverse transposed Cholesky factor, column-major
  std::vector<double> basis_;   // J: start_ times the rotations so far, column-major
  std::vector<double> factor_;  // R, column k at k * n_, upper triangular
  std::vector<std::uint32_t> active_;
  std::vector<char> is_active_;
  std::vector<double> x_, gradient_, multiplier_, d_, r_, z_, y_;
  std::vector<Contradiction> contradiction_;
  double contradiction_gap_ = 0;
  std::uint64_t steps_ = 0, changes_ = 0;
  bool fresh_ = true, equalities_contradict_ = false;
};

}  // namespace entente::quadratic
