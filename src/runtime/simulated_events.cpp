// SPDX-License-Identifier: MIT
#include "runtime/simulated_events.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "entente/base/contract.hpp"
#include "runtime/event_desk.hpp"
#include "runtime/event_log.hpp"
#include "runtime/event_tables.hpp"
#include "runtime/message_rounds.hpp"
#include "runtime/simulation.hpp"

namespace entente::runtime {

namespace {

class SimulatedEvents {
 public:
  SimulatedEvents(const Problem& problem, const Algorithm& algorithm, const EventTopology& topology,
                  const RunControl& control, std::span<const Setting> settings, void* workspace)
      : algorithm_(algorithm),
        plan_(*control.simulation),
        count_(topology.count),
        host_(topology.host),
        tables_(problem, topology, control.seed),
        population_(algorithm.populate(topology.count, settings)),
        desk_(problem, algorithm, control, topology.count, population_->messages(), 1),
        watcher_(control, [] {}),
        rounds_(topology.count),
        network_(plan_.network,
                 {[this](SimulatedLinks::Parcel& parcel) { return copied(parcel); },
                  [this](const SimulatedLinks::Parcel& parcel) { dropped(parcel); }},
                 plan_.trace ? [this](const NetworkNote& note) { plan_.trace(note, name_of(note.type)); }
                             : SimulatedLinks::Trace()) {
    desk_.watch(watcher_);
    Frame& frame = tables_.frame;
    frame.workspace = workspace;
    frame.through_bytes = control.through_bytes;
    frame.services = desk_.services();
    frame.kinds = desk_.kinds(0);
    frame.logs = &log_;
    frame.grow = grow_log;
    frame.stop = &watcher_.stop();
  }
  ~SimulatedEvents() {
    population_->discard(log_.begin + read_, log_.at);
    free_log(log_);
  }

  RunResult run() {
    const auto began = RunControl::Clock::now();
    RunResult result;
    start();
    result.end = exchange();
    desk_.delivered(unreported_);
    if (result.end == RunEnd::by_itself && algorithm_.info.complete && somebody_is_gone()) {
      result.end = RunEnd::interrupted;
      stuck_ = true;
    }
    tables_.conclude(result);
    desk_.conclude(*population_, result);
    const double time = result.end == RunEnd::deadline && timed_out_ ? plan_.time_limit : last_;
    result.simulated = {time, rounds_.rounds(), rounds_.checks(), network_.counts(), stuck_};
    result.seconds = result.busy_seconds = std::chrono::duration<double>(RunControl::Clock::now() - began).count();
    return result;
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();

  std::uint32_t agent_of(ComputationId i) const { return host_ ? host_[i] : i; }
  bool stopped() const { return watcher_.stop().load(std::memory_order_acquire); }
  std::string_view name_of(std::uint32_t type) const {
    return type < population_->messages().size() ? population_->messages()[type].name : std::string_view();
  }
  bool somebody_is_gone() const {
    for (std::uint32_t agent = 0; agent < plan_.network.agents; ++agent)
      if (network_.is_gone(agent)) return true;
    return false;
  }

  void start() {
    rounds_.sent(0);
    for (ComputationId i = 0; i < count_ && !stopped(); ++i) {
      const std::uint64_t before = tables_.checks[i];
      population_->start(tables_.frame, i, i + 1);
      rounds_.work(i, tables_.checks[i] - before);
      collect(i);
    }
    if (desk_.tracks() && !stopped()) desk_.started(*population_);
    rounds_.gone(0);
  }

  /// Lets everything happen; returns why nothing more does.
  RunEnd exchange() {
    for (;;) {
      if (stopped()) return watcher_.reason();
      if (network_.under_way() == 0 && !desk_.pending()) return RunEnd::by_itself;
      const double message = network_.next(), turn = desk_.pending() ? desk_.due() : never;
      const double next = std::min(message, turn);
      if (next == never) {
        stuck_ = true;
        return RunEnd::interrupted;
      }
      if (next > plan_.time_limit) {
        timed_out_ = true;
        return RunEnd::deadline;
      }
      // What happens at one moment is reported at its end.
      if (next > network_.now() && unreported_ > 0) desk_.delivered(std::exchange(unreported_, 0));
      desk_.at(next);
      if (turn < message)
        take_turns(turn);
      else
        network_.step([this](const SimulatedLinks::Parcel& parcel) { deliver(parcel); });
    }
  }

  void deliver(const SimulatedLinks::Parcel& parcel) {
    Record record;
    std::memcpy(&record, parcel.bytes.data(), sizeof record);
    rounds_.enter(record.to, parcel.round);
    handle(record, parcel.bytes);
    rounds_.gone(parcel.round);
  }
  void take_turns(double time) {
    network_.advance(time);
    for (const ComputationId i : desk_.advance()) {
      const std::uint32_t agent = agent_of(i);
      if (network_.is_gone(agent)) desk_.services()->every(desk_.services()->engine, i, 0, 0);
      if (network_.is_down(agent)) continue;
      network_.note(NetworkEvent::turn, agent, agent);
      const std::uint64_t round = rounds_.round(i);
      rounds_.sent(round);
      rounds_.enter(i, round);
      const Record record{i, i, tick_kind, 0, 0};
      std::byte bytes[sizeof record];
      std::memcpy(bytes, &record, sizeof record);
      handle(record, bytes);
      rounds_.gone(round);
      if (stopped()) return;
    }
  }
  void handle(const Record& record, std::span<const std::byte> bytes) {
    if (stopped()) return population_->discard(bytes.data(), bytes.data() + bytes.size());
    last_ = network_.now();
    std::uint64_t& checks = tables_.checks[record.to];
    const std::uint64_t before = std::max(checks, record.checks);
    unreported_ += population_->receive(tables_.frame, bytes.data(), bytes.data() + bytes.size());
    rounds_.work(record.to, checks - std::min(checks, before));
    collect(record.to);
  }
  /// Sends what computation `from` has written.
  void collect(ComputationId from) {
    const std::uint32_t agent = agent_of(from);
    const std::uint64_t round = rounds_.round(from);
    const auto used = used_bytes(log_);
    while (read_ < used) {
      Record record;
      std::memcpy(&record, log_.begin + read_, sizeof record);
      const std::size_t length = sizeof record + detail::padded(record.size);
      const std::uint32_t to = agent_of(record.to);
      const std::uint64_t its_round = round + (to != agent);
      rounds_.sent(its_round);
      read_ += length;
      network_.send(agent, to, {log_.begin + read_ - length, length}, record.kind, its_round);
    }
    log_.at = log_.begin;
    read_ = 0;
  }
  bool copied(SimulatedLinks::Parcel& parcel) {
    if (!population_->copy(parcel.bytes.data())) return false;
    rounds_.sent(parcel.round);
    return true;
  }
  void dropped(const SimulatedLinks::Parcel& parcel) {
    population_->discard(parcel.bytes.data(), parcel.bytes.data() + parcel.bytes.size());
    rounds_.gone(parcel.round);
  }

  const Algorithm& algorithm_;
  const SimulationPlan& plan_;
  const std::uint32_t count_;
  const std::uint32_t* const host_;
  EventTables tables_;
  const std::unique_ptr<Population> population_;
  EventDesk desk_;
  EventWatcher watcher_;
  MessageRounds rounds_;
  Log log_{};
  std::size_t read_ = 0;          ///< Bytes of the log that have been sent already.
  std::uint64_t unreported_ = 0;  ///< Messages handled since the desk was told.
  double last_ = 0;
  bool stuck_ = false, timed_out_ = false;
  SimulatedLinks network_;  // first to go: it drops what is under way
};

}  // namespace

RunResult simulate_events(const Problem& problem, const Algorithm& algorithm, const EventTopology& topology,
                          const RunControl& control, std::span<const Setting> settings, void* workspace) {
  ENTENTE_EXPECTS(control.simulation != nullptr);
  return SimulatedEvents(problem, algorithm, topology, control, settings, workspace).run();
}

}  // namespace entente::runtime
