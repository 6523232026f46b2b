// SPDX-License-Identifier: MIT
// MessageRounds: the cycles that an event-driven run would have if messages were exchanged in lockstep.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente::runtime {

/// What starts the run is round 0; what a computation does on a message of round r, or afterwards by itself, is in the
/// highest round that it has heard of; what it sends to another agent then belongs to the next. With links that all
/// take the same time these are the cycles of Davin & Modi, and they do not depend on latencies otherwise.
///
/// From    Davin & Modi, "Impact of problem centralization in distributed constraint optimization algorithms", AAMAS
///         2005: CBR(L) is L times the rounds and, for each, the most constraint checks that a computation makes in it.
/// Memory  16 bytes per computation, and 16 per round between the oldest message under way and the newest.
class MessageRounds {
 public:
  explicit MessageRounds(std::uint32_t computations) : at_(computations) { window_.emplace_back(); }

  /// The round that computation `i` is in.
  std::uint64_t round(ComputationId i) const { return std::max(at_[i].round, first_); }
  /// Computation `i` handles a message of round `round`.
  void enter(ComputationId i, std::uint64_t round) {
    Place& place = at_[i];
    const std::uint64_t now = std::max({place.round, round, first_});
    if (now != place.round) place = {now, 0};
    reach(now);
  }
  /// It made so many constraint checks on that.
  void work(ComputationId i, std::uint64_t checks) {
    Place& place = at_[i];
    place.checks += checks;
    std::uint64_t& most = window_[std::size_t(place.round - first_)].most;
    most = std::max(most, place.checks);
  }
  /// A message of a round is under way, or no longer.
  void sent(std::uint64_t round) { ++reach(round).under_way; }
  void gone(std::uint64_t round) {
    --window_[std::size_t(round - first_)].under_way;
    for (; window_.size() > 1 && window_.front().under_way == 0; ++first_) {
      checks_ += window_.front().most;
      window_.pop_front();
    }
  }

  /// Rounds after the start.
  std::uint64_t rounds() const { return first_ + window_.size() - 1; }
  /// Sum over all rounds of the most checks that a computation made.
  std::uint64_t checks() const {
    std::uint64_t sum = checks_;
    for (const Round& round : window_) sum += round.most;
    return sum;
  }

 private:
  struct Place {
    std::uint64_t round = 0, checks = 0;
  };
  struct Round {
    std::uint64_t most = 0, under_way = 0;
  };
  Round& reach(std::uint64_t round) {
    while (first_ + window_.size() <= round) window_.emplace_back();
    return window_[std::size_t(round - first_)];
  }

  std::vector<Place> at_;
  std::deque<Round> window_;  ///< From round `first_` on.
  std::uint64_t first_ = 0, checks_ = 0;
};

}  // namespace entente::runtime
