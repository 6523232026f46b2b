// SPDX-License-Identifier: MIT
// CycleSelf: what a step of a synchronous algorithm may ask of the computation it runs in.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <iterator>
#include <span>

#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/protocol.hpp"
#include "entente/base/random.hpp"

namespace entente {

/// The phase number that `start` runs in: before any message.
inline constexpr std::size_t before_all = ~std::size_t(0);

namespace detail {

/// Reading the view, shared by every engine.
struct View {
  static std::uint32_t domain(const Frame& f, ComputationId i) { return f.domain ? f.domain : f.domains[i]; }
  static std::size_t offset(const Frame& f, ComputationId i) {
    return f.row_first ? f.row_first[i] - f.row_first[f.base] : std::size_t(i - f.base) * f.stride;
  }
  static double cost(const Frame& f, ComputationId i, ValueIndex value) {
    const std::size_t at = offset(f, i) + std::size_t(value);
    return f.single ? double(static_cast<const float*>(f.rows)[at]) : static_cast<const double*>(f.rows)[at];
  }
  static Move best_response(const Frame& f, ComputationId i, ValueIndex own) {
    const Best best = f.best[i - f.base];
    const double cost = View::cost(f, i, own);
    if (best.ties) {
      const std::uint64_t others = best.ties & ~(std::uint64_t(1) << own);
      const ValueIndex value = others == best.ties ? ValueIndex(__builtin_ctzll(others)) : own;
      return {value, cost - best.cost, cost, others & (others - 1) ? count(others) : std::uint32_t(others != 0)};
    }
    return search(f, i, own, best.cost, cost);
  }
  /// One of the best values other than `own`, each with the same chance; `draw` is in [0, 1).
  static ValueIndex pick(const Frame& f, ComputationId i, ValueIndex own, std::uint32_t alternatives, double draw) {
    auto skip = std::uint32_t(draw * alternatives);
    if (const std::uint64_t ties = f.best[i - f.base].ties) {
      std::uint64_t others = ties & ~(std::uint64_t(1) << own);
      while (skip--) others &= others - 1;
      return ValueIndex(__builtin_ctzll(others));
    }
    const double lowest = f.best[i - f.base].cost;
    for (ValueIndex v = 0;; ++v)
      if (v != own && View::cost(f, i, v) == lowest && skip-- == 0) return v;
  }

 private:
  static std::uint32_t count(std::uint64_t bits) { return std::uint32_t(__builtin_popcountll(bits)); }
  static Move search(const Frame& f, ComputationId i, ValueIndex own, double lowest, double cost) {
    Move move{no_value, cost - lowest, cost, 0};
    for (ValueIndex v = 0; v < ValueIndex(domain(f, i)); ++v) {
      if (View::cost(f, i, v) != lowest) continue;
      if (v == own) continue;
      if (move.value == no_value) move.value = v;
      ++move.alternatives;
    }
    if (cost == lowest) move.value = own;
    return move;
  }
};

template <class X, class... M>
inline constexpr std::size_t position_of = [] {
  const bool hit[] = {std::is_same_v<typename Unwrap<M>::Message, X>...};
  return std::size_t(std::find(std::begin(hit), std::end(hit), true) - std::begin(hit));
}();

}  // namespace detail

template <class A, std::size_t phase, class Protocol>
class CycleSelf;

/// A computation as its own step sees it. Everything that may change from cycle to cycle comes through here: that is
/// what lets the runtime skip a computation whose inputs are those of the last cycle.
template <class A, std::size_t phase, class... M>
class CycleSelf<A, phase, Phases<M...>> {
  template <std::size_t p>
  static constexpr bool is_value_phase = [] {
    if constexpr (p < sizeof...(M)) {
      const bool value[] = {PureValue<typename Unwrap<M>::Message>...};
      return value[p];
    } else {
      return false;
    }
  }();
  static constexpr bool has_view =
      is_value_phase<phase> || (phase != before_all && requires { requires A::keeps_view; });

 public:
  CycleSelf(const Frame& frame, const typename A::Params& params, ComputationId id)
      : f_(frame), params_(params), id_(id) {}

  ComputationId id() const { return id_; }
  ComputationId id(Neighbour k) const { return f_.neighbours[f_.first[id_] + k]; }
  const auto& params() const { return params_; }
  std::uint32_t degree() const { return f_.first[id_ + 1] - f_.first[id_]; }
  /// Number of values of this variable.
  ValueIndex domain() const { return ValueIndex(detail::View::domain(f_, id_)); }
  /// Sum of (arity - 1) over this variable's constraints.
  std::uint32_t reach() const { return f_.reach[id_]; }
  /// A lower bound of the local cost: each constraint at its best.
  double lowest_cost() const { return f_.lowest[id_]; }

  std::uint32_t cycle() {
    impure_ = true;
    return f_.cycle;
  }
  /// A number in [0, 1), addressed by seed, computation and cycle. Draw late: a draw keeps the computation awake.
  double uniform() { return unit(f_.salt, id_, draws_++); }
  ValueIndex random_value() { return ValueIndex(uniform() * double(domain())); }
  /// The problem's initial value if it gives one, else a random value.
  ValueIndex initial_value() {
    if (f_.initial && f_.initial[id_] != no_value) return f_.initial[id_];
    return random_value();
  }
  /// A number that every computation can work out for every other in this cycle; for ties broken at random.
  double lot(ComputationId computation) {
    impure_ = true;
    return unit(f_.salt ^ 0x6c6f74u, computation, 0);
  }

  /// The best reply to the neighbours' values of this phase.
  Move best_response(ValueIndex own) const requires has_view { return detail::View::best_response(f_, id_, own); }
  /// One of the best values other than `own`, at random; `move.alternatives` > 0.
  ValueIndex pick(const Move& move, ValueIndex own) requires has_view {
    return detail::View::pick(f_, id_, own, move.alternatives, move.alternatives > 1 ? uniform() : 0.0);
  }
  /// Cost of an own value against the neighbours' values of this phase.
  double local_cost(ValueIndex value) const requires has_view { return detail::View::cost(f_, id_, value); }

  /// Says `message` to every neighbour. A computation does this exactly once in each phase that is not sparse.
  template <class X>
  void broadcast(const X& message) {
    constexpr std::size_t q = detail::position_of<X, M...>;
    static_assert(q < sizeof...(M), "this message is not part of the protocol");
    if constexpr (PureValue<X>) {
      if (f_.value_bytes == 1) return say(q, static_cast<std::uint8_t>(message.value));
    }
    say(q, message);
  }
  /// Says `message` to one neighbour, in a sparse phase.
  template <class X>
  void send(Neighbour k, const X& message) {
    constexpr std::size_t q = detail::position_of<X, M...>;
    static_assert(q < sizeof...(M), "this message is not part of the protocol");
    const std::uint32_t edge = f_.back[f_.first[id_] + k];
    reinterpret_cast<X*>(f_.out[q])[edge] = message;
    f_.stamp[q][edge] = f_.tick + 1;
    __atomic_store_n(&f_.mailed[q][id(k)], f_.tick + 1, __ATOMIC_RELAXED);
    if (f_.activity) ++f_.activity->sent;
    impure_ = true;
  }

  /// For the runtime: nothing but state and inbox went into this step.
  bool pure() const { return draws_ == 0 && !impure_; }

 private:
  template <class X>
  void say(std::size_t q, const X& message) {
    std::byte* const out = f_.out[q] + std::size_t(id_) * sizeof(X);
    if (f_.changed || f_.activity) {
      if (std::memcmp(f_.in[q] + std::size_t(id_) * sizeof(X), &message, sizeof(X)) != 0) {
        if (f_.changed) f_.changed->list[f_.changed->count++] = id_;
        if (f_.activity) ++f_.activity->active;
      }
    }
    std::memcpy(out, &message, sizeof(X));
  }

  const Frame& f_;
  const typename A::Params& params_;
  ComputationId id_;
  std::uint32_t draws_ = 0;
  bool impure_ = false;
};

/// What handlers take as `Agent auto& self`, so that a misspelt call is an error in the algorithm's own line.
template <class S>
concept Agent = requires(S& self) {
  { self.id() } -> std::same_as<ComputationId>;
  { self.degree() } -> std::same_as<std::uint32_t>;
  { self.uniform() } -> std::same_as<double>;
  self.params();
};

}  // namespace entente
