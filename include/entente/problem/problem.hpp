// SPDX-License-Identifier: MIT
// Problem: variables, cost functions and agents of a discrete constraint optimisation problem, immutable and compact.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entente/base/ids.hpp"
#include "entente/base/value.hpp"

namespace entente {

enum class Objective { minimise, maximise };

/// A set of values that variables share. Positions in `values` are the ValueIndex of everything else.
struct Domain {
  std::string name;
  std::string type;  ///< The free text of the file's `type` key; no meaning to us.
  std::vector<Value> values;

  /// Position of the value that is the same as `value` (`same_value`), else `no_value`. O(size).
  ValueIndex index_of(const Value& value) const;
};

/// A cost per tuple for a few tuples, and one cost for all others.
struct SparseTable {
  std::uint32_t arity = 0;
  double default_cost = 0;
  std::vector<ValueIndex> tuples = {};  ///< `arity` indexes a tuple, tuples in lexicographic order, no duplicates.
  std::vector<double> costs = {};       ///< One per tuple.

  /// O(arity log(number of tuples)).
  double cost(std::span<const ValueIndex> tuple) const;
};

/// A cost function that is computed when asked, because its table would pass the memory limit.
class LazyFunction {
 public:
  virtual ~LazyFunction() = default;
  /// Cost of a tuple in scope order. Throws Error when the expression fails there.
  virtual double cost(std::span<const ValueIndex> tuple) const = 0;
};

enum class FunctionKind : std::uint8_t { table, sparse, lazy };

/// A view of one cost function; valid as long as the problem. Costs are the user's own: to be minimised or maximised,
/// and hard where Problem::is_hard says so.
struct CostFunction {
  FunctionKind kind = FunctionKind::table;
  std::span<const double> cells;        ///< table: row-major, last variable of the scope fastest.
  const SparseTable* sparse = nullptr;  ///< sparse only.
  const LazyFunction* lazy = nullptr;   ///< lazy only.
};

/// An agent as the problem file defines it: a host for computations.
struct AgentDefinition {
  std::string name;
  std::optional<double> capacity = {};            ///< In the unit of an algorithm's `memory`.
  std::map<std::string, std::string> extra = {};  ///< Other keys, kept as YAML text.
};

/// What hosting and talking cost. Names are agents and computations (variables or constraints).
struct Placement {
  double default_route = 1;
  std::map<std::pair<std::string, std::string>, double> routes;  ///< Symmetric; stored with first < second.
  double default_hosting_cost = 0;
  std::map<std::string, double> agent_hosting_costs;                                ///< agent: default.
  std::map<std::pair<std::string, std::string>, double> computation_hosting_costs;  ///< (agent, computation).
  std::map<std::string, std::vector<std::string>> must_host;                        ///< agent: computations.
  std::map<std::string, std::vector<std::string>> host_with;                        ///< computation: others.
  bool has_routes = false, has_hosting_costs = false, has_hints = false;            ///< Said in the file at all.
};

/// A variable whose value is given from outside. It is no decision: cost functions are sliced at its value.
struct ExternalVariable {
  std::string name;
  std::uint32_t domain = 0;
  ValueIndex value = 0;
};

/// Cost and number of violated hard constraints of a complete assignment. `cost` leaves violated ones out. A cost that
/// is not acceptable (`Problem::acceptable`) is one violation more.
struct Evaluation {
  double cost = 0;
  std::uint64_t violations = 0;
};

struct ProblemData;

/// A validated problem. Cheap to copy (shares its data), safe to read from many threads.
///
/// Memory  about 28 bytes per variable and 52 per constraint plus its table, without names; see docs/performance.md.
class Problem {
 public:
  explicit Problem(std::shared_ptr<const ProblemData> data);

  const std::string& name() const;
  const std::string& description() const;
  Objective objective() const { return objective_; }
  /// Costs equal to this are hard constraints, as are all that are not finite.
  double infinity() const { return infinity_; }
  bool is_hard(double cost) const { return !std::isfinite(cost) || cost == infinity_; }
  /// Same problem with another cost that stands for a hard constraint. O(1).
  Problem with_infinity(double infinity) const;
  /// What the cost of an assignment must be better than, if the problem says so: below it, or above it to maximise.
  std::optional<double> cost_limit() const;
  /// Whether an assignment may cost that much in all.
  bool acceptable(double cost) const;

  std::uint32_t variable_count() const { return variable_count_; }
  /// Unnamed variables are called x0, x1, … by position.
  std::string variable_name(VariableId variable) const;
  std::optional<VariableId> find_variable(std::string_view name) const;
  const Domain& domain(VariableId variable) const { return domains_[variable_domain_[variable]]; }
  std::uint32_t domain_id(VariableId variable) const { return variable_domain_[variable]; }
  ValueIndex domain_size(VariableId variable) const { return domain_size_[variable_domain_[variable]]; }
  std::span<const Domain> domains() const { return domains_; }
  /// The file's initial value, or `no_value`.
  ValueIndex initial_value(VariableId variable) const;
  /// One cost per value (the variable's own cost function, noise included); empty if it has none.
  std::span<const double> unary_costs(VariableId variable) const;

  std::uint32_t constraint_count() const { return constraint_count_; }
  /// Unnamed constraints are called c0, c1, … by position.
  std::string constraint_name(ConstraintId constraint) const;
  std::optional<ConstraintId> find_constraint(std::string_view name) const;
  /// The decision variables of a constraint, without duplicates, in the order of its table. May be empty: a constant.
  std::span<const VariableId> scope(ConstraintId constraint) const {
    return {scope_items_ + scope_first_[constraint], scope_first_[constraint + 1] - scope_first_[constraint]};
  }
  CostFunction function(ConstraintId constraint) const;
  /// Cost of `tuple` (in scope order). Throws Error when a lazy function fails there.
  double cost(ConstraintId constraint, std::span<const ValueIndex> tuple) const;
  /// The constraints whose scope holds `variable`, by ascending id.
  std::span<const ConstraintId> constraints_of(VariableId variable) const {
    return {incident_items_ + incident_first_[variable], incident_first_[variable + 1] - incident_first_[variable]};
  }

  /// Recomputes cost and violations of a complete assignment, constraint by constraint in id order, then the
  /// variables' own costs. O(sum of arities).
  Evaluation evaluate(std::span<const ValueIndex> assignment) const;

  std::span<const ExternalVariable> external_variables() const;
  std::span<const AgentDefinition> agents() const;
  const Placement& placement() const;
  const ProblemData& data() const { return *data_; }

 private:
  std::shared_ptr<const ProblemData> data_;
  Objective objective_;
  double infinity_;
  std::uint32_t variable_count_, constraint_count_;
  // Hot parts of *data_, so that inner loops need no further indirection.
  std::span<const Domain> domains_;
  const std::uint32_t* variable_domain_;
  const ValueIndex* domain_size_;
  const std::uint32_t* scope_first_;
  const VariableId* scope_items_;
  const std::uint32_t* incident_first_;
  const ConstraintId* incident_items_;
};

}  // namespace entente
