// SPDX-License-Identifier: MIT
// Reporting: turns an engine's cycle reports into rows of metrics and progress for people.
#pragma once

#include <optional>

#include "entente/solve.hpp"
#include "runtime/proof.hpp"
#include "runtime/run.hpp"
#include "solve/accounting.hpp"

namespace entente {

/// Listens to the cycles of one run; called by one thread.
class Reporter {
 public:
  /// `traffic`: what one cycle sends; nothing for runs that count themselves. `cycles`: whether the run has any.
  /// `proof`: what is proven beside the run; may be null.
  Reporter(const SolveRequest& request, const CycleTraffic& traffic, bool cycles, const runtime::Proof* proof);
  /// Whether anybody wants to hear about cycles.
  bool wanted() const {
    return request_.on_progress || request_.on_state || (request_.on_collect && request_.collect != Collect::none);
  }
  void operator()(const runtime::CycleReport& report);

 private:
  Progress progress_of(const runtime::CycleReport& report) const;
  bool is_due(const Progress& progress);

  const SolveRequest& request_;
  const CycleTraffic& traffic_;
  const bool cycles_;
  const runtime::Proof* const proof_;
  std::optional<Progress> last_;  ///< Without cycles: the row before.
  runtime::RunControl::Clock::time_point begin_ = runtime::RunControl::Clock::now();
  double next_row_, next_progress_ = 0.1, next_state_ = 0;
};

/// What is told of a run that is over: the assignment that it ended with, or, where some variables have no value in
/// that, its best one. Of the whole run, whatever engine made it.
LiveState state_at_end(const Problem& problem, const runtime::RunResult& result, const Outcome& outcome);

}  // namespace entente
