// SPDX-License-Identifier: MIT
// Protocols: which messages an algorithm's computations exchange, and what a handler receives.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "entente/base/ids.hpp"

namespace entente {

/// Synchronous: every cycle runs these phases in order. In phase p a computation reads message p from every neighbour
/// and broadcasts message p+1 (the first again after the last).
template <class... M>
struct Phases {
  static constexpr std::size_t count = sizeof...(M);
};
/// Event driven: a computation answers each message when it comes.
template <class... M>
struct Kinds {
  static constexpr std::size_t count = sizeof...(M);
};
/// Marks a phase in which only some speak, each to neighbours of its choice.
template <class M>
struct Sparse {};

template <class Entry>
struct Unwrap {
  using Message = Entry;
  static constexpr bool sparse = false;
};
template <class M>
struct Unwrap<Sparse<M>> {
  using Message = M;
  static constexpr bool sparse = true;
};

namespace detail {
/// The name of a type without what it is nested in, as the compiler spells it.
template <class X>
constexpr std::string_view type_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("X = ") + 4);
  text = text.substr(0, text.find_first_of(";]"));
  const std::size_t nested = text.rfind("::");
  return nested == std::string_view::npos ? text : text.substr(nested + 2);
}
}  // namespace detail

/// A message that says nothing but where its sender stands. The runtime keeps a view of local costs from these, and
/// in process they rest as one byte where domains allow it.
template <class M>
concept PureValue = sizeof(M) == sizeof(ValueIndex) && requires(M m) {
  { m.value } -> std::same_as<ValueIndex&>;
};

/// A neighbour by position: 0 .. degree-1, by ascending id.
using Neighbour = std::uint32_t;

/// One message per neighbour, in neighbour order: a view of the senders' slots, copied by nobody.
template <class M>
class Inbox {
 public:
  /// A scripted inbox for tests: one message per neighbour.
  template <std::size_t N>
  explicit Inbox(const M (&messages)[N])
      : slots_(reinterpret_cast<const std::byte*>(messages)), index_(nullptr), degree_(N), value_bytes_(0) {}
  /// `index[k]` is the sender of message k and its slot. `value_bytes`: width of a PureValue's slot, else 0.
  Inbox(const std::byte* slots, const std::uint32_t* index, std::uint32_t degree, std::uint32_t value_bytes)
      : slots_(slots), index_(index), degree_(degree), value_bytes_(value_bytes) {}

  std::uint32_t size() const { return degree_; }
  ComputationId sender(Neighbour k) const { return index_[k]; }
  M operator[](Neighbour k) const {
    const std::size_t at = index_ ? index_[k] : k;
    if constexpr (PureValue<M>) {
      if (value_bytes_ == 1) return M{static_cast<ValueIndex>(std::to_integer<std::uint8_t>(slots_[at]))};
    }
    M message;
    std::memcpy(&message, slots_ + at * sizeof(M), sizeof(M));
    return message;
  }

 private:
  const std::byte* slots_;
  const std::uint32_t* index_;
  std::uint32_t degree_;
  std::uint32_t value_bytes_;
};

/// A message that carries, after itself, one number per value of its sender's variable.
template <class M>
concept HasTail = requires {
  requires std::is_arithmetic_v<typename M::Tail>;
};
template <class M>
constexpr std::uint32_t tail_bytes() {
  if constexpr (HasTail<M>)
    return sizeof(typename M::Tail);
  else
    return 0;
}

/// Messages of a sparse phase: only those that were sent, in neighbour order, whatever order they came in.
template <class M>
class Mail {
 public:
  /// `slot`: bytes from one slot to the next.
  Mail(const std::byte* slots, const std::uint32_t* stamps, std::uint32_t degree, std::uint32_t now,
       std::uint32_t slot = sizeof(M))
      : slots_(slots), stamps_(stamps), degree_(degree), now_(now), slot_(slot) {}
  /// Calls visit(neighbour, message), or visit(neighbour, message, tail) with the address of the first number.
  template <class F>
  void each(F&& visit) const {
    // Who sent is hard to foretell: the marks are gathered first, so that only senders cost a branch.
    for (Neighbour low = 0; low < degree_; low += 64) {
      const Neighbour count = degree_ - low < 64 ? degree_ - low : 64;
      std::uint64_t senders = 0;
      for (Neighbour k = 0; k < count; ++k) senders |= std::uint64_t(stamps_[low + k] == now_) << k;
      for (; senders != 0; senders &= senders - 1) {
        const Neighbour k = low + Neighbour(__builtin_ctzll(senders));
        const M& message = *reinterpret_cast<const M*>(slots_ + std::size_t(k) * slot_);
        if constexpr (HasTail<M>)
          visit(k, message, reinterpret_cast<const typename M::Tail*>(&message + 1));
        else
          visit(k, message);
      }
    }
  }
  /// Whether this neighbour sent something.
  bool from(Neighbour k) const { return k < degree_ && stamps_[k] == now_; }
  bool empty() const { return degree_ == 0; }

 private:
  const std::byte* slots_;
  const std::uint32_t* stamps_;
  std::uint32_t degree_, now_, slot_;
};

/// The best reply to the neighbours' values. Costs are to be minimised whatever the problem's objective, and a violated
/// hard constraint weighs more than all others of the neighbourhood together.
struct Move {
  ValueIndex value;            ///< The best value; one's own if that is among the best, else the lowest of them.
  double gain;                 ///< What moving there saves; never negative.
  double cost;                 ///< The local cost of one's own value.
  std::uint32_t alternatives;  ///< How many of the best values are not one's own.
};

}  // namespace entente
