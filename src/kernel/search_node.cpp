// SPDX-License-Identifier: MIT
#include "kernel/search_node.hpp"

#include <fmt/format.h>

#include "entente/base/error.hpp"
#include "kernel/cost_table.hpp"

namespace entente {
namespace {

/// Cells of a computed function that the search is ready to look through: seconds.
constexpr std::uint64_t widest_search = std::uint64_t(1) << 26;

std::uint64_t cells_of(const Problem& problem, ConstraintId constraint) {
  std::vector<ValueIndex> sizes;
  for (const VariableId v : problem.scope(constraint)) sizes.push_back(problem.domain_size(v));
  return cell_count(sizes);
}

double least_computed(const Problem& problem, ConstraintId constraint) {
  const auto scope = problem.scope(constraint);
  std::vector<ValueIndex> tuple(scope.size(), 0);
  double least = SearchNode::unlimited;
  for (;;) {
    least = std::min(least, working_cost(problem, problem.cost(constraint, tuple)));
    std::size_t k = 0;
    while (k < tuple.size() && ++tuple[k] == problem.domain_size(scope[k])) tuple[k++] = 0;
    if (k == tuple.size()) return least;
  }
}

}  // namespace

double least_working_cost(const Problem& problem, ConstraintId constraint) {
  const CostFunction function = problem.function(constraint);
  double least = SearchNode::unlimited;
  const auto look = [&](double cost) { least = std::min(least, working_cost(problem, cost)); };
  switch (function.kind) {
    case FunctionKind::table: std::for_each(function.cells.begin(), function.cells.end(), look); return least;
    case FunctionKind::sparse:
      look(function.sparse->default_cost);
      std::for_each(function.sparse->costs.begin(), function.sparse->costs.end(), look);
      return least;
    case FunctionKind::lazy: break;
  }
  return least_computed(problem, constraint);
}

std::string too_wide_to_search(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    if (problem.function(c).kind == FunctionKind::lazy && cells_of(problem, c) > widest_search)
      return fmt::format(
          "constraint {} is computed over {} combinations, and the search must look through all of them for the least "
          "cost, which it does for up to {}; split the constraint, or use a local algorithm",
          printable(problem.constraint_name(c)), cells_of(problem, c), widest_search);
  return {};
}

void SearchNode::place(const Problem& problem, VariableId self, std::span<const std::span<const VariableId>> scopes) {
  domain_ = problem.domain_size(self);
  const auto domain = std::size_t(domain_);
  context_.assign(separator_.size(), 0);
  direct_.assign(separator_.size(), 0);
  if (!root()) direct_[position(parent_)] = 1;

  least_.clear();
  std::size_t widest = 0;
  for (const ConstraintId c : constraints_) {
    const double least = least_working_cost(problem, c);
    least_.push_back(least < unlimited ? least : 0);  // all hard: whatever is taken off, it stays infinite
    floor_ += least_.back();
    for (const VariableId v : problem.scope(c)) {
      const Position at = v == self ? width() : position(v);
      if (v != self) direct_[at] = 1;
      member_.push_back(at);
    }
    widest = std::max(widest, problem.scope(c).size());
  }
  tuple_.resize(widest);

  unary_.assign(domain, 0);
  if (const auto costs = problem.unary_costs(self); !costs.empty()) {
    double least = unlimited;
    for (std::size_t d = 0; d < domain; ++d) {
      unary_[d] = working_cost(problem, costs[d]);
      least = std::min(least, unary_[d]);
    }
    if (least < unlimited) {
      floor_ += least;
      for (double& cost : unary_) cost -= least;
    }
  }

  scope_first_.assign(1, 0);
  std::vector<std::vector<std::uint32_t>> watching(separator_.size());
  for (std::uint32_t c = 0; c < scopes.size(); ++c) {
    for (const VariableId v : scopes[c]) {
      scope_.push_back(v == self ? width() : position(v));
      if (v != self) watching[scope_.back()].push_back(c);
    }
    scope_first_.push_back(std::uint32_t(scope_.size()));
  }
  watcher_first_.assign(1, 0);
  for (const auto& list : watching) {
    watchers_.insert(watchers_.end(), list.begin(), list.end());
    watcher_first_.push_back(std::uint32_t(watchers_.size()));
  }

  own_.assign(domain, 0);
  lows_.assign(domain * scopes.size(), 0);
  highs_.assign(domain * scopes.size(), unlimited);
  lower_.assign(domain, 0);
  upper_.assign(domain, unlimited);
  stale_.assign(domain, 1);
  forgot_.assign(scopes.size(), 0);
}

bool SearchNode::assign(Position at, ValueIndex value) {
  if (context_[at] == value) return false;
  context_[at] = value;
  if (direct_[at]) stale_own_ = true;
  const std::size_t count = children_.size();
  for (std::uint32_t w = watcher_first_[at]; w < watcher_first_[at + 1]; ++w) {
    const std::uint32_t c = watchers_[w];
    forgot_[c] = 1;
    for (std::size_t d = 0; d < std::size_t(domain_); ++d) {
      lows_[d * count + c] = 0;
      highs_[d * count + c] = unlimited;
    }
    std::fill(stale_.begin(), stale_.end(), std::uint8_t(1));
  }
  return true;
}

bool SearchNode::add_bounds(std::uint32_t child, ValueIndex own, double low, double high) {
  const std::size_t cell = std::size_t(own) * children_.size() + child;
  if (low > lows_[cell]) {
    lows_[cell] = low;
    stale_[std::size_t(own)] = 1;
  }
  if (high < highs_[cell]) {
    highs_[cell] = high;
    stale_[std::size_t(own)] = 1;
  }
  return lows_[cell] <= highs_[cell];
}

}  // namespace entente
