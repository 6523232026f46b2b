// SPDX-License-Identifier: MIT
// Reliable delivery over a link that loses, repeats and reorders: numbers, acknowledgements, retransmission. Both ends
// are told the time and asked when they want to be asked again; they own no clock, thread or socket.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <utility>
#include <vector>

namespace entente {

/// What the receiving end answers to each packet, first or not.
struct Acknowledgement {
  std::uint64_t number = 0;  ///< The packet that it answers.
  std::uint64_t below = 0;   ///< All packets with lower numbers have arrived.
};

/// How long to wait for an answer before sending again, in seconds. Follows the round trips that were seen, with twice
/// the wait after each attempt of the same packet.
///
/// From  Jacobson, "Congestion avoidance and control", SIGCOMM 1988 (mean and deviation); Karn & Partridge, SIGCOMM
///       1987 (answers to what was sent twice say nothing about the round trip); constants of RFC 6298.
class RetransmissionTimer {
 public:
  /// `first`: the wait while no round trip has been seen; > 0.
  explicit RetransmissionTimer(double first) : least_(first / 8), wait_(first) {}

  void observe(double round_trip) {
    if (mean_ < 0) {
      mean_ = round_trip;
      deviation_ = round_trip / 2;
    } else {
      deviation_ += (std::abs(mean_ - round_trip) - deviation_) / 4;
      mean_ += (round_trip - mean_) / 8;
    }
    wait_ = std::max(least_, mean_ + 4 * deviation_);
  }
  /// The wait after so many attempts, at least one.
  double wait(std::uint32_t attempts) const {
    return std::ldexp(wait_, int(std::min(attempts, most_doublings + 1) - 1));
  }

 private:
  static constexpr std::uint32_t most_doublings = 6;
  double least_, wait_, mean_ = -1, deviation_ = 0;
};

/// The sending end of a link. Keeps what it sent until that has been acknowledged.
///
/// Cost    O(1) per packet in order, O(packets under way) per time-out.
/// Memory  the payloads that have not been acknowledged yet, and 32 bytes for each.
template <class Payload>
class ReliableSender {
 public:
  struct Packet {
    std::uint64_t number;
    const Payload* payload;
  };

  explicit ReliableSender(double first_wait) : timer_(first_wait) {}

  /// Takes a payload to be sent now; returns the number that goes with it.
  std::uint64_t send(Payload payload, double now) {
    waiting_.push_back({std::move(payload), now, now + timer_.wait(1), 1, false});
    return first_ + waiting_.size() - 1;
  }
  /// Repeated, late and made-up acknowledgements do no harm.
  void acknowledge(const Acknowledgement& answer, double now) {
    const std::uint64_t end = first_ + waiting_.size();
    if (answer.number >= end || answer.below > end) return;
    if (answer.number >= first_) {
      Waiting& one = waiting_[std::size_t(answer.number - first_)];
      if (!one.arrived && one.attempts == 1) timer_.observe(now - one.sent);
      one.arrived = true;
    }
    for (; first_ < answer.below; ++first_) waiting_.pop_front();  // answers to these were lost
    for (; !waiting_.empty() && waiting_.front().arrived; ++first_) waiting_.pop_front();
  }
  /// What has to be sent again now. Valid until the next call.
  const std::vector<Packet>& overdue(double now) {
    again_.clear();
    for (std::size_t k = 0; k < waiting_.size(); ++k) {
      Waiting& one = waiting_[k];
      if (one.arrived || one.deadline > now) continue;
      one.deadline = now + timer_.wait(++one.attempts);
      again_.push_back({first_ + k, &one.payload});
    }
    return again_;
  }
  /// When `overdue` will have something; infinite if nothing is waited for. O(packets under way).
  double deadline() const {
    double next = std::numeric_limits<double>::infinity();
    for (const Waiting& one : waiting_)
      if (!one.arrived) next = std::min(next, one.deadline);
    return next;
  }
  /// What was under way is lost: all of it is overdue now.
  void expire() {
    for (Waiting& one : waiting_) one.deadline = -std::numeric_limits<double>::infinity();
  }
  bool idle() const { return waiting_.empty(); }
  /// Payloads that have not been acknowledged yet.
  std::size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Payload payload;
    double sent, deadline;
    std::uint32_t attempts;
    bool arrived;
  };
  RetransmissionTimer timer_;
  std::deque<Waiting> waiting_;
  std::uint64_t first_ = 0;
  std::vector<Packet> again_;
};

/// The receiving end of a link: hands every payload on once, in the order they were sent.
///
/// Memory  what arrived before something that was sent earlier, at most `window` payloads. What is farther ahead is not
///         taken, as if it had been lost.
template <class Payload>
class ReliableReceiver {
 public:
  static constexpr std::uint64_t window = 1 << 20;

  /// Calls `take(Payload)` for everything that is now complete in order. Says whether the packet was new; answer it
  /// with `answer` whenever it `has` arrived, new or not.
  template <class Take>
  bool receive(std::uint64_t number, Payload payload, Take&& take) {
    if (number < next_ || number - next_ >= window || !early_.try_emplace(number, std::move(payload)).second)
      return false;
    for (auto at = early_.begin(); at != early_.end() && at->first == next_; at = early_.begin()) {
      Payload one = std::move(at->second);
      early_.erase(at);
      ++next_;
      take(std::move(one));
    }
    return true;
  }
  Acknowledgement answer(std::uint64_t number) const { return {number, next_}; }
  /// All with lower numbers have been handed on.
  std::uint64_t next() const { return next_; }
  /// Whether the packet is to be answered: it has arrived, now or earlier.
  bool has(std::uint64_t number) const { return number < next_ || early_.count(number) > 0; }

 private:
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, Payload> early_;
};

}  // namespace entente
