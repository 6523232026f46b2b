// SPDX-License-Identifier: MIT
// ClassicMediation: OptAPO's protocol as it was published, with its partial sessions and its one condition to stop.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "kernel/good_list.hpp"

namespace entente {

/// One agent. It mediates when its good list costs more than it would have to and nobody of higher priority (larger
/// list, then id) wants to. Members that are busy, or expect somebody of higher priority, answer `wait!`: the session
/// goes on without them. Whom its solution hurts outside the list is linked to and so joins it. It stops where every
/// list costs no more than it has to, one by one; that this need not be the optimum of the whole is why `optapo` does
/// not work like this unless asked to.
///
/// Left open by the paper: where those outside would lose as much as the members gain, values stay and only links are
/// made; who is linked to does not take the mediator into its own list; agents act up to a millisecond after the
/// wish.
class ClassicMediation {
 public:
  struct ClassicInit {
    ValueIndex value;
    std::uint32_t priority;
    bool wants;  // to mediate
    std::vector<SharedFunction> functions;
    bool fits(const MessageGround& at) const {
      return at.told(value) &&
             std::ranges::all_of(functions, [&](const SharedFunction& f) { return f.belongs(at, at.from()); });
    }
  };
  struct ClassicValue {  // value?
    ValueIndex value;
    std::uint32_t priority;
    bool wants;
    bool fits(const MessageGround& at) const { return at.told(value); }
  };
  struct ClassicEvaluate {  // evaluate?
    std::uint32_t priority;
  };
  struct Label {  // what a value costs others
    double excess;
    std::vector<VariableId> others;
  };
  struct ClassicEvaluated {  // evaluate!
    std::uint32_t priority;
    std::vector<std::vector<Label>> labels;  // by value
    bool fits(const MessageGround& at) const {
      const auto sound = [&](const Label& label) {
        return label.excess >= 0 && std::ranges::all_of(label.others, [&](auto v) { return at.is_variable(v); });
      };
      return labels.size() == std::size_t(at.problem().domain_size(at.from())) &&
             std::ranges::all_of(labels, [&](const auto& list) { return std::ranges::all_of(list, sound); });
    }
  };
  struct ClassicWait {  // wait!
    std::uint32_t priority;
  };
  struct ClassicAccept {  // accept!
    ValueIndex order;
    ClassicValue mediator;
    bool fits(const MessageGround& at) const { return at.own(order) && mediator.fits(at); }
  };
  /// Whether these are messages of this protocol.
  template <class M>
  static constexpr bool speaks =
      std::same_as<M, ClassicInit> || std::same_as<M, ClassicValue> || std::same_as<M, ClassicEvaluate> ||
      std::same_as<M, ClassicEvaluated> || std::same_as<M, ClassicWait> || std::same_as<M, ClassicAccept>;

  void start(Agent auto& self, ValueIndex& value) {
    value = self.initial_value();
    list_.hear(self.id(), value, 0);
    own_ = shared_functions(self.problem(), self.id());
    for (const SharedFunction& function : own_) list_.learn(function);
    agents_[self.id()];
    linked_ = {self.id()};
    for (const VariableId v : list_.neighbours(self.id())) link(self, value, v);
    gather(self);
    check(self, value);
  }

  void receive(Agent auto& self, ValueIndex& value, ComputationId from, ClassicInit&& init) {
    for (const SharedFunction& function : init.functions) list_.learn(function);
    note(from, {init.value, init.priority, init.wants});
    if (awaited_.erase(from) == 0)
      self.send(from, ClassicInit{value, priority(), wants_, own_});  // who asks takes us into its list, not we it
    else
      linked_.insert(from);
    gather(self);
    check(self, value);
  }
  void receive(Agent auto& self, ValueIndex& value, ComputationId from, const ClassicValue& message) {
    note(from, message);
    check(self, value);
  }

  void tick(Agent auto& self, ValueIndex& value) {
    self.rest();
    armed_ = false;
    if (!awaited_.empty() || busy_ || !wants(self) || is_behind(self.id(), priority())) return;
    if (improve_alone(self, value)) return;
    busy_ = true;
    preferences_.clear();
    waiting_ = list_.members().size() - 1;
    for (const VariableId v : list_.members())
      if (v != self.id()) self.send(v, ClassicEvaluate{priority()});
    preferences_[self.id()] = labels(self);
    if (waiting_ == 0) choose_solution(self, value);
  }
  void receive(Agent auto& self, ValueIndex& value, ComputationId from, ClassicEvaluated&& answer) {
    self.demand(busy_ && waiting_ > 0 && list_.contains(from));
    agents_[from].priority = answer.priority;
    preferences_[from] = std::move(answer.labels);
    if (--waiting_ == 0) choose_solution(self, value);
  }
  void receive(Agent auto& self, ValueIndex& value, ComputationId from, const ClassicWait& answer) {
    self.demand(busy_ && waiting_ > 0);
    agents_[from].priority = answer.priority;
    if (--waiting_ == 0) choose_solution(self, value);
  }

  void receive(Agent auto& self, ValueIndex&, ComputationId from, const ClassicEvaluate& ask) {
    agents_[from].priority = ask.priority;
    agents_[from].wants = true;
    if (busy_ || is_behind(from, ask.priority)) {
      self.send(from, ClassicWait{priority()});
    } else {
      busy_ = true;
      self.send(from, ClassicEvaluated{priority(), labels(self)});
    }
  }
  void receive(Agent auto& self, ValueIndex& value, ComputationId from, const ClassicAccept& accept) {
    busy_ = false;
    note(from, accept.mediator);
    list_.hear(self.id(), value = accept.order, 0);
    announce(self, value, std::set<ComputationId>());
    check(self, value);
  }

 private:
  struct Known {
    std::uint32_t priority = 0;
    bool wants = false;
  };

  std::uint32_t priority() const { return std::uint32_t(list_.members().size()); }
  void note(ComputationId agent, const ClassicValue& told) {
    list_.hear(agent, told.value, 0);
    agents_[agent] = {told.priority, told.wants};
  }
  /// Whether somebody who goes before `agent` wants to mediate.
  bool is_behind(ComputationId agent, std::uint32_t priority) const {
    return std::ranges::any_of(agents_, [&](const auto& other) {
      return other.second.wants && std::pair(other.second.priority, other.first) > std::pair(priority, agent);
    });
  }
  /// Whether the good list costs more than it had to when this agent mediated last; at first, than nothing.
  bool wants(Agent auto& self) {
    const bool more = std::isfinite(optimum_) && list_.less({0, optimum_}, list_.cost());
    self.check(list_.take_checks());
    return more;
  }

  void link(Agent auto& self, ValueIndex value, VariableId other) {
    awaited_.insert(other);
    self.send(other, ClassicInit{value, priority(), wants_, own_});
  }
  /// The good list: those of the agents linked to that constraints between them connect with this one.
  void gather(Agent auto& self) {
    std::set<VariableId> members{self.id()};
    std::vector<VariableId> open{self.id()};
    while (!open.empty()) {
      const VariableId v = open.back();
      open.pop_back();
      for (const VariableId u : list_.neighbours(v))
        if (linked_.count(u) && members.insert(u).second) open.push_back(u);
    }
    list_.set_members({members.begin(), members.end()});
    self.centralise(priority());
  }

  void check(Agent auto& self, ValueIndex& value) {
    if (!awaited_.empty() || busy_ || self.stop_requested()) return;
    const bool before = std::exchange(wants_, wants(self));
    agents_[self.id()] = {priority(), wants_};
    if (wants_ && !is_behind(self.id(), priority()) && !armed_) {
      armed_ = true;
      self.every(1, 1e-3 * self.uniform());
    }
    if (wants_ != before || priority() != announced_) announce(self, value, std::set<ComputationId>());
  }
  /// Takes a value that is all it needs, if it hurts only agents of lower priority.
  bool improve_alone(Agent auto& self, ValueIndex& value) {
    const ValueIndex now = value;
    const auto& all = labels(self);
    for (ValueIndex other = 0; other < ValueIndex(all.size()); ++other) {
      const bool harmless = std::ranges::all_of(all[std::size_t(other)], [&](const Label& label) {
        return std::ranges::all_of(label.others, [&](VariableId v) {
          return std::pair(agents_[v].priority, v) < std::pair(priority(), self.id());
        });
      });
      if (other == now || !harmless) continue;
      list_.hear(self.id(), other, 0);
      if (!wants(self)) {
        value = other;
        wants_ = agents_[self.id()].wants = false;
        announce(self, value, std::set<ComputationId>());
        return true;
      }
      list_.hear(self.id(), now, 0);
    }
    return false;
  }

  /// For each own value, whom it would hurt and how much, by what is known of their values.
  std::vector<std::vector<Label>> labels(Agent auto& self) {
    std::vector<std::vector<Label>> list(std::size_t(self.domain()));
    std::vector<ValueIndex> tuple;
    for (const SharedFunction& function : own_) {
      tuple.clear();
      for (const VariableId v : function->scope) tuple.push_back(std::max(list_.value(v), 0));
      const auto place = std::ranges::find(function->scope, self.id()) - function->scope.begin();
      for (ValueIndex value = 0; value < self.domain(); ++value) {
        tuple[std::size_t(place)] = value;
        const double excess = function->excess(tuple);
        if (!(excess > 0)) continue;
        std::vector<VariableId> others = function->scope;
        std::erase(others, self.id());
        list[std::size_t(value)].push_back({excess, std::move(others)});
      }
      self.check(list.size());
    }
    return list;
  }

  /// All have answered: the best for those who take part, and the consequences.
  void choose_solution(Agent auto& self, ValueIndex& value) {
    const StopSignal stop{self.stop_flag(), {}};
    const GoodList::Optimum& best = list_.optimum(stop);
    if (!best.known) return;
    const std::vector<VariableId> members = list_.members();
    optimum_ = best.cost;
    self.certify(members, optimum_);
    std::set<VariableId> hurt;
    if (std::isfinite(optimum_)) hurt = move(outside(self), stop);
    self.check(list_.take_checks());
    value = list_.value(self.id());
    busy_ = false;
    wants_ = wants(self);
    for (const auto& [member, all] : preferences_)
      if (member != self.id()) self.send(member, ClassicAccept{list_.value(member), {value, priority(), wants_}});
    for (const VariableId v : hurt)
      if (!linked_.count(v) && !awaited_.count(v)) link(self, value, v);
    announce(self, value, preferences_);
    check(self, value);
  }
  /// Gives the members the best values, unless those outside would lose as much as the members gain; returns whom they
  /// hurt or would hurt.
  std::set<VariableId> move(const std::vector<std::vector<double>>& outside, const StopSignal& stop) {
    std::set<VariableId> hurt;
    RankedCost before = list_.cost(), pushed;
    Changes back;
    for (const auto& [variable, to] : list_.plan(outside, stop)) {
      const ValueIndex now = list_.value(variable);
      const auto member = std::ranges::find(list_.members(), variable) - list_.members().begin();
      pushed.cost += outside[std::size_t(member)][std::size_t(to)] - outside[std::size_t(member)][std::size_t(now)];
      for (const Label& label : preferences_[variable][std::size_t(to)])
        hurt.insert(label.others.begin(), label.others.end());
      list_.hear(variable, to, 0);
      back.emplace_back(variable, now);
    }
    if (!list_.less(list_.cost() + pushed, before))
      for (const auto& [variable, now] : back) list_.hear(variable, now, 0);
    return hurt;
  }
  /// What each member's values cost outside the list, as they say; those who wait stay where they are.
  std::vector<std::vector<double>> outside(Agent auto& self) {
    std::vector<std::vector<double>> costs;
    for (const VariableId member : list_.members()) {
      const auto answer = preferences_.find(member);
      const std::size_t size = answer == preferences_.end() ? list_.domain(member) : answer->second.size();
      const bool waits = answer == preferences_.end();
      std::vector<double>& own = costs.emplace_back(size, waits ? std::numeric_limits<double>::infinity() : 0.0);
      if (waits) own[std::size_t(list_.value(member))] = 0;
      for (std::size_t v = 0; v < size && !waits; ++v)
        for (const Label& label : answer->second[v])
          if (!std::ranges::all_of(label.others, [&](VariableId u) { return list_.contains(u); }))
            own[v] += std::isinf(label.excess) ? self.problem().variable_count() : label.excess;
    }
    return costs;
  }

  /// Tells all agents known, but those who have been told, what they should know of this one.
  template <class Told>
  void announce(Agent auto& self, ValueIndex value, const Told& told) {
    announced_ = priority();
    agents_[self.id()] = {priority(), wants_};
    for (const auto& [agent, known] : agents_)
      if (agent != self.id() && !told.count(agent)) self.send(agent, ClassicValue{value, priority(), wants_});
  }

  std::vector<SharedFunction> own_;
  GoodList list_;
  std::map<ComputationId, Known> agents_;  // the agent view, and this agent
  std::set<ComputationId> linked_;         // who told all about themselves because this agent asked
  std::set<ComputationId> awaited_;        // whose init is awaited
  double optimum_ = 0;                     // F*, as it was when this agent mediated last
  bool wants_ = false, busy_ = false, armed_ = false;
  std::uint32_t announced_ = 0;
  std::size_t waiting_ = 0;                                               // answers to come
  std::map<ComputationId, std::vector<std::vector<Label>>> preferences_;  // of those who take part
};

}  // namespace entente
