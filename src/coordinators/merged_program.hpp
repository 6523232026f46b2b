// SPDX-License-Identifier: MIT
// MergedProgram: a whole problem as one agent's, for the last digits, proofs of contradiction and bounds.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "entente/problem/resource_problem.hpp"
#include "kernel/quadratic/active_set_qp.hpp"
#include "kernel/stop_signal.hpp"

namespace entente::admm {

struct MergedSolution {
  quadratic::QpStatus status = quadratic::QpStatus::stuck;
  std::vector<double> x;
  quadratic::QpMultipliers multipliers;  ///< Not of programs with l1.
  double bound = -std::numeric_limits<double>::infinity();
  std::vector<quadratic::Contradiction> contradiction;
  std::uint64_t steps = 0;
};

/// Minimises the cost of one agent under its limits, from `start`, to about 1e-10. Stops early at the signal, `stuck`.
/// Cost  O(dimension^3).
MergedSolution solve_alone(const ResourceAgent& agent, std::size_t dimension, const std::vector<double>& start,
                           const StopSignal& stop);

}  // namespace entente::admm
