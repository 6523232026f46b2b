// SPDX-License-Identifier: MIT
// NCBB, No-Commitment Branch and Bound.
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "algorithm/child_bounds.hpp"
#include "algorithm/tree_place.hpp"
#include "entente/algorithm.hpp"
#include "kernel/path_costs.hpp"

namespace entente::algorithms {
namespace {

/// Branch and bound down a pseudo-tree, in which a variable is not committed to one value at a time: each child's
/// subtree searches under a value of its own, and goes to the next when it is done, without waiting for its siblings.
///
/// A value is announced to the descendants of one subtree that share a constraint with the variable; they answer at
/// once with the least that the values announced so far cost them. Only if that leaves room is the subtree searched.
///
/// Cost  exponential time in the tree's depth. Per value and child: an announcement and an answer for each descendant
///       that shares a constraint, a search and a report; all of 4 to 16 bytes, and reports of a solution of 4 more per
///       variable of the subtree. Memory per variable: its constraints' tables, and 4 bytes per own value and
///       descendant.
/// From  Chechetka & Sycara, "No-commitment branch and bound search for distributed constraint optimization", AAMAS
/// 2006.
///       Left open there and chosen here: how the best assignment reaches everybody (reports carry it up, and the
///       root's best goes down again), in which order a child gets the values (lowest known bound first), and that
///       descendants answer the variable that asks and not their parents.
struct Ncbb {
  static constexpr Info info{
      .name = "ncbb",
      .summary = "exact: branch and bound down a pseudo-tree, each subtree under a value of its own",
      .graph = Graph::pseudotree,
      .timing = Timing::events,
      .complete = true,
      .source = "Chechetka & Sycara, AAMAS 2006"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  static std::string refuses(const Problem& problem) { return PathCosts::refuses(problem); }

  struct Greedy {  // the sender's first value
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.from_above() && at.told(value); }
  };
  struct GreedyCost {
    double cost;
    std::vector<ValueIndex> values;  // of the subtree, depth first
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(cost) && at.subtree(at.from(), values);
    }
  };
  struct Value {  // the sender's value for this subtree
    ValueIndex value;
    bool fits(const MessageGround& at) const { return at.from_above() && at.told(value); }
  };
  struct LowerBound {  // what the announced values cost the sender at least
    double cost;
    bool fits(const MessageGround& at) const { return at.from_below() && at.cost(cost); }
  };
  struct Search {  // find the best of the subtree that costs less
    double bound;
    bool fits(const MessageGround& at) const { return at.from_parent() && at.cost(bound); }
  };
  struct Cost {
    double cost;                     // of the best, or a lower bound
    std::vector<ValueIndex> values;  // of the best; empty if nothing is below the bound
    bool fits(const MessageGround& at) const {
      return at.from_child() && at.cost(cost) && (values.empty() || at.subtree(at.from(), values));
    }
  };
  struct Decide {
    std::vector<ValueIndex> values;
    bool fits(const MessageGround& at) const { return at.from_parent() && at.subtree(at.to(), values); }
  };
  using Messages = Kinds<Greedy, GreedyCost, Value, LowerBound, Search, Cost, Decide>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    value = self.initial_value();
    costs = PathCosts(
        self.problem(), self.id(), [&](VariableId v) { return self.tree().depth[v]; },
        StopSignal{self.stop_flag(), {}});
    place = TreePlace(self.problem(), self.tree(), self.id(), costs.earlier());
    known.resize(costs.earlier().size());
    guesses.resize(std::size_t(self.domain()));
    branches.resize(place.children().size());
    bounds = ChildBounds(guesses.size(), branches.size());
    for (const TreePlace::Below& below : place.below()) branches[below.child].linked.push_back(below.variable);
    unknown = known.size();
    waiting = branches.size() + 1;
    if (unknown == 0) choose(self);
  }

  void receive(Agent auto& self, ComputationId from, Greedy greedy) {
    self.demand(unknown > 0);
    known[place.ancestor(from)] = greedy.value;
    if (--unknown == 0) choose(self);
  }

  void receive(Agent auto& self, ComputationId child, GreedyCost&& answer) {
    Branch& branch = branches[place.child(child)];
    self.demand(waiting > 0 && branch.greedy.empty());
    best += answer.cost;
    branch.size = answer.values.size();
    branch.greedy = std::move(answer.values);
    if (--waiting == 0) chosen(self);
  }

  void receive(Agent auto& self, ComputationId from, Value announced) {
    const std::uint32_t k = place.ancestor(from);
    known[k] = announced.value;
    // Of those between the sender and this variable, nobody has announced a value yet.
    self.check(costs.shares(std::span(known).first(k + 1), guesses));
    self.send(from, LowerBound{*std::min_element(guesses.begin(), guesses.end())});
  }

  void receive(Agent auto& self, ComputationId from, LowerBound answer) {
    Branch& branch = branches[place.branch(from)];
    self.demand(branch.waiting > 0);
    branch.estimate += answer.cost;
    if (--branch.waiting > 0) return;
    begin(self, branch);
    advance(self);
  }

  void receive(Agent auto& self, ComputationId, Search search) {
    self.demand(waiting == 0 && !searching);
    best = search.bound;
    explore(self);
  }

  void receive(Agent auto& self, ComputationId child, Cost&& answer) {
    const std::uint32_t c = place.child(child);
    Branch& branch = branches[c];
    self.demand(branch.current != no_value && branch.waiting == 0);
    const auto v = std::size_t(branch.current);
    branch.current = no_value;
    bounds.raise(v, c, answer.cost);
    if (answer.values.empty()) {
      closed[v] = true;
    } else {
      solutions[v * branches.size() + c] = std::move(answer.values);
      if (++solved[v] == branches.size()) complete(self, v);
    }
    advance(self);
  }

  void receive(Agent auto& self, ComputationId, Decide&& decision) {
    self.demand(waiting == 0);
    decide(self, std::move(decision.values));
  }

 private:
  struct Branch {                    // a child's subtree
    std::vector<VariableId> linked;  // descendants that share a constraint with this variable
    std::size_t size = 0;            // all descendants
    std::vector<ValueIndex> greedy;  // their first values
    std::vector<char> open;          // own values that it has not been given yet
    ValueIndex current = no_value;   // the own value it works under
    std::size_t waiting = 0;         // answers to come before it may search
    double estimate = 0;             // sum of those that came
  };

  // The first upper bound: values chosen greedily down the tree, and their cost added up.

  void choose(Agent auto& self) {
    self.check(costs.shares(known, guesses));
    value = ValueIndex(std::min_element(guesses.begin(), guesses.end()) - guesses.begin());
    best += guesses[std::size_t(value)];
    for (const TreePlace::Below& below : place.below()) self.send(below.variable, Greedy{value});
    if (--waiting == 0) chosen(self);
  }

  void chosen(Agent auto& self) {
    std::vector<ValueIndex> values{value};
    for (const Branch& branch : branches) values.insert(values.end(), branch.greedy.begin(), branch.greedy.end());
    if (const ComputationId parent = self.tree().parent[self.id()]; parent != no_id)
      return self.send(parent, GreedyCost{best, std::move(values)});
    propose(self, values);
    explore(self);
  }

  // The search.

  void explore(Agent auto& self) {
    searching = true;
    found = false;
    self.check(costs.shares(known, bounds.shares()));
    bounds.reset();
    solutions.assign(bounds.values() * branches.size(), {});
    solved.assign(bounds.values(), 0);
    closed.assign(bounds.values(), false);
    for (Branch& branch : branches) branch.open.assign(bounds.values(), true);
    if (branches.empty()) {
      const std::size_t v = bounds.cheapest(best, [](std::size_t) { return true; });
      if (v != ChildBounds::none) complete(self, v);
    }
    advance(self);
  }

  /// Gives every idle subtree its next value; ends the search if none is left and nobody is at work.
  void advance(Agent auto& self) {
    bool working = false;
    for (std::uint32_t c = 0; c < branches.size(); ++c) {
      Branch& branch = branches[c];
      while (branch.current == no_value && announce(self, c)) {
        if (branch.waiting == 0) begin(self, branch);
      }
      working = working || branch.current != no_value;
    }
    if (!working) finish(self);
  }

  /// Picks a subtree's next value and tells it; false if there is none.
  bool announce(Agent auto& self, std::uint32_t c) {
    Branch& branch = branches[c];
    const std::size_t v = bounds.cheapest(best, [&](std::size_t u) { return branch.open[u] && !closed[u]; });
    if (v == ChildBounds::none) return false;
    branch.open[v] = false;
    branch.current = ValueIndex(v);
    branch.estimate = 0;
    branch.waiting = branch.linked.size();
    for (const VariableId descendant : branch.linked) self.send(descendant, Value{branch.current});
    return true;
  }

  /// Lets a subtree search under its value, if that may lead to something better.
  void begin(Agent auto& self, Branch& branch) {
    const auto c = std::uint32_t(&branch - branches.data());
    const auto v = std::size_t(branch.current);
    bounds.raise(v, c, branch.estimate);
    if (closed[v] || !(bounds.total(v) < best)) {
      branch.current = no_value;
      return;
    }
    self.send(place.children()[c], Search{bounds.left_for(best, v, c)});
  }

  /// Every subtree has been solved under v.
  void complete(Agent auto& self, std::size_t v) {
    closed[v] = true;
    if (!(bounds.total(v) < best)) return;
    best = bounds.total(v);
    found = true;
    best_values.assign(1, ValueIndex(v));
    for (std::size_t c = 0; c < branches.size(); ++c) {
      const auto& part = solutions[v * branches.size() + c];
      best_values.insert(best_values.end(), part.begin(), part.end());
    }
    if (self.tree().parent[self.id()] != no_id) return;
    propose(self, best_values);
    decide(self, best_values);
  }

  void finish(Agent auto& self) {
    searching = false;
    const ComputationId parent = self.tree().parent[self.id()];
    if (parent == no_id) return;
    if (found)
      self.send(parent, Cost{best, best_values});
    else
      self.send(parent, Cost{bounds.lowest_total(), {}});
  }

  // Results.

  void decide(Agent auto& self, std::vector<ValueIndex> values) {
    value = values.front();
    auto from = values.begin() + 1;
    for (std::uint32_t c = 0; c < branches.size(); ++c) {
      const auto to = from + std::ptrdiff_t(branches[c].size);
      self.send(place.children()[c], Decide{{from, to}});
      from = to;
    }
  }

  void propose(Agent auto& self, const std::vector<ValueIndex>& values) {
    if (values.size() != self.problem().variable_count()) return;  // what other trees have found is not known here
    const std::vector<VariableId> order = depth_first(self.tree(), self.id());
    std::vector<ValueIndex> assignment(values.size());
    for (std::size_t i = 0; i < order.size(); ++i) assignment[order[i]] = values[i];
    self.propose(assignment);
  }

  PathCosts costs;
  TreePlace place;
  std::vector<Branch> branches;
  std::size_t unknown = 0;        // ancestors whose first value is to come
  std::size_t waiting = 0;        // parts of the greedy cost to come, the own one included
  std::vector<ValueIndex> known;  // values of ancestors, as they announced them
  std::vector<double> guesses;    // shares under some of them

  ChildBounds bounds;
  std::vector<std::vector<ValueIndex>> solutions;  // of each child's subtree under each own value: by value, then child
  std::vector<std::size_t> solved;                 // subtrees solved under each value
  std::vector<char> closed;                        // values that are done with
  bool searching = false;
  double best = 0;                      // what the next solution must beat
  bool found = false;                   // `best` is a solution's cost
  std::vector<ValueIndex> best_values;  // of the subtree, depth first
};

}  // namespace

Algorithm ncbb() { return algorithm_of<Ncbb>(); }

}  // namespace entente::algorithms
