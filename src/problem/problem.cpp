// SPDX-License-Identifier: MIT
// Problem: reading and evaluating what the builder froze.
#include "entente/problem/problem.hpp"

#include <algorithm>

#include "entente/base/contract.hpp"
#include "entente/base/error.hpp"
#include "problem/problem_data.hpp"

namespace entente {
namespace {

/// Sums with an error term (Neumaier 1974), so that the order and number of costs hardly matters.
class ExactSum {
 public:
  void add(double x) {
    const double t = sum_ + x;
    lost_ += std::fabs(sum_) >= std::fabs(x) ? (sum_ - t) + x : (x - t) + sum_;
    sum_ = t;
  }
  double total() const { return std::isfinite(lost_) ? sum_ + lost_ : sum_; }

 private:
  double sum_ = 0, lost_ = 0;
};

}  // namespace

ValueIndex Domain::index_of(const Value& value) const {
  for (std::size_t index = 0; index < values.size(); ++index)
    if (same_value(values[index], value)) return static_cast<ValueIndex>(index);
  return no_value;
}

double SparseTable::cost(std::span<const ValueIndex> tuple) const {
  ENTENTE_EXPECTS(tuple.size() == arity);
  std::size_t low = 0, high = costs.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const auto* at = tuples.data() + middle * arity;
    if (std::lexicographical_compare(at, at + arity, tuple.begin(), tuple.end()))
      low = middle + 1;
    else
      high = middle;
  }
  if (low < costs.size() && std::equal(tuple.begin(), tuple.end(), tuples.data() + low * arity)) return costs[low];
  return default_cost;
}

Problem::Problem(std::shared_ptr<const ProblemData> data)
    : data_(std::move(data)),
      objective_(data_->objective),
      infinity_(data_->infinity),
      variable_count_(data_->variable_count()),
      constraint_count_(data_->constraint_count()),
      domains_(data_->domains),
      variable_domain_(data_->variable_domain.data()),
      domain_size_(data_->domain_size.data()),
      scope_first_(data_->scope_first.data()),
      scope_items_(data_->scope_items.data()),
      incident_first_(data_->incident_first.data()),
      incident_items_(data_->incident_items.data()) {}

const std::string& Problem::name() const { return data_->name; }
const std::string& Problem::description() const { return data_->description; }

Problem Problem::with_infinity(double infinity) const {
  if (std::isnan(infinity))
    throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "infinity"}, "not a number; expected a cost");
  Problem other = *this;
  other.infinity_ = infinity;
  return other;
}

std::optional<double> Problem::cost_limit() const { return data_->cost_limit; }

bool Problem::acceptable(double cost) const {
  if (!data_->cost_limit) return true;
  return objective_ == Objective::minimise ? cost < *data_->cost_limit : cost > *data_->cost_limit;
}

std::string Problem::variable_name(VariableId variable) const { return data_->variable_names.name(variable); }

std::optional<VariableId> Problem::find_variable(std::string_view name) const {
  return data_->variable_names.find(name);
}

ValueIndex Problem::initial_value(VariableId variable) const {
  return data_->initial.empty() ? no_value : data_->initial[variable];
}

std::span<const double> Problem::unary_costs(VariableId variable) const {
  if (data_->unary_first.empty() || data_->unary_first[variable] == ProblemData::none) return {};
  return data_->unary_cells.part(data_->unary_first[variable], static_cast<std::size_t>(domain_size(variable)));
}

std::string Problem::constraint_name(ConstraintId constraint) const { return data_->constraint_names.name(constraint); }

std::optional<ConstraintId> Problem::find_constraint(std::string_view name) const {
  return data_->constraint_names.find(name);
}

CostFunction Problem::function(ConstraintId constraint) const {
  const FunctionReference reference = data_->function_of[constraint];
  const std::uint32_t index = reference.index();
  CostFunction function;
  function.kind = reference.kind();
  switch (function.kind) {
    case FunctionKind::table: {
      const std::uint64_t first = data_->table_first[index];
      function.cells = data_->cells.part(first, data_->table_first[index + 1] - first);
      break;
    }
    case FunctionKind::sparse: function.sparse = &data_->sparse[index]; break;
    case FunctionKind::lazy: function.lazy = data_->lazy[index].get(); break;
  }
  return function;
}

double Problem::cost(ConstraintId constraint, std::span<const ValueIndex> tuple) const {
  const auto members = scope(constraint);
  ENTENTE_EXPECTS(tuple.size() == members.size());
  const CostFunction function = this->function(constraint);
  if (function.sparse) return function.sparse->cost(tuple);
  if (function.lazy) return function.lazy->cost(tuple);
  std::size_t cell = 0;
  for (std::size_t k = 0; k < members.size(); ++k)
    cell = cell * static_cast<std::size_t>(domain_size(members[k])) + static_cast<std::size_t>(tuple[k]);
  return function.cells[cell];
}

Evaluation Problem::evaluate(std::span<const ValueIndex> assignment) const {
  if (assignment.size() != variable_count_)
    throw Error(ErrorCode::wrong_use, "an assignment needs one value for each variable of the problem");
  for (VariableId variable = 0; variable < variable_count_; ++variable)
    if (assignment[variable] < 0 || assignment[variable] >= domain_size(variable))
      throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, variable_name(variable)}, "its value is outside its domain");

  Evaluation result;
  ExactSum sum;
  const auto count = [&](double cost) {
    if (is_hard(cost))
      ++result.violations;
    else
      sum.add(cost);
  };
  std::vector<ValueIndex> tuple;
  for (ConstraintId constraint = 0; constraint < constraint_count_; ++constraint) {
    tuple.clear();
    for (const VariableId variable : scope(constraint)) tuple.push_back(assignment[variable]);
    count(cost(constraint, tuple));
  }
  for (VariableId variable = 0; variable < variable_count_; ++variable)
    if (const auto costs = unary_costs(variable); !costs.empty())
      count(costs[static_cast<std::size_t>(assignment[variable])]);
  result.cost = sum.total();
  result.violations += !acceptable(result.cost);
  return result;
}

std::span<const ExternalVariable> Problem::external_variables() const { return data_->externals; }
std::span<const AgentDefinition> Problem::agents() const { return data_->agents; }
const Placement& Problem::placement() const { return data_->placement; }

}  // namespace entente
