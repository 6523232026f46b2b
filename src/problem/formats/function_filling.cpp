// SPDX-License-Identifier: MIT
#include "problem/formats/function_filling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace entente {
namespace {

constexpr std::size_t small_table = 256;         // cells that cost no more than a constraint itself
constexpr std::size_t cells_per_tuple = 32;      // what a table may be larger than the list it was given as
constexpr std::size_t generous_table = 1 << 16;  // cells that the budget may be spent on
constexpr std::size_t direct_table = 1 << 16;    // filled as it is read; others only once their tuples were there

}  // namespace

bool FunctionFilling::is_proportionate(std::uint64_t tuples) const {
  return cells_ <= small_table || cells_ / cells_per_tuple <= tuples + 1;
}

void FunctionFilling::begin(std::span<const VariableId> scope, double default_cost, std::uint64_t tuples,
                            const Place& place) {
  place_ = place;
  scope_.assign(scope.begin(), scope.end());
  default_cost_ = default_cost;
  cells_ = state_.cell_count(scope);
  sizes_.clear();
  for (const VariableId variable : scope)
    sizes_.push_back(state_.data->domain_size[state_.data->variable_domain[variable]]);
  tuple_.assign(scope.size(), 0);
  tuples_.clear();
  costs_.clear();
  const double unset = std::nan("");
  if (scope.size() == 1) {
    dense_ = true;
    own_.assign(cells_, unset);
    table_ = own_;
    return;
  }
  dense_ = cells_ <= direct_table && is_proportionate(tuples);
  if (!dense_ && cells_ <= std::min(generous_table, budget_)) {
    dense_ = true;
    budget_ -= cells_;
  }
  if (!dense_) return;
  table_ = state_.open_table(cells_, place);
  std::ranges::fill(table_, unset);
}

bool FunctionFilling::set(double cost) {
  if (!dense_) {
    tuples_.insert(tuples_.end(), tuple_.begin(), tuple_.end());
    costs_.push_back(cost);
    return true;
  }
  std::size_t cell = 0;
  for (std::size_t k = 0; k < tuple_.size(); ++k)
    cell = cell * static_cast<std::size_t>(sizes_[k]) + static_cast<std::size_t>(tuple_[k]);
  const double before = table_[cell];
  table_[cell] = cost;
  return std::isnan(before) || before == cost;
}

SparseTable FunctionFilling::sparse_table() {
  // Of tuples that are given twice the last one counts: sorted stably, it stands last.
  const std::size_t arity = scope_.size(), count = costs_.size();
  const auto tuple = [&](std::size_t i) { return std::span(tuples_).subspan(i * arity, arity); };
  const auto before = [&](std::size_t i, std::size_t j) {
    return std::ranges::lexicographical_compare(tuple(i), tuple(j));
  };
  bool sorted = true;
  for (std::size_t i = 1; sorted && i < count; ++i) sorted = before(i - 1, i);
  if (sorted) return {static_cast<std::uint32_t>(arity), default_cost_, std::move(tuples_), std::move(costs_)};
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, before);
  SparseTable table{static_cast<std::uint32_t>(arity), default_cost_, {}, {}};
  table.tuples.reserve(tuples_.size());
  table.costs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto next = tuple(order[i]);
    if (i + 1 < count && std::ranges::equal(next, tuple(order[i + 1]))) continue;
    table.tuples.insert(table.tuples.end(), next.begin(), next.end());
    table.costs.push_back(costs_[order[i]]);
  }
  return table;
}

DefinedFunction FunctionFilling::end(std::string_view name) {
  DefinedFunction function{sizes_, {no_id}, {}, default_cost_};
  if (!dense_ && (cells_ <= direct_table ? is_proportionate(costs_.size()) : cells_ <= costs_.size() * 4)) {
    dense_ = true;
    const std::vector<ValueIndex> tuples = std::move(tuples_);
    const std::vector<double> costs = std::move(costs_);
    table_ = state_.open_table(cells_, place_);
    std::ranges::fill(table_, std::nan(""));
    for (std::size_t i = 0; i < costs.size(); ++i) {
      std::copy_n(tuples.begin() + static_cast<std::ptrdiff_t>(i * tuple_.size()), tuple_.size(), tuple_.begin());
      set(costs[i]);
    }
  }
  if (dense_) {
    for (double& cost : table_)
      if (std::isnan(cost)) cost = default_cost_;
    if (scope_.size() == 1) {
      function.unary = own_;
      state_.add_unary_costs(scope_[0], own_, place_);
    } else {
      function.reference = FunctionReference::of(FunctionKind::table, state_.close_table(place_));
      state_.add_constraint(name, scope_, function.reference, place_);
    }
  } else {
    state_.add_sparse(name, scope_, sparse_table(), place_);
    function.reference = state_.data->function_of.back();
  }
  return function;
}

void FunctionFilling::check_shape(std::span<const VariableId> scope, const DefinedFunction& function,
                                  const Place& place) const {
  std::vector<ValueIndex> sizes;
  for (const VariableId variable : scope)
    sizes.push_back(state_.data->domain_size[state_.data->variable_domain[variable]]);
  if (sizes != function.sizes)
    throw Error(ErrorCode::bad_input, place,
                fmt::format("the shared cost function is for domains of {} values; its variables here have {}",
                            fmt::join(function.sizes, " x "), fmt::join(sizes, " x ")));
}

void FunctionFilling::share(std::string_view name, std::span<const VariableId> scope, const DefinedFunction& function,
                            const Place& place) {
  check_shape(scope, function, place);
  if (scope.size() == 1)
    state_.add_unary_costs(scope[0], function.unary, place);
  else
    state_.add_constraint(name, scope, function.reference, place);
}

}  // namespace entente
