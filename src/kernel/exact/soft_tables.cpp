// SPDX-License-Identifier: MIT
// Soft arc consistency of small tables over three or more variables.
#include <algorithm>

#include "kernel/exact/soft_network.hpp"

namespace entente {
namespace {

// Combinations of values that are left; larger tables wait until they are as small as this.
constexpr std::uint64_t most_combinations = std::uint64_t(1) << 12;

}  // namespace

bool SoftNetwork::is_small(const Table& table) const {
  if (table.function->is_sparse()) return false;
  std::uint64_t combinations = 1;
  for (const std::uint32_t v : table.function->scope) {
    combinations *= live_[v];
    if (combinations > most_combinations) return false;
  }
  return true;
}

// out[a] = the least sum of a cell and one term for each other variable's value, for the values a at `place`.
void SoftNetwork::table_minima(const Table& table, std::size_t place, double* out) {
  const CoreFunction& function = *table.function;
  odometer_.clear();
  std::uint64_t cell = 0;
  double sum = 0;
  for (std::size_t i = 0; i < function.scope.size(); ++i) {
    const std::uint32_t v = function.scope[i];
    if (i == place) continue;
    const ValueIndex first = values(v)[0];
    cell += table.stride[i] * static_cast<std::uint64_t>(first);
    sum += terms_[i][static_cast<std::size_t>(first)];
    if (live_[v] > 1) odometer_.push_back({i, 0});
  }
  const auto own = values(function.scope[place]);
  for (const ValueIndex a : own) out[a] = infinity;
  const std::uint64_t stride = table.stride[place];
  for (;;) {
    ++work_;
    if (sum < infinity)
      for (const ValueIndex a : own)
        out[a] = std::min(out[a], function.cells[cell + stride * static_cast<std::uint64_t>(a)] + sum);
    std::size_t digit = odometer_.size();
    for (; digit > 0; --digit) {
      auto& [i, at] = odometer_[digit - 1];
      const auto left = values(function.scope[i]);
      cell -= table.stride[i] * static_cast<std::uint64_t>(left[at]);
      at = at + 1 < left.size() ? at + 1 : 0;
      cell += table.stride[i] * static_cast<std::uint64_t>(left[at]);
      if (at > 0) break;
    }
    if (digit == 0) return;
    // Terms may be infinite, so that the sum is made anew.
    sum = 0;
    for (std::size_t i = 0; i < function.scope.size(); ++i)
      if (i != place) {
        const auto left = values(function.scope[i]);
        std::size_t at = 0;
        for (const auto& [j, position] : odometer_)
          if (j == i) at = position;
        sum += terms_[i][static_cast<std::size_t>(left[at])];
      }
  }
}

// From here on, the costs of all variables' values are there to be moved.
void SoftNetwork::forget_spent() {
  if (++mark_ == 0) {
    std::ranges::fill(spent_, 0);
    mark_ = 1;
  }
}

// Functions that are looked at together must not count on the same costs.
void SoftNetwork::spend(const Table& table) {
  for (const std::uint32_t v : table.function->scope) spent_[v] = mark_;
}

// What each value at `place` costs at least, in `out`; `full`: with the costs of the other variables' values, apart
// from those that are spent.
double SoftNetwork::table_projection(const Table& table, std::size_t place, bool full, double* out) {
  const CoreFunction& function = *table.function;
  while (terms_.size() < function.scope.size()) terms_.emplace_back(scratch_.size());
  for (std::size_t i = 0; i < function.scope.size(); ++i) {
    const std::uint32_t v = function.scope[i];
    const bool add = full && spent_[v] != mark_;
    for (const ValueIndex b : values(v))
      terms_[i][static_cast<std::size_t>(b)] = (add ? unary(v)[b] : 0) - trail_.cells(table.shifted[i])[b];
  }
  std::fill_n(out, width_[function.scope[place]], 0.0);
  table_minima(table, place, out);
  double most = 0;
  const double* const shifted = trail_.cells(table.shifted[place]);
  for (const ValueIndex a : values(function.scope[place])) {
    out[a] -= shifted[a];
    most = std::max(most, out[a]);
  }
  return most;
}

bool SoftNetwork::project_table(std::uint32_t id, std::size_t place, bool full) {
  const Table& table = tables_[id];
  const CoreFunction& function = *table.function;
  const std::uint32_t own = function.scope[place];
  double* const by = scratch_.data();
  if (table_projection(table, place, full, by) <= 0) return true;
  use(table.origin);
  if (full) {
    const double room = top_ - constant_;
    const double* const shifted = trail_.cells(table.shifted[place]);
    for (const ValueIndex a : values(own))
      terms_[place][static_cast<std::size_t>(a)] = by[a] < room ? -shifted[a] - by[a] : infinity;
    for (std::size_t j = 0; j < function.scope.size(); ++j) {
      const std::uint32_t other = function.scope[j];
      if (j == place || live_[other] < 2) continue;
      table_minima(table, j, more_scratch_.data());
      trail_.touch(unary_[other], width_[other]);
      trail_.touch(table.shifted[j], width_[other]);
      double* const unary = trail_.cells(unary_[other]);
      double* const moved = trail_.cells(table.shifted[j]);
      for (const ValueIndex b : values(other)) {
        const double needed = moved[b] - more_scratch_[static_cast<std::size_t>(b)];
        if (needed > 0) {
          unary[b] -= needed;
          moved[b] -= needed;
        }
        terms_[j][static_cast<std::size_t>(b)] = -moved[b];
      }
    }
  }
  return raise(own, table.shifted[place], by);
}

bool SoftNetwork::support_table(std::uint32_t id) {
  const Table& table = tables_[id];
  if (!table.active || !is_small(table)) return true;
  const std::vector<std::uint32_t>& scope = table.function->scope;
  forget_spent();
  bool lowest = true;
  for (std::size_t i = 0; i < scope.size(); ++i) {
    if (!is_open(scope[i]) || live_[scope[i]] < 2) continue;
    if (!project_table(id, i, lowest)) return false;
    lowest = false;
  }
  return true;
}

}  // namespace entente
