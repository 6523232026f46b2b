// SPDX-License-Identifier: MIT
// ScheduleTable: the schedules of a problem as kernels want them, on a grid where their sums are exact.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/base/array.hpp"
#include "entente/problem/schedule_problem.hpp"
#include "kernel/schedules/schedule_kernels.hpp"

namespace entente::kernel {

/// All schedules and the target, rounded to multiples of a power of two so small that every sum of one schedule of each
/// agent and the target is exact in double precision. So what is left of the target after a selection is the same
/// number in whatever order it was reckoned, and equal selections have equal distances.
///
/// Error   of each number at most 2^-52 of the largest sum that there can be.
/// Memory  12 bytes for each number of a schedule, rows rounded up to 8 numbers.
class ScheduleTable {
 public:
  /// Errors  Error{too_large} if sums or weighted distances leave the range of double precision.
  explicit ScheduleTable(const ScheduleProblem& problem);

  std::uint32_t agents() const { return std::uint32_t(rows_.size()); }
  std::uint32_t stride() const { return stride_; }
  std::uint32_t steps() const { return steps_; }
  std::uint32_t most_schedules() const { return most_; }
  const ScheduleRows& rows(std::uint32_t agent) const { return rows_[agent]; }
  const double* row(std::uint32_t agent, std::uint32_t index) const {
    return rows_[agent].exact + std::size_t(index) * stride_;
  }
  const double* weights() const { return weights_.data(); }
  const double* target() const { return target_.data(); }
  /// Numbers that `ScheduleKernels::nearest` needs as scratch, for any agent.
  std::size_t scratch() const { return std::size_t(stride_) + most_ + 32; }
  /// Sum over t of weights[t] * |target[t]|, which gaps are related to.
  double target_size() const { return target_size_; }

  /// By how much the distance of a selection here may differ from what it is for the numbers of the problem.
  double rounding() const { return rounding_; }

  /// Writes what is left of the target (stride numbers) after a selection.
  void residual(std::span<const std::uint32_t> choice, double* into) const;

 private:
  std::uint32_t steps_, stride_, most_ = 0;
  double target_size_ = 0, rounding_ = 0;
  std::vector<ScheduleRows> rows_;
  Array<double> exact_, target_, weights_;
  Array<float> rough_;
};

}  // namespace entente::kernel
