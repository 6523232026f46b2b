// SPDX-License-Identifier: MIT
#include "runtime/event_lowest.hpp"

#include <algorithm>
#include <limits>
#include <span>

#include "entente/problem/problem.hpp"

namespace entente::runtime {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double lowest_of(const Problem& problem, std::span<const double> costs) {
  const double sign = problem.objective() == Objective::minimise ? 1 : -1;
  double lowest = infinity;
  for (const double cost : costs)
    if (!problem.is_hard(cost)) lowest = std::min(lowest, sign * cost);
  return lowest;
}

double lowest_of(const Problem& problem, ConstraintId constraint) {
  const CostFunction function = problem.function(constraint);
  if (function.kind == FunctionKind::lazy) return -infinity;
  if (function.kind == FunctionKind::table) return lowest_of(problem, function.cells);
  double tuples = 1;
  for (const VariableId v : problem.scope(constraint)) tuples *= problem.domain_size(v);
  double lowest = lowest_of(problem, function.sparse->costs);
  if (double(function.sparse->costs.size()) < tuples)
    lowest = std::min(lowest, lowest_of(problem, {&function.sparse->default_cost, 1}));
  return lowest;
}

}  // namespace

double find_lowest(const Frame& frame, ComputationId computation) {
  const Problem& problem = *frame.problem;
  if (computation >= problem.variable_count()) return 0;
  double sum = 0;
  const auto add = [&sum](double lowest) { sum += lowest == infinity ? 0 : lowest; };
  for (const ConstraintId c : problem.constraints_of(computation)) add(lowest_of(problem, c));
  add(lowest_of(problem, problem.unary_costs(computation)));
  return sum;
}

}  // namespace entente::runtime
