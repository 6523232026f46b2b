// SPDX-License-Identifier: MIT
#include "kernel/dual_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

namespace entente {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::uint64_t spread_cells = 1 << 16;  // of a sparse function, at most
constexpr std::uint64_t large_table = 256;       // cells from which sharing a table is worth a look-up
constexpr double whole_limit = 9e15;             // whole numbers up to here are exact

/// The finite ones of some costs: their extremes in working sign, and whether all are whole.
struct Range {
  double lowest = infinite, highest = -infinite;
  bool whole = true, hard = false;

  void add(const Problem& problem, double sign, std::span<const double> costs) {
    for (const double cost : costs) {
      if (problem.is_hard(cost)) {
        hard = true;
        continue;
      }
      lowest = std::min(lowest, sign * cost);
      highest = std::max(highest, sign * cost);
      whole = whole && std::nearbyint(cost) == cost;
    }
  }
};

}  // namespace

DualBound::DualBound(const Problem& problem)
    : problem_(problem),
      loops_(kernel::least_costs()),
      sign_(problem.objective() == Objective::maximise ? -1.0 : 1.0),
      best_(-infinite),
      factor_of_(problem.constraint_count(), no_id) {
  std::vector<Range> ranges;
  std::unordered_map<const void*, std::uint32_t> seen;  // large tables: their range
  std::vector<std::uint32_t> range_of(problem.constraint_count());
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const CostFunction function = problem.function(c);
    if (function.kind == FunctionKind::lazy) {
      known_ = false;
      return;
    }
    const bool sparse = function.kind == FunctionKind::sparse;
    const std::span<const double> costs = sparse ? std::span<const double>(function.sparse->costs) : function.cells;
    if (costs.size() >= large_table) {
      const auto [at, fresh] = seen.try_emplace(costs.data(), std::uint32_t(ranges.size()));
      range_of[c] = at->second;
      if (!fresh) continue;
    } else {
      range_of[c] = std::uint32_t(ranges.size());
    }
    Range& range = ranges.emplace_back();
    range.add(problem, sign_, costs);
    // Where all tuples are listed nothing costs the default, but it may be counted: that is still a bound.
    if (sparse) range.add(problem, sign_, {&function.sparse->default_cost, 1});
  }
  // A hard cell counts as more than all that finite costs can differ by: then no optimum gets worse by it.
  double span = 1;
  const auto take = [&](const Range& range) {
    if (range.highest >= range.lowest) {
      span += range.highest - range.lowest;
      largest_ = std::max({largest_, std::abs(range.lowest), std::abs(range.highest)});
    }
    whole_ = whole_ && range.whole;
  };
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) take(ranges[range_of[c]]);
  std::uint64_t values = 0;
  for (VariableId v = 0; v < problem.variable_count(); ++v) {
    Range own;
    own.add(problem, sign_, problem.unary_costs(v));
    take(own);
    if (own.lowest < infinite) lowest_ += own.lowest;
    values += std::uint64_t(problem.domain_size(v));
  }
  cap_ = largest_ + span;
  terms_ = problem.variable_count();
  bool hard = false;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const Range& range = ranges[range_of[c]];
    hard |= range.hard;
    if (range.lowest < infinite) lowest_ += range.lowest;
    const auto scope = problem.scope(c);
    terms_ += 1 + scope.size() * (3 + scope.size());
    if (scope.empty()) continue;
    const CostFunction function = problem.function(c);
    double cells = 1;
    for (const VariableId v : scope) cells *= problem.domain_size(v);
    if (function.kind == FunctionKind::sparse && cells > spread_cells) continue;
    sweep_work_ += std::uint64_t(cells) * scope.size();
    for (const VariableId v : scope) sweep_bytes_ += sizeof(double) * std::uint64_t(problem.domain_size(v));
  }
  sweep_bytes_ += sizeof(double) * values + sizeof(Factor) * problem.constraint_count();
  if (hard) largest_ = cap_;
  best_ = margin();
  known_ = std::isfinite(best_);
}

double DualBound::value() const { return sign_ * best_; }

/// The bound in working costs, rounding allowed for.
double DualBound::margin() const {
  // No number that took part is larger than `largest_`; each addition may have lost half a unit of its last place.
  const double lost = double(terms_) * double(1 + sweeps_) * largest_ * std::numeric_limits<double>::epsilon();
  double bound = lowest_ - lost;
  if (whole_ && std::abs(bound) < whole_limit) bound = std::ceil(bound);
  return std::max(best_, bound);
}

/// Lays out what sweeps move.
void DualBound::prepare() {
  const std::uint32_t variables = problem_.variable_count();
  own_first_.resize(variables + 1);
  ValueIndex widest = 1;
  for (VariableId v = 0; v < variables; ++v) {
    own_first_[v + 1] = own_first_[v] + std::uint64_t(problem_.domain_size(v));
    widest = std::max(widest, problem_.domain_size(v));
  }
  own_ = Array<double>(own_first_[variables]);
  least_.resize(std::size_t(widest));
  sum_.resize(std::size_t(widest));
  for (VariableId v = 0; v < variables; ++v) {
    const auto costs = problem_.unary_costs(v);
    for (std::size_t a = 0; a < costs.size(); ++a)
      own_[own_first_[v] + a] = problem_.is_hard(costs[a]) ? cap_ : sign_ * costs[a];
  }
  std::uint64_t taken = 0;
  std::size_t arity = 1;
  for (ConstraintId c = 0; c < problem_.constraint_count(); ++c) {
    const CostFunction function = problem_.function(c);
    const auto scope = problem_.scope(c);
    std::uint64_t cells = 1;
    const bool sparse = function.kind == FunctionKind::sparse;
    for (const VariableId v : scope) cells = std::min(2 * spread_cells, cells * std::uint64_t(problem_.domain_size(v)));
    if (scope.empty() || (sparse && cells > spread_cells)) {
      const std::span<const double> costs = sparse ? std::span<const double>(function.sparse->costs) : function.cells;
      Range range;
      range.add(problem_, sign_, costs);
      if (sparse) range.add(problem_, sign_, {&function.sparse->default_cost, 1});
      constant_ += range.lowest < infinite ? range.lowest : 0;
      continue;
    }
    const double* table = function.cells.data();
    if (sparse) {
      auto& spread = spread_.emplace_back(cells, function.sparse->default_cost);
      for (std::size_t t = 0; t < function.sparse->costs.size(); ++t) {
        std::uint64_t at = 0;
        for (std::size_t k = 0; k < scope.size(); ++k)
          at = at * std::uint64_t(problem_.domain_size(scope[k])) +
               std::uint64_t(function.sparse->tuples[t * scope.size() + k]);
        spread[at] = function.sparse->costs[t];
      }
      table = spread.data();
    }
    factor_of_[c] = std::uint32_t(factors_.size());
    factors_.push_back({c, table, taken});
    for (const VariableId v : scope) taken += std::uint64_t(problem_.domain_size(v));
    arity = std::max(arity, scope.size());
  }
  taken_ = Array<double>(taken);
  rows_.resize(arity);
  sizes_.resize(arity);
}

double DualBound::sweep(const StopSignal& stop) {
  if (!known_) return 0;
  if (own_first_.empty()) prepare();
  const std::uint32_t variables = problem_.variable_count();
  for (std::uint32_t step = 0; step < variables; ++step) {
    if (step % 1024 == 0 && stop.raised()) return 0;
    settle(forwards_ ? step : variables - 1 - step);
  }
  forwards_ = !forwards_;
  ++sweeps_;
  // Each constraint gave all it had to the last of its variables and got nothing back since.
  lowest_ = constant_;
  for (VariableId v = 0; v < variables; ++v) {
    lowest_ += *std::min_element(own_.data() + own_first_[v], own_.data() + own_first_[v + 1]);
  }
  const double before = best_;
  best_ = margin();
  return best_ - before;
}

/// Takes the lowest cost by value off every constraint around a variable, and gives shares back to those that variables
/// still to come can take from.
void DualBound::settle(VariableId variable) {
  const auto domain = std::size_t(problem_.domain_size(variable));
  double* const own = own_.data() + own_first_[variable];
  std::uint32_t ahead = 0, behind = 0;
  const auto each = [&](auto&& visit) {
    for (const ConstraintId c : problem_.constraints_of(variable)) {
      if (factor_of_[c] == no_id) continue;
      const Factor& factor = factors_[factor_of_[c]];
      const auto scope = problem_.scope(c);
      std::uint64_t at = factor.taken;
      std::uint32_t position = 0;
      bool first = true, last = true;
      for (std::uint32_t k = 0; k < scope.size(); ++k) {
        rows_[k] = taken_.data() + at;
        sizes_[k] = problem_.domain_size(scope[k]);
        at += std::uint64_t(sizes_[k]);
        if (scope[k] == variable) position = k;
        first = first && variable <= scope[k];
        last = last && variable >= scope[k];
      }
      if (!forwards_) std::swap(first, last);
      visit(factor, scope, position, first, last);
    }
  };
  each([&](const Factor& factor, std::span<const VariableId> scope, std::uint32_t position, bool first, bool last) {
    ahead += !last;
    behind += !first;
    loops_.by_value(
        {factor.cells, sizes_.data(), rows_.data(), std::uint32_t(scope.size()), sign_, problem_.infinity(), cap_},
        position, least_.data());
    double* const taken = const_cast<double*>(rows_[position]);
    for (std::size_t v = 0; v < domain; ++v) {
      own[v] += least_[v] - taken[v];
      taken[v] = least_[v];
      largest_ = std::max({largest_, std::abs(least_[v]), std::abs(own[v])});
    }
  });
  if (ahead == 0) return;
  const double share = 1.0 / std::max(ahead, behind);
  for (std::size_t v = 0; v < domain; ++v) sum_[v] = own[v] * share;
  each([&](const Factor&, std::span<const VariableId>, std::uint32_t position, bool, bool last) {
    if (last) return;
    double* const taken = const_cast<double*>(rows_[position]);
    for (std::size_t v = 0; v < domain; ++v) taken[v] -= sum_[v];
  });
  for (std::size_t v = 0; v < domain; ++v) own[v] -= ahead * sum_[v];
}

}  // namespace entente
