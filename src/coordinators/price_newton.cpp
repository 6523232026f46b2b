// SPDX-License-Identifier: MIT
// The last digits: proximal method of multipliers, with Newton's method on the prices.
#include <algorithm>
#include <cmath>
#include <limits>

#include "coordinators/sharing_loop.hpp"

namespace entente::admm {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values) {
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  }
  return most;
}

}  // namespace

/// Agents' steps at prices `at` from `base_`, their sum in `total`, and their answer to changes in `response_`.
bool SharingLoop::evaluate(const std::vector<double>& at, double weight, bool with_response) {
  for (std::size_t t = 0; t < stride_; ++t) shift_[t] = -at[t] / weight;
  // Few pieces, each with a matrix of its own; their number must not depend on how many threads there are.
  const std::size_t piece = std::max<std::size_t>(16, (count_ + 31) / 32);
  std::vector<char> feasible((count_ + piece - 1) / piece, 1);
  chunk_responses_.resize(feasible.size());
  in_chunks(piece, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    feasible[chunk] = agents_.step(base_.data(), shift_.data(), begin, end, x.data());
    if (!with_response || !feasible[chunk]) return;
    chunk_responses_[chunk] = DenseMatrix(n_, n_);
    for (std::size_t i = begin; i < end; ++i) agents_.add_response(i, x.data(), chunk_responses_[chunk]);
  });
  add_up();
  if (with_response) {
    response_ = DenseMatrix(n_, n_);
    for (const DenseMatrix& part : chunk_responses_) {
      for (std::size_t k = 0; k < part.values.size(); ++k) response_.values[k] += part.values[k];
    }
  }
  return std::find(feasible.begin(), feasible.end(), 0) == feasible.end();
}

bool SharingLoop::respond() {
  const quadratic::AgentBatch::Scale scale = agents_.scale();
  const double width = std::max({largest(x), scale.width, 1e-9});
  const double weight = std::max({1e-4 * scale.curvature, 1e-4 * scale.slope / width, 1e-9});
  base_ = x;
  agents_.set_weight(weight);
  return evaluate(prices, weight, false);
}

bool SharingLoop::set_curvature(quadratic::ActiveSetQp& model, double damping) const {
  double steepest = 0;
  for (std::size_t t = 0; t < n_; ++t) steepest = std::max(steepest, std::abs(response_(t, t)));
  // What rounding made of a response that is nearly singular may curve the wrong way; a little more of the diagonal
  // costs a few steps.
  for (double extra = 1e-12; extra <= 1; extra *= 1000) {
    DenseMatrix h = response_;
    for (std::size_t t = 0; t < n_; ++t) {
      h(t, t) = std::max(h(t, t), 0.0) + std::max(coupling_.curvature[t] + damping, extra * steepest);
    }
    if (model.try_curvature(h)) return true;
  }
  return false;
}

LoopEnd SharingLoop::polish(const StopSignal& stop, std::uint64_t max_steps) {
  if (count_ == 0 || n_ == 0) return LoopEnd::converged;
  const quadratic::AgentBatch::Scale scale = agents_.scale();
  base_ = x;
  std::vector<double> centre(prices.begin(), prices.begin() + static_cast<std::ptrdiff_t>(n_));
  const double price_size = std::max({largest(centre), scale.slope, 1e-9});
  const double x_size = std::max({largest(x), scale.width, 1e-9});
  // Both weights are small against what they are added to; the smaller, the fewer rounds, and the harder the rounds.
  double weight = std::max(1e-2 * scale.curvature, 3e-2 * price_size / x_size);
  const double least_weight = 1e-7 * weight;
  double damping = 1e-3 / weight;  // of prices
  const double least_damping = 1e-9 * damping;
  const double sum_size = std::max(largest(coupling_.rhs), largest(total)) + x_size;
  const double sum_tolerance = 1e-11 * sum_size, price_tolerance = 1e-11 * price_size;
  std::vector<double> gradient(n_), step(n_), trial(stride_, 0), best(n_);
  const std::uint64_t first = polish_steps;
  double former = infinite;
  for (int round = 0; round < 100; ++round) {
    agents_.set_weight(weight);
    trial = prices;
    const auto slopes = [&](bool with_response) {
      const bool feasible = evaluate(trial, weight, with_response);
      for (std::size_t t = 0; t < n_; ++t) {
        gradient[t] =
            total[t] - coupling_.rhs[t] - coupling_.curvature[t] * trial[t] - damping * (trial[t] - centre[t]);
      }
      return feasible;
    };
    if (!slopes(true)) return LoopEnd::conflict;
    for (int newton = 0; newton < 60; ++newton) {
      if (stop.raised()) return LoopEnd::stopped;
      if (polish_steps - first >= max_steps) return LoopEnd::iterations;
      double left = 0;
      for (std::size_t t = 0; t < n_; ++t) {
        const bool held = (trial[t] <= coupling_.lower[t] && gradient[t] <= 0) ||
                          (trial[t] >= coupling_.upper[t] && gradient[t] >= 0);
        if (!held) left = std::max(left, std::abs(gradient[t]));
      }
      if (left <= 0.1 * sum_tolerance) break;
      ++polish_steps;
      // The model's best step within the prices' limits.
      quadratic::LinearLimits box;
      std::vector<double> downhill(n_);
      for (std::size_t t = 0; t < n_; ++t) {
        box.lower.push_back(coupling_.lower[t] - trial[t]);
        box.upper.push_back(coupling_.upper[t] - trial[t]);
        downhill[t] = -gradient[t];
      }
      quadratic::ActiveSetQp model(box);
      if (!set_curvature(model, damping)) return LoopEnd::iterations;
      if (model.solve(downhill) != quadratic::QpStatus::optimal) return LoopEnd::iterations;
      std::copy(model.x().begin(), model.x().end(), step.begin());
      double slope = 0, size = 0;
      for (std::size_t t = 0; t < n_; ++t) slope += gradient[t] * step[t], size = std::max(size, std::abs(step[t]));
      if (!(slope > 0) || size <= 1e-15 * price_size) break;
      // The dual function is concave: a step is too long where it has begun to fall.
      const std::vector<double> from = trial;
      double length = 1, low = 0, low_slope = slope;
      for (int halving = 0; halving < 30; ++halving) {
        for (std::size_t t = 0; t < n_; ++t) {
          trial[t] = std::clamp(from[t] + length * step[t], coupling_.lower[t], coupling_.upper[t]);
        }
        if (!slopes(true)) return LoopEnd::conflict;
        double now = 0;
        for (std::size_t t = 0; t < n_; ++t) now += gradient[t] * step[t];
        if (now >= -0.5 * slope) break;
        const double secant = low + (length - low) * low_slope / (low_slope - now);
        length = std::clamp(secant, low + 0.05 * (length - low), low + 0.7 * (length - low));
      }
    }
    double moved = 0, price_moved = 0, missing = 0;
    for (std::size_t k = 0; k < x.size(); ++k) moved = std::max(moved, std::abs(x[k] - base_[k]));
    for (std::size_t t = 0; t < n_; ++t) {
      price_moved = std::max(price_moved, std::abs(trial[t] - centre[t]));
      const double by = total[t] - coupling_.rhs[t] - coupling_.curvature[t] * trial[t];
      const bool held = (trial[t] <= coupling_.lower[t] && by <= 0) || (trial[t] >= coupling_.upper[t] && by >= 0);
      if (!held) missing = std::max(missing, std::abs(by));
      centre[t] = trial[t];
    }
    prices = trial;
    base_ = x;
    last.primal_residual = missing;
    last.dual_residual = weight * moved;
    last.primal_tolerance = sum_tolerance;
    last.dual_tolerance = price_tolerance;
    if (missing <= sum_tolerance && weight * moved <= price_tolerance) return LoopEnd::converged;
    if (!(largest(x) < 1e12 * x_size)) return LoopEnd::unbounded;
    if (!(largest(centre) < 1e14 * price_size)) return LoopEnd::iterations;  // nearly infeasible, or a kink too sharp
    const double left = std::max(missing / sum_size, weight * moved / price_size);
    if (left > 0.2 * former) {
      if (damping > least_damping) damping *= 0.1;
      if (weight > least_weight) weight *= 0.1;
    }
    former = left;
  }
  return LoopEnd::iterations;
}

}  // namespace entente::admm
