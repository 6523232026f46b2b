// SPDX-License-Identifier: MIT
// Mediation: what APO and OptAPO have in common. Agents gather parts of the problem, and move them to better values in
// sessions under locks.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "kernel/good_list.hpp"
#include "kernel/lock_manager.hpp"
#include "kernel/termination.hpp"

namespace entente {

/// The part of a mediating algorithm that brings its agents to the best of what each can see (T1): an agent whose good
/// list costs more than it has to holds a session, which either lowers the cost of the whole or makes its list grow.
///
/// `Paper` derives from this. It has `static constexpr bool warm(params)`: whether agents first improve alone, and
/// `largest(params)`: the variables of the largest good list (0: no limit); `void surveyed(self)`, called when the
/// agent has learnt what its list costs at best and that this is no less than it could be; and `bool exempt() const`:
/// whether somebody else answers for this agent.
template <class Paper>
class Mediation {
 public:
  struct Link {};  // link?: tell me all about you, now and whenever it changes
  struct Init {
    ValueIndex value;
    std::uint32_t version;
    std::vector<SharedFunction> functions;
    /// Who is asked has functions: it is in somebody's.
    bool fits(const MessageGround& at) const {
      return at.told(value) && !functions.empty() &&
             std::ranges::all_of(functions, [&](const SharedFunction& f) { return f.belongs(at, at.from()); });
    }
  };
  struct Value {  // value?
    ValueIndex value;
    std::uint32_t version;
    std::uint64_t clock;
    bool fits(const MessageGround& at) const { return at.told(value); }
  };
  struct Evaluate {  // evaluate?: keep your value, or be ready to change it, until I say accept! or cancel!
    std::uint32_t session;
    Timestamp time;
    bool write;
    bool fits(const MessageGround& at) const { return time.agent == at.from(); }
  };
  struct Evaluated {  // evaluate!
    ValueIndex value;
    std::uint32_t version;
    bool fits(const MessageGround& at) const { return at.told(value); }
  };
  struct Busy {};  // wait!
  struct Accept {  // accept!
    std::uint32_t session;
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.own(value); }
  };
  struct Cancel {
    std::uint32_t session;
  };
  struct Hopeless {};  // no assignment is allowed
  struct Token {       // goes around while the agents find out whether all is done
    TerminationToken token;
    bool fits(const MessageGround&) const { return -most < token.underway && token.underway < most; }
    static constexpr std::int64_t most = std::int64_t(1) << 62;
  };
  struct Done {};  // it is

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    own_ = shared_functions(self.problem(), self.id());
    for (const SharedFunction& function : own_) list_.learn(function);
    list_.hear(self.id(), value, 0);
    linked_ = target_ = {self.id()};
    const std::vector<VariableId>& around = list_.neighbours(self.id());
    grow(self, {around.begin(), around.end()});
    plan_round(self);
  }

  // The good list.

  void receive(Agent auto& self, ComputationId from, Link) {
    received(self);
    self.demand(watchers_.size() < self.problem().variable_count());  // each once
    watchers_.push_back(from);
    send(self, from, Init{value, version_, own_});
  }
  void receive(Agent auto& self, ComputationId from, Init&& init) {
    received(self);
    for (const SharedFunction& function : init.functions) list_.learn(function);
    list_.hear(from, init.value, init.version);
    linked_.insert(from);
    awaited_.erase(from);
    settle(self);
  }
  void receive(Agent auto& self, ComputationId from, const Value& message) {
    received(self);
    clock_ = std::max(clock_, message.clock);
    hear(from, message.value, message.version);
    check(self);
  }

  // Sessions, as their mediator.

  void tick(Agent auto& self) {
    self.rest();
    const bool wished = std::exchange(armed_, false);
    if (wished && may_mediate() && wants_more(self)) mediate(self);
    if (!wished) begin_round(self);
    pass_token(self);
    plan_round(self);
  }
  void receive(Agent auto& self, ComputationId from, const Evaluated& answer) {
    received(self);
    hear(from, answer.value, answer.version);
    answered(self, from);
  }
  void receive(Agent auto& self, ComputationId from, Busy) {
    received(self);
    if (!session_.refused) {
      session_.refused = true;
      close(self, false);
    }
    answered(self, from);
  }

  // Sessions, as one who takes part.

  void receive(Agent auto& self, ComputationId from, const Evaluate& ask) {
    received(self);
    const auto theirs = [&](const LockRequest& r) { return r.mediator == from; };
    self.demand(std::ranges::none_of(locks_.holders(), theirs) && std::ranges::none_of(locks_.waiting(), theirs));
    clock_ = std::max(clock_, ask.time.clock);
    answer(self, locks_.request({from, ask.session, ask.time, ask.write}));
  }
  void receive(Agent auto& self, ComputationId from, const Accept& order) {
    received(self);
    if (value != order.value) {
      value = order.value;
      hear(self.id(), value, ++version_);
      for (const ComputationId watcher : watchers_) send(self, watcher, Value{value, version_, clock_});
    }
    answer(self, locks_.release(from, order.session));
    check(self);
  }
  void receive(Agent auto& self, ComputationId from, const Cancel& cancel) {
    received(self);
    const auto waits = [&](const LockRequest& r) { return r.mediator == from && r.session == cancel.session; };
    if (std::ranges::any_of(locks_.waiting(), waits)) send(self, from, Busy{});  // it has had no answer
    answer(self, locks_.release(from, cancel.session));
  }

  void receive(Agent auto& self, ComputationId, Hopeless) {
    received(self);
    give_up(self);
  }

  // The end.

  void receive(Agent auto& self, ComputationId, const Token& message) {
    self.demand(!linked_.empty());
    token_ = message.token;
    pass_token(self);
  }
  void receive(Agent auto& self, ComputationId, Done) { self.finish(); }

 protected:
  GoodList& list() { return list_; }
  const GoodList& list() const { return list_; }
  bool growing() const { return !awaited_.empty(); }

  /// Takes variables into the good list, as soon as they have told all about themselves; not those beyond the largest
  /// list allowed. Says whether there are any.
  bool grow(Agent auto& self, const std::set<VariableId>& more) {
    const auto limit = std::size_t(paper().largest(self.params()));
    const std::size_t before = target_.size();
    for (const VariableId v : more) {
      if (limit > 0 && target_.size() >= limit) break;
      if (!target_.insert(v).second || linked_.count(v)) continue;
      awaited_.insert(v);
      send(self, v, Link{});
    }
    settle(self);
    return target_.size() > before;
  }

  /// Sends a message that has to be answered for before the run may end.
  template <class Message>
  void send(Agent auto& self, ComputationId to, Message&& message) {
    termination_.sent();
    self.send(to, std::forward<Message>(message));
  }
  /// A message for those who have started as this.
  void received(Agent auto& self) {
    self.demand(!linked_.empty());
    termination_.received();
  }

  /// Looks whether there is anything to do, and if so, plans to do it.
  void check(Agent auto& self) {
    if (!may_mediate() || self.stop_requested()) return;
    if (wants_more(self) && !armed_) arm(self);
  }

 private:
  /// Seconds that the first attempt waits at most; each further one twice as long. And seconds between two rounds of
  /// the token.
  static constexpr double pause = 1e-3, between_rounds = 1e-2;

  enum class Round { none, planned, under_way };
  struct Session {
    bool open = false;       // until everybody has answered, also if it is refused
    bool refused = false;    // by somebody
    bool surprised = false;  // by a value that the plan was not made for
    std::uint32_t number = 0;
    std::set<VariableId> waiting;  // whose answers are to come
    std::size_t members = 0;       // of the list that it is about
    Changes changes;
    std::vector<VariableId> boundary;  // the neighbours of those that change
  };

  Paper& paper() { return static_cast<Paper&>(*this); }
  bool may_mediate() { return awaited_.empty() && !session_.open && !hopeless_ && !paper().exempt(); }

  void settle(Agent auto& self) {
    if (!awaited_.empty()) return;
    list_.set_members({target_.begin(), target_.end()});
    self.centralise(std::uint32_t(target_.size()));
    stuck_ = false;
    check(self);
  }

  /// Whether the good list costs more than it has to, and something can still be done about that.
  bool wants_more(Agent auto& self) {
    const RankedCost now = list_.cost();
    const RankedCost nothing;
    const GoodList::Optimum* best = nullptr;
    if (list_.less(nothing, now)) {
      best = &list_.optimum({self.stop_flag(), {}});
      if (best->known && std::isinf(best->cost)) {
        const std::vector<VariableId> members = list_.members();
        self.certify(members, best->cost);
        give_up(self);
      }
    }
    self.check(list_.take_checks());
    if (!best || !best->known || hopeless_) return false;
    if (best->cost > list_.rounding()) paper().surveyed(self);
    return !stuck_ && awaited_.empty() && !paper().exempt() && list_.less({0, best->cost}, now);
  }

  /// Opens a session about a better assignment of the good list. Only what the difference in cost depends on is locked.
  void mediate(Agent auto& self) {
    Changes changes;
    if (paper().warm(self.params())) changes = list_.own_move(self.id());
    if (changes.empty()) changes = list_.plan({self.stop_flag(), {}});
    self.check(list_.take_checks());
    if (self.stop_requested() || changes.empty()) return;
    std::set<VariableId> around;
    for (const auto& [variable, to] : changes)
      around.insert(list_.neighbours(variable).begin(), list_.neighbours(variable).end());
    for (const auto& [variable, to] : changes) around.erase(variable);
    if (wish_.agent == no_id) wish_ = {++clock_, self.id()};
    session_ = {true,
                false,
                false,
                session_.number + 1,
                around,
                list_.members().size(),
                std::move(changes),
                {around.begin(), around.end()}};
    for (const auto& [variable, to] : session_.changes) {
      session_.waiting.insert(variable);
      send(self, variable, Evaluate{session_.number, wish_, true});
    }
    for (const VariableId v : session_.boundary) send(self, v, Evaluate{session_.number, wish_, false});
  }

  void hear(VariableId variable, ValueIndex now, std::uint32_t version) {
    if (!list_.hear(variable, now, version)) return;
    stuck_ = false;
    session_.surprised |= list_.contains(variable);
  }

  /// Goes on when all have answered: so there are never two sessions' messages on their way to anybody.
  void answered(Agent auto& self, ComputationId from) {
    self.demand(session_.waiting.erase(from) > 0);
    if (!session_.waiting.empty()) return;
    if (!session_.refused) return decide(self);
    session_.open = false;
    attempts_ = std::min(attempts_ + 1, 10u);
    check(self);
  }

  /// All that the difference depends on is locked, and known.
  void decide(Agent auto& self) {
    const RankedCost nothing;
    session_.open = false;
    const bool gains = list_.less(list_.difference(session_.changes), nothing);
    const std::vector<VariableId> hurt = gains ? std::vector<VariableId>() : list_.hurt(session_.changes);
    self.check(list_.take_checks());
    close(self, gains);
    if (gains) {
      wish_ = {};
      attempts_ = 0;
      check(self);
    } else if (session_.surprised || session_.members < target_.size()) {
      arm(self);  // the plan was made for other values, or for fewer members
    } else {
      wish_ = {};
      attempts_ = 0;
      stuck_ = !grow(self, {hurt.begin(), hurt.end()});
    }
  }

  /// Ends a session for those who take part.
  void close(Agent auto& self, bool accept) {
    for (const auto& [variable, to] : session_.changes) {
      if (!accept) {
        send(self, variable, Cancel{session_.number});
        continue;
      }
      send(self, variable, Accept{session_.number, to});
      list_.hear(variable, to, list_.version(variable) + (list_.value(variable) != to));
    }
    for (const VariableId v : session_.boundary) send(self, v, Cancel{session_.number});
  }

  /// Comes back after a while: at random, so that those who got in each other's way part.
  void arm(Agent auto& self) {
    if (armed_) return;
    armed_ = true;
    if (round_ == Round::planned) round_ = Round::none;  // there is one clock
    self.every(1, pause * std::exp2(attempts_) * self.uniform());
  }

  // The token goes around in the order of ids, and starts at the first agent. Who waits to mediate keeps it until then.

  ComputationId next(Agent auto& self) const { return (self.id() + 1) % self.problem().variable_count(); }
  void pass_token(Agent auto& self) {
    if (!token_ || armed_) return;
    const TerminationToken token = *std::exchange(token_, std::nullopt);
    if (self.id() != 0) return self.send(next(self), Token{termination_.pass(token)});
    if (termination_.proven(token)) {
      for (ComputationId i = 0; i < self.problem().variable_count(); ++i) self.send(i, Done{});
    } else {
      round_ = Round::none;
      plan_round(self);
    }
  }
  void plan_round(Agent auto& self) {
    if (self.id() != 0 || armed_ || round_ != Round::none) return;
    round_ = Round::planned;
    self.every(1, between_rounds);
  }
  void begin_round(Agent auto& self) {
    round_ = Round::under_way;
    self.send(next(self), Token{termination_.begin()});
  }

  void answer(Agent auto& self, const LockManager::Answers& answers) {
    for (const LockRequest& r : answers.granted) send(self, r.mediator, Evaluated{value, version_});
    for (const LockRequest& r : answers.refused) send(self, r.mediator, Busy{});
  }

  void give_up(Agent auto& self) {
    if (std::exchange(hopeless_, true)) return;
    for (const VariableId v : list_.neighbours(self.id())) send(self, v, Hopeless{});
  }

  std::uint32_t version_ = 0;  // of the value: how often it has changed
  std::vector<SharedFunction> own_;
  std::vector<ComputationId> watchers_;
  LockManager locks_;

  GoodList list_;
  std::set<VariableId> linked_, target_, awaited_;  // known all about; wanted in the list; asked but not heard from

  Session session_;
  std::uint64_t clock_ = 0;
  Timestamp wish_;  // what the agent is about, over all attempts; none if its agent is `no_id`
  std::uint32_t attempts_ = 0;
  Termination termination_;
  std::optional<TerminationToken> token_;  // kept until this agent has nothing to do
  Round round_ = Round::none;              // of the token; at the first agent
  bool armed_ = false;                     // waits to mediate
  bool stuck_ = false;                     // the last session brought nothing, and the list may not grow
  bool hopeless_ = false;
};

}  // namespace entente
