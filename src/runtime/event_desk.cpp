// SPDX-License-Identifier: MIT
#include "runtime/event_desk.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "runtime/proof.hpp"

namespace entente::runtime {

namespace {
/// Messages after which a report is due even if nothing moved.
constexpr std::uint64_t report_interval = 1024;
}  // namespace

EventDesk::EventDesk(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                     std::uint32_t computations, std::span<const MessageInfo> messages, std::uint32_t shards)
    : problem_(problem),
      algorithm_(algorithm),
      control_(control),
      computations_(computations),
      shards_(shards),
      messages_(messages),
      kinds_(std::size_t(shards) * (messages.size() + apart)),
      agenda_(algorithm.periodic ? computations : 0, control.stop_cycle) {
  services_.engine = this;
  services_.bounded = [](void* engine, double bound) { of(engine).bounded(bound); };
  if (algorithm.info.confluent) return;
  tracker_ = std::make_unique<AnytimeTracker>(problem);
  finished_.resize(computations);
  services_.moved = [](void* engine, ComputationId i, ValueIndex value) { of(engine).moved(i, value); };
  services_.proposed = [](void* engine, const ValueIndex* assignment) {
    EventDesk& desk = of(engine);
    desk.keep(desk.tracker_->propose({assignment, desk.problem_.variable_count()}));
    desk.report_early();
  };
  services_.finished = [](void* engine, ComputationId i) { of(engine).finished(i); };
  if (algorithm.info.certified) {
    groups_.emplace(problem, computations);
    services_.certified = [](void* engine, ComputationId i, const VariableId* group, std::uint32_t count,
                             double excess) {
      of(engine).groups_->certify(i, {group, count}, excess);
    };
    services_.centralised = [](void* engine, ComputationId i, std::uint32_t variables) {
      of(engine).groups_->centralise(i, variables);
    };
  }
  if (!algorithm.periodic) return;
  services_.every = [](void* engine, ComputationId i, double period, double first) {
    of(engine).agenda_.every(i, period, first);
  };
}

void EventDesk::started(const Population& population) {
  std::vector<ValueIndex> decisions(computations_);
  population.decisions(0, computations_, decisions.data());
  tracker_->take(decisions);
  keep(tracker_->check_best());
  started_ = true;
  if (reports()) report();
}

// What moves while others have not started yet is taken over afterwards, with the values they never had to decide on.
void EventDesk::moved(ComputationId computation, ValueIndex value) {
  if (!started_ || computation >= problem_.variable_count()) return;
  ++moves_;
  keep(tracker_->move(computation, value));
}

void EventDesk::keep(bool improved) {
  if (!improved) return;
  best_cycle_ = cycle_;
  news_ = true;
  end_if_good_enough();
}

void EventDesk::bounded(double bound) {
  if (std::isnan(bound) || bound == -INFINITY) return;
  const std::lock_guard lock(mutex_);
  if (bound_ && bound <= *bound_) return;
  bound_ = bound;
  news_ = true;
  end_if_good_enough();
  report_early();
}

// A computation may find and prove much in its start already, before anything is delivered.
void EventDesk::report_early() {
  if (!started_ && reports()) report();
}

void EventDesk::end_if_good_enough() {
  if (!control_.proof || !tracks() || !tracker_->has_best()) return;
  if (control_.proof->enough(tracker_->best_evaluation(), proven())) watcher_->raise(RunEnd::good_enough);
}

void EventDesk::add_certified() {
  if (!groups_ || !groups_->news()) return;
  const double bound = groups_->certificate().bound(problem_);
  bounded(problem_.objective() == Objective::maximise ? -bound : bound);
}

void EventDesk::finished(ComputationId computation) {
  if (finished_[computation]) return;
  finished_[computation] = 1;
  if (++finished_count_ == computations_) watcher_->raise(RunEnd::by_itself);
}

void EventDesk::delivered(std::uint64_t messages) {
  add_certified();
  end_if_good_enough();  // what is proven beside the run gets better without its doing
  if (!reports()) return;
  unreported_ += messages;
  // Runs with cycles are reported cycle by cycle.
  if (!algorithm_.periodic && (moves_ || news_ || unreported_ >= report_interval)) report();
}

void EventDesk::at(double time) {
  agenda_.at(time);
  services_.now = agenda_.now();
}

std::span<const ComputationId> EventDesk::advance() {
  agenda_.advance(due_);
  services_.now = agenda_.now();
  end_if_good_enough();
  if (agenda_.cycles() == cycle_) return due_;
  if (reports() && cycle_) report();
  if (control_.patience && cycle_ >= best_cycle_ + control_.patience) {
    watcher_->raise(RunEnd::patience);
    return {};
  }
  cycle_ = agenda_.cycles();
  return due_;
}

void EventDesk::report() {
  unreported_ = 0;
  // Where some have not decided yet, what is known is what somebody proposed.
  if (!tracker_->complete() && !tracker_->has_best()) return;
  CycleReport report{cycle_, tracker_->complete() ? tracker_->now() : tracker_->best_evaluation(),
                     tracker_->best_evaluation(), moves_};
  report.values = [this] { return tracker_->complete() ? tracker_->values() : tracker_->best(); };
  report.bound = proven();
  if (control_.simulation) report.time = services_.now;
  for (std::size_t kind = 0; kind < messages_.size(); ++kind) {
    const KindTraffic all = sent(kind);
    report.messages += all.messages;
    report.bytes += all.bytes;
  }
  moves_ = 0;
  news_ = false;
  control_.on_cycle(report);
}

KindTraffic EventDesk::sent(std::size_t kind) const {
  KindTraffic all{};
  for (std::size_t shard = 0; shard < shards_; ++shard) {
    const KindTraffic& part = kinds_[shard * (messages_.size() + apart) + kind];
    all.messages += part.messages;
    all.bytes += part.bytes;
    all.largest = std::max(all.largest, part.largest);
  }
  if (const std::uint64_t wire = messages_[kind].wire; wire != varying)
    all = {all.messages, all.messages * wire, all.messages ? wire : 0};
  return all;
}

void EventDesk::conclude(const Population& population, RunResult& result) {
  if (result.end == RunEnd::by_itself && agenda_.limited() && finished_count_ < computations_)
    result.end = RunEnd::cycle_limit;
  if (tracks() && !started_) started(population);  // the run was stopped before
  if (groups_) {
    add_certified();
    result.certificate = groups_->certificate();
    result.centralised = groups_->known();
  }
  result.cycles = cycle_;
  result.best_cycle = best_cycle_;
  for (std::size_t kind = 0; kind < messages_.size(); ++kind) {
    const KindTraffic all = sent(kind);
    result.kinds.push_back({std::string(messages_[kind].name), all.messages, all.bytes, all.largest});
  }
  if (reports() && algorithm_.periodic && cycle_) report();
  decide(population, result);
  prove(result);
}

void EventDesk::decide(const Population& population, RunResult& result) const {
  const std::uint32_t variables = problem_.variable_count();
  result.last.resize(computations_);
  population.decisions(0, computations_, result.last.data());
  result.last.resize(variables, no_value);
  if (tracks()) {
    if (tracker_->has_best()) result.best = tracker_->best();
    return;
  }
  for (VariableId v = 0; v < variables; ++v)
    if (result.last[v] < 0 || result.last[v] >= problem_.domain_size(v)) return;
  result.best = result.last;
}

std::optional<double> EventDesk::proven() const {
  if (!bound_ || !std::isfinite(*bound_)) return {};
  return problem_.objective() == Objective::maximise ? -*bound_ : *bound_;
}

void EventDesk::prove(RunResult& result) const {
  const bool known = !result.best.empty() || problem_.variable_count() == 0;
  const bool feasible = known && problem_.evaluate(result.best).violations == 0;
  result.bound = proven();
  // What is certified is proven whenever the run ends, and nothing else is.
  const bool searched = algorithm_.info.complete && (groups_ || result.end == RunEnd::by_itself);
  // A complete search that ends without an acceptable assignment has shown that there is none.
  if (((searched && !groups_) || bound_ == INFINITY) && !feasible) result.end = RunEnd::infeasible;
  if (!searched || !feasible) return;
  // One that was content with less says so by its bound. Rounding may part what was proven from what is added up here.
  const double cost = problem_.evaluate(result.best).cost;
  const double best = problem_.objective() == Objective::maximise ? -cost : cost;
  result.optimal = !bound_ || best - *bound_ <= 1e-9 * std::max(1.0, std::abs(best));
}

}  // namespace entente::runtime
