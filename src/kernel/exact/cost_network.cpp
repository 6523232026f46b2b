// SPDX-License-Identifier: MIT
// A problem as a cost network, and what an assignment of it costs.
#include "kernel/exact/cost_network.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"
#include "kernel/memory_budget.hpp"

namespace entente {
namespace {

constexpr std::uint64_t uncountable = std::numeric_limits<std::uint64_t>::max();

std::uint64_t add(std::uint64_t a, std::uint64_t b) { return a > uncountable - b ? uncountable : a + b; }

std::uint64_t function_bytes(const Problem& problem, ConstraintId constraint) {
  const CostFunction function = problem.function(constraint);
  if (function.kind == FunctionKind::sparse)
    return function.sparse->costs.size() * sizeof(double) + function.sparse->tuples.size() * sizeof(ValueIndex);
  std::vector<ValueIndex> sizes;
  for (const VariableId v : problem.scope(constraint)) sizes.push_back(problem.domain_size(v));
  return table_bytes(sizes);
}

NetworkFunction network_function(const Problem& problem, ConstraintId constraint) {
  const auto scope = problem.scope(constraint);
  const CostFunction function = problem.function(constraint);
  const auto working = [&](double cost) { return working_cost(problem, cost); };
  NetworkFunction result;
  result.scope.assign(scope.begin(), scope.end());
  switch (function.kind) {
    case FunctionKind::table:
      result.cells.resize(function.cells.size());
      std::ranges::transform(function.cells, result.cells.begin(), working);
      break;
    case FunctionKind::sparse:
      result.default_cost = working(function.sparse->default_cost);
      result.tuples = function.sparse->tuples;
      result.costs.resize(function.sparse->costs.size());
      std::ranges::transform(function.sparse->costs, result.costs.begin(), working);
      break;
    case FunctionKind::lazy: {
      std::vector<ValueIndex> sizes, values(scope.size(), 0);
      for (const VariableId v : scope) sizes.push_back(problem.domain_size(v));
      result.cells.resize(cell_count(sizes));
      for (double& cell : result.cells) {
        cell = working(function.lazy->cost(values));
        for (std::size_t i = values.size(); i-- > 0;) {
          if (++values[i] < sizes[i]) break;
          values[i] = 0;
        }
      }
      break;
    }
  }
  return result;
}

// The cost of the values that `assignment` gives to the function's variables.
double function_cost(const NetworkFunction& function, std::span<const ValueIndex> sizes,
                     std::span<const ValueIndex> assignment) {
  const std::size_t arity = function.scope.size();
  if (!function.is_sparse()) {
    std::size_t cell = 0;
    for (const std::uint32_t v : function.scope)
      cell = cell * static_cast<std::size_t>(sizes[v]) + static_cast<std::size_t>(assignment[v]);
    return function.cells[cell];
  }
  std::size_t low = 0, high = function.costs.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const ValueIndex* const tuple = function.tuples.data() + middle * arity;
    std::size_t i = 0;
    while (i < arity && tuple[i] == assignment[function.scope[i]]) ++i;
    if (i == arity) return function.costs[middle];
    (tuple[i] < assignment[function.scope[i]] ? low : high) =
        tuple[i] < assignment[function.scope[i]] ? middle + 1 : middle;
  }
  return function.default_cost;
}

}  // namespace

CostNetwork make_cost_network(const Problem& problem, std::uint64_t memory) {
  std::uint64_t bytes = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    bytes = add(bytes, function_bytes(problem, c));
    if (bytes > memory)
      throw Error(ErrorCode::too_large,
                  fmt::format("the tables of the cost functions take more than the {} that are allowed (constraint {} "
                              "passes them); allow more memory (--memory) or use a local method",
                              bytes_to_text(memory), problem.constraint_name(c)));
  }
  CostNetwork network;
  for (VariableId v = 0; v < problem.variable_count(); ++v) network.sizes.push_back(problem.domain_size(v));
  if (const auto limit = problem.cost_limit())
    network.limit = problem.objective() == Objective::maximise ? -*limit : *limit;
  network.functions.reserve(problem.constraint_count());
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    network.functions.push_back(network_function(problem, c));
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    const auto costs = problem.unary_costs(v);
    if (costs.empty()) continue;
    NetworkFunction& own = network.functions.emplace_back();
    own.scope = {v};
    for (const double cost : costs) own.cells.push_back(working_cost(problem, cost));
  }
  return network;
}

double network_cost(const CostNetwork& network, std::span<const ValueIndex> assignment) {
  double cost = 0;
  for (const NetworkFunction& function : network.functions) cost += function_cost(function, network.sizes, assignment);
  return cost;
}

}  // namespace entente
