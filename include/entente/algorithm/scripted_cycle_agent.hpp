// SPDX-License-Identifier: MIT
// ScriptedAgent of synchronous algorithms. Included by scripted_agent.hpp.
#pragma once

#include <cstring>
#include <functional>
#include <limits>

#include "entente/algorithm/scripted_agent.hpp"

namespace entente {

namespace detail {
template <class A, class Protocol>
struct ScriptedCycleBase;
template <class A, class... M>
struct ScriptedCycleBase<A, Phases<M...>> {
  using Type = ScriptedBase<A, M...>;
};
}  // namespace detail

template <class A>
struct CycleScript {
  ComputationId id = 0;
  std::vector<ComputationId> neighbours = {};  ///< Ascending.
  /// What each own value costs against the neighbours' values, to be minimised; one for each value of the domain.
  std::vector<double> costs = {0, 0};
  double lowest_cost = 0;
  std::uint32_t reach = 0;
  ValueIndex initial = no_value;   ///< The problem's initial value.
  std::vector<double> draws = {};  ///< What `uniform` gives, in order; asking for more fails the test.
  typename A::Params params = {};
  std::uint32_t cycle = 0;
  std::vector<std::uint32_t> violations = {};                            ///< Of each own value; none if empty.
  std::vector<ValueIndex> told = {};                                     ///< By each neighbour.
  std::function<double(Neighbour, ValueIndex, ValueIndex)> shared = {};  ///< `shared_cost`.
  std::function<double(ComputationId)> lot = {};
};

/// A synchronous computation as its steps see it. `best_response`, `pick` and `local_cost` go by the script's costs.
template <class A>
requires Synchronous<A>
class ScriptedAgent<A> : public detail::ScriptedCycleBase<A, typename A::Cycle>::Type {
  using Base = typename detail::ScriptedCycleBase<A, typename A::Cycle>::Type;

 public:
  using Script = CycleScript<A>;

  explicit ScriptedAgent(Script script)
      : Base({script.id, script.neighbours, script.initial, script.lowest_cost, script.reach, script.draws,
              script.params}),
        script_(std::move(script)) {
    if (script_.costs.empty()) detail::outside_script("a domain has at least one value, so there is a cost");
    best_.cost = *std::min_element(script_.costs.begin(), script_.costs.end());
    for (std::size_t v = 0; v < script_.costs.size() && script_.costs.size() <= 64; ++v)
      if (script_.costs[v] == best_.cost) best_.ties |= std::uint64_t(1) << v;
    frame_.domain = std::uint32_t(script_.costs.size());
    frame_.rows = script_.costs.data();
    frame_.base = script_.id;
    frame_.best = &best_;
  }
  ScriptedAgent(const ScriptedAgent&) = delete;
  ScriptedAgent& operator=(const ScriptedAgent&) = delete;

  /// One message from each of the script's neighbours, in their order. Good until the next call.
  template <class X>
  Inbox<X> inbox(const std::vector<X>& messages) {
    const auto& senders = this->common_.neighbours;
    if (messages.size() != senders.size())
      detail::outside_script(std::to_string(messages.size()) + " messages for " + std::to_string(senders.size()) +
                             " neighbours");
    slots_.assign(senders.empty() ? 0 : (std::size_t(senders.back()) + 1) * sizeof(X), std::byte{});
    for (std::size_t k = 0; k < messages.size(); ++k)
      std::memcpy(slots_.data() + senders[k] * sizeof(X), &messages[k], sizeof(X));
    return {slots_.data(), senders.data(), this->degree(), 0};
  }
  /// Messages of a sparse phase, from some neighbours. Good until the next call.
  template <class X>
  requires(!HasTail<X>) Mail<X> mail(const std::vector<std::pair<Neighbour, X>>& messages) {
    slots_.assign(this->degree() * sizeof(X), std::byte{});
    stamps_.assign(this->degree(), 0);
    for (const auto& [k, message] : messages) {
      this->id(k);  // checks it
      std::memcpy(slots_.data() + k * sizeof(X), &message, sizeof(X));
      stamps_[k] = 1;
    }
    return {slots_.data(), stamps_.data(), messages.empty() ? 0 : this->degree(), 1};
  }

  // What steps ask.
  ValueIndex domain() const { return ValueIndex(script_.costs.size()); }
  std::uint32_t cycle() { return script_.cycle; }
  ValueIndex random_value() { return ValueIndex(this->uniform() * double(domain())); }
  ValueIndex initial_value() { return script_.initial != no_value ? script_.initial : random_value(); }
  double lot(ComputationId computation) {
    if (!script_.lot) detail::outside_script("the step asks for lots; give the script `lot`");
    return script_.lot(computation);
  }
  Move best_response(ValueIndex own) const { return detail::View::best_response(frame_, script_.id, checked(own)); }
  ValueIndex pick(const Move& move, ValueIndex own) {
    if (move.alternatives == 0) detail::outside_script("the step picks among no alternatives");
    return detail::View::pick(frame_, script_.id, own, move.alternatives, move.alternatives > 1 ? this->uniform() : 0);
  }
  double local_cost(ValueIndex value) const { return script_.costs[std::size_t(checked(value))]; }
  std::uint32_t violations(ValueIndex value) const {
    return script_.violations.empty() ? 0 : script_.violations.at(std::size_t(checked(value)));
  }
  ValueIndex told(Neighbour k) const { return script_.told.at(k); }
  double shared_cost(Neighbour k, ValueIndex own, ValueIndex theirs) const {
    if (!script_.shared) detail::outside_script("the step asks for shared costs; give the script `shared`");
    return script_.shared(k, own, theirs);
  }
  JointMove best_pair(Neighbour k, const double* rest, ValueIndex own, ValueIndex theirs) const {
    return detail::best_pair(*this, k, rest, own, theirs);
  }

  template <class X>
  void broadcast(const X& message) {
    this->record(everybody, message);
  }
  template <class X>
  void send(Neighbour k, const X& message) {
    this->record(this->id(k), message);
  }
  template <class X, class F>
  requires HasTail<X>
  void send(Neighbour k, const X& message, F&& number) {
    std::vector<double> tail;
    for (ValueIndex v = 0; v < domain(); ++v) tail.push_back(double(number(v)));
    this->record(this->id(k), message, std::move(tail));
  }

 private:
  ValueIndex checked(ValueIndex value) const {
    if (value < 0 || value >= domain())
      detail::outside_script("value " + std::to_string(value) + " is outside the domain, which has " +
                             std::to_string(domain()));
    return value;
  }

  Script script_;
  Best best_{0, 0};
  Frame frame_;
  std::vector<std::byte> slots_;
  std::vector<std::uint32_t> stamps_;
};

}  // namespace entente
