// SPDX-License-Identifier: MIT
// minimise_convex: quadratic and linear programs whose curvature need not be definite.
#pragma once

#include <span>
#include <vector>

#include "kernel/quadratic/active_set_qp.hpp"

namespace entente::quadratic {

struct ConvexSolution {
  QpStatus status = QpStatus::optimal;
  std::vector<double> x;  ///< Of an unbounded program: a direction in which the cost falls for ever.
  QpMultipliers multipliers;
  std::vector<Contradiction> contradiction;
  double contradiction_gap = 0;
};

/// Minimises 0.5 x'Hx + g'x under `limits`, H positive semidefinite (0 included), from `start` (any point, or empty).
///
/// Solves strictly convex programs around the last point until the points stand still, which for linear programs takes
/// few steps and for quadratic ones gains several digits a step.
/// Cost  a few times that of ActiveSetQp.
/// From  Rockafellar, "Monotone operators and the proximal point algorithm", SIAM J. Control 14 (1976) 877-898.
ConvexSolution minimise_convex(const DenseMatrix& h, std::span<const double> g, const LinearLimits& limits,
                               std::span<const double> start = {});

}  // namespace entente::quadratic
