// SPDX-License-Identifier: MIT
#include "carriers/link_stream.hpp"

#include <fmt/format.h>

#include "carriers/nats_packet.hpp"
#include "entente/base/error.hpp"

namespace entente {

void LinkStream::put(std::vector<std::byte> blob, std::uint64_t messages) {
  if (blob.size() > most_bytes)
    throw Error(ErrorCode::too_large, fmt::format("a message of {} bytes was found, where at most {} travel between "
                                                  "processes",
                                                  blob.size(), most_bytes));
  put_ += messages;
  if (blob.size() <= piece_) {
    queued_.push_back({std::uint8_t(LinkHead::first | LinkHead::last), put_, std::move(blob)});
    return;
  }
  for (std::size_t at = 0; at < blob.size(); at += piece_) {
    const std::size_t end = std::min(blob.size(), at + piece_);
    const bool last = end == blob.size();
    queued_.push_back({std::uint8_t((at == 0 ? LinkHead::first : 0) | (last ? LinkHead::last : 0)),
                       last ? put_ : put_ - messages,
                       {blob.begin() + std::ptrdiff_t(at), blob.begin() + std::ptrdiff_t(end)}});
  }
}

void LinkStream::pump(double now, const Send& send) {
  while (!queued_.empty() && !full()) {
    Piece piece = std::move(queued_.front());
    queued_.pop_front();
    sent_ = piece.count;
    send(number_++, piece);
    if (reliable_) sender_.send(std::move(piece), now);
    watch(now + first_wait / 8);
  }
}

void LinkStream::acknowledge(std::uint64_t below, std::uint64_t accounted, double now) {
  if (below > number_ || accounted > sent_) return;  // made up
  if (reliable_ && below > 0) sender_.acknowledge({below - 1, below}, now);
  peer_accounted_ = std::max(peer_accounted_, accounted);
  if (idle()) deadline_ = std::numeric_limits<double>::infinity();
}

std::size_t LinkStream::repeat(double now, const Send& send) {
  if (deadline_ > now) return 0;
  if (!reliable_) {
    deadline_ = std::numeric_limits<double>::infinity();
    if (unsure()) watch(now + first_wait);
    return 0;
  }
  const auto& overdue = sender_.overdue(now);
  for (const auto& packet : overdue) send(packet.number, *packet.payload);
  deadline_ = sender_.deadline();
  return overdue.size();
}

void LinkStream::expire() {
  sender_.expire();
  if (!idle()) deadline_ = -std::numeric_limits<double>::infinity();
}

bool LinkStream::receive(std::uint64_t number, Piece piece, const Take& take) {
  if (reliable_)
    return receiver_.receive(number, std::move(piece), [&](Piece&& one) { take_piece(std::move(one), take); });
  if (number < next_) return false;
  if (number > next_) within_ = false;  // the rest of what has begun is lost
  next_ = number + 1;
  take_piece(std::move(piece), take);
  return true;
}

void LinkStream::take_piece(Piece&& piece, const Take& take) {
  accounted_ = std::max(accounted_, piece.count);
  if (piece.part & LinkHead::first) {
    blob_ = std::move(piece.bytes);
    within_ = true;
  } else if (within_) {
    if (blob_.size() + piece.bytes.size() > most_bytes) {
      within_ = false;
      blob_ = {};
      throw Error(ErrorCode::too_large,
                  fmt::format("a message of more than {} bytes arrived from another process", most_bytes));
    }
    blob_.insert(blob_.end(), piece.bytes.begin(), piece.bytes.end());
  }
  if (!(piece.part & LinkHead::last) || !within_) return;
  within_ = false;
  take(std::exchange(blob_, {}));
}

void LinkStream::settle(std::uint64_t count) {
  if (reliable_ || count <= accounted_) return;
  accounted_ = count;
  within_ = false;
}

}  // namespace entente
