// SPDX-License-Identifier: MIT
// GoodList: the part of a problem that a mediating agent has gathered, what it costs, and what it has to cost.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "kernel/exact/minimise.hpp"
#include "kernel/ranked_cost.hpp"
#include "kernel/shared_function.hpp"

namespace entente {

/// New values for some variables, by ascending variable.
using Changes = std::vector<std::pair<VariableId, ValueIndex>>;

/// An agent's copy of the problem around it: the cost functions and values that it has been told of. Its members are
/// the variables of which it knows every function; a function is inside if all its variables are members. Costs are
/// those beyond each function's lowest, so never negative.
///
/// Sums that differ by less than `rounding()` count as equal, because the order of summation could make that
/// difference.
class GoodList {
 public:
  /// What the members cost at best.
  struct Optimum {
    double cost = 0;                 ///< Infinite: every combination of values is forbidden.
    bool known = false;              ///< Else solving was stopped.
    std::vector<ValueIndex> values;  ///< That cost so much, by member.
  };

  /// Takes a function over; says whether it is new.
  bool learn(const SharedFunction& function);
  /// Takes a variable's value over unless a later one is known; says whether it is another one.
  bool hear(VariableId variable, ValueIndex value, std::uint32_t version);
  /// The variables that share a function with `variable`, as far as functions are known; ascending.
  const std::vector<VariableId>& neighbours(VariableId variable) const;
  bool knows(VariableId variable) const { return places_.count(variable) > 0; }
  ValueIndex value(VariableId variable) const;
  /// Number of values of a variable, as far as functions tell.
  std::size_t domain(VariableId variable) const { return std::size_t(variables_[places_.at(variable)].size); }
  std::uint32_t version(VariableId variable) const { return variables_[places_.at(variable)].version; }

  /// All these become members. Ascending; they include the members there are.
  void set_members(const std::vector<VariableId>& members);
  const std::vector<VariableId>& members() const { return members_; }
  bool contains(VariableId variable) const;

  /// What the functions inside cost now. Every member's value is known.
  RankedCost cost() const;
  /// What costs have to differ by at least to be different.
  double rounding() const { return rounding_; }
  /// Whether `a` is less than `b` by more than rounding.
  bool less(const RankedCost& a, const RankedCost& b) const {
    return a.violations != b.violations ? a.violations < b.violations : a.cost < b.cost - rounding_;
  }

  /// What the members cost at best. Worked out once for each set of members, and not at all where the present values
  /// cost no more than a smaller set had to.
  const Optimum& optimum(const StopSignal& stop);
  /// Changes of members' values after which they cost less than now: of the cheapest ones, those that are hardest on no
  /// known neighbour, and of these, the fewest; as far as a limited search finds them. Needs a known, finite optimum
  /// below the present cost.
  Changes plan(const StopSignal& stop);
  /// The same with what each value of each member is said to cost outside; infinite: it is not to be had. May be no
  /// better than nothing. Needs a known, finite optimum.
  Changes plan(const std::vector<std::vector<double>>& outside, const StopSignal& stop);
  /// The best other value of one member alone, if it costs less all in all; none where values around it are unknown.
  Changes own_move(VariableId variable) const;

  /// How all costs would change with these values. The values of all neighbours of those that change are known.
  RankedCost difference(const Changes& changes) const;
  /// The variables outside whose functions would then cost more; ascending.
  std::vector<VariableId> hurt(const Changes& changes) const;

  /// A set of members whose inside functions alone already cost the optimum at best; all of them, or (`minimal`) one
  /// that can lose no variable, as far as a limited search can tell. Ascending. Needs a known, finite optimum.
  std::vector<VariableId> responsible(bool minimal, const StopSignal& stop) const;

  /// The first variable of each function inside `group`, which are members; ascending.
  std::vector<VariableId> first_variables(std::span<const VariableId> group) const;

  /// Table cells looked at since this was asked last.
  std::uint64_t take_checks();

 private:
  struct Variable {
    VariableId id;
    ValueIndex size = 1, value = no_value;
    std::uint32_t version = 0;
    bool member = false;
    std::vector<VariableId> neighbours = {};
    std::vector<std::uint32_t> functions = {};
  };
  struct Function {
    SharedFunction table;
    std::vector<std::uint32_t> places;  // of its variables
    bool inside = false;
  };

  std::uint32_t place(VariableId variable);
  /// What a function costs with the present values, or (`changed`) those of `changed_` where it has any.
  RankedCost cost_of(const Function& function, bool changed = false) const;
  /// What the functions inside cost with these values of the members.
  RankedCost cost_with(std::span<const ValueIndex> values) const;
  template <class Visit>
  void visit_touched(const Changes& changes, Visit&& visit) const;
  CostNetwork network(std::span<const VariableId> members) const;
  /// What each value of each member costs the known neighbours outside.
  std::vector<std::vector<double>> surroundings() const;
  std::vector<ValueIndex> best_with(const std::vector<std::vector<double>>& outside, std::span<const ValueIndex> start,
                                    const StopSignal& stop);
  Changes changes_to(std::span<const ValueIndex> values) const;
  bool cost_as_much(std::span<const VariableId> members, double cost, const StopSignal& stop) const;
  std::vector<ValueIndex> present() const;

  std::map<VariableId, std::uint32_t> places_;
  std::vector<Variable> variables_;
  std::vector<Function> functions_;
  std::set<std::uint64_t> keys_;
  std::vector<VariableId> members_;
  std::vector<std::uint32_t> inside_;  // functions
  double rounding_ = 0;
  Optimum optimum_;
  std::vector<VariableId> justified_;  // members whose inside functions are known to cost the optimum at best
  mutable std::vector<ValueIndex> changed_, tuple_;  // by place; of one function
  mutable std::uint64_t checks_ = 0;
};

}  // namespace entente
