// SPDX-License-Identifier: MIT
// Rounds schedules to the grid and lays them out in rows.
#include "kernel/schedules/schedule_table.hpp"

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"

namespace entente::kernel {
namespace {

/// Bits that the exact numbers may use, so that a sum of all and its rounding still fit into 53.
constexpr int grid_bits = 52;

/// The largest magnitude that a partial sum can have at any step, and the same of weighted distances.
std::pair<double, double> largest_sums(const ScheduleProblem& problem) {
  const std::size_t steps = problem.steps();
  std::vector<double> sum(steps);
  for (std::size_t t = 0; t < steps; ++t) sum[t] = std::abs(problem.target[t]);
  std::vector<double> most(steps);
  for (const ScheduleAgent& agent : problem.agents) {
    std::fill(most.begin(), most.end(), 0.0);
    for (std::size_t k = 0; k < agent.count; ++k) {
      const auto row = agent.schedule(k, steps);
      for (std::size_t t = 0; t < steps; ++t) most[t] = std::max(most[t], std::abs(row[t]));
    }
    for (std::size_t t = 0; t < steps; ++t) sum[t] += most[t];
  }
  double largest = 0, distance = 0;
  for (std::size_t t = 0; t < steps; ++t) {
    largest = std::max(largest, sum[t]);
    distance += problem.weights[t] * sum[t];
  }
  return {largest, distance};
}

}  // namespace

ScheduleTable::ScheduleTable(const ScheduleProblem& problem)
    : steps_(std::uint32_t(problem.steps())), stride_((steps_ + 7) & ~7u) {
  const auto [largest, distance] = largest_sums(problem);
  // Twice, since the residual of an agent that has heard of newer selections passes through differences.
  if (!std::isfinite(4 * largest) || !std::isfinite(4 * distance))
    throw Error(ErrorCode::too_large,
                "the schedules, added up and weighted, leave the range of double precision (about 1e308): choose a "
                "larger unit for them, or smaller weights");
  int exponent = 0;
  std::frexp(largest, &exponent);  // largest < 2^exponent
  const int step = std::max(exponent - grid_bits, -1000);
  const double unit = std::ldexp(1.0, step), finer = std::ldexp(1.0, -step);
  const auto on_grid = [unit, finer](double number) { return std::nearbyint(number * finer) * unit; };
  std::frexp(distance, &exponent);
  const double scale = std::ldexp(1.0, std::clamp(-exponent, -1000, 1000));

  std::size_t count = 0;
  for (const ScheduleAgent& agent : problem.agents) {
    count += agent.count;
    most_ = std::max(most_, std::uint32_t(agent.count));
  }
  exact_ = Array<double>(count * stride_);
  rough_ = Array<float>(count * stride_);
  target_ = Array<double>(stride_);
  weights_ = Array<double>(stride_);
  for (std::size_t t = 0; t < steps_; ++t) {
    target_[t] = on_grid(problem.target[t]);
    weights_[t] = problem.weights[t];
    target_size_ += problem.weights[t] * std::abs(problem.target[t]);
  }
  for (std::size_t t = 0; t < steps_; ++t)
    rounding_ += weights_[t] * unit * 0.5 * double(problem.agents.size() + 2) * (1 + 0x1p-40);
  rows_.reserve(problem.agents.size());
  double* exact = exact_.data();
  float* rough = rough_.data();
  for (const ScheduleAgent& agent : problem.agents) {
    ScheduleRows rows{exact, rough, weights_.data(), scale, 0, std::uint32_t(agent.count), stride_};
    for (std::size_t k = 0; k < agent.count; ++k) {
      const auto row = agent.schedule(k, steps_);
      double reach = 0;
      for (std::size_t t = 0; t < steps_; ++t) {
        exact[t] = on_grid(row[t]);
        const double weighted = weights_[t] * exact[t];
        reach += std::abs(weighted);
        rough[t] = float(scale * weighted);
      }
      // The sum may have been rounded down at every step.
      rows.reach = std::max(rows.reach, reach * (1 + 0x1p-52 * double(steps_)));
      exact += stride_;
      rough += stride_;
    }
    rows_.push_back(rows);
  }
}

void ScheduleTable::residual(std::span<const std::uint32_t> choice, double* into) const {
  std::copy_n(target_.data(), stride_, into);
  const ScheduleKernels& kernels = schedule_kernels();
  for (std::uint32_t i = 0; i < agents(); ++i) kernels.subtract(into, row(i, choice[i]), stride_);
}

}  // namespace entente::kernel
