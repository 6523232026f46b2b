// SPDX-License-Identifier: MIT
// SelectionBound: no selection of schedules can come nearer to the target than this.
#pragma once

#include <cstdint>
#include <vector>

#include "kernel/schedules/schedule_table.hpp"
#include "kernel/stop_signal.hpp"

namespace entente::kernel {

struct SelectionBoundOptions {
  std::uint64_t work = 0;  ///< Schedules that may be evaluated.
  StopSignal stop;
};

struct SelectionBound {
  double bound = 0;             ///< Of the problem's own numbers; rounded down.
  bool proven = false;          ///< `choice` is a best selection, but for rounding.
  bool improved = false;        ///< The search for a proof found a better one than it was given.
  std::uint64_t evaluated = 0;  ///< Schedules.
};

/// Evaluations that suit a problem of this size.
std::uint64_t usual_bound_work(const ScheduleTable& table);

/// Bounds the distance of all selections from below, and replaces `choice` by a better one if it comes across it.
///
/// For prices y with |y[t]| <= weights[t], the distance of a selection s is at least y * (target - sum of s), and so at
/// least y * target - sum over agents of max over k of y * s[i][k]. Prices are found by subgradient ascent; the bound
/// is that of the relaxation in which agents may mix schedules. Where work is left, branch and bound over agents, with
/// prices adapted on the way down, tries to show that `choice` cannot be beaten.
///
/// From  Polyak, "Minimization of unsmooth functionals", USSR Comp. Math. 9 (1969) 14-29, for the length of steps.
SelectionBound bound_selections(const ScheduleTable& table, std::vector<std::uint32_t>& choice,
                                const SelectionBoundOptions& options);

}  // namespace entente::kernel
