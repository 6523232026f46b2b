// SPDX-License-Identifier: MIT
#include "solve/reporting.hpp"

namespace entente {
namespace {

constexpr double progress_seconds = 0.1;

}  // namespace

Reporter::Reporter(const SolveRequest& request, const CycleTraffic& traffic)
    : request_(request), traffic_(traffic), next_row_(request.period) {}

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
  return p;
}

void Reporter::operator()(const runtime::CycleReport& report) {
  const Progress p = progress_of(report);
  if (request_.on_collect) {
    switch (request_.collect) {
      case Collect::none: break;
      case Collect::value_change:
        if (report.changed) request_.on_collect(p);
        break;
      case Collect::cycle_change:
        if (report.cycle) request_.on_collect(p);
        break;
      case Collect::period:
        if (p.seconds >= next_row_) {
          request_.on_collect(p);
          next_row_ = p.seconds + request_.period;
        }
        break;
    }
  }
  if (request_.on_progress && p.seconds >= next_progress_) {
    request_.on_progress(p);
    next_progress_ = p.seconds + progress_seconds;
  }
}

}  // namespace entente
