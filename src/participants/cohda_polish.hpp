// SPDX-License-Identifier: MIT
// Polishing: agents that have agreed on a selection improve it together.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernel/schedules/schedule_table.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

struct CohdaPolishOptions {
  std::uint64_t seed = 0;
  std::uint64_t work = 0;  ///< Schedules that may be evaluated.
  StopSignal stop;
  std::function<void(double)> on_better;  ///< Now and then, with the best distance so far. May be empty.
};

struct CohdaPolishResult {
  std::uint64_t evaluated = 0;  ///< Schedules.
  std::uint64_t messages = 0;   ///< That brought an agent what is left of the target.
  std::uint64_t moves = 0;      ///< Selections changed.
  bool interrupted = false;
};

/// Evaluations that suit a problem of this size.
std::uint64_t usual_polish_work(const kernel::ScheduleTable& table);

/// Improves `choice`; its distance never rises, and falls strictly if it changes at all.
///
/// What is left of the target goes from agent to agent. Who receives it looks at its own schedules alone and selects
/// one of them at random, the better the likelier, ever more strictly as time goes by (annealing by Gibbs' rule); at
/// the end everybody takes its best reply, and pairs of agents try what one of them could do if the other moved as
/// well. This is repeated from the best and from random selections, with different schedules of strictness.
///
/// From  Geman & Geman, "Stochastic relaxation, Gibbs distributions, and the Bayesian restoration of images", IEEE
///       PAMI 6 (1984) 721-741, for the rule.
CohdaPolishResult polish(const kernel::ScheduleTable& table, std::vector<std::uint32_t>& choice,
                         const CohdaPolishOptions& options);

}  // namespace entente
