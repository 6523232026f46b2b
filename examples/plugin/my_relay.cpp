// SPDX-License-Identifier: MIT
// Greedy decisions in a row, with a bound on what is possible; see docs/writing-an-algorithm.md.
#include <algorithm>
#include <limits>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/graph/ordered_graph.hpp"

namespace entente::algorithms {
namespace {

/// The variables decide one after the other, by name. Each takes the value that is cheapest together with those
/// decided before, and hands everything on to the next. The last reports a bound: every constraint at its cheapest.
struct MyRelay {
  static constexpr Info info{.name = "my_relay",
                             .summary = "greedy: each variable decides once, given those before it in the row",
                             .graph = Graph::ordered,
                             .timing = Timing::events,
                             .bound = true,
                             .source = "folklore"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};

  struct Baton {
    std::vector<ValueIndex> values;  // of all variables; no_value where nobody has decided
    double bound;
    bool fits(const MessageGround& at) const {
      bool right = values.size() == at.problem().variable_count();
      for (VariableId v = 0; right && v < values.size(); ++v)
        right = values[v] == no_value || at.in_domain(v, values[v]);
      return right;
    }
  };
  using Messages = Kinds<Baton>;

  ValueIndex value = no_value;

  void start(Agent auto& self) {
    if (self.row().previous(self.id()) != no_id) return;
    const Problem& problem = self.problem();
    Baton baton{std::vector<ValueIndex>(problem.variable_count(), no_value), 0};
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
      if (problem.scope(c).empty()) baton.bound += self.cost(c, {});
    decide(self, std::move(baton));
  }

  void receive(Agent auto& self, ComputationId, Baton&& baton) { decide(self, std::move(baton)); }

 private:
  void decide(Agent auto& self, Baton&& baton) {
    std::vector<double> costs(std::size_t(self.domain()), 0.0);
    const auto own = self.problem().unary_costs(self.id());
    for (std::size_t v = 0; v < own.size(); ++v) costs[v] = self.working(own[v]);
    baton.bound += *std::min_element(costs.begin(), costs.end());
    for (const ConstraintId c : self.problem().constraints_of(self.id())) add_constraint(self, c, baton, costs);
    value = ValueIndex(std::min_element(costs.begin(), costs.end()) - costs.begin());
    baton.values[self.id()] = value;
    if (const VariableId next = self.row().next(self.id()); next != no_id)
      self.send(next, std::move(baton));
    else
      self.report_bound(baton.bound);
    self.finish();
  }

  /// Adds what constraint `c` costs for each own value, unless a variable that has not yet decided will do so.
  void add_constraint(Agent auto& self, ConstraintId c, Baton& baton, std::vector<double>& costs) {
    const auto scope = self.problem().scope(c);
    std::vector<ValueIndex> tuple, decided;
    for (const VariableId v : scope) decided.push_back(v == self.id() ? 0 : baton.values[v]);
    if (std::count(decided.begin(), decided.end(), no_value)) return;
    const auto mine = std::size_t(std::find(scope.begin(), scope.end(), self.id()) - scope.begin());
    for (std::size_t v = 0; v < costs.size(); ++v) {
      decided[mine] = ValueIndex(v);
      costs[v] += self.cost(c, decided);
    }
    double least = std::numeric_limits<double>::infinity();
    tuple.assign(scope.size(), 0);
    do {
      least = std::min(least, self.cost(c, tuple));
    } while (advance(self, scope, tuple));
    baton.bound += least;
  }

  /// Steps to the next combination of values; false after the last.
  static bool advance(Agent auto& self, std::span<const VariableId> scope, std::vector<ValueIndex>& tuple) {
    for (std::size_t k = scope.size(); k-- > 0;) {
      if (++tuple[k] < self.problem().domain_size(scope[k])) return true;
      tuple[k] = 0;
    }
    return false;
  }
};

}  // namespace

Algorithm my_relay() { return algorithm_of<MyRelay>(); }

}  // namespace entente::algorithms
