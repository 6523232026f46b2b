// SPDX-License-Identifier: MIT
// Bounded Max-Sum.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/pseudotree.hpp"
#include "graph/factor_graph.hpp"
#include "graph/spanning_tree.hpp"
#include "kernel/elimination_workspace.hpp"
#include "kernel/factor_relaxation.hpp"

namespace entente::algorithms {
namespace {

/// Cuts the least important links of the factor graph until it is a tree, solves the tree exactly, and says how far
/// that is from the optimum at most.
///
/// A link weighs what the variable can change in the factor's cost at most; a maximum spanning tree is kept. A factor
/// that is cut loose from a variable takes that variable's best value for granted: the optimum of these costs is a
/// proven bound. In the same messages the tree is solved for the worst values too. Then all variables learn what both
/// assignments really cost, and take the better one.
///
/// Messages Up and down each link of the tree: two numbers of 8 bytes per value, then two values; up again two costs,
///          down again one choice. Two values over each link that was cut, and a bound for each further tree.
/// Cost     O(arity * cells) time per factor, a few times; memory for its table over the kept variables, twice.
/// From     Rogers, Farinelli, Stranders & Jennings, "Bounded approximate decentralised coordination via the max-sum
///          algorithm", Artificial Intelligence 175 (2011); the bound from best values and the second assignment from
///          Rollon & Larrosa, "Improved bounded max-sum for distributed constraint optimization", CP 2012. Left open
///          there: the tree is built when the run is, and hangs at the variable that comes first; ties go to the first.
struct BoundedMaxSum {
  static constexpr Info info{.name = "bounded_maxsum",
                             .summary = "exact on a spanning tree of the factor graph, with a proven bound",
                             .graph = Graph::factor,
                             .timing = Timing::events,
                             .confluent = true,
                             .bound = true,
                             .source = "Rogers, Farinelli, Stranders & Jennings, Artificial Intelligence 175 (2011)"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};

  static Pseudotree make_tree(const Problem& problem, const Params&) {
    MemoryBudget budget(half_of_free_memory());
    std::vector<double> weights;
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      if (problem.scope(c).empty()) continue;
      const auto table = tabulate(problem, c, budget);
      for (const double weight : dependencies(table->view())) weights.push_back(weight);
    }
    return maximum_spanning_tree(problem, make_factor_graph(problem), weights);
  }

  /// Everything there is twice: [0] for the best, [1] for the worst values of what was cut.
  struct Costs {
    std::array<std::vector<double>, 2> by_value;
    bool fits(const MessageGround& at) const {
      const VariableId variable = at.is_variable(at.from()) ? at.from() : at.to();
      return at.from_child() && std::ranges::all_of(by_value, [&](const std::vector<double>& costs) {
               return costs.size() == std::size_t(at.problem().domain_size(variable)) && at.costs(costs);
             });
    }
  };
  struct Values {
    std::array<ValueIndex, 2> value;
    bool fits(const MessageGround& at) const {
      const bool to_variable = at.is_variable(at.to());
      const VariableId variable = to_variable ? at.to() : at.from();
      return (to_variable ? at.from_parent() : at.linked()) && at.in_domain(variable, value[0]) &&
             at.in_domain(variable, value[1]);
    }
  };
  struct Paid {
    std::array<double, 2> cost;
    std::array<std::uint64_t, 2> violations;
    bool fits(const MessageGround& at) const { return at.from_child() && at.costs(cost); }
  };
  struct Choice {
    std::uint8_t which;
    bool fits(const MessageGround& at) const { return at.from_parent() && which < 2; }
  };
  struct Bound {
    double bound, cost;
    std::uint64_t violations;
    bool fits(const MessageGround& at) const {
      return at.to() == 0 && at.from_root() && at.is_variable(at.from()) && at.cost(bound) && at.cost(cost);
    }
  };
  using Messages = Kinds<Costs, Values, Paid, Choice, Bound>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    waiting_costs = waiting_paid = children(self).size();
    heard.resize(waiting_costs);
    if (is_variable(self)) {
      if (self.id() == 0)
        for (VariableId v = 0; v < self.problem().variable_count(); ++v) waiting_bounds += is_root(self, v);
    } else {
      const auto scope = self.problem().scope(constraint(self));
      if (scope.empty()) return;
      waiting_values = scope.size();
      values.assign(scope.size(), {{no_value, no_value}});
      if (!cut(self)) return;  // stopped
    }
    if (waiting_costs == 0) all_costs_heard(self);
  }

  void receive(Agent auto& self, ComputationId child, Costs&& costs) {
    self.demand(waiting_costs > 0);
    Costs& place = heard[child_position(self, child)];
    self.demand(place.by_value[0].empty());  // its first
    place = std::move(costs);
    if (--waiting_costs == 0) all_costs_heard(self);
  }

  void receive(Agent auto& self, ComputationId from, const Values& message) {
    self.demand(waiting_costs == 0 || from != parent(self));
    if (is_variable(self)) {
      self.demand(decided.value[0] == no_value);
      return decide(self, message);
    }
    const std::size_t k = position(self, from);
    self.demand(waiting_values > 0 && values[k].value[0] == no_value);
    if (from == parent(self)) decide_children(self, k, message);
    set_values(self, k, message);
  }

  void receive(Agent auto& self, ComputationId, const Paid& message) {
    self.demand(waiting_paid > 0);
    add(message);
    if (--waiting_paid == 0) pass_paid(self);
  }

  void receive(Agent auto& self, ComputationId, const Choice& choice) { choose(self, choice); }

  /// At the first variable, from the root of every tree.
  void receive(Agent auto& self, ComputationId, const Bound& message) {
    self.demand(waiting_bounds > 0);
    bound += message.bound;
    bound_cost += message.cost;
    bound_violations += message.violations;
    if (--waiting_bounds > 0) return;
    for (ConstraintId c = 0; c < self.problem().constraint_count(); ++c) {
      if (!self.problem().scope(c).empty()) continue;
      const double constant = self.cost(c, {});
      bound += constant;
      bound_cost += constant;
    }
    // Sums in different orders: rounding must not put the bound above what was found.
    self.report_bound(bound_violations == 0 && bound < infinite ? std::min(bound, bound_cost) : bound);
  }

 private:
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  static bool is_variable(Agent auto& self) { return self.id() < self.problem().variable_count(); }
  static ConstraintId constraint(Agent auto& self) { return self.id() - self.problem().variable_count(); }
  static std::span<const std::uint32_t> children(Agent auto& self) { return self.tree().children[self.id()]; }
  static ComputationId parent(Agent auto& self) { return self.tree().parent[self.id()]; }
  static bool is_root(Agent auto& self, VariableId variable) { return self.tree().parent[variable] == no_id; }
  static std::size_t child_position(Agent auto& self, ComputationId child) {
    const auto all = children(self);
    return std::size_t(std::lower_bound(all.begin(), all.end(), child) - all.begin());
  }
  /// Where a variable stands in a list of them.
  static std::size_t position(std::span<const VariableId> scope, VariableId variable) {
    return std::size_t(std::find(scope.begin(), scope.end(), variable) - scope.begin());
  }
  static std::size_t position(Agent auto& self, VariableId variable) {
    return position(self.problem().scope(constraint(self)), variable);
  }

  // Costs, up the tree ------------------------------------------------------------------------------------------------

  /// A factor gives up what is not in the tree. Says whether it could before the run was stopped.
  bool cut(Agent auto& self) {
    auto& budget = self.template workspace<EliminationWorkspace>().budget;
    auto table = tabulate(self.problem(), constraint(self), budget, StopSignal{self.stop_flag(), {}});
    if (!table) return false;
    self.check(cell_count(table->sizes()));
    std::vector<bool> keep;
    for (const VariableId v : table->scope()) keep.push_back(v == parent(self) || self.tree().parent[v] == self.id());
    relaxed = relax(std::move(*table), keep, budget);
    return true;
  }

  void all_costs_heard(Agent auto& self) {
    Costs sum;
    for (std::size_t i = 0; i < 2; ++i) {
      if (is_variable(self)) {
        sum.by_value[i] = own_costs(self);
        for (const Costs& child : heard)
          for (std::size_t v = 0; v < sum.by_value[i].size(); ++v) sum.by_value[i][v] += child.by_value[i][v];
      } else {
        const CostTable& table = relaxed_table(i);
        sum.by_value[i] = lowest_by(table.view(), position(table.scope(), parent(self)), messages(self, i));
      }
    }
    if (parent(self) != no_id) return self.send(parent(self), std::move(sum));
    lowest = *std::min_element(sum.by_value[0].begin(), sum.by_value[0].end());
    Values best;
    for (std::size_t i = 0; i < 2; ++i) best.value[i] = first_lowest(sum.by_value[i]);
    if (!(sum.by_value[1][std::size_t(best.value[1])] < infinite)) best.value[1] = best.value[0];
    decide(self, best);
  }

  static std::vector<double> own_costs(Agent auto& self) {
    std::vector<double> costs(std::size_t(self.domain()), 0);
    const auto own = self.problem().unary_costs(self.id());
    for (std::size_t v = 0; v < own.size(); ++v) costs[v] = self.working(own[v]);
    return costs;
  }
  static ValueIndex first_lowest(const std::vector<double>& costs) {
    return ValueIndex(std::min_element(costs.begin(), costs.end()) - costs.begin());
  }
  const CostTable& relaxed_table(std::size_t i) const { return i == 0 ? relaxed->least : relaxed->worst(); }
  /// What the children of a factor said, by position in its relaxed table.
  std::vector<std::vector<double>> messages(Agent auto& self, std::size_t i) const {
    std::vector<std::vector<double>> list;
    for (const VariableId v : relaxed->least.scope()) {
      list.emplace_back();
      if (v != parent(self)) list.back() = heard[child_position(self, v)].by_value[i];
    }
    return list;
  }

  // Values, down the tree and to all factors --------------------------------------------------------------------------

  void decide(Agent auto& self, const Values& message) {
    decided = message;
    value = message.value[0];
    heard.clear();
    for (Neighbour k = 0; k < self.degree(); ++k)
      if (self.id(k) != parent(self)) self.send(self.id(k), message);
    const std::vector<double> own = own_costs(self);
    for (std::size_t i = 0; i < 2; ++i) pay(i, own[std::size_t(message.value[i])]);
    if (waiting_paid == 0) pass_paid(self);
  }

  /// A factor works out the values of its children in the tree from that of its parent, which is at `at` of its scope.
  void decide_children(Agent auto& self, std::size_t at, const Values& given) {
    const VariableId above = self.problem().scope(constraint(self))[at];
    const auto scope = relaxed->least.scope();
    const std::size_t k = position(scope, above);
    std::array<std::vector<ValueIndex>, 2> best;
    best[0] = cheapest_with(relaxed_table(0).view(), k, given.value[0], messages(self, 0));
    best[1] = cheapest_with(relaxed_table(1).view(), k, given.value[1], messages(self, 1));
    // Where no combination is acceptable, not even at the best of what was cut, any will do.
    if (best[1].empty()) best[1] = cheapest_with(relaxed_table(0).view(), k, given.value[1], messages(self, 0));
    for (auto& tuple : best) tuple.resize(scope.size(), 0);
    for (std::size_t j = 0; j < scope.size(); ++j) {
      if (j == k) continue;
      const Values child{{best[0][j], best[1][j]}};
      self.send(scope[j], child);
      set_values(self, position(self, scope[j]), child);
    }
  }

  // What it really costs, up the tree ---------------------------------------------------------------------------------

  /// A factor learns the values at position k; once it knows all, what it costs.
  void set_values(Agent auto& self, std::size_t k, const Values& message) {
    self.demand(waiting_values > 0 && values[k].value[0] == no_value);
    values[k] = message;
    if (--waiting_values > 0) return;
    std::vector<ValueIndex> tuple(values.size());
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < tuple.size(); ++j) tuple[j] = values[j].value[i];
      pay(i, self.cost(constraint(self), tuple));
    }
    relaxed.reset();
    heard.clear();
    if (waiting_paid == 0) pass_paid(self);
  }

  void pay(std::size_t i, double cost) {
    if (cost < infinite)
      paid.cost[i] += cost;
    else
      ++paid.violations[i];
  }
  void add(const Paid& message) {
    for (std::size_t i = 0; i < 2; ++i) {
      paid.cost[i] += message.cost[i];
      paid.violations[i] += message.violations[i];
    }
  }
  void pass_paid(Agent auto& self) {
    if (waiting_values > 0 || (is_variable(self) && decided.value[0] == no_value)) return;
    if (parent(self) != no_id) return self.send(parent(self), paid);
    const bool second = std::pair(paid.violations[1], paid.cost[1]) < std::pair(paid.violations[0], paid.cost[0]);
    self.send(ComputationId(0), Bound{lowest, paid.cost[second], paid.violations[second]});
    choose(self, {second});
  }

  void choose(Agent auto& self, const Choice& choice) {
    if (is_variable(self)) {
      self.demand(decided.value[0] != no_value);
      value = decided.value[choice.which];
    }
    for (const ComputationId child : children(self)) self.send(child, choice);
  }

  std::size_t waiting_costs = 0, waiting_paid = 0, waiting_values = 0, waiting_bounds = 0;
  std::vector<Costs> heard;           // by child
  std::optional<Relaxation> relaxed;  // of a factor
  std::vector<Values> values;         // of a factor's variables
  Values decided{{no_value, no_value}};
  Paid paid{};
  double lowest = 0;                 // at a root
  double bound = 0, bound_cost = 0;  // at the first variable
  std::uint64_t bound_violations = 0;
};

}  // namespace

Algorithm bounded_maxsum() { return algorithm_of<BoundedMaxSum>(); }

}  // namespace entente::algorithms
