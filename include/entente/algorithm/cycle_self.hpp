// SPDX-License-Identifier: MIT
// CycleSelf: what a step of a synchronous algorithm may ask of the computation it runs in.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstring>
#include <iterator>
#include <span>
#include <vector>

#include "entente/algorithm/best_pair.hpp"
#include "entente/algorithm/frame.hpp"
#include "entente/algorithm/own_costs.hpp"
#include "entente/algorithm/protocol.hpp"
#include "entente/base/codec.hpp"
#include "entente/base/contract.hpp"
#include "entente/base/random.hpp"
#include "entente/kernel/local_tables.hpp"

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

/// Reading cost tables at this cycle's values, shared by every engine.
struct Tables {
  /// The value that neighbour `j` of `i` told this cycle.
  static std::size_t heard(const Frame& f, ComputationId i, ComputationId j) {
    if (f.heard) {
      const std::uint32_t *low = f.neighbours + f.first[i], *high = f.neighbours + f.first[i + 1];
      return f.heard[std::lower_bound(low, high, j) - f.neighbours];
    }
    const std::byte* const plane = f.in[f.value_phase];
    if (f.value_bytes == 1) return std::to_integer<std::size_t>(plane[j]);
    std::uint32_t value;
    std::memcpy(&value, plane + std::size_t(j) * sizeof value, sizeof value);
    return value;
  }
  static double read(const kernel::LocalTables& t, const void* cells, std::uint64_t at) {
    return t.single ? double(static_cast<const float*>(cells)[at]) : static_cast<const double*>(cells)[at];
  }
  /// Where the row of the directed edge `e` of `i` begins for a value of its other end.
  static std::uint64_t row(const kernel::LocalTables& t, ComputationId i, std::uint64_t e, std::uint64_t theirs) {
    return t.domain ? (e * t.domain + theirs) * t.stride : t.table_first[e] + theirs * t.domains[i];
  }
  /// Where the cell of a wide place lies with the own value at 0 and others as heard, but `fixed` at `value`.
  static std::uint64_t wide_rest(const Frame& f, const kernel::LocalTables& t, ComputationId i, kernel::WidePlace place,
                                 ComputationId fixed, std::uint64_t value) {
    const kernel::WideFunction& w = t.functions[place.function];
    std::uint64_t at = w.cells;
    for (std::uint32_t k = 0; k < w.arity; ++k) {
      if (k == place.position) continue;
      const ComputationId j = t.members[w.first + k];
      at += t.strides[w.first + k] * (j == fixed ? value : heard(f, i, j));
    }
    return at;
  }
  /// What the constraints that `i` shares with `j` cost at these two values, others as heard. Counts them.
  static double shared(const Frame& f, ComputationId i, ComputationId j, ValueIndex own, ValueIndex theirs,
                       std::uint64_t& checks) {
    const kernel::LocalTables& t = *f.truth;
    double sum = 0;
    const std::uint32_t *low = t.other + t.first[i], *high = t.other + t.first[i + 1];
    const std::uint32_t* const at = std::lower_bound(low, high, j);
    if (at != high && *at == j) {
      sum += read(t, t.cells, row(t, i, std::uint64_t(at - t.other), std::uint64_t(theirs)) + std::uint64_t(own));
      ++checks;
    }
    for (std::uint32_t p = t.wide_first ? t.wide_first[i] : 0, end = t.wide_first ? t.wide_first[i + 1] : 0; p < end;
         ++p) {
      const kernel::WideFunction& w = t.functions[t.wide[p].function];
      if (std::find(t.members + w.first, t.members + w.first + w.arity, j) == t.members + w.first + w.arity) continue;
      sum += wide(f, t, i, t.wide[p], j, theirs, own);
      ++checks;
    }
    return sum;
  }
  /// Fetches the current rows of the binary constraints around `i`, believed and true.
  static void fetch(const Frame& f, ComputationId i) {
    const kernel::LocalTables &t = *f.truth, &mine = *f.believed;
    const std::size_t number = t.single ? sizeof(float) : sizeof(double);
    for (std::uint32_t e = t.first[i]; e < t.first[i + 1]; ++e) {
      const std::uint64_t at = row(t, i, e, heard(f, i, t.other[e])) * number;
      __builtin_prefetch(static_cast<const char*>(t.cells) + at);
      __builtin_prefetch(static_cast<const char*>(mine.cells) + at, 1);
    }
  }
  /// Calls visit(OwnConstraint&) for each constraint around `i`: binary ones by neighbour, then the others.
  template <class F>
  static void each_constraint(const Frame& f, ComputationId i, ValueIndex own, F&& visit) {
    const kernel::LocalTables &t = *f.truth, &mine = *f.believed;
    const std::size_t number = t.single ? sizeof(float) : sizeof(double);
    const auto in = [&](const void* cells, std::uint64_t at) { return static_cast<const char*>(cells) + at * number; };
    const auto out = [&](const void* cells, std::uint64_t at) { return const_cast<char*>(in(cells, at)); };
    const std::uint32_t domain = t.domains[i];
    const std::uint32_t low = t.first[i], high = t.first[i + 1];
    const std::uint64_t step = t.domain ? t.stride : domain;
    for (std::uint32_t e = low; e < high; ++e) {
      const std::uint64_t begin = row(t, i, e, 0);
      const std::uint32_t other = t.other[e], outer = t.domain ? t.domain : t.domains[other];
      OwnConstraint one({in(t.cells, begin), out(mine.cells, begin), f.extremes + 2 * std::size_t(e), t.other + e, 1,
                         std::min(e, t.back[e]), outer, step, 1, heard(f, i, other) * step, domain, t.single},
                        i, own);
      visit(one);
    }
    if (!t.wide_first) return;
    const std::uint32_t edges = t.first[t.variables];
    for (std::uint32_t p = t.wide_first[i]; p < t.wide_first[i + 1]; ++p) {
      const kernel::WideFunction &w = t.functions[t.wide[p].function], &own_copy = mine.functions[p];
      const std::uint64_t stride = t.strides[w.first + t.wide[p].position], step = stride * domain;
      const std::uint64_t rest = wide_rest(f, t, i, t.wide[p], no_id, 0) - w.cells;
      const std::uint64_t leading = t.strides[w.first] * t.domains[t.members[w.first]];
      OwnConstraint one({in(t.wide_cells, w.cells), out(mine.wide_cells, own_copy.cells),
                         f.extremes + 2 * (std::size_t(edges) + p), t.members + w.first, w.arity,
                         edges + t.wide[p].function, leading / step, step, stride, rest, domain, t.single},
                        i, own);
      visit(one);
    }
  }

 private:
  static double wide(const Frame& f, const kernel::LocalTables& t, ComputationId i, kernel::WidePlace place,
                     ComputationId j, ValueIndex theirs, ValueIndex own) {
    const kernel::WideFunction& w = t.functions[place.function];
    if (w.cells != kernel::WideFunction::computed)
      return read(t, t.wide_cells,
                  wide_rest(f, t, i, place, j, std::uint64_t(theirs)) +
                      t.strides[w.first + place.position] * std::uint64_t(own));
    thread_local std::vector<std::uint32_t> tuple;
    tuple.resize(w.arity);
    for (std::uint32_t k = 0; k < w.arity; ++k) {
      const ComputationId member = t.members[w.first + k];
      tuple[k] = member == i   ? std::uint32_t(own)
                 : member == j ? std::uint32_t(theirs)
                               : std::uint32_t(heard(f, i, member));
    }
    return t.cost(t.context, place.function, tuple.data());
  }
};

/// Bytes on a wire of a message of a cycle, without its tail.
template <class M>
constexpr std::uint32_t wire_size() {
  if constexpr (Form<M>::known && Form<M>::fixed)
    return std::uint32_t(Form<M>::least);
  else
    return sizeof(M);
}

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
  static constexpr bool owns_costs = requires { requires A::owns_costs; };

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

  /// How many hard constraints an own value violates against the neighbours' values of this phase.
  std::uint32_t violations(ValueIndex value) const requires has_view {
    const double hard = f_.truth->hard_weight;
    return hard > 0 ? std::uint32_t(local_cost(value) / hard + 0.5) : 0;
  }
  /// What the constraints shared with neighbour k cost at these two values, all others as told this cycle.
  double shared_cost(Neighbour k, ValueIndex own, ValueIndex theirs) const {
    const kernel::LocalTables& t = *f_.truth;
    // Where all constraints are binary, neighbours are numbered as edges are: no search.
    if (f_.neighbours == t.other) {
      ++checks_;
      return detail::Tables::read(
          t, t.cells, detail::Tables::row(t, id_, f_.first[id_] + k, std::uint64_t(theirs)) + std::uint64_t(own));
    }
    return detail::Tables::shared(f_, id_, id(k), own, theirs, checks_);
  }
  /// The best pair of values for this variable and neighbour k: the lowest sum of the local cost, shared constraints
  /// left out, of `rest`, which holds one number for each of their values, and of what is shared. `now`: the sum at the
  /// present pair, which wins ties; of others the one with the lower value of theirs, then of ours.
  JointMove best_pair(Neighbour k, const double* rest, ValueIndex own, ValueIndex theirs) const requires has_view {
    const kernel::LocalTables& t = *f_.truth;
    if (f_.neighbours != t.other || !t.domain || t.stride % detail::lanes != 0)
      return detail::best_pair(*this, k, rest, own, theirs);
    checks_ += (std::uint64_t(t.domain) + 1) * t.domain;
    const std::uint64_t first = detail::Tables::row(t, id_, f_.first[id_] + k, 0);
    if (t.single)
      return detail::best_pair(static_cast<const float*>(t.cells) + first, view<float>(), t.domain, t.stride, rest, own,
                               theirs);
    return detail::best_pair(static_cast<const double*>(t.cells) + first, view<double>(), t.domain, t.stride, rest, own,
                             theirs);
  }
  /// What a violated hard constraint weighs in local costs; 0 if none is hard.
  double hard_cost() const { return f_.truth->hard_weight; }
  /// Number of values of neighbour k's variable.
  ValueIndex neighbour_domain(Neighbour k) const { return ValueIndex(detail::View::domain(f_, id(k))); }
  /// The value that neighbour k told this cycle.
  ValueIndex told(Neighbour k) const { return ValueIndex(detail::Tables::heard(f_, id_, id(k))); }
  /// Position of a neighbour. O(log degree).
  Neighbour position(ComputationId neighbour) const {
    const std::uint32_t *low = f_.neighbours + f_.first[id_], *high = f_.neighbours + f_.first[id_ + 1];
    return Neighbour(std::lower_bound(low, high, neighbour) - low);
  }
  /// Calls visit(OwnConstraint&) for each constraint around this variable, constraints on the same two variables as
  /// one. Needs `static constexpr bool owns_costs = true`; the view then holds what this computation believes.
  template <class F>
  void each_constraint(ValueIndex own, F&& visit) requires(owns_costs) {
    impure_ = true;
    detail::Tables::each_constraint(f_, id_, own, [&](OwnConstraint& constraint) {
      ++checks_;
      visit(constraint);
    });
  }
  /// This computation has nothing more to do. It still takes part in every cycle; the run ends when all have said so.
  void finish() { f_.finished[id_] = 1; }

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
    static_assert(!HasTail<X>, "a message with a Tail needs numbers to send with it");
    std::memcpy(slot_for(q, k), &message, sizeof(X));
    count(q, k, detail::wire_size<X>());
  }
  /// The same for a message with a tail; `number(value)` gives what follows it for each own value.
  template <class X, class F>
  requires HasTail<X>
  void send(Neighbour k, const X& message, F&& number) {
    constexpr std::size_t q = detail::position_of<X, M...>;
    static_assert(q < sizeof...(M), "this message is not part of the protocol");
    std::byte* const slot = slot_for(q, k);
    std::memcpy(slot, &message, sizeof(X));
    auto* const tail = reinterpret_cast<typename X::Tail*>(slot + sizeof(X));
    for (ValueIndex v = 0; v < domain(); ++v) tail[v] = typename X::Tail(number(v));
    count(q, k, detail::wire_size<X>() + sizeof(typename X::Tail) * std::uint64_t(domain()));
  }

  /// For the runtime: nothing but state and inbox went into this step.
  bool pure() const { return draws_ == 0 && !impure_; }
  /// For the runtime: constraint checks of this step, but for those of the view.
  std::uint64_t checks() const { return checks_; }

 private:
  /// The row of local costs.
  template <class Number>
  const Number* view() const {
    return static_cast<const Number*>(f_.rows) + detail::View::offset(f_, id_);
  }
  /// The slot of what is said to neighbour k, marked as filled.
  std::byte* slot_for(std::size_t q, Neighbour k) {
    const std::uint32_t edge = f_.back[f_.first[id_] + k];
    f_.stamp[q][edge] = f_.tick + 1;
    __atomic_store_n(&f_.mailed[q][id(k)], f_.tick + 1, __ATOMIC_RELAXED);
    if (f_.activity) ++f_.activity->sent;
    impure_ = true;
    return f_.out[q] + std::size_t(edge) * f_.slot[q];
  }
  void count(std::size_t q, Neighbour k, std::uint64_t bytes) {
    if (!f_.kinds || (f_.host && f_.host[id(k)] == f_.host[id_])) return;
    Traffic& sent = f_.sent[id_];
    ++sent.messages;
    sent.bytes += bytes;
    KindTraffic& all = f_.kinds[q];
    ++all.messages;
    all.bytes += bytes;
    all.largest = std::max(all.largest, bytes);
  }
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
  mutable std::uint64_t checks_ = 0;
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
