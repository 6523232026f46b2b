// SPDX-License-Identifier: MIT
#include "carriers/peer_link.hpp"

#include <cstring>

#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"

namespace entente {
namespace {

constexpr std::uint32_t most_owed = 16;      // packets; well below the window of the other end
constexpr double acknowledge_within = 0.01;  // seconds
constexpr std::size_t length_size = 4;       // in front of each message of a batch

}  // namespace

PeerLink::PeerLink(const Settings& settings, Publish publish)
    : settings_(settings),
      publish_(std::move(publish)),
      control_(true, settings.piece),
      data_(settings.reliable, settings.piece) {}

void PeerLink::add(const Envelope& envelope, double now) {
  const std::size_t begin = batch_.size();
  batch_.resize(begin + length_size);
  try {
    write_envelope(envelope, batch_);
  } catch (...) {
    batch_.resize(begin);
    throw;
  }
  const std::size_t size = batch_.size() - begin - length_size;
  if (size > LinkStream::most_bytes / 2) {
    batch_.resize(begin);
    throw Error(ErrorCode::too_large,
                "a message of more than 512 MiB was found, where at most that travels between "
                "processes; send it in parts");
  }
  for (std::size_t i = 0; i < length_size; ++i) batch_[begin + i] = std::byte(size >> (8 * i));
  ++batch_messages_;
  ++added_;
  if (batch_.size() >= settings_.batch) {
    close_batch();
    pump(now);
  }
}

void PeerLink::close_batch() {
  if (batch_messages_ == 0) return;
  data_.put(std::move(batch_), batch_messages_);
  batch_ = {};
  batch_messages_ = 0;
}

void PeerLink::flush(double now) {
  // While the other end is behind, messages go on gathering.
  if (batch_messages_ > 0 && !data_.full()) close_batch();
  pump(now);
}

void PeerLink::pump(double now) {
  data_.pump(now,
             [&](std::uint64_t number, const LinkStream::Piece& piece) { send(LinkHead::data, number, &piece, 0); });
}

void PeerLink::tell(const ControlMessage& message, double now) {
  std::vector<std::byte> bytes;
  encode(message, bytes);
  control_.put(std::move(bytes), 1);
  control_.pump(
      now, [&](std::uint64_t number, const LinkStream::Piece& piece) { send(LinkHead::control, number, &piece, 0); });
}

void PeerLink::send(LinkHead::Stream stream, std::uint64_t number, const LinkStream::Piece* piece, std::uint8_t flags) {
  LinkHead head;
  head.run = settings_.run;
  head.control_below = control_.below();
  head.data_below = data_.below();
  head.accounted = data_.accounted();
  head.count = stream == LinkHead::data ? piece->count : data_.sent();
  head.number = number;
  head.stream = stream;
  head.flags = flags;
  head.part = piece ? piece->part : 0;
  packet_.assign(packet_head, std::byte(0));
  encode(head, packet_);
  if (piece) packet_.insert(packet_.end(), piece->bytes.begin(), piece->bytes.end());
  seal_packet(PacketKind::link, settings_.self, packet_);
  ++counts_.packets;
  counts_.bytes += packet_.size();
  owed_ = 0;
  acknowledge_at_ = std::numeric_limits<double>::infinity();
  publish_(packet_);
}

void PeerLink::receive(std::span<const std::byte> body, double now, const TakeMessage& take_message,
                       const TakeControl& take_control) {
  LinkHead head;
  Reader read(body);
  const auto refuse = [](const char* why) { throw Error(ErrorCode::bad_input, why); };
  if (!read(head) || head.stream > LinkHead::data) refuse("a packet was refused: the head of its body makes no sense");
  control_.acknowledge(head.control_below, 0, now);
  data_.acknowledge(head.data_below, head.accounted, now);
  if (head.stream == LinkHead::none) {
    data_.settle(head.count);
  } else {
    LinkStream::Piece piece;
    piece.part = head.part;
    piece.count = head.count;
    const auto rest = body.last(read.rest());
    piece.bytes.assign(rest.begin(), rest.end());
    bool fresh = false;
    ++owed_;
    if (head.stream == LinkHead::control) {
      data_.settle(head.count);
      fresh = control_.receive(head.number, std::move(piece), [&](std::vector<std::byte>&& blob) {
        std::optional<ControlMessage> message = decode<ControlMessage>(blob);
        if (!message) refuse("a packet was refused: what it tells of the run makes no sense");
        take_control(std::move(*message));
      });
    } else {
      fresh = data_.receive(head.number, std::move(piece), [&](std::vector<std::byte>&& blob) {
        std::span<const std::byte> left = blob;
        while (!left.empty()) {
          std::size_t size = 0;
          if (left.size() < length_size) refuse("a packet was refused: it ends within a message");
          for (std::size_t i = 0; i < length_size; ++i) size |= std::size_t(left[i]) << (8 * i);
          left = left.subspan(length_size);
          if (left.size() < size) refuse("a packet was refused: it ends within a message");
          ++received_;
          take_message(left.first(size));
          left = left.subspan(size);
        }
      });
    }
    if (!fresh) ++counts_.duplicated;
    // What came twice shows that the other end does not know of the first.
    if (!fresh || owed_ >= most_owed)
      head.flags |= LinkHead::answer_at_once;
    else
      acknowledge_at_ = std::min(acknowledge_at_, now + acknowledge_within);
  }
  if (head.flags & LinkHead::again) {
    control_.expire();
    data_.expire();
    poll(now);
  }
  if (head.flags & LinkHead::answer_at_once) send(LinkHead::none, 0, nullptr, 0);
  flush(now);  // there may be room again
}

void PeerLink::poll(double now) {
  const auto repeat = [&](LinkStream& stream, LinkHead::Stream kind) {
    counts_.retransmitted += stream.repeat(
        now, [&](std::uint64_t number, const LinkStream::Piece& piece) { send(kind, number, &piece, 0); });
  };
  if (control_.deadline() <= now) repeat(control_, LinkHead::control);
  if (data_.deadline() <= now) {
    repeat(data_, LinkHead::data);
    if (data_.unsure()) send(LinkHead::none, 0, nullptr, LinkHead::answer_at_once);
  }
  if (acknowledge_at_ <= now) send(LinkHead::none, 0, nullptr, 0);
}

double PeerLink::deadline() const { return std::min({control_.deadline(), data_.deadline(), acknowledge_at_}); }

void PeerLink::again(double now) {
  control_.expire();
  data_.expire();
  send(LinkHead::none, 0, nullptr, LinkHead::again | LinkHead::answer_at_once);
  poll(now);
}

void PeerLink::acknowledge(double) {
  if (owed_ > 0) send(LinkHead::none, 0, nullptr, 0);
}

}  // namespace entente
