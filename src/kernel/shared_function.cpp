// SPDX-License-Identifier: MIT
#include "kernel/shared_function.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"

namespace entente {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
/// Combinations of values up to which a function that is computed when asked is tabulated.
constexpr std::uint64_t most_cells = std::uint64_t(1) << 22;

std::vector<ValueIndex> sizes_of(const Problem& problem, std::span<const VariableId> scope) {
  std::vector<ValueIndex> sizes;
  for (const VariableId v : scope) sizes.push_back(problem.domain_size(v));
  return sizes;
}

/// Costs of a constraint in working sign, not yet reduced by the lowest.
FunctionTable working_table(const Problem& problem, ConstraintId constraint) {
  FunctionTable table;
  table.key = constraint;
  const auto scope = problem.scope(constraint);
  table.scope.assign(scope.begin(), scope.end());
  table.sizes = sizes_of(problem, scope);
  const CostFunction function = problem.function(constraint);
  const auto working = [&](double cost) { return working_cost(problem, cost); };
  if (function.kind == FunctionKind::sparse) {
    table.default_excess = working(function.sparse->default_cost);
    table.tuples = function.sparse->tuples;
    std::ranges::transform(function.sparse->costs, std::back_inserter(table.excesses), working);
    // Where every combination is listed, the default costs nobody anything.
    if (cell_count(table.sizes) == table.excesses.size()) {
      table.cells.swap(table.excesses);
      table.tuples.clear();
      table.default_excess = 0;
    }
    return table;
  }
  if (function.kind == FunctionKind::table) {
    std::ranges::transform(function.cells, std::back_inserter(table.cells), working);
    return table;
  }
  std::vector<ValueIndex> tuple(scope.size(), 0);
  table.cells.resize(cell_count(table.sizes));
  for (double& cell : table.cells) {
    cell = working(function.lazy->cost(tuple));
    for (std::size_t i = tuple.size(); i-- > 0 && ++tuple[i] == table.sizes[i];) tuple[i] = 0;
  }
  return table;
}

FunctionTable own_table(const Problem& problem, VariableId variable) {
  FunctionTable table;
  table.key = FunctionTable::own_costs + variable;
  table.scope = {variable};
  table.sizes = {problem.domain_size(variable)};
  for (const double cost : problem.unary_costs(variable)) table.cells.push_back(working_cost(problem, cost));
  return table;
}

bool is_sparse(const FunctionTable& table) { return table.cells.empty(); }

double lowest(const FunctionTable& table) {
  double low = is_sparse(table) ? table.default_excess : infinity;
  for (const double cost : table.cells) low = std::min(low, cost);
  for (const double cost : table.excesses) low = std::min(low, cost);
  return low;
}

/// Subtracts the lowest cost; says whether any other is left.
bool reduce(FunctionTable& table) {
  const double low = lowest(table);
  if (low == infinity) return true;
  bool varies = false;
  const auto subtract = [&](double& cost) {
    cost -= low;
    varies |= cost > 0;
  };
  std::ranges::for_each(table.cells, subtract);
  std::ranges::for_each(table.excesses, subtract);
  if (is_sparse(table)) subtract(table.default_excess);
  return varies;
}

}  // namespace

double FunctionTable::excess(std::span<const ValueIndex> tuple) const {
  if (!is_sparse(*this)) {
    std::size_t cell = 0;
    for (std::size_t i = 0; i < tuple.size(); ++i) cell = cell * std::size_t(sizes[i]) + std::size_t(tuple[i]);
    return cells[cell];
  }
  std::size_t low = 0, high = excesses.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::span<const ValueIndex> here(tuples.data() + middle * tuple.size(), tuple.size());
    const auto order = std::lexicographical_compare_three_way(here.begin(), here.end(), tuple.begin(), tuple.end());
    if (order == 0) return excesses[middle];
    (order < 0 ? low : high) = order < 0 ? middle + 1 : middle;
  }
  return default_excess;
}

bool FunctionTable::complete() {
  const std::size_t arity = scope.size();
  if (arity == 0 || sizes.size() != arity) return false;
  std::vector<VariableId> distinct = scope;
  std::ranges::sort(distinct);
  if (std::ranges::adjacent_find(distinct) != distinct.end()) return false;
  if (std::ranges::any_of(sizes, [](ValueIndex size) { return size < 1; })) return false;
  largest = 0;
  bool sound = true;
  const auto look = [&](double excess) {
    sound &= excess >= 0;
    if (std::isfinite(excess)) largest = std::max(largest, excess);
  };
  std::ranges::for_each(cells, look);
  std::ranges::for_each(excesses, look);
  look(default_excess);
  if (!is_sparse(*this)) return sound && tuples.empty() && excesses.empty() && cell_count(sizes) == cells.size();
  if (tuples.size() != arity * excesses.size()) return false;
  for (std::size_t t = 0; t < excesses.size() && sound; ++t) {
    const auto* const tuple = tuples.data() + t * arity;
    for (std::size_t i = 0; i < arity; ++i) sound &= tuple[i] >= 0 && tuple[i] < sizes[i];
    if (t > 0) sound &= std::lexicographical_compare(tuple - arity, tuple, tuple, tuple + arity);
  }
  return sound;
}

std::vector<SharedFunction> shared_functions(const Problem& problem, VariableId variable) {
  std::vector<SharedFunction> list;
  const auto add = [&](FunctionTable&& table) {
    if (!reduce(table)) return;
    table.complete();
    list.emplace_back(std::move(table));
  };
  for (const ConstraintId c : problem.constraints_of(variable)) add(working_table(problem, c));
  if (!problem.unary_costs(variable).empty()) add(own_table(problem, variable));
  return list;
}

std::string cannot_share(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (problem.function(c).kind != FunctionKind::lazy || cell_count(sizes_of(problem, problem.scope(c))) <= most_cells)
      continue;
    return "has agents tell each other their constraints; " + printable(problem.constraint_name(c)) +
           " is computed when asked and has more than " + std::to_string(most_cells) + " value combinations";
  }
  return {};
}

double sum_of_best(const Problem& problem) {
  double sum = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const CostFunction function = problem.function(c);
    double low = infinity;
    if (function.kind == FunctionKind::table)
      for (const double cost : function.cells) low = std::min(low, working_cost(problem, cost));
    else
      low = lowest(working_table(problem, c));
    sum += low;
  }
  for (VariableId v = 0; v < problem.variable_count(); ++v)
    if (!problem.unary_costs(v).empty()) sum += lowest(own_table(problem, v));
  return problem.objective() == Objective::maximise ? -sum : sum;
}

}  // namespace entente
