// SPDX-License-Identifier: MIT
// KOPT: local search in which connected groups of up to k variables move together.
#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "entente/algorithm.hpp"
#include "entente/base/error.hpp"
#include "kernel/group_costs.hpp"

namespace entente::algorithms {
namespace {

/// Every connected group of up to k variables has a leader: its first variable. A leader that sees how its group could
/// improve locks the group and all its neighbours, works the best joint move out again from what they told it, and
/// lets the group move if that still gains. Ends by itself where no such group can improve (k-optimal).
///
/// Locks are taken one after the other by ascending id, which cannot deadlock. All costs that a move touches are frozen
/// meanwhile, so each move gains what was worked out and the cost never rises. Who moves tells every leader that looks
/// at it; when all is silent, every leader has looked at all its groups with the true values.
///
/// Cost  Memory and time of a leader grow with the number of its groups, O(degree^(k-1)); looking at a group takes
///       O(|domain|^k) additions. A negotiation takes one message per variable of the group's neighbourhood and one
///       back.
/// From  Katagishi & Pearce, "KOPT: distributed DCOP algorithm for arbitrary k-optima with monotonically increasing
///       utility", Workshop on Distributed Constraint Reasoning 2007; locks as in Kiekintveld, Yin, Kumar & Tambe,
///       "Asynchronous algorithms for approximate distributed constraint optimization with quality bounds", AAMAS 2010.
///       Left open there: smaller groups are looked at first; of several best joint moves the first is taken; a leader
///       queues for a lock instead of trying again; it looks at its groups at most once a millisecond.
struct Kopt {
  static constexpr Info info{.name = "kopt",
                             .summary = "monotone local search in which groups of up to k variables move together",
                             .graph = Graph::constraint,
                             .timing = Timing::events,
                             .monotone = true,
                             .source = "Katagishi & Pearce, DCR 2007; Kiekintveld, Yin, Kumar & Tambe, AAMAS 2010"};

  struct Params {
    std::int64_t k = 2;
  };
  static constexpr auto parameters =
      std::tuple{integer("k", &Params::k, 1, 3, "variables in the largest groups that move together")};

  struct Watch {};  // tell me your value, now and whenever it changes
  struct Value {
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.told(value); }
  };
  struct Lock {  // goes along `path`, and collects the values of those that are locked
    ComputationId leader;
    std::vector<ComputationId> path;
    std::vector<ValueIndex> values;
    bool fits(const MessageGround& at) const {
      return at.is_variable(leader) && at.ascending(path) && values.size() < path.size() &&
             path[values.size()] == at.to() && at.values(std::span(path).first(values.size()), values);
    }
  };
  struct Locked {
    std::vector<ComputationId> path;
    std::vector<ValueIndex> values;
    bool fits(const MessageGround& at) const { return at.ascending(path) && at.values(path, values); }
  };
  struct Release {
    ValueIndex value;  // to move to, or no_value
    bool fits(const MessageGround& at) const { return value == no_value || at.own(value); }
  };
  using Messages = Kinds<Watch, Value, Lock, Locked, Release>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    find_groups(self);
    unheard_ = view_.size();
    for (const Known& known : view_) self.send(known.variable, Watch{});  // oneself included
  }

  // As a variable.

  void receive(Agent auto& self, ComputationId from, const Watch&) {
    self.demand(watchers_.size() < self.problem().variable_count());  // each once
    watchers_.push_back(from);
    self.send(from, Value{value});
  }
  void receive(Agent auto& self, ComputationId, Lock&& lock) {
    self.demand(queue_.size() < self.problem().variable_count());  // leaders have one at a time
    if (locked_)
      queue_.push_back(std::move(lock));
    else
      pass_on(self, std::move(lock));
  }
  void receive(Agent auto& self, ComputationId, const Release& release) {
    if (release.value != no_value && release.value != value) {
      value = release.value;
      for (const ComputationId leader : watchers_) self.send(leader, Value{value});
    }
    locked_ = false;
    if (queue_.empty()) return;
    Lock next = std::move(queue_.front());
    queue_.pop_front();
    pass_on(self, std::move(next));
  }

  // As a leader.

  void receive(Agent auto& self, ComputationId from, const Value& message) {
    self.demand(sees(from));
    const Known& known = view_[place_of(from)];
    unheard_ -= known.value == no_value;
    learn(self, from, message.value);
    wake(self);
  }
  /// Looks for a group that can improve. Between two ticks the sessions of all leaders have their time, and what
  /// members of a group do one after the other looks like one move.
  void tick(Agent auto& self) {
    if (negotiating_) return;
    for (std::uint32_t g = 0; g < groups_.size() && !self.stop_requested(); ++g) {
      if (!groups_[g].stale) continue;
      if (!find_move(self, groups_[g])) {
        groups_[g].stale = false;
        continue;
      }
      negotiating_ = true;
      group_ = g;
      Lock lock{self.id(), members(groups_[g]), {}};
      for (const VariableId v : members(groups_[g])) append(lock.path, neighbours_of(self, v));
      sort_out(lock.path);
      const ComputationId first = lock.path.front();
      self.send(first, std::move(lock));
      return;
    }
    awake_ = false;
    self.rest();
  }
  void receive(Agent auto& self, ComputationId, const Locked& locked) {
    self.demand(negotiating_ && std::ranges::all_of(locked.path, [&](VariableId v) { return sees(v); }));
    for (std::size_t i = 0; i < locked.path.size(); ++i) learn(self, locked.path[i], locked.values[i]);
    Group& group = groups_[group_];
    const std::vector<VariableId> movers = members(group);
    const auto move = find_move(self, group);
    if (!move) group.stale = false;
    for (const ComputationId to : locked.path) {
      const auto at = std::find(movers.begin(), movers.end(), to);
      self.send(to, Release{move && at != movers.end() ? (*move)[std::size_t(at - movers.begin())] : no_value});
    }
    if (move)
      for (std::size_t m = 0; m < movers.size(); ++m) learn(self, movers[m], (*move)[m]);
    negotiating_ = false;
    wake(self);
  }

 private:
  static constexpr std::size_t most_groups = std::size_t(1) << 23;
  static constexpr double most_moves = double(1 << 28);
  static constexpr double period = 1e-3;  // seconds from one look at the groups to the next

  struct Known {
    VariableId variable;
    ValueIndex value;
    bool near;  // used while groups become stale
  };
  struct Group {
    std::array<std::uint32_t, 3> places;  // in the view
    std::uint8_t size;
    bool stale;  // something it depends on changed since it was found to be at its best
  };

  void pass_on(Agent auto& self, Lock&& lock) {
    locked_ = true;
    lock.values.push_back(value);
    if (lock.values.size() == lock.path.size()) {
      self.send(lock.leader, Locked{std::move(lock.path), std::move(lock.values)});
    } else {
      const ComputationId next = lock.path[lock.values.size()];
      self.send(next, std::move(lock));
    }
  }

  void wake(Agent auto& self) {
    if (awake_ || unheard_ > 0) return;
    awake_ = true;
    self.every(period, period);
  }
  /// The best joint move of a group by what this leader knows, if it gains.
  auto find_move(Agent auto& self, const Group& group) {
    thread_local GroupCosts costs;
    const std::vector<VariableId> list = members(group);
    const auto checks = costs.tabulate(self.problem(), list, [&](VariableId v) { return view_[place_of(v)].value; });
    self.check(checks);
    return costs.best_move(self.stop_flag());
  }
  /// Takes a value over, and makes the groups stale whose costs depend on it.
  void learn(Agent auto& self, VariableId variable, ValueIndex told) {
    Known& known = view_[place_of(variable)];
    if (known.value == told) return;
    known.value = told;
    if (unheard_ > 0) return;  // all groups are stale anyway
    std::vector<VariableId> touched = neighbours_of(self, variable);
    touched.push_back(variable);
    const auto mark = [&](bool near) {
      for (const VariableId v : touched)
        if (sees(v)) view_[place_of(v)].near = near;
    };
    mark(true);
    for (Group& group : groups_)
      for (std::uint8_t m = 0; m < group.size; ++m) group.stale |= view_[group.places[m]].near;
    mark(false);
  }

  void find_groups(Agent auto& self) {
    const VariableId own = self.id();
    std::vector<std::vector<VariableId>> found{{own}};
    if (self.params().k > 1) {
      const std::vector<VariableId> near = neighbours_of(self, own);
      const auto first = std::size_t(std::upper_bound(near.begin(), near.end(), own) - near.begin());
      for (std::size_t a = first; a < near.size(); ++a) add(self, found, {own, near[a]});
      for (std::size_t a = first; a < near.size() && self.params().k > 2; ++a) {
        for (std::size_t b = a + 1; b < near.size(); ++b) add(self, found, {own, near[a], near[b]});
        for (const VariableId far : neighbours_of(self, near[a]))
          if (far > own && !std::binary_search(near.begin(), near.end(), far)) add(self, found, {own, near[a], far});
      }
    }
    std::vector<VariableId> seen;
    for (const auto& group : found)
      for (const VariableId v : group) seen.push_back(v);
    sort_out(seen);
    const std::vector<VariableId> inside = seen;
    for (const VariableId v : inside) append(seen, neighbours_of(self, v));
    sort_out(seen);
    for (const VariableId v : seen) view_.push_back({v, no_value, false});
    for (const auto& list : found) {
      Group group{{}, std::uint8_t(list.size()), true};
      for (std::size_t m = 0; m < list.size(); ++m) group.places[m] = std::uint32_t(place_of(list[m]));
      groups_.push_back(group);
    }
  }
  static void add(Agent auto& self, std::vector<std::vector<VariableId>>& found, std::vector<VariableId> group) {
    double moves = 1;
    for (const VariableId v : group) moves *= self.problem().domain_size(v);
    if (moves > most_moves || found.size() >= most_groups)
      throw Error(
          ErrorCode::too_large,
          fmt::format("kopt with k:{} would look at {}; take a smaller k", self.params().k,
                      moves > most_moves ? fmt::format("{:.3g} joint values of one group of variables", moves)
                                         : fmt::format("more than {} groups around one variable", most_groups)));
    found.push_back(std::move(group));
  }

  /// The variables that share a constraint with `variable`, ascending.
  static std::vector<VariableId> neighbours_of(Agent auto& self, VariableId variable) {
    std::vector<VariableId> list;
    for (const ConstraintId c : self.problem().constraints_of(variable))
      for (const VariableId v : self.problem().scope(c))
        if (v != variable) list.push_back(v);
    sort_out(list);
    return list;
  }
  static void append(std::vector<VariableId>& list, const std::vector<VariableId>& more) {
    list.insert(list.end(), more.begin(), more.end());
  }
  static void sort_out(std::vector<VariableId>& list) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  std::vector<VariableId> members(const Group& group) const {
    std::vector<VariableId> list;
    for (std::uint8_t m = 0; m < group.size; ++m) list.push_back(view_[group.places[m]].variable);
    return list;
  }
  std::size_t place_of(VariableId variable) const {
    const auto at = std::lower_bound(view_.begin(), view_.end(), variable,
                                     [](const Known& known, VariableId v) { return known.variable < v; });
    return std::size_t(at - view_.begin());
  }
  bool sees(VariableId variable) const {
    const std::size_t at = place_of(variable);
    return at < view_.size() && view_[at].variable == variable;
  }

  // As a variable: who looks at it, whether it is locked, and who waits for that.
  std::vector<ComputationId> watchers_;
  bool locked_ = false;
  std::deque<Lock> queue_;
  // As a leader: its groups, small ones first, the variables they depend on, and the negotiation under way.
  std::vector<Group> groups_;
  std::vector<Known> view_;  // by ascending variable
  std::size_t unheard_ = 0;
  bool awake_ = false, negotiating_ = false;
  std::uint32_t group_ = 0;
};

}  // namespace

Algorithm kopt() { return algorithm_of<Kopt>(); }

}  // namespace entente::algorithms
