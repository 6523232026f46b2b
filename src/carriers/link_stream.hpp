// SPDX-License-Identifier: MIT
// LinkStream: one of the streams between two processes. Takes blobs of any size, cuts them into numbered pieces, and
// puts what arrives together again: all of it and in order if it is reliable, else what was not lost, in order.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <vector>

#include "base/reliable_link.hpp"

namespace entente {

/// Each blob stands for some messages; the stream keeps account of how many were sent and how many have arrived.
///
/// Memory  what has not been acknowledged, and of the other end's blobs the one that is incomplete (1 GiB at most).
class LinkStream {
 public:
  struct Piece {
    std::uint8_t part = 0;    ///< LinkHead::Part.
    std::uint64_t count = 0;  ///< Messages of the stream up to here.
    std::vector<std::byte> bytes;
  };
  using Send = std::function<void(std::uint64_t number, const Piece& piece)>;
  using Take = std::function<void(std::vector<std::byte>&& blob)>;

  static constexpr std::size_t window = 64;                        ///< Pieces under way at once.
  static constexpr std::size_t most_bytes = std::size_t(1) << 30;  ///< Of a blob.

  /// Pieces have `piece` bytes at most.
  LinkStream(bool reliable, std::size_t piece) : reliable_(reliable), piece_(piece), sender_(first_wait) {}

  /// Takes a blob of so many messages. Throws Error{too_large} beyond `most_bytes`.
  void put(std::vector<std::byte> blob, std::uint64_t messages);
  /// Sends what may be sent.
  void pump(double now, const Send& send);
  /// The other end has all pieces below that number, and has or has lost so many messages.
  void acknowledge(std::uint64_t below, std::uint64_t accounted, double now);
  /// Sends again what is overdue; returns how many pieces.
  std::size_t repeat(double now, const Send& send);
  void expire();
  /// When `repeat` may have something to do.
  double deadline() const { return deadline_; }
  /// Whether everything has been acknowledged.
  bool idle() const { return queued_.empty() && (reliable_ ? sender_.idle() : peer_accounted_ >= sent_); }
  /// Whether an unreliable stream has to ask what became of its last messages.
  bool unsure() const { return !reliable_ && peer_accounted_ < sent_; }
  /// Messages whose last piece has been sent.
  std::uint64_t sent() const { return sent_; }
  bool full() const { return reliable_ && sender_.size() >= window; }
  std::size_t queued() const { return queued_.size(); }

  /// A piece has arrived. Returns whether it was new. Throws Error{too_large} for blobs beyond `most_bytes`.
  bool receive(std::uint64_t number, Piece piece, const Take& take);
  /// What was sent before, up to so many messages, has arrived or is lost.
  void settle(std::uint64_t count);
  std::uint64_t below() const { return reliable_ ? receiver_.next() : next_; }
  std::uint64_t accounted() const { return accounted_; }

 private:
  static constexpr double first_wait = 0.4;  // seconds; the least is an eighth of it
  void take_piece(Piece&& piece, const Take& take);
  void watch(double until) { deadline_ = std::min(deadline_, until); }

  bool reliable_;
  std::size_t piece_;
  // Out.
  std::deque<Piece> queued_;
  ReliableSender<Piece> sender_;
  std::uint64_t number_ = 0, put_ = 0, sent_ = 0, peer_accounted_ = 0;
  double deadline_ = std::numeric_limits<double>::infinity();
  // In.
  ReliableReceiver<Piece> receiver_;
  std::uint64_t next_ = 0, accounted_ = 0;
  std::vector<std::byte> blob_;
  bool within_ = false;  // a blob has begun
};

}  // namespace entente
