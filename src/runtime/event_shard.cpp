// SPDX-License-Identifier: MIT
#include "runtime/event_shard.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "runtime/event_log.hpp"

namespace entente::runtime {

namespace {

constexpr std::uint64_t whole_batch = std::numeric_limits<std::uint64_t>::max();
/// Messages between two reports, fixed so that reports do not depend on the clock.
constexpr std::uint64_t report_slice = 1024;

void pause_processor() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

double seconds_since(RunControl::Clock::time_point begin) {
  return std::chrono::duration<double>(RunControl::Clock::now() - begin).count();
}

}  // namespace

// One unit in flight per shard stands for its `start`, so that zero cannot be reached before all have started.
EventExchange::EventExchange(Population& population, const RunControl& control, std::uint32_t shards)
    : population_(population),
      bells_(shards),
      channels_(std::size_t(shards) * shards),
      in_flight_(shards),
      watcher_(control, [this] { ring_all(); }) {}

EventExchange::~EventExchange() {
  for (EventChannel& channel : channels_) {
    population_.discard(channel.log.begin, channel.log.at);
    free_log(channel.log);
  }
}

void EventExchange::count(std::int64_t change) {
  if (in_flight_.fetch_add(change, std::memory_order_acq_rel) + change != 0) return;
  // A handler that was asked to stop may have kept its messages to itself: then this is not the algorithm's own end.
  finished_ = !stopped();
  ring_all();
}

void EventExchange::fail(std::exception_ptr failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  watcher_.raise(RunEnd::interrupted);
}

void EventExchange::ring_all() {
  for (EventBell& bell : bells_) bell.ring();
}

EventShard::EventShard(EventExchange& exchange, Population& population, EventDesk& desk, const Frame& frame,
                       double delay, std::uint32_t id, ComputationId low, ComputationId high)
    : exchange_(exchange),
      population_(population),
      desk_(desk),
      frame_(frame),
      delay_(delay),
      id_(id),
      low_(low),
      high_(high),
      logs_(exchange.shards()),
      slice_(delay > 0               ? 1
             : exchange.shards() > 1 ? 16
             : desk.reports()        ? report_slice
                                     : whole_batch),
      adapts_(delay <= 0 && exchange.shards() > 1) {
  frame_.kinds = desk.kinds(id);
  frame_.logs = logs_.data();
  frame_.grow = grow_log;
  frame_.stop = &exchange.watcher().stop();
}

EventShard::~EventShard() {
  if (next_) population_.discard(next_, current_.at);
  free_log(current_);
  for (Log& log : logs_) {
    population_.discard(log.begin, log.at);
    free_log(log);
  }
}

void EventShard::run() noexcept {
  const auto began = Clock::now();
  try {
    start();
    for (;;) {
      // First the bell, then everything it is rung for: what happens after this look rings once more.
      const std::uint32_t heard = exchange_.bell(id_).rings.load(std::memory_order_acquire);
      if (!exchange_.active()) break;
      bool worked = take_own();
      for (std::uint32_t other = 0; other < exchange_.shards(); ++other)
        if (other != id_) worked |= take_from(other);
      worked |= hand_over_all();
      if (!worked) worked = take_due();
      if (!worked) wait(heard);
    }
  } catch (...) {
    exchange_.fail(std::current_exception());
  }
  busy_ = seconds_since(began) - waited_;
}

void EventShard::start() {
  ComputationId next = low_;
  while (next < high_ && !exchange_.stopped()) {
    const auto began = Clock::now();
    const ComputationId from = next;
    next = high_ - from > slice_ ? from + ComputationId(slice_) : high_;
    population_.start(frame_, from, next);
    if (next == high_) break;
    publish(0);
    hand_over_all();
    adapt(began);
  }
  if (desk_.tracks() && !exchange_.stopped()) desk_.started(population_);
  publish(1);
}

bool EventShard::take_own() {
  if (used_bytes(logs_[id_]) == 0) return false;
  unsent_ -= used_bytes(logs_[id_]);
  std::swap(current_, logs_[id_]);
  consume();
  return true;
}

bool EventShard::take_from(std::uint32_t other) {
  EventChannel& channel = exchange_.channel(other, id_);
  if (!channel.full.load(std::memory_order_acquire)) return false;
  std::swap(current_, channel.log);
  channel.full.store(false, std::memory_order_release);
  exchange_.bell(other).ring();  // it may wait for room
  consume();
  return true;
}

bool EventShard::take_due() {
  if (!desk_.pending()) return false;
  for (const ComputationId i : desk_.advance()) {
    Log& log = logs_[id_];
    if (std::size_t(log.end - log.at) < sizeof(Record)) grow_log(log, sizeof(Record));
    const Record record{i, i, tick_kind, 0, 0};
    std::memcpy(log.at, &record, sizeof record);
    log.at += sizeof record;
  }
  publish(0);
  return true;
}

bool EventShard::hand_over(std::uint32_t other) {
  const std::size_t bytes = used_bytes(logs_[other]);
  EventChannel& channel = exchange_.channel(id_, other);
  if (bytes == 0 || channel.full.load(std::memory_order_acquire)) return false;
  unsent_ -= bytes;
  std::swap(channel.log, logs_[other]);
  channel.full.store(true, std::memory_order_release);
  exchange_.bell(other).ring();
  return true;
}

bool EventShard::hand_over_all() {
  bool handed = false;
  for (std::uint32_t other = 0; other < exchange_.shards(); ++other)
    if (other != id_) handed |= hand_over(other);
  return handed;
}

void EventShard::consume() {
  const std::byte* const end = current_.at;
  next_ = current_.begin;
  while (next_ != end) {
    if (delay_ > 0) {
      const auto began = Clock::now();
      exchange_.watcher().pause(delay_);
      waited_ += seconds_since(began);
    }
    if (exchange_.stopped()) {
      population_.discard(next_, end);
      break;
    }
    const std::byte* const from = next_;
    if (slice_ == whole_batch) {
      next_ = end;  // before the call, which also frees what a failing handler leaves
      const std::uint64_t messages = population_.receive(frame_, from, end);
      if (desk_.tracks()) desk_.delivered(messages);
      publish(std::size_t(end - from));
    } else {
      const auto began = Clock::now();
      next_ = skip_records(from, end, slice_);
      const std::uint64_t messages = population_.receive(frame_, from, next_);
      if (desk_.tracks()) desk_.delivered(messages);
      publish(std::size_t(next_ - from));
      hand_over_all();
      adapt(began);
    }
  }
  const std::size_t used = used_bytes(current_);
  current_.at = current_.begin;
  next_ = nullptr;
  recent_ = std::max(used, recent_ - recent_ / 8);
  if (capacity(current_) / 8 > recent_) trim(current_);
}

void EventShard::trim(Log& log) {
  if (used_bytes(log) == 0 && capacity(log) > idle_log_bytes) free_log(log);
}

void EventShard::publish(std::size_t consumed) {
  std::size_t written = 0;
  for (const Log& log : logs_) written += used_bytes(log);
  const std::int64_t hold = desk_.pending() ? 1 : 0;
  const auto change = std::int64_t(written) - std::int64_t(unsent_) - std::int64_t(consumed) + hold - held_;
  unsent_ = written;
  held_ = hold;
  exchange_.count(change);
}

// Slices of about a tenth of a millisecond: long enough to cost nothing, short enough that other shards never wait for
// messages that heavy handlers have written.
void EventShard::adapt(Clock::time_point began) {
  if (!adapts_) return;
  const double seconds = seconds_since(began);
  if (seconds < 50e-6) slice_ = std::min<std::uint64_t>(2 * slice_, 1 << 20);
  if (seconds > 200e-6) slice_ = std::max<std::uint64_t>(slice_ / 2, 1);
}

void EventShard::wait(std::uint32_t heard) {
  const std::atomic<std::uint32_t>& rings = exchange_.bell(id_).rings;
  const auto began = Clock::now();
  for (int spin = 0; spin < 500; ++spin) {
    if (rings.load(std::memory_order_acquire) != heard) break;
    pause_processor();
  }
  if (rings.load(std::memory_order_acquire) == heard) {
    trim(current_);
    for (std::uint32_t other = 0; other < exchange_.shards(); ++other) {
      trim(logs_[other]);
      EventChannel& channel = exchange_.channel(id_, other);
      if (!channel.full.load(std::memory_order_acquire)) trim(channel.log);
    }
    rings.wait(heard, std::memory_order_acquire);
  }
  waited_ += seconds_since(began);
}

}  // namespace entente::runtime
