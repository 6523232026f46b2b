// SPDX-License-Identifier: MIT
// ScriptedAgent of event-driven algorithms. Included by scripted_agent.hpp.
#pragma once

#include <atomic>
#include <limits>
#include <optional>
#include <span>

#include "entente/algorithm/scripted_agent.hpp"

namespace entente {

namespace detail {
template <class A, class Protocol>
struct ScriptedEventBase;
template <class A, class... M>
struct ScriptedEventBase<A, Kinds<M...>> {
  using Type = ScriptedBase<A, M...>;
};
}  // namespace detail

template <class A>
struct EventScript {
  ComputationId id = 0;
  std::vector<ComputationId> neighbours = {};  ///< Ascending.
  ValueIndex domain = 2;                       ///< Of this variable; the problem's, if there is one.
  double lowest_cost = 0;
  std::uint32_t reach = 0;
  ValueIndex initial = no_value;   ///< The problem's initial value.
  std::vector<double> draws = {};  ///< What `uniform` gives, in order; asking for more fails the test.
  typename A::Params params = {};
  const Problem* problem = nullptr;  ///< These outlive the agent.
  const Pseudotree* tree = nullptr;
  const OrderedGraph* row = nullptr;
  void* workspace = nullptr;
  double now = 0;
};

/// An event-driven computation as its handlers see it; what they do is noted below.
template <class A>
requires EventDriven<A>
class ScriptedAgent<A> : public detail::ScriptedEventBase<A, typename A::Messages>::Type {
  using Base = typename detail::ScriptedEventBase<A, typename A::Messages>::Type;

 public:
  using Script = EventScript<A>;
  struct Period {
    double seconds, first;
  };

  explicit ScriptedAgent(Script script)
      : Base({script.id, script.neighbours, script.initial, script.lowest_cost, script.reach, script.draws,
              script.params}),
        script_(std::move(script)) {
    if (script_.problem && script_.id < script_.problem->variable_count())
      script_.domain = script_.problem->domain_size(script_.id);
  }
  ScriptedAgent(const ScriptedAgent&) = delete;
  ScriptedAgent& operator=(const ScriptedAgent&) = delete;

  /// The last value it selected, or `no_value`.
  ValueIndex selected() const { return selected_; }
  /// What it asked for with `every`; nothing at rest.
  const std::optional<Period>& period() const { return period_; }
  /// Whether it asked to be reminded.
  bool reminding() const { return reminding_; }
  /// Bounds and assignments that it reported, in order.
  const std::vector<double>& bounds() const { return bounds_; }
  const std::vector<std::vector<ValueIndex>>& proposals() const { return proposals_; }
  /// The group it certified last, and by how much its costs exceed their minima at least.
  const std::pair<std::vector<VariableId>, double>& certified() const { return certified_; }
  /// How many variables it last said to know all about.
  std::uint32_t centralised() const { return centralised_; }
  /// Constraint checks it made.
  std::uint64_t checks() const { return checks_; }
  void set_now(double now) { script_.now = now; }
  void request_stop() { stop_ = true; }

  // What handlers ask.
  ValueIndex domain() const { return script_.domain; }
  const Problem& problem() const { return given(script_.problem, "problem"); }
  const Pseudotree& tree() const { return given(script_.tree, "tree"); }
  const OrderedGraph& row() const { return given(script_.row, "row"); }
  template <class T>
  T& workspace() const {
    if (!script_.workspace) detail::outside_script("the handler asks for the workspace; give the script one");
    return *static_cast<T*>(script_.workspace);
  }
  double cost(ConstraintId constraint, std::span<const ValueIndex> tuple) const {
    check(1);
    return working(problem().cost(constraint, tuple));
  }
  double working(double cost) const {
    if (problem().is_hard(cost)) return std::numeric_limits<double>::infinity();
    return problem().objective() == Objective::maximise ? -cost : cost;
  }
  void check(std::uint64_t checks) const { checks_ += checks; }
  double now() const { return script_.now; }
  double received_at() const { return script_.now; }
  void every(double period, double first) {
    if (!(period > 0 && first >= 0)) detail::outside_script("a period is longer than 0, and first not before now");
    period_ = {period, first};
  }
  void rest() { period_.reset(); }
  void select(ValueIndex value, double = 0) { selected_ = value; }
  void propose(std::span<const ValueIndex> assignment) {
    if (assignment.size() != problem().variable_count()) detail::outside_script("a proposal has a value per variable");
    proposals_.emplace_back(assignment.begin(), assignment.end());
  }
  void report_bound(double bound) { bounds_.push_back(bound); }
  void certify(std::span<const VariableId> group, double excess) {
    certified_ = {{group.begin(), group.end()}, excess};
  }
  void centralise(std::uint32_t variables) { centralised_ = variables; }
  ValueIndex random_value() { return ValueIndex(this->uniform() * double(domain())); }
  ValueIndex initial_value() { return script_.initial != no_value ? script_.initial : random_value(); }
  template <class X>
  void send(ComputationId to, X&& message) {
    this->record(to, std::forward<X>(message));
  }
  template <class X>
  void broadcast(const X& message) {
    for (const ComputationId neighbour : this->common_.neighbours) this->record(neighbour, message);
  }
  void demand(bool holds) const {
    if (!holds) throw UnfitMessage();
  }
  void remind() { reminding_ = true; }
  bool stop_requested() const { return stop_; }
  const std::atomic<bool>* stop_flag() const { return &stop_; }

 private:
  template <class T>
  static const T& given(const T* what, const char* name) {
    if (!what) detail::outside_script(std::string("the handler asks for the ") + name + "; give the script one");
    return *what;
  }

  Script script_;
  ValueIndex selected_ = no_value;
  std::optional<Period> period_;
  bool reminding_ = false;
  std::vector<double> bounds_;
  std::vector<std::vector<ValueIndex>> proposals_;
  std::pair<std::vector<VariableId>, double> certified_;
  std::uint32_t centralised_ = 0;
  mutable std::uint64_t checks_ = 0;
  std::atomic<bool> stop_{false};
};

}  // namespace entente
