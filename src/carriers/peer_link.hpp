// SPDX-License-Identifier: MIT
// PeerLink: the link to one other process. Gathers messages into batches, and brings them and what processes tell each
// other of the run across as packets, with as few acknowledgements as will do.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "carriers/link_stream.hpp"
#include "carriers/nats_packet.hpp"
#include "entente/carriers/endpoint.hpp"

namespace entente {

/// Has no clock and no connection of its own: it is told the time, and hands its packets to `publish`, which may lose
/// them.
class PeerLink {
 public:
  struct Settings {
    std::uint64_t self = 0;  ///< The sender of its packets.
    std::uint32_t run = 0;
    bool reliable = true;            ///< Whether messages are; what is told of the run always is.
    std::size_t batch = 64 * 1024;   ///< Bytes at which a batch is full.
    std::size_t piece = 128 * 1024;  ///< Bytes of a packet's payload at most.
  };
  struct Counts {
    std::uint64_t packets = 0, bytes = 0, retransmitted = 0, duplicated = 0;
  };
  using Publish = std::function<void(std::span<const std::byte> packet)>;
  using TakeMessage = std::function<void(std::span<const std::byte> envelope)>;
  using TakeControl = std::function<void(ControlMessage&& message)>;

  PeerLink(const Settings& settings, Publish publish);

  /// Puts a message into the batch; a batch that is full goes out. Throws what `write_envelope` does.
  void add(const Envelope& envelope, double now);
  /// Goes out at once, and arrives.
  void tell(const ControlMessage& message, double now);
  /// The batch goes out, as far as the other end keeps up.
  void flush(double now);
  /// The body of a link packet from the other end. Throws Error{bad_input} for what is none.
  void receive(std::span<const std::byte> body, double now, const TakeMessage& take_message,
               const TakeControl& take_control);
  /// Sends again what is overdue, and acknowledgements that have waited long enough. To be called at `deadline()`.
  void poll(double now);
  double deadline() const;
  /// The connection was lost and is back: all that has no answer goes out again, on both ends.
  void again(double now);
  /// Acknowledges what has arrived, if there is anything.
  void acknowledge(double now);

  /// Whether all that was told of the run has been acknowledged.
  bool told() const { return control_.idle(); }
  /// Whether the messages have been, too.
  bool idle() const { return told() && pending() == 0 && data_.idle(); }
  /// Messages given to `add` so far; those that came from the other end or are lost; those that came.
  std::uint64_t sent() const { return added_; }
  std::uint64_t handed_on() const { return data_.accounted(); }
  std::uint64_t received() const { return received_; }
  /// Messages that have not gone out yet, as the other end is slow.
  std::uint64_t pending() const { return added_ - data_.sent(); }
  const Counts& counts() const { return counts_; }

 private:
  void close_batch();
  void pump(double now);
  void send(LinkHead::Stream stream, std::uint64_t number, const LinkStream::Piece* piece, std::uint8_t flags);

  const Settings settings_;
  const Publish publish_;
  LinkStream control_, data_;
  std::vector<std::byte> batch_, packet_;
  std::uint64_t batch_messages_ = 0, added_ = 0, received_ = 0;
  std::uint32_t owed_ = 0;  // packets that arrived since the last one to the other end
  double acknowledge_at_ = std::numeric_limits<double>::infinity();
  Counts counts_;
};

}  // namespace entente
