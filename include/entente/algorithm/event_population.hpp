// SPDX-License-Identifier: MIT
// The typed delivery loop of event-driven algorithms.
#pragma once

#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "entente/algorithm/event_self.hpp"
#include "entente/algorithm/message_ground.hpp"
#include "entente/algorithm/parameters.hpp"
#include "entente/algorithm/population.hpp"

namespace entente {

template <class A, class X>
concept ReceivesMessage = requires(A& a, EventSelf<A, typename A::Messages>& self, X&& message) {
  a.receive(self, ComputationId{}, std::move(message));
};
template <class A>
concept IsReminded = requires(A& a, EventSelf<A, typename A::Messages>& self) {
  a.reminded(self);
};
template <class A>
concept Ticks = requires(A& a, EventSelf<A, typename A::Messages>& self) {
  a.tick(self);
};
template <class A>
concept DecidesByMember = requires(A& a) {
  { a.value } -> std::same_as<ValueIndex&>;
};
template <class A>
concept StartsAlone = requires(A& a, EventSelf<A, typename A::Messages>& self) {
  a.start(self);
};

template <class A, class Protocol = typename A::Messages>
class EventPopulation;

template <class A, class... M>
class EventPopulation<A, Kinds<M...>> final : public Population {
  using Self = EventSelf<A, Kinds<M...>>;

 public:
  EventPopulation(std::uint32_t count, std::span<const Setting> settings)
      : params_(read_params<A>(settings)), computations_(count) {
    if constexpr (!DecidesByMember<A>) selected_.assign(count, no_value);
  }

  std::span<const MessageInfo> messages() const override { return list_; }
  void start(const Frame& frame, ComputationId low, ComputationId high) override {
    const Frame f = own(frame);
    for (ComputationId i = low; i < high; ++i) {
      Self self(f, params_, i);
      if (self.stop_requested()) return;
      if constexpr (MakesItself<A>) computations_[i] = A::make(node_of(frame, i), params_);
      watched(f, i, [&] { computations_[i].start(self); });
    }
  }
  std::uint64_t receive(const Frame& frame, const std::byte* begin, const std::byte* end) override {
    const Frame f = own(frame);  // a copy: stores into logs, which are bytes, then alias nothing that is read again
    Rest rest{*this, begin, end};
    std::uint64_t count = 0;
    while (rest.at != end) {
      if (f.stop && f.stop->load(std::memory_order_relaxed)) break;
      Record record;
      std::memcpy(&record, rest.at, sizeof record);
      const std::byte* const body = rest.at + sizeof record;
      const std::size_t length = sizeof record + detail::padded(record.size);
      // Records are often alike: where the 16th from here begins if they are, what its receiver needs is fetched. Else
      // a wrong guess reads something inside the log and fetches in vain.
      if (static_cast<std::size_t>(end - rest.at) > 17 * length) fetch(f, rest.at + 16 * length);
      rest.at += length;  // before the call: from now on the handler owns this message
      ++count;
      ENTENTE_EXPECTS(record.to < computations_.size());
      if (f.checks) f.checks[record.to] = std::max(f.checks[record.to], record.checks);
      Self self(f, params_, record.to);
      watched(f, record.to, [&] {
        if (record.kind == reminder_kind) {
          f.reminding[record.to] = 0;
          if constexpr (IsReminded<A>) computations_[record.to].reminded(self);
        } else if (record.kind == tick_kind) {
          if constexpr (Ticks<A>) computations_[record.to].tick(self);
        } else {
          std::uint32_t kind = 0;
          ((record.kind == kind++ ? deliver<M>(f, self, record, body) : void()), ...);
        }
      });
    }
    return count;
  }
  void discard(const std::byte* begin, const std::byte* end) override {
    if constexpr ((!PlainMessage<M> || ...)) {
      while (begin != end) {
        Record record;
        std::memcpy(&record, begin, sizeof record);
        std::uint32_t kind = 0;
        ((record.kind == kind++ ? drop<M>(begin + sizeof record) : void()), ...);
        begin += sizeof record + detail::padded(record.size);
      }
    }
  }
  bool copy(std::byte* bytes) const override {
    Record record;
    std::memcpy(&record, bytes, sizeof record);
    std::uint32_t kind = 0;
    bool copied = record.kind >= sizeof...(M);  // reminders and turns say nothing
    ((record.kind == kind++ ? void(copied = copy_body<M>(bytes + sizeof record)) : void()), ...);
    return copied;
  }
  void write_message(const std::byte* bytes, std::vector<std::byte>& out) const override {
    Record record;
    std::memcpy(&record, bytes, sizeof record);
    std::uint32_t kind = 0;
    ((record.kind == kind++ ? write_body<M>(bytes + sizeof record, out) : void()), ...);
  }
  bool read_message(const Frame& f, const Record& head, std::span<const std::byte> bytes) const override {
    std::uint32_t kind = 0;
    bool known = false;
    ((head.kind == kind++ ? void(known = read_body<M>(f, head, bytes)) : void()), ...);
    return known;
  }
  void decisions(ComputationId low, ComputationId high, ValueIndex* out) const override {
    for (ComputationId i = low; i < high; ++i) {
      if constexpr (DecidesByMember<A>)
        out[i] = computations_[i].value;
      else
        out[i] = selected_[i];
    }
  }

 private:
  /// The engine's frame with what this population keeps itself.
  Frame own(const Frame& frame) {
    Frame f = frame;
    f.selected = selected_.data();
    return f;
  }
  /// Runs a handler of computation i and tells the engine if it decided on another value. Engines ask this of all but
  /// confluent algorithms.
  template <class F>
  void watched(const Frame& f, ComputationId i, F&& handle) {
    if constexpr (DecidesByMember<A> && !A::info.confluent) {
      const ValueIndex before = computations_[i].value;
      handle();
      const ValueIndex now = computations_[i].value;
      if (now != before && f.services && f.services->moved) f.services->moved(f.services->engine, i, now);
    } else {
      handle();
    }
  }
  /// Frees what is left of a batch, also when a handler throws.
  struct Rest {
    EventPopulation& population;
    const std::byte* at;
    const std::byte* const end;
    Rest(EventPopulation& p, const std::byte* a, const std::byte* e) : population(p), at(a), end(e) {}
    Rest(const Rest&) = delete;
    Rest& operator=(const Rest&) = delete;
    ~Rest() { population.discard(at, end); }
  };
  template <class X>
  static std::unique_ptr<X> unbox(const std::byte* body) {
    X* box;
    std::memcpy(&box, body, sizeof box);
    return std::unique_ptr<X>(box);
  }
  template <class X>
  void deliver(const Frame& f, Self& self, const Record& record, const std::byte* body) {
    if constexpr (PlainMessage<X>) {
      alignas(X) std::byte copy[sizeof(X)];
      std::memcpy(copy, body, sizeof(X));
      X& message = *std::launder(reinterpret_cast<X*>(copy));
      if (f.through_bytes) pass_through_bytes(f, message);
      hand_over(f, self, record, std::move(message));
    } else {
      const std::unique_ptr<X> box = unbox<X>(body);
      if (f.through_bytes) pass_through_bytes(f, *box);
      hand_over(f, self, record, std::move(*box));
    }
  }
  template <class X>
  void hand_over(const Frame& f, Self& self, const Record& record, X&& message) {
    try {
      computations_[record.to].receive(self, record.from, std::move(message));
    } catch (const UnfitMessage&) {
      detail::refuse_message(A::info.name, detail::type_name<X>(), f, record.from, record.to);
    }
  }
  template <class X>
  [[gnu::noinline, gnu::cold]] static void pass_through_bytes(const Frame& f, X& message) {
    std::vector<std::byte> bytes;
    encode(message, bytes);
    if (bytes.size() != encoded_size(message)) throw std::logic_error("a message is not as long as it says");
    std::optional<X> back = decode<X>(bytes, f.workspace);
    if (!back) throw std::logic_error("a message cannot be decoded from its own bytes");
    if constexpr (std::is_move_assignable_v<X>) {
      message = std::move(*back);
    } else {
      std::destroy_at(&message);
      std::construct_at(&message, std::move(*back));
    }
  }
  template <class X>
  static bool copy_body(std::byte* body) {
    if constexpr (PlainMessage<X>) {
      return true;
    } else if constexpr (A::info.tolerates.duplicates) {
      X* box;
      std::memcpy(&box, body, sizeof box);
      box = new X(*box);
      std::memcpy(body, &box, sizeof box);
      return true;
    } else {
      return false;
    }
  }
  template <class X>
  static void write_body(const std::byte* body, std::vector<std::byte>& out) {
    if constexpr (PlainMessage<X>) {
      alignas(X) std::byte copy[sizeof(X)];
      std::memcpy(copy, body, sizeof(X));
      encode(*std::launder(reinterpret_cast<const X*>(copy)), out);
    } else {
      const X* box;
      std::memcpy(&box, body, sizeof box);
      encode(*box, out);
    }
  }
  template <class X>
  static bool read_body(const Frame& f, Record head, std::span<const std::byte> bytes) {
    std::optional<X> message = decode<X>(bytes, f.workspace);
    if (!message) return false;
    if (!detail::message_fits(*message, MessageGround(f, head.from, head.to)))
      detail::refuse_message(A::info.name, detail::type_name<X>(), f, head.from, head.to);
    head.size = PlainMessage<X> ? sizeof(X) : sizeof(X*);
    const std::size_t body = detail::padded(head.size);
    Log& log = f.logs[0];
    if (static_cast<std::size_t>(log.end - log.at) < sizeof head + body) f.grow(log, sizeof head + body);
    std::byte* const at = log.at + sizeof head;
    if constexpr (PlainMessage<X>) {
      std::memcpy(at, std::addressof(*message), sizeof(X));
    } else {
      X* const box = new X(std::move(*message));
      std::memcpy(at, &box, sizeof box);
    }
    std::memcpy(log.at, &head, sizeof head);
    log.at = at + body;
    return true;
  }
  template <class X>
  static void drop(const std::byte* body) {
    if constexpr (!PlainMessage<X>) unbox<X>(body).reset();
  }
  // Inlined always: compilers take a call that only fetches for one that does nothing, and drop it.
  [[gnu::always_inline]] void fetch(const Frame& f, const std::byte* record) const {
    ComputationId to;
    std::memcpy(&to, record, sizeof to);
    if (to >= computations_.size()) return;
    __builtin_prefetch(&computations_[to], 1);
    __builtin_prefetch(f.first + to);
    if (f.sent) __builtin_prefetch(f.sent + to, 1);
    if (f.checks) __builtin_prefetch(f.checks + to, 1);
  }

  static constexpr MessageInfo list_[] = {
      {sizeof(M), PureValue<M>, false, detail::type_name<M>(), 0, detail::fixed_wire_bytes<M>()}...};
  typename A::Params params_;
  std::vector<A> computations_;
  std::vector<ValueIndex> selected_;
};

}  // namespace entente
