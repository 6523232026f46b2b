// SPDX-License-Identifier: MIT
// Timers: actions by the time they are due; those of one time in the order in which they were added.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

#include "entente/carriers/carrier.hpp"

namespace entente {

/// Cost    O(log n) to add and to take, O(1) to cancel; what is cancelled is swept out when it is the greater half.
class Timers {
 public:
  static constexpr double never = std::numeric_limits<double>::infinity();

  TimerTicket add(double time, std::function<void()> action);
  /// Does nothing for one that was taken or cancelled.
  void cancel(TimerTicket ticket);
  /// When the next is due; `never` if there is none.
  double next() const { return next_; }
  /// Takes the next one out.
  std::function<void()> take();
  void clear();

 private:
  struct Entry {
    double time;
    std::uint64_t sequence;
    std::uint32_t slot;
    bool operator<(const Entry& other) const {  // the heap's top is the greatest
      return time != other.time ? time > other.time : sequence > other.sequence;
    }
  };
  struct Slot {
    std::function<void()> action;
    std::uint64_t sequence = 0;  // 0: free
  };
  bool live(const Entry& entry) const { return slots_[entry.slot].sequence == entry.sequence; }
  void free(std::uint32_t slot);
  void refresh();

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t last_ = 0;
  double next_ = never;
};

}  // namespace entente
