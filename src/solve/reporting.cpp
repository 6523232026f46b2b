// SPDX-License-Identifier: MIT
#include "solve/reporting.hpp"

namespace entente {
namespace {

constexpr double progress_seconds = 0.1;

}  // namespace

Reporter::Reporter(const SolveRequest& request, const CycleTraffic& traffic, bool cycles, const runtime::Proof* proof)
    : request_(request), traffic_(traffic), cycles_(cycles), proof_(proof), next_row_(request.period) {}

Progress Reporter::progress_of(const runtime::CycleReport& report) const {
  Progress p;
  p.seconds = std::chrono::duration<double>(runtime::RunControl::Clock::now() - begin_).count();
  p.cycle = report.cycle;
  p.cost = report.now.cost;
  p.violations = report.now.violations;
  p.best_cost = report.best.cost;
  p.best_violations = report.best.violations;
  p.messages = report.messages + report.cycle * traffic_.all_messages;
  p.message_bytes = report.bytes + report.cycle * traffic_.all_bytes;
  p.changed = report.changed;
  p.simulated_time = report.time;
  p.bound = proof_ ? proof_->bound(report.bound) : report.bound;
  return p;
}

bool Reporter::is_due(const Progress& p) {
  switch (request_.collect) {
    case Collect::none: return false;
    case Collect::value_change: return p.changed > 0;
    case Collect::cycle_change:
      if (cycles_) return p.cycle > 0;
      if (last_ && last_->best_cost == p.best_cost && last_->best_violations == p.best_violations &&
          last_->bound == p.bound)
        return false;
      last_ = p;
      return true;
    case Collect::period:
      if (p.seconds < next_row_) return false;
      next_row_ = p.seconds + request_.period;
      return true;
  }
  return false;
}

void Reporter::operator()(const runtime::CycleReport& report) {
  const Progress p = progress_of(report);
  if (request_.on_collect && is_due(p)) request_.on_collect(p);
  if (request_.on_progress && p.seconds >= next_progress_) {
    request_.on_progress(p);
    next_progress_ = p.seconds + progress_seconds;
  }
  if (request_.on_state && p.seconds >= next_state_) {
    request_.on_state({p.seconds, p.cycle, report.values ? report.values() : std::vector<ValueIndex>(), p});
    next_state_ = p.seconds + progress_seconds;
  }
}

LiveState state_at_end(const Problem& problem, const runtime::RunResult& result, const Outcome& outcome) {
  LiveState state;
  state.seconds = state.progress.seconds = outcome.seconds;
  state.cycle = state.progress.cycle = outcome.cycles;
  bool decided = result.last.size() == problem.variable_count();
  for (VariableId v = 0; decided && v < problem.variable_count(); ++v)
    decided = result.last[v] >= 0 && result.last[v] < problem.domain_size(v);
  state.values = decided ? result.last : outcome.assignment;
  Progress& p = state.progress;
  if (state.values.size() == problem.variable_count()) {
    const Evaluation now = problem.evaluate(state.values);
    p.cost = now.cost;
    p.violations = now.violations;
  }
  p.best_cost = outcome.cost;
  p.best_violations = outcome.violations;
  p.messages = outcome.messages;
  p.message_bytes = outcome.message_bytes;
  p.bound = outcome.bound;
  if (result.simulated) p.simulated_time = result.simulated->time;
  return state;
}

}  // namespace entente
