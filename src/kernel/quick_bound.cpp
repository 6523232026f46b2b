// SPDX-License-Identifier: MIT
#include "kernel/quick_bound.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernel/least_costs.hpp"

namespace entente {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
// Hard costs count as this, which outweighs all others; where all that is left is beyond `huge`, nothing is feasible.
constexpr double hard_cost = 1e250, huge = 1e200;

class Pass {
 public:
  explicit Pass(const Problem& problem)
      : problem_(problem),
        loops_(kernel::least_costs()),
        sign_(problem.objective() == Objective::maximise ? -1.0 : 1.0),
        first_(problem.variable_count() + 1),
        to_come_(problem.variable_count()) {
    ValueIndex widest = 1;
    for (VariableId v = 0; v < problem.variable_count(); ++v) {
      first_[v + 1] = first_[v] + std::uint64_t(problem.domain_size(v));
      to_come_[v] = std::uint32_t(problem.constraints_of(v).size());
      widest = std::max(widest, problem.domain_size(v));
    }
    std::size_t most = 1;
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) most = std::max(most, problem.scope(c).size());
    told_.resize(first_.back());
    least_.resize(std::size_t(widest));
    sizes_.resize(most);
    shares_.resize(most * std::size_t(widest));
    for (std::size_t k = 0; k < most; ++k) rows_.push_back(shares_.data() + k * std::size_t(widest));
    for (VariableId v = 0; v < problem.variable_count(); ++v) {
      const auto own = problem.unary_costs(v);
      for (std::size_t a = 0; a < own.size(); ++a) {
        told_[first_[v] + a] = problem.is_hard(own[a]) ? hard_cost : sign_ * own[a];
        note(told_[first_[v] + a]);
      }
    }
  }

  /// Says whether the lowest cost of the constraint is known.
  bool take(ConstraintId constraint) {
    const CostFunction function = problem_.function(constraint);
    const auto scope = problem_.scope(constraint);
    if (function.kind == FunctionKind::lazy) return false;
    if (function.kind == FunctionKind::sparse || scope.empty()) {
      add_lowest(function);
      return true;
    }
    std::uint32_t target = 0;
    for (std::uint32_t k = 0; k < scope.size(); ++k) {
      sizes_[k] = problem_.domain_size(scope[k]);
      give_share(scope[k], sizes_[k], shares_.data() + k * least_.size());
      if (to_come_[scope[k]] >= to_come_[scope[target]]) target = k;
    }
    const kernel::ReducedTable table{
        function.cells.data(), sizes_.data(), rows_.data(), std::uint32_t(scope.size()), sign_,
        problem_.infinity(),   hard_cost};
    loops_.by_value(table, target, least_.data());
    double* const told = told_.data() + first_[scope[target]];
    const double *const least = least_.data(), *const share = rows_[target];
    for (ValueIndex a = 0, size = sizes_[target]; a < size; ++a) {
      // Shares are what is taken off, so with the other sign.
      told[a] += least[a] - share[a];
      note(told[a]);
    }
    for (const VariableId v : scope) --to_come_[v];
    terms_ += 2 + 2 * scope.size();
    whole_ = whole_ && loops_.all_whole(function.cells.data(), function.cells.size(), problem_.infinity());
    return true;
  }

  /// In working costs, rounding allowed for.
  double bound() {
    double sum = constant_;
    for (VariableId v = 0; v + 1 < first_.size(); ++v)
      sum +=
          *std::min_element(told_.begin() + std::ptrdiff_t(first_[v]), told_.begin() + std::ptrdiff_t(first_[v + 1]));
    terms_ += 2 * first_.size();
    const double bound = sum - terms_ * largest_ * std::numeric_limits<double>::epsilon();
    return whole_ && std::abs(bound) < 9e15 ? std::ceil(bound) : bound;
  }

 private:
  void note(double cost) {
    const double size = std::abs(cost);
    if (size < huge) largest_ = std::max(largest_, size);
  }
  void add_lowest(const CostFunction& function) {
    const bool sparse = function.kind == FunctionKind::sparse;
    const std::span<const double> costs = sparse ? std::span<const double>(function.sparse->costs) : function.cells;
    double lowest = infinite;
    const auto look = [&](double cost) {
      if (problem_.is_hard(cost)) return;
      lowest = std::min(lowest, sign_ * cost);
      whole_ = whole_ && std::nearbyint(cost) == cost;
    };
    for (const double cost : costs) look(cost);
    if (sparse) look(function.sparse->default_cost);
    if (lowest == infinite) return;
    constant_ += lowest;
    note(lowest);
    note(constant_);
  }
  /// Takes an equal share off what a variable has been told, and puts it down as what the constraint takes off.
  void give_share(VariableId variable, ValueIndex size, double* taken_off) {
    double* const told = told_.data() + first_[variable];
    const double share = 1.0 / to_come_[variable];  // 1, and exact, for the last
    for (ValueIndex a = 0; a < size; ++a) {
      const double given = told[a] * share;
      told[a] -= given;
      taken_off[a] = -given;
    }
  }

  const Problem& problem_;
  const kernel::LeastCosts& loops_;
  const double sign_;
  std::vector<std::uint64_t> first_;    ///< Of each variable's row in `told_`.
  std::vector<std::uint32_t> to_come_;  ///< Constraints of each variable that were not read yet.
  std::vector<double> told_;            ///< What the values of each variable cost at least, so far.
  std::vector<double> least_, shares_;  ///< Of the constraint at hand, as the rest.
  std::vector<ValueIndex> sizes_;
  std::vector<const double*> rows_;
  double constant_ = 0, largest_ = 0, terms_ = 0;
  bool whole_ = true;  ///< All finite costs so far are whole numbers.
};

}  // namespace

std::optional<double> quick_bound(const Problem& problem, const StopSignal& stop) {
  Pass pass(problem);
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (c % 1024 == 0 && stop.raised()) return {};
    if (!pass.take(c)) return {};
  }
  const double bound = pass.bound();
  if (!(std::abs(bound) < huge)) return {};
  return problem.objective() == Objective::maximise ? -bound : bound;
}

}  // namespace entente
