// SPDX-License-Identifier: MIT
// EventDesk: what an event-driven run answers to its computations, and what it keeps of what they say.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "runtime/anytime_tracker.hpp"
#include "runtime/certified_groups.hpp"
#include "runtime/event_agenda.hpp"
#include "runtime/event_watcher.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// One per run. Runs of confluent algorithms, which may use several threads, report bounds and count messages; all
/// others also have their decisions tracked, may act periodically, and say how they are doing.
///
/// Cost    of a confluent run: nothing per message. Else that of AnytimeTracker and EventAgenda for what changes.
class EventDesk {
 public:
  EventDesk(const Problem& problem, const Algorithm& algorithm, const RunControl& control, std::uint32_t computations,
            std::span<const MessageInfo> messages, std::uint32_t shards);
  EventDesk(const EventDesk&) = delete;
  EventDesk& operator=(const EventDesk&) = delete;

  EventServices* services() { return &services_; }
  /// Where one shard counts what it sends, by message type.
  KindTraffic* kinds(std::uint32_t shard) { return kinds_.data() + std::size_t(shard) * (messages_.size() + apart); }
  /// Whom to tell that the run is to end; before anything else is asked.
  void watch(EventWatcher& watcher) { watcher_ = &watcher; }

  /// Whether decisions are tracked; then there is one shard, which calls the following.
  bool tracks() const { return tracker_ != nullptr; }
  /// Whether somebody wants to hear how the run is doing.
  bool reports() const { return tracks() && control_.on_cycle; }
  /// All computations have started.
  void started(const Population& population);
  /// So many messages were delivered.
  void delivered(std::uint64_t messages);
  /// Whether a periodic action is planned.
  bool pending() const { return agenda_.pending(); }
  /// When it is, in virtual time, and when the next periodic action is planned for (which needs one planned). For
  /// engines in which messages take time.
  void at(double time);
  double due() { return agenda_.due(); }
  /// Nothing is in flight: advances the clock; returns who acts now. Empty if the run is to end instead.
  std::span<const ComputationId> advance();

  /// The run is over, for the reason in `result.end` as far as the exchange knows it: fills what was decided, proven
  /// and counted.
  void conclude(const Population& population, RunResult& result);

 private:
  static constexpr std::size_t apart = 4;  ///< Unused counters between those of two shards: more than a cache line.

  static EventDesk& of(void* engine) { return *static_cast<EventDesk*>(engine); }
  void moved(ComputationId computation, ValueIndex value);
  void bounded(double bound);
  void finished(ComputationId computation);
  void keep(bool improved);
  void add_certified();
  void end_if_good_enough();
  void report();
  void report_early();
  KindTraffic sent(std::size_t kind) const;
  void decide(const Population& population, RunResult& result) const;
  /// The bound in the problem's own costs.
  std::optional<double> proven() const;
  void prove(RunResult& result) const;

  const Problem& problem_;
  const Algorithm& algorithm_;
  const RunControl& control_;
  const std::uint32_t computations_, shards_;
  std::span<const MessageInfo> messages_;
  std::vector<KindTraffic> kinds_;
  EventWatcher* watcher_ = nullptr;
  EventServices services_;
  EventAgenda agenda_;
  std::vector<ComputationId> due_;
  std::unique_ptr<AnytimeTracker> tracker_;
  std::optional<CertifiedGroups> groups_;  ///< Of algorithms that prove by these.
  bool started_ = false;
  std::uint64_t cycle_ = 0, best_cycle_ = 0;
  std::uint64_t moves_ = 0, unreported_ = 0;  ///< Since the last report: moves, and messages delivered.
  bool news_ = false;                         ///< Since the last report there is a better assignment or bound.
  std::mutex mutex_;
  std::optional<double> bound_;  ///< In working sign.
  std::vector<std::uint8_t> finished_;
  std::uint32_t finished_count_ = 0;
};

}  // namespace entente::runtime
