// SPDX-License-Identifier: MIT
// CycleBooks: what is known of each cycle while computations are in different ones.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "runtime/local_barrier.hpp"

namespace entente::runtime {

/// One cycle of all computations.
struct CycleBook {
  std::vector<std::byte> values;        ///< What was told in it, for the next.
  std::vector<ValueIndex> decisions;    ///< The same of algorithms that tell no values.
  std::uint64_t steps = 0, active = 0;  ///< Steps that were made; those that did anything new.
  std::uint32_t finished = 0;           ///< Computations that said in it that they have nothing more to do.
  std::array<std::uint64_t, max_phases> most_checks{};
  std::array<KindTraffic, max_phases> kinds{};
  std::vector<std::pair<ComputationId, Traffic>> sent;  ///< In sparse phases, to other agents.
};

/// The books of all cycles that have begun and not been closed.
class CycleBooks {
 public:
  /// `width`: bytes of a value.
  CycleBooks(std::uint32_t computations, std::uint32_t phases, std::uint32_t width)
      : CycleBooks(computations, phases, width, computations) {}
  /// Of some computations among `all`.
  CycleBooks(std::uint32_t computations, std::uint32_t phases, std::uint32_t width, std::uint32_t all)
      : count_(computations), phases_(phases), width_(width), finished_(computations), sent_(all) {}

  /// Where partitions count.
  Traffic* sent() { return sent_.data(); }
  KindTraffic* kinds() { return kinds_.data(); }

  /// Enters a step. What comes before the first cycle is in `before()`; what that sends counts for cycle 0.
  void enter(const Partition::Step& step) { enter(step, step.computation); }
  /// The same of a computation that has place `place` in these books.
  void enter(const Partition::Step& step, std::uint32_t place) {
    const bool start = step.tick == Partition::at_start;
    CycleBook& sends = book(start ? 0 : step.tick / phases_);
    for (std::uint32_t q = 0; q < phases_; ++q) {
      sends.kinds[q].messages += kinds_[q].messages;
      sends.kinds[q].bytes += kinds_[q].bytes;
      sends.kinds[q].largest = std::max(sends.kinds[q].largest, kinds_[q].largest);
      kinds_[q] = {};
    }
    if (Traffic& sent = sent_[step.computation]; sent.messages > 0)
      sends.sent.emplace_back(step.computation, std::exchange(sent, Traffic{}));
    CycleBook& its = start ? before_ : sends;
    if (step.value) {
      its.values.resize(std::size_t(count_) * width_);
      std::memcpy(its.values.data() + std::size_t(place) * width_, step.value, width_);
    }
    if (step.decision != no_value) {
      its.decisions.resize(count_);
      its.decisions[place] = step.decision;
    }
    if (step.finished && !std::exchange(finished_[place], std::uint8_t(1))) ++its.finished;
    if (start) return;
    ++its.steps;
    its.active += step.active;
    std::uint64_t& most = its.most_checks[step.tick % phases_];
    most = std::max(most, step.checks);
  }

  CycleBook& before() { return before_; }
  /// The book of a cycle that is not closed.
  CycleBook& book(std::uint64_t cycle) {
    while (first_ + open_.size() <= cycle) open_.emplace_back();
    return open_[std::size_t(cycle - first_)];
  }
  std::uint64_t first_open() const { return first_; }
  /// Whether all computations have ended the oldest cycle that is open.
  bool complete() const { return !open_.empty() && open_.front().steps == std::uint64_t(count_) * phases_; }
  /// The book of that cycle, which is closed.
  CycleBook close() {
    CycleBook book = std::move(open_.front());
    open_.pop_front();
    ++first_;
    return book;
  }

 private:
  const std::uint32_t count_, phases_, width_;
  CycleBook before_;
  std::deque<CycleBook> open_;
  std::uint64_t first_ = 0;  ///< The cycle of the oldest open book.
  std::vector<std::uint8_t> finished_;
  std::vector<Traffic> sent_;
  std::array<KindTraffic, max_phases> kinds_{};
};

}  // namespace entente::runtime
