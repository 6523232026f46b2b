// SPDX-License-Identifier: MIT
// The typed step loop of synchronous algorithms.
#pragma once

#include <concepts>
#include <cstring>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "entente/algorithm/awake.hpp"
#include "entente/algorithm/cycle_self.hpp"
#include "entente/algorithm/message_ground.hpp"
#include "entente/algorithm/parameters.hpp"
#include "entente/algorithm/population.hpp"

namespace entente {

template <class A, class Protocol = typename A::Cycle>
class CyclePopulation;

template <class A, class... M>
class CyclePopulation<A, Phases<M...>> final : public Population {
 public:
  CyclePopulation(std::uint32_t count, std::span<const Setting> settings)
      : params_(read_params<A>(settings)), computations_(count) {}

  std::span<const MessageInfo> messages() const override { return list_; }
  bool keeps_view() const override {
    if constexpr (requires { A::keeps_view; })
      return A::keeps_view;
    else
      return false;
  }
  bool owns_costs() const override {
    if constexpr (requires { A::owns_costs; })
      return A::owns_costs;
    else
      return false;
  }
  void start(const Frame& frame, ComputationId low, ComputationId high) override {
    for (ComputationId i = low; i < high; ++i) {
      CycleSelf<A, before_all, Phases<M...>> self(frame, params_, i);
      if constexpr (MakesItself<A>) computations_[i] = A::make(node_of(frame, i), params_);
      computations_[i].start(self);
    }
  }
  /// Flat, so that handles on constraints stay in registers.
  [[gnu::flatten]] void learn(const Frame& frame, ComputationId low, ComputationId high) override {
    using Self = CycleSelf<A, before_all, Phases<M...>>;
    if constexpr (requires(A a, Self & self) { a.learn(self); }) {
      const Frame f = frame;
      constexpr ComputationId ahead = 4;
      for (ComputationId i = low; i < high; ++i) {
        // For everybody: who learns nothing still has its rows gathered right afterwards.
        if (i + ahead < high) detail::Tables::fetch(f, i + ahead);
        Self self(f, params_, i);
        computations_[i].learn(self);
        if (f.activity && !self.pure()) ++f.activity->active;
      }
    }
  }
  void step(const Frame& frame, std::uint32_t phase, ComputationId low, ComputationId high) override {
    [&]<std::size_t... k>(std::index_sequence<k...>) { ((phase == k ? run<k, M>(frame, low, high) : void()), ...); }
    (std::index_sequence_for<M...>{});
  }
  void decisions(ComputationId low, ComputationId high, ValueIndex* out) const override {
    for (ComputationId i = low; i < high; ++i) out[i] = computations_[i].value;
  }
  bool fits(const Frame& f, std::uint32_t phase, ComputationId from, ComputationId to,
            std::span<const std::byte> bytes) const override {
    const MessageGround at(f, from, to);
    std::uint32_t kind = 0;
    bool right = false;
    ((phase == kind++ ? void(right = body_fits<typename Unwrap<M>::Message>(at, bytes)) : void()), ...);
    return right;
  }

 private:
  template <class X>
  static bool body_fits(const MessageGround& at, std::span<const std::byte> bytes) {
    if constexpr (PureValue<X>) {
      return true;
    } else {
      alignas(X) std::byte copy[sizeof(X)];
      std::memcpy(copy, bytes.data(), sizeof(X));
      const X& message = *std::launder(reinterpret_cast<const X*>(copy));
      return detail::has_valid_bools(message) && detail::message_fits(message, at);
    }
  }
  template <std::size_t p, class Entry>
  void run(const Frame& frame, ComputationId low, ComputationId high) {
    const Frame f = frame;  // a copy: stores into slots, which are bytes, then alias nothing that is read again
    if (!f.awake[p] && !f.activity) {
      for (ComputationId i = low; i < high; ++i) {
        if constexpr (Unwrap<Entry>::sparse) fetch_mail<p>(f, i + 4, high);
        CycleSelf<A, p, Phases<M...>> self(f, params_, i);
        call<p, Entry>(f, self, i);
        note_checks(f, self.checks());
      }
      return;
    }
    const auto watched = [&](ComputationId i) {
      CycleSelf<A, p, Phases<M...>> self(f, params_, i);
      const A before = computations_[i];
      call<p, Entry>(f, self, i);
      note_checks(f, self.checks());
      const bool same = before == computations_[i];
      const bool quiet = same && self.pure();
      if (f.activity) f.activity->active += !quiet;
      if (!f.awake[p]) return;
      f.awake[p][i] = !quiet;
      if (!same)
        for (std::size_t q = 0; q < sizeof...(M); ++q) f.awake[q][i] |= 1;
    };
    if (f.awake[p])
      detail::for_each_awake(f.awake[p], low, high, watched);
    else
      for (ComputationId i = low; i < high; ++i) watched(i);
  }
  static void note_checks(const Frame& f, std::uint64_t checks) {
    if (checks > 0 && f.most_checks) *f.most_checks = std::max(*f.most_checks, checks);
  }
  /// Fetches the slots of a computation that has mail.
  template <std::size_t p>
  static void fetch_mail(const Frame& f, ComputationId i, ComputationId high) {
    if (i >= high || f.mailed[p][i] != f.tick) return;
    const std::byte* const begin = f.in[p] + std::size_t(f.first[i]) * f.slot[p];
    const std::byte* const end = f.in[p] + std::size_t(f.first[i + 1]) * f.slot[p];
    for (const std::byte* at = begin; at < end; at += 64) __builtin_prefetch(at);
    __builtin_prefetch(f.stamp[p] + f.first[i]);
  }
  template <std::size_t p, class Entry>
  [[gnu::always_inline]] void call(const Frame& f, CycleSelf<A, p, Phases<M...>>& self, ComputationId i) {
    using X = typename Unwrap<Entry>::Message;
    const std::uint32_t begin = f.first[i], degree = f.first[i + 1] - begin;
    if constexpr (Unwrap<Entry>::sparse) {
      const bool any = f.mailed[p][i] == f.tick;
      const std::uint32_t slot = HasTail<X> ? f.slot[p] : std::uint32_t(sizeof(X));
      computations_[i].step(
          self, Mail<X>(f.in[p] + std::size_t(begin) * slot, f.stamp[p] + begin, any ? degree : 0, f.tick, slot));
    } else {
      computations_[i].step(self, Inbox<X>(f.in[p], f.neighbours + begin, degree, f.value_bytes));
    }
  }

  static constexpr MessageInfo list_[] = {{sizeof(typename Unwrap<M>::Message), PureValue<typename Unwrap<M>::Message>,
                                           Unwrap<M>::sparse, detail::type_name<typename Unwrap<M>::Message>(),
                                           tail_bytes<typename Unwrap<M>::Message>(),
                                           detail::wire_size<typename Unwrap<M>::Message>()}...};
  typename A::Params params_;
  std::vector<A> computations_;
};

template <class A>
concept StartsCycles = requires(A a, CycleSelf<A, before_all, typename A::Cycle>& self) {
  a.start(self);
};
template <class Entry>
using PhaseInbox = std::conditional_t<Unwrap<Entry>::sparse, Mail<typename Unwrap<Entry>::Message>,
                                      Inbox<typename Unwrap<Entry>::Message>>;
template <class A, std::size_t p, class Entry, class Protocol>
concept StepsOn = requires(A a, CycleSelf<A, p, Protocol>& self, PhaseInbox<Entry> in) {
  a.step(self, in);
};

template <class A, class Protocol>
struct HasEveryStep : std::false_type {};
template <class A, class... M>
struct HasEveryStep<A, Phases<M...>> {
  static constexpr bool value = []<std::size_t... k>(std::index_sequence<k...>) {
    return (StepsOn<A, k, M, Phases<M...>> && ...);
  }
  (std::index_sequence_for<M...>{});
};

}  // namespace entente
