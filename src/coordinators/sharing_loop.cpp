// SPDX-License-Identifier: MIT
// Sharing ADMM: agents step side by side, then the prices move.
#include "coordinators/sharing_loop.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace entente::admm {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::size_t numbers_per_chunk = 2048;  // of x: stays in the first cache with its limits
constexpr double endless = 1e13;                 // times the data's size

}  // namespace

LoopLimits loop_limits(const AdmmOptions& options, const StopSignal& stop, bool polish) {
  LoopLimits limits{options.absolute_tolerance,
                    options.relative_tolerance,
                    options.over_relaxation,
                    options.penalty,
                    options.balancing,
                    options.max_iterations,
                    stop,
                    options.on_progress};
  if (polish) {
    limits.absolute = std::max(limits.absolute, 1e-5);
    limits.relative = std::max(limits.relative, 1e-4);
    limits.max_iterations = std::min<std::uint64_t>(limits.max_iterations, 1000);
  }
  return limits;
}

PriceModel price_model(const ResourceProblem& problem) {
  const std::size_t n = problem.dimension;
  PriceModel model{std::vector<double>(n, -infinite), std::vector<double>(n, infinite), problem.rhs,
                   std::vector<double>(n, 0)};
  for (std::size_t k = 0; k < n; ++k) {
    switch (problem.coupling) {
      case Coupling::equality: break;
      case Coupling::capacity: model.lower[k] = 0; break;
      case Coupling::target_l2:
        if (problem.weights[k] > 0) {
          model.curvature[k] = 0.5 / problem.weights[k];
        } else {
          model.lower[k] = model.upper[k] = 0;
        }
        break;
      case Coupling::target_l1:
        model.lower[k] = -problem.weights[k];
        model.upper[k] = problem.weights[k];
        break;
    }
  }
  return model;
}

SharingLoop::SharingLoop(quadratic::AgentBatch& agents, const PriceModel& coupling, Crew& crew)
    : agents_(agents),
      coupling_(coupling),
      crew_(crew),
      count_(agents.size()),
      n_(agents.dimension()),
      stride_(agents.stride()) {
  chunk_ = std::max<std::size_t>(1, numbers_per_chunk / stride_);
  chunks_ = (count_ + chunk_ - 1) / chunk_;
  x.assign(count_ * stride_, 0);
  relaxed_.assign(count_ * stride_, 0);
  prices.assign(stride_, 0);
  total.assign(stride_, 0);
  offset_.assign(stride_, 0);
  shift_.assign(stride_, 0);
  chunk_sums_.assign(chunks_ * (2 * stride_ + 4), 0);
  // Starts from the points of the boxes nearest to nothing, and from the coupling's share a head.
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t k = 0; k < n_; ++k) {
      relaxed_[i * stride_ + k] = std::max(agents_.lower(i, k), std::min(0.0, agents_.upper(i, k)));
    }
  }
}

void SharingLoop::in_chunks(std::size_t agents_per_chunk,
                            const std::function<void(std::size_t, std::size_t, std::size_t)>& action) {
  crew_.run((count_ + agents_per_chunk - 1) / agents_per_chunk, [&](std::size_t chunk) {
    action(chunk, chunk * agents_per_chunk, std::min(count_, (chunk + 1) * agents_per_chunk));
  });
}

/// A weight at which an agent crosses a good part of its box at usual prices.
double SharingLoop::first_penalty() const {
  const quadratic::AgentBatch::Scale scale = agents_.scale();
  double slope = scale.slope, priced = 0;
  for (std::size_t k = 0; k < n_; ++k) {
    if (coupling_.upper[k] < infinite) slope = std::max(slope, coupling_.upper[k]);
    if (coupling_.curvature[k] > 0) priced += static_cast<double>(count_) / coupling_.curvature[k];
  }
  double width = scale.width;
  if (width == 0) {
    for (std::size_t k = 0; k < n_; ++k)
      width = std::max(width, std::abs(coupling_.rhs[k]) / static_cast<double>(count_));
  }
  const double linear = slope > 0 && width > 0 ? slope / width : 0;
  double penalty = scale.curvature > 0 ? std::max(scale.curvature, 0.1 * linear) : linear;
  if (penalty == 0) penalty = n_ > 0 ? priced / static_cast<double>(n_) : 1;
  return penalty > 0 ? std::clamp(penalty, 1e-9, 1e9) : 1;
}

LoopEnd SharingLoop::iterate(const LoopLimits& limits) {
  if (count_ == 0 || n_ == 0) return LoopEnd::converged;
  const double heads = static_cast<double>(count_), alpha = limits.over_relaxation;
  double rho = limits.penalty > 0 ? limits.penalty : first_penalty();
  agents_.set_weight(rho);
  std::vector<double> sum(stride_, 0), old_sum(stride_, 0), missed(stride_, 0), next(stride_, 0);
  const auto add_relaxed = [&](std::vector<double>& into) {
    std::fill(into.begin(), into.end(), 0);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t k = 0; k < n_; ++k) into[k] += relaxed_[i * stride_ + k];
    }
  };
  add_relaxed(old_sum);
  std::uint64_t next_balance = 10, balances = 0;
  for (std::uint64_t k = 0;; ++k) {
    if (k >= limits.max_iterations) return LoopEnd::iterations;
    if (limits.stop.raised()) return LoopEnd::stopped;
    for (std::size_t t = 0; t < stride_; ++t) shift_[t] = offset_[t] - prices[t] / rho;
    std::vector<char> feasible(chunks_, 1);
    in_chunks(chunk_, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      feasible[chunk] = agents_.step(relaxed_.data(), shift_.data(), begin, end, x.data());
      double* sums = chunk_sums_.data() + chunk * (2 * stride_ + 4);
      kernel::separable_kernels().sharing_sums(static_cast<std::int64_t>(stride_), x.data(), offset_.data(), alpha,
                                               static_cast<std::int64_t>(begin), static_cast<std::int64_t>(end),
                                               relaxed_.data(), sums, sums + stride_, sums + 2 * stride_);
    });
    if (std::find(feasible.begin(), feasible.end(), 0) != feasible.end()) return LoopEnd::conflict;
    ++iterations;
    std::fill(sum.begin(), sum.end(), 0);
    std::fill(missed.begin(), missed.end(), 0);
    double missed_square = 0, step_square = 0, x_square = 0, furthest = 0;
    for (std::size_t chunk = 0; chunk < chunks_; ++chunk) {
      const double* sums = chunk_sums_.data() + chunk * (2 * stride_ + 4);
      for (std::size_t t = 0; t < stride_; ++t) {
        sum[t] += sums[t];
        missed[t] += sums[stride_ + t];
      }
      missed_square += sums[2 * stride_];
      step_square += sums[2 * stride_ + 1];
      x_square += sums[2 * stride_ + 2];
      furthest = std::max(furthest, sums[2 * stride_ + 3]);
    }
    double primal = (1 - alpha) * (1 - alpha) * missed_square, dual = step_square, moved = 0, price_square = 0,
           coupling = 0;
    for (std::size_t t = 0; t < n_; ++t) {
      const double mean = sum[t] / heads, a = mean + prices[t] / rho;
      const double price = std::clamp((heads * a - coupling_.rhs[t]) / (coupling_.curvature[t] + heads / rho),
                                      coupling_.lower[t], coupling_.upper[t]);
      next[t] = (prices[t] - price) / rho;  // z - mean of relaxed
      const double change = next[t] - offset_[t];
      primal += 2 * (1 - alpha) * next[t] * missed[t] + heads * next[t] * next[t];
      dual += 2 * change * (sum[t] - old_sum[t]) + heads * change * change;
      moved += change * change;
      const double miss = heads * next[t] + (1 - alpha) * missed[t];  // z less x, all agents together
      coupling += miss * miss;
      offset_[t] = next[t];
      prices[t] = price;
      price_square += price * price;
    }
    old_sum = sum;
    const double numbers = std::sqrt(heads * static_cast<double>(n_));
    last.iteration = iterations;
    last.penalty = rho;
    last.coupling_residual = std::sqrt(coupling);
    last.largest_step = std::sqrt(furthest) + std::sqrt(moved);
    last.primal_residual = std::sqrt(std::max(primal, 0.0));
    last.dual_residual = rho * std::sqrt(std::max(dual, 0.0));
    last.primal_tolerance = numbers * limits.absolute + limits.relative * std::sqrt(x_square);
    last.dual_tolerance = numbers * limits.absolute + limits.relative * std::sqrt(heads * price_square);
    if (limits.on_progress && (k < 10 || k % 10 == 0)) limits.on_progress(last);
    if (!std::isfinite(last.primal_residual) || x_square > endless * endless * (1 + numbers * numbers)) {
      add_up();
      return LoopEnd::unbounded;
    }
    if (last.primal_residual <= last.primal_tolerance && last.dual_residual <= last.dual_tolerance && k > 0) {
      add_up();
      return LoopEnd::converged;
    }
    if (limits.balancing && k + 1 >= next_balance && balances < 40) {
      const double primal_share = last.primal_residual / (std::sqrt(x_square) + 1e-12 * numbers);
      const double dual_share = last.dual_residual / (std::sqrt(heads * price_square) + 1e-12 * numbers);
      const double factor = std::clamp(std::sqrt(primal_share / std::max(dual_share, 1e-300)), 0.1, 10.0);
      if (factor > 2 || factor < 0.5) {
        rho = std::clamp(rho * factor, 1e-12, 1e12);
        agents_.set_weight(rho);
        ++balances;
      }
      next_balance = (k + 1) + std::max<std::uint64_t>(10, (k + 1) / 4);  // ever more seldom, so that it settles
    }
  }
}

void SharingLoop::add_up() {
  std::fill(total.begin(), total.end(), 0);
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t k = 0; k < n_; ++k) total[k] += x[i * stride_ + k];
  }
}

double SharingLoop::bound() const {
  quadratic::SafeSum sum;
  for (std::size_t i = 0; i < count_; ++i) agents_.add_least(i, prices, x.data(), sum);
  for (std::size_t t = 0; t < n_; ++t) {
    sum.add(-prices[t] * coupling_.rhs[t]);
    sum.add(-0.5 * coupling_.curvature[t] * prices[t] * prices[t]);
  }
  const double value = sum.safe();
  return std::isfinite(value) ? value : -infinite;
}

}  // namespace entente::admm
