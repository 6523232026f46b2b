// SPDX-License-Identifier: MIT
// EventShard: one thread's share of the computations, with the logs it writes and reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "runtime/event_desk.hpp"
#include "runtime/event_watcher.hpp"

namespace entente::runtime {

/// What a shard sleeps on. It is rung whenever something happened that the shard may have missed.
struct alignas(64) EventBell {
  std::atomic<std::uint32_t> rings{0};
  void ring() {
    rings.fetch_add(1);  // in one order with the count of waiters that notify_one reads
    rings.notify_one();
  }
};

/// Where one shard leaves a batch for another: the log is the writer's while `full` is false, the reader's after.
struct alignas(64) EventChannel {
  std::atomic<bool> full{false};
  Log log{};
};

/// What the shards of a run share.
class EventExchange {
 public:
  EventExchange(Population& population, const RunControl& control, std::uint32_t shards);
  EventExchange(const EventExchange&) = delete;
  EventExchange& operator=(const EventExchange&) = delete;
  /// Frees what is left in the channels.
  ~EventExchange();

  std::uint32_t shards() const { return static_cast<std::uint32_t>(bells_.size()); }
  EventChannel& channel(std::uint32_t from, std::uint32_t to) { return channels_[from * shards() + to]; }
  EventBell& bell(std::uint32_t shard) { return bells_[shard]; }
  EventWatcher& watcher() { return watcher_; }
  bool stopped() const { return watcher_.stop().load(std::memory_order_acquire); }
  /// Something is in flight and nobody wants to stop.
  bool active() const { return in_flight_.load(std::memory_order_acquire) != 0 && !stopped(); }

  /// Adds bytes written less bytes consumed, before anybody else can see what was written: zero then means that
  /// nothing is in flight anywhere and no handler runs.
  void count(std::int64_t change);
  /// Keeps the first failure and stops the run.
  void fail(std::exception_ptr failure);
  void ring_all();

  // To be asked when every shard has ended.
  bool finished() const { return finished_; }
  std::exception_ptr failure() const { return failure_; }

 private:
  Population& population_;
  std::vector<EventBell> bells_;
  std::vector<EventChannel> channels_;
  alignas(64) std::atomic<std::int64_t> in_flight_;
  bool finished_ = false;  ///< Written by the one thread that saw zero.
  std::mutex mutex_;
  std::exception_ptr failure_;
  EventWatcher watcher_;  // last: its thread rings the bells
};

/// Runs computations [low, high).
class EventShard {
 public:
  EventShard(EventExchange& exchange, Population& population, EventDesk& desk, const Frame& frame, double delay,
             std::uint32_t id, ComputationId low, ComputationId high);
  EventShard(const EventShard&) = delete;
  EventShard& operator=(const EventShard&) = delete;
  /// Frees what was not delivered.
  ~EventShard();

  /// Starts the computations and delivers until nothing is in flight or the run is stopped. Never throws.
  void run() noexcept;
  /// Seconds not spent waiting.
  double busy_seconds() const { return busy_; }

 private:
  using Clock = RunControl::Clock;

  void start();
  bool take_own();
  bool take_from(std::uint32_t other);
  bool hand_over(std::uint32_t other);
  bool hand_over_all();
  bool take_due();
  void consume();
  void publish(std::size_t consumed);
  static void trim(Log& log);
  void adapt(Clock::time_point began);
  void wait(std::uint32_t heard);

  EventExchange& exchange_;
  Population& population_;
  EventDesk& desk_;
  Frame frame_;
  const double delay_;
  const std::uint32_t id_;
  const ComputationId low_, high_;
  std::vector<Log> logs_;            ///< What was written for each shard, this one included.
  Log current_{};                    ///< The batch that is being delivered,
  const std::byte* next_ = nullptr;  ///< from here on not yet.
  std::size_t unsent_ = 0;           ///< Bytes in logs_ that are counted as in flight.
  std::size_t recent_ = 0;           ///< Size of recent batches, decaying.
  std::int64_t held_ = 0;            ///< 1 while a planned action counts as in flight.
  std::uint64_t slice_;              ///< Messages between two looks at the other shards, or two reports.
  const bool adapts_;                ///< The length of slices follows the clock.
  double waited_ = 0, busy_ = 0;
};

}  // namespace entente::runtime
