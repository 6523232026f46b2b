// SPDX-License-Identifier: MIT
// EventAgenda: virtual time and the periodic actions of a run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente::runtime {

/// When which computation acts next. Actions that are due at the same time come by ascending computation.
///
/// Cost    O(log computations) per action.
/// Memory  40 bytes per computation, and at most about 48 per planned action.
class EventAgenda {
 public:
  /// `limit`: actions of one computation after which it gets no more; 0: none.
  EventAgenda(std::uint32_t computations, std::uint64_t limit) : plans_(computations), limit_(limit) {}

  /// Plans a computation's action for `first` seconds from now and then every `period` seconds, in place of what was
  /// planned. A period of 0 plans nothing.
  void every(ComputationId computation, double period, double first);
  /// The virtual time, in seconds.
  double now() const { return now_; }
  /// Whether anything is planned.
  bool pending() const { return planned_ > 0; }
  /// When the next action is planned for. Needs something planned.
  double due();
  /// It is `time` now, no later than `due()`.
  void at(double time) { now_ = std::max(now_, time); }
  /// Advances to the next planned time and fills `due` with who acts then. Needs something planned.
  void advance(std::vector<ComputationId>& due);
  /// The actions that the busiest computation had or has due.
  std::uint64_t cycles() const { return cycles_; }
  /// Whether a computation ran into the limit.
  bool limited() const { return limited_; }

 private:
  struct Plan {
    double origin = 0, period = 0;  ///< Acts at origin + turn * period; a period of 0: never.
    std::uint64_t turn = 0;
    std::uint64_t actions = 0;  ///< All it ever had.
    std::uint32_t version = 0;  ///< Entries of other versions are void.
  };
  struct Entry {
    double time;
    ComputationId computation;
    std::uint32_t version;
    bool operator>(const Entry& other) const {
      return time != other.time ? time > other.time : computation > other.computation;
    }
  };
  void plan(ComputationId computation);
  bool is_void(const Entry& entry) const { return entry.version != plans_[entry.computation].version; }
  void pop();
  /// Removes void entries until the first is not, or none is left.
  void tidy();

  std::vector<Plan> plans_;
  std::vector<Entry> queue_;  ///< A heap; the earliest first.
  std::uint64_t limit_, cycles_ = 0;
  std::uint32_t planned_ = 0;
  bool limited_ = false;
  double now_ = 0;
};

}  // namespace entente::runtime
