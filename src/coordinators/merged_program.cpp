// SPDX-License-Identifier: MIT
// The proximal point method on one agent.
#include "coordinators/merged_program.hpp"

#include <algorithm>
#include <cmath>

#include "kernel/quadratic/agent_batch.hpp"

namespace entente::admm {

MergedSolution solve_alone(const ResourceAgent& agent, std::size_t dimension, const std::vector<double>& start,
                           const StopSignal& stop) {
  MergedSolution found;
  quadratic::AgentBatch batch(dimension);
  batch.add(agent);
  const quadratic::AgentBatch::Scale scale = batch.scale();
  std::vector<double> base(batch.stride(), 0), x(batch.stride(), 0);
  const std::vector<double> nothing(batch.stride(), 0);
  std::copy(start.begin(), start.end(), base.begin());
  double width = scale.width > 0 ? scale.width : 1;
  for (const double value : base) width = std::max(width, std::abs(value));
  double weight = std::max({1e-4 * scale.curvature, 1e-3 * scale.slope / width, 1e-9});
  const double least_weight = 1e-5 * weight, price = std::max({scale.slope, scale.curvature * width, 1e-9});
  double former = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 200; ++round) {
    if (stop.raised()) return found;
    batch.set_weight(weight);
    ++found.steps;
    if (!batch.step(base.data(), nothing.data(), 0, 1, x.data())) {
      found.contradiction = batch.contradiction(0);
      found.status = found.contradiction.empty() ? quadratic::QpStatus::stuck : quadratic::QpStatus::infeasible;
      return found;
    }
    double moved = 0, size = 0;
    for (std::size_t k = 0; k < dimension; ++k) {
      moved = std::max(moved, std::abs(x[k] - base[k]));
      size = std::max(size, std::abs(x[k]));
    }
    if (size > 1e12 * width) {
      found.status = quadratic::QpStatus::unbounded;
      found.x.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(dimension));
      return found;
    }
    const bool still = weight * moved <= 1e-12 * price || moved <= 1e-13 * (1 + size);
    if (!still && moved > 0.3 * former) {
      if (weight > least_weight) {
        weight *= 0.1;
      } else if (round > 20 && moved > 0.99 * former) {
        for (std::size_t k = 0; k < dimension; ++k) x[k] += 1e3 * (x[k] - base[k]);  // equal steps: on to infinity
      }
    }
    former = moved;
    base = x;
    if (!still) continue;
    found.status = quadratic::QpStatus::optimal;
    break;
  }
  quadratic::SafeSum sum;
  batch.add_least(0, nothing, x.data(), sum);
  found.bound = sum.safe();
  if (!std::isfinite(found.bound)) found.bound = -std::numeric_limits<double>::infinity();
  found.multipliers = batch.multipliers(0);
  found.x.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(dimension));
  return found;
}

}  // namespace entente::admm
