// SPDX-License-Identifier: MIT
// InProcessNetwork: one queue, and the slots of links where the latest message is enough.
#include "entente/carriers/in_process.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "carriers/local_network.hpp"
#include "entente/base/random.hpp"
#include "entente/carriers/wire.hpp"

namespace entente {
namespace {

/// Where in the queue the last message of a link is or was.
class LinkSlots {
 public:
  /// 0 when the link is new.
  std::uint64_t& operator()(Address from, Address to) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    const std::uint64_t link = std::uint64_t(from.number) << 32 | to.number;  // never 0
    Slot& slot = find(link);
    if (slot.link == 0) {
      slot.link = link;
      ++used_;
    }
    return slot.place;
  }
  void clear() {
    slots_.clear();
    used_ = 0;
  }

 private:
  struct Slot {
    std::uint64_t link = 0, place = 0;
  };
  Slot& find(std::uint64_t link) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = mix(link) & mask;
    while (slots_[at].link != 0 && slots_[at].link != link) at = (at + 1) & mask;
    return slots_[at];
  }
  void grow() {
    const std::vector<Slot> old =
        std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(64, 2 * slots_.size())));
    for (const Slot& slot : old)
      if (slot.link != 0) find(slot.link) = slot;
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

class InProcess final : public LocalNetwork {
 public:
  explicit InProcess(InProcessOptions&& options)
      : LocalNetwork(std::move(options.topology), options.limits),
        latest_(options.delivery == Delivery::latest),
        through_bytes_(options.through_bytes),
        real_(options.clock == NetworkClock::real),
        delivery_seconds_(options.clock == NetworkClock::real ? 0 : options.delivery_seconds),
        epoch_(std::chrono::steady_clock::now()) {
    if (!(options.delivery_seconds >= 0) || std::isinf(options.delivery_seconds))
      throw Error(ErrorCode::wrong_use,
                  fmt::format("delivery_seconds: {} was found, where a number of 0 or more was expected",
                              options.delivery_seconds));
  }

 private:
  void put(Envelope&& envelope) override {
    if (through_bytes_) envelope = through_bytes(envelope);
    if (latest_ && envelope.kind == Envelope::Kind::message) {
      std::uint64_t& place = slots_(envelope.from, envelope.to);
      if (place >= head_) {  // head_ begins at 1, so that no link is there at first
        Envelope& older = queue_[place & mask_];
        if (older.content.same_type(envelope.content) && older.is_reply == envelope.is_reply) {
          older = std::move(envelope);
          ++report_.replaced;
          return;
        }
      }
      place = tail_;
    }
    if (tail_ - head_ == queue_.size()) grow();
    queue_[tail_++ & mask_] = std::move(envelope);
  }

  Envelope through_bytes(const Envelope& envelope) {
    bytes_.clear();
    write_envelope(envelope, bytes_);
    report_.bytes += bytes_.size();
    if (!envelope.content.empty()) types_.add(*envelope.content.type());
    return read_envelope(bytes_, types_);
  }

  bool deliver_some() override {
    if (head_ == tail_) return false;
    // Real time is looked at between these calls.
    for (int most = std::isfinite(limits_.seconds) ? 1 : 256; most > 0 && head_ != tail_; --most) {
      Envelope envelope = std::move(queue_[head_++ & mask_]);
      now_ += delivery_seconds_;
      hand_on(std::move(envelope));
      if (timers_.next() <= now_ || now_ >= limits_.clock || stopping() || interrupted()) break;
    }
    return true;
  }

  void advance(double time) override {
    if (!real_) return LocalNetwork::advance(time);
    const double wait = time - now();
    if (wait > 0)  // short enough to hear of an interruption
      std::this_thread::sleep_for(std::chrono::duration<double>(std::min(wait, 0.01)));
    now_ = now();
  }
  double now() const override {
    return real_ ? std::chrono::duration<double>(std::chrono::steady_clock::now() - epoch_).count() : now_;
  }

  void clear() override {
    queue_.clear();
    slots_.clear();
    mask_ = 0;
    head_ = tail_ = 1;
  }

  void grow() {
    if (queue_.size() >= limits_.under_way) refuse_more(queue_.size());
    std::vector<Envelope> larger(std::max<std::size_t>(256, 2 * queue_.size()));
    for (std::uint64_t k = head_; k != tail_; ++k) larger[k & (larger.size() - 1)] = std::move(queue_[k & mask_]);
    queue_ = std::move(larger);
    mask_ = queue_.size() - 1;
  }

  const bool latest_, through_bytes_, real_;
  const double delivery_seconds_;
  const std::chrono::steady_clock::time_point epoch_;
  std::vector<Envelope> queue_;  // a ring
  std::uint64_t head_ = 1, tail_ = 1, mask_ = 0;
  LinkSlots slots_;
  std::vector<std::byte> bytes_;
  ContentTypes types_;
};

}  // namespace

InProcessNetwork::InProcessNetwork(InProcessOptions options)
    : Network(std::make_unique<InProcess>(std::move(options))) {}

RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         InProcessOptions options) {
  const Address from = options.start_from, to = options.start_to;
  InProcessNetwork network(std::move(options));
  detail::join_all(network, participants);
  return detail::run_from(network, std::move(start), from, to);
}

Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, InProcessOptions options) {
  InProcessNetwork network(std::move(options));
  detail::join_all(network, participants);
  network.join(coordinator);
  return network.coordinate(std::move(start));
}

Content start_coordinated_optimization(const CoordinatedGroup& group, Content start, InProcessOptions options) {
  if (!group.coordinator) throw Error(ErrorCode::wrong_use, "the group has no coordinator");
  return start_coordinated_optimization(group.participants, *group.coordinator, std::move(start), std::move(options));
}

}  // namespace entente
