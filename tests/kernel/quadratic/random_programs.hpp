// SPDX-License-Identifier: MIT
// Random quadratic programs for tests, and what makes a point their optimum.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernel/quadratic/active_set_qp.hpp"

namespace entente::quadratic {

struct RandomProgram {
  DenseMatrix h;
  std::vector<double> g;
  LinearLimits limits;
};

struct ProgramShape {
  std::size_t n = 4, equalities = 1, inequalities = 3, rank = 4;
  bool feasible = true;   // rows pass by a point in the box
  double degenerate = 0;  // share of rows that are doubles of others, and of bounds that are equal
  double infinite = 0.2;  // share of bounds that are absent
};

inline RandomProgram random_program(std::mt19937_64& draw, const ProgramShape& shape) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const std::size_t n = shape.n;
  RandomProgram made;
  made.h = DenseMatrix(n, n);
  for (std::size_t r = 0; r < shape.rank; ++r) {
    std::vector<double> v(n);
    for (double& value : v) value = normal(draw);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) made.h(i, j) += v[i] * v[j];
    }
  }
  std::vector<double> inside(n);
  for (std::size_t k = 0; k < n; ++k) {
    made.g.push_back(3 * normal(draw));
    double low = normal(draw), high = low + 2 * uniform(draw);
    if (uniform(draw) < shape.degenerate) high = low;
    inside[k] = low + uniform(draw) * (high - low);
    if (uniform(draw) < shape.degenerate) inside[k] = low;
    made.limits.lower.push_back(uniform(draw) < shape.infinite ? -std::numeric_limits<double>::infinity() : low);
    made.limits.upper.push_back(uniform(draw) < shape.infinite ? std::numeric_limits<double>::infinity() : high);
  }
  const auto rows = [&](std::size_t count, DenseMatrix& matrix, std::vector<double>& rhs, bool equal) {
    matrix = DenseMatrix(count, n);
    for (std::size_t i = 0; i < count; ++i) {
      const bool same = i > 0 && uniform(draw) < shape.degenerate;
      double sum = 0;
      for (std::size_t k = 0; k < n; ++k) {
        matrix(i, k) = same ? 2 * matrix(i - 1, k) : (uniform(draw) < 0.3 ? 0 : normal(draw));
        sum += matrix(i, k) * inside[k];
      }
      const double room = equal || uniform(draw) < shape.degenerate ? 0 : uniform(draw);
      rhs.push_back(shape.feasible ? sum + room : 2 * normal(draw));
    }
  };
  rows(shape.equalities, made.limits.equality, made.limits.equality_rhs, true);
  rows(shape.inequalities, made.limits.inequality, made.limits.inequality_rhs, false);
  return made;
}

inline double product(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

/// The most by which `x` and `multipliers`, in units of the largest of them, miss the Karush-Kuhn-Tucker conditions,
/// which are met at optima alone.
inline double optimality_gap(const RandomProgram& p, std::span<const double> x, const QpMultipliers& m) {
  double worst = 0;
  const auto at_most_zero = [&](double value) { worst = std::max(worst, value); };
  const auto complementary = [&](double multiplier, double slack) {
    at_most_zero(-multiplier);
    at_most_zero(-slack);
    if (std::isfinite(slack))
      at_most_zero(std::min(multiplier, slack));
    else
      at_most_zero(multiplier);
  };
  for (std::size_t k = 0; k < p.g.size(); ++k) {
    double slope = p.g[k] + product(p.h.row(k), x) - m.lower[k] + m.upper[k];
    for (std::size_t i = 0; i < p.limits.equality.rows; ++i) slope += m.equality[i] * p.limits.equality(i, k);
    for (std::size_t i = 0; i < p.limits.inequality.rows; ++i) slope += m.inequality[i] * p.limits.inequality(i, k);
    at_most_zero(std::abs(slope));
    complementary(m.lower[k], x[k] - p.limits.lower[k]);
    complementary(m.upper[k], p.limits.upper[k] - x[k]);
  }
  for (std::size_t i = 0; i < p.limits.equality.rows; ++i) {
    at_most_zero(std::abs(product(p.limits.equality.row(i), x) - p.limits.equality_rhs[i]));
  }
  for (std::size_t i = 0; i < p.limits.inequality.rows; ++i) {
    complementary(m.inequality[i], p.limits.inequality_rhs[i] - product(p.limits.inequality.row(i), x));
  }
  double size = 1;
  for (const auto* each : {&m.equality, &m.lower, &m.upper, &m.inequality}) {
    for (const double value : *each) size = std::max(size, std::abs(value));
  }
  return worst / size;
}

/// Whether the shares prove that no point keeps all limits: the sum of the left sides is the same everywhere, and the
/// right sides ask for more.
inline bool proves_contradiction(const LinearLimits& limits, const std::vector<Contradiction>& shares) {
  const std::size_t n = limits.dimension();
  std::vector<double> left(n, 0);
  double right = 0, size = 0;
  const auto length = [&](std::span<const double> row) { return std::sqrt(product(row, row)); };
  for (const Contradiction& share : shares) {
    if (share.kind != LimitKind::equality && share.weight < -1e-9 &&
        !(share.kind == LimitKind::lower && limits.lower[share.index] == limits.upper[share.index])) {
      return false;
    }
    double sign = 1, bound = 0;
    std::vector<double> row(n, 0);
    switch (share.kind) {
      case LimitKind::lower: row[share.index] = 1, bound = limits.lower[share.index]; break;
      case LimitKind::upper: row[share.index] = 1, sign = -1, bound = limits.upper[share.index]; break;
      case LimitKind::equality:
      case LimitKind::inequality: {
        const bool equal = share.kind == LimitKind::equality;
        const auto from = (equal ? limits.equality : limits.inequality).row(share.index);
        const double scale = length(from) > 0 ? length(from) : 1;
        for (std::size_t k = 0; k < n; ++k) row[k] = from[k] / scale;
        bound = (equal ? limits.equality_rhs : limits.inequality_rhs)[share.index] / scale;
        if (!equal) sign = -1;
      }
    }
    for (std::size_t k = 0; k < n; ++k) left[k] += share.weight * sign * row[k];
    right += share.weight * sign * bound;
    size += std::abs(share.weight);
  }
  for (const double value : left) {
    if (std::abs(value) > 1e-8 * size) return false;
  }
  return std::abs(right) > 1e-9;
}

}  // namespace entente::quadratic
