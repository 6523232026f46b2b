// SPDX-License-Identifier: MIT
#include "runtime/factor_costs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "entente/base/error.hpp"
#include "kernel/factor_tables.hpp"

namespace entente::runtime {
namespace {

constexpr std::uint64_t most_tuples = std::uint64_t(1) << 28;

/// What the cells of one cost function, or of all, are like.
struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  bool hard = false, single = true;

  void add(const Problem& problem, double cost) {
    if (problem.is_hard(cost)) {
      hard = true;
      return;
    }
    low = std::min(low, cost);
    high = std::max(high, cost);
    single &= static_cast<double>(static_cast<float>(cost)) == cost;
  }
  double range() const { return low <= high ? high - low : 0; }
  double largest() const { return low <= high ? std::max(std::fabs(low), std::fabs(high)) : 0; }
};

Extent extent_of(const Problem& problem, ConstraintId constraint, const std::function<bool()>& stop, bool& stopped) {
  Extent extent;
  const CostFunction function = problem.function(constraint);
  if (function.kind == FunctionKind::table) {
    for (const double cost : function.cells) extent.add(problem, cost);
    return extent;
  }
  const std::uint64_t tuples = tuple_count(problem, constraint);
  if (tuples > most_tuples)
    throw Error(ErrorCode::too_large, Place{{}, 0, 0, problem.constraint_name(constraint)},
                fmt::format("has {} tuples, and an algorithm on the factor graph looks at all of them in every cycle; "
                            "at most {} are possible. Split the constraint, or use a local search method",
                            tuples, most_tuples));
  if (function.kind == FunctionKind::sparse) {
    for (const double cost : function.sparse->costs) extent.add(problem, cost);
    if (function.sparse->costs.size() < tuples) extent.add(problem, function.sparse->default_cost);
    return extent;
  }
  std::uint32_t seen = 0;
  stopped |= !kernel::for_each_tuple(problem, constraint, [&](std::span<const ValueIndex>, double cost) {
    extent.add(problem, cost);
    return (++seen & 0xfff) != 0 || !stop();
  });
  return extent;
}

}  // namespace

std::uint64_t tuple_count(const Problem& problem, ConstraintId constraint) {
  constexpr std::uint64_t most = std::uint64_t(1) << 63;
  std::uint64_t count = 1;
  for (const VariableId variable : problem.scope(constraint)) {
    const auto size = static_cast<std::uint64_t>(problem.domain_size(variable));
    if (count > most / size) return most;
    count *= size;
  }
  return count;
}

FactorCosts measure_costs(const Problem& problem, double preference, const std::function<bool()>& stop) {
  FactorCosts costs;
  costs.sign = problem.objective() == Objective::minimise ? 1 : -1;
  const std::uint32_t n = problem.variable_count();
  std::vector<double> reach(n, preference);  // how far the finite costs around a variable can differ
  std::vector<std::uint32_t> hard_around(n, 0);
  double ranges = static_cast<double>(n) * preference, largest = 0;
  bool single = true, any_hard = false, stopped = false;
  const auto account = [&](const Extent& extent, std::span<const VariableId> members) {
    ranges += extent.range();
    largest = std::max(largest, extent.largest());
    single &= extent.single;
    any_hard |= extent.hard;
    for (const VariableId variable : members) {
      reach[variable] += extent.range();
      hard_around[variable] += extent.hard;
    }
  };
  for (ConstraintId constraint = 0; constraint < problem.constraint_count() && !stopped; ++constraint) {
    const auto members = problem.scope(constraint);
    if (!members.empty()) {
      account(extent_of(problem, constraint, stop, stopped), members);
      continue;
    }
    const double cost = problem.cost(constraint, {});
    if (problem.is_hard(cost))
      ++costs.constants.violations;
    else
      costs.constants.cost += cost;
  }
  for (VariableId variable = 0; variable < n; ++variable) {
    const auto own = problem.unary_costs(variable);
    if (own.empty()) continue;
    Extent extent;
    for (const double cost : own) extent.add(problem, cost);
    account(extent, {&variable, 1});
  }

  // Finite costs may be as large as double allows: halve their exponents before they are added up.
  if (!(ranges < 0x1p500) || !(largest < 0x1p500)) {
    costs.scale = 0x1p-700;
    ranges = largest = 0x1p400;
    single = false;
  }
  if (any_hard) costs.hard = std::exp2(std::ceil(std::log2(2 * (largest + ranges) + 1)));
  double widest = 0;
  for (VariableId variable = 0; variable < n; ++variable) {
    const double finite = costs.scale == 1 ? reach[variable] : ranges;
    widest = std::max(widest, finite + static_cast<double>(hard_around[variable]) * (costs.hard + largest));
  }
  widest += largest;
  // A float must still tell preferences apart beside the largest sum.
  const double limit = preference > 0 ? std::min(0x1p16, preference * 0x1p20) : 0x1p16;
  costs.single = single && widest <= limit;
  costs.rounding = 4 * widest * (costs.single ? 0x1p-24 : 0x1p-53);
  return costs;
}

}  // namespace entente::runtime
