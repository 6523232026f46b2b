// SPDX-License-Identifier: MIT
// The proximal point method around the dual active-set method.
#include "kernel/quadratic/proximal_qp.hpp"

#include <algorithm>
#include <cmath>

namespace entente::quadratic {
namespace {

constexpr double far = 1e12;  // times the size of the data: points out there are on their way to infinity

double largest(std::span<const double> values) {
  double most = 0;
  for (const double value : values) {
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  }
  return most;
}

DenseMatrix with_diagonal(const DenseMatrix& h, double add) {
  DenseMatrix sum = h;
  for (std::size_t k = 0; k < h.rows; ++k) sum(k, k) += add;
  return sum;
}

}  // namespace

ConvexSolution minimise_convex(const DenseMatrix& h, std::span<const double> g, const LinearLimits& limits,
                               std::span<const double> start) {
  const std::size_t n = limits.dimension();
  ConvexSolution found;
  found.x.assign(n, 0);
  if (!start.empty()) std::copy(start.begin(), start.end(), found.x.begin());
  const double curvature = largest(h.values), slope = largest(g);
  const double range = 1 + std::max({largest(limits.lower), largest(limits.upper), largest(limits.equality_rhs),
                                     largest(limits.inequality_rhs)});
  // Small against the curvature, and small enough for a slope to cross the range in one step.
  double weight = std::max({1e-6 * curvature, 1e-3 * slope / range, 1e-12});
  const double least_weight = std::max(1e-9 * (curvature + slope / range), 1e-6 * weight);
  ActiveSetQp solver(limits);
  solver.set_curvature(with_diagonal(h, weight));
  std::vector<double> gradient(n), step(n);
  double last = 0;
  for (int round = 0; round < 300; ++round) {
    for (std::size_t k = 0; k < n; ++k) gradient[k] = g[k] - weight * found.x[k];
    found.status = solver.solve(gradient);
    if (found.status != QpStatus::optimal) {
      found.contradiction = solver.contradiction();
      found.contradiction_gap = solver.contradiction_gap();
      return found;
    }
    double moved = 0, size = 0;
    for (std::size_t k = 0; k < n; ++k) {
      step[k] = solver.x()[k] - found.x[k];
      moved = std::max(moved, std::abs(step[k]));
      size = std::max(size, std::abs(solver.x()[k]));
      found.x[k] = solver.x()[k];
    }
    if (size > far * range) {
      found.status = QpStatus::unbounded;
      for (double& value : step) value /= moved;
      found.x = step;
      return found;
    }
    if (weight * moved <= 1e-13 * (slope + curvature * size) || moved <= 1e-13 * (1 + size)) break;
    // Slow steps: trust the program more, the neighbourhood less.
    if (round > 2 && moved > 0.3 * last && weight > least_weight) {
      weight *= 0.1;
      solver.set_curvature(with_diagonal(h, weight));
    } else if (round > 8 && moved > 0.99 * last && last > 0) {
      // Equal steps for ever lead to infinity: longer ones get there sooner.
      for (std::size_t k = 0; k < n; ++k) found.x[k] += 1e3 * step[k];
    }
    last = moved;
  }
  found.multipliers = solver.multipliers();
  return found;
}

}  // namespace entente::quadratic
