// SPDX-License-Identifier: MIT
#include "kernel/factor_relaxation.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace entente {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Calls `visit(cell, tuple)` for every cell, in order.
template <class F>
void each_cell(const TableView& table, F&& visit) {
  std::vector<ValueIndex> tuple(table.sizes.size(), 0);
  for (std::uint64_t cell = 0;; ++cell) {
    visit(cell, tuple);
    std::size_t k = tuple.size();
    while (k > 0 && ++tuple[k - 1] == table.sizes[k - 1]) tuple[--k] = 0;
    if (k == 0) return;
  }
}

double with_messages(double cost, const std::vector<ValueIndex>& tuple, std::span<const std::vector<double>> messages) {
  for (std::size_t k = 0; k < tuple.size(); ++k)
    if (!messages[k].empty()) cost += messages[k][std::size_t(tuple[k])];
  return cost;
}

}  // namespace

std::vector<double> dependencies(const TableView& table) {
  std::vector<double> result(table.scope.size(), 0);
  std::uint64_t inner = cell_count(table.sizes);
  const std::uint64_t cells = inner;
  for (std::size_t k = 0; k < result.size(); ++k) {
    const auto size = static_cast<std::uint64_t>(table.sizes[k]);
    const std::uint64_t block = inner;
    inner /= size;
    for (std::uint64_t outer = 0; outer < cells; outer += block)
      for (std::uint64_t i = 0; i < inner; ++i) {
        double low = infinite, high = -infinite;
        for (std::uint64_t v = 0; v < size; ++v) {
          const double cost = table.cells[outer + v * inner + i];
          low = std::min(low, cost);
          high = std::max(high, cost);
        }
        if (low < infinite) result[k] = std::max(result[k], high - low);
      }
  }
  return result;
}

Relaxation relax(CostTable table, const std::vector<bool>& keep, MemoryBudget& budget) {
  if (std::find(keep.begin(), keep.end(), false) == keep.end()) return {std::move(table), {}};
  std::vector<VariableId> scope;
  std::vector<ValueIndex> sizes;
  for (std::size_t k = 0; k < keep.size(); ++k) {
    if (!keep[k]) continue;
    scope.push_back(table.scope()[k]);
    sizes.push_back(table.sizes()[k]);
  }
  Relaxation relaxed{CostTable(scope, sizes, budget), CostTable(scope, sizes, budget)};
  double *const least = relaxed.least.writable(), *const most = relaxed.most->writable();
  const std::uint64_t kept = cell_count(sizes);
  std::fill(least, least + kept, infinite);
  std::fill(most, most + kept, -infinite);
  const TableView view = table.view();
  each_cell(view, [&](std::uint64_t cell, const std::vector<ValueIndex>& tuple) {
    std::uint64_t at = 0;
    for (std::size_t k = 0; k < keep.size(); ++k)
      if (keep[k]) at = at * std::uint64_t(view.sizes[k]) + std::uint64_t(tuple[k]);
    least[at] = std::min(least[at], view.cells[cell]);
    most[at] = std::max(most[at], view.cells[cell]);
  });
  return relaxed;
}

std::vector<double> lowest_by(const TableView& table, std::size_t position,
                              std::span<const std::vector<double>> messages) {
  std::vector<double> lowest(std::size_t(table.sizes[position]), infinite);
  each_cell(table, [&](std::uint64_t cell, const std::vector<ValueIndex>& tuple) {
    double& low = lowest[std::size_t(tuple[position])];
    low = std::min(low, with_messages(table.cells[cell], tuple, messages));
  });
  return lowest;
}

std::vector<ValueIndex> cheapest_with(const TableView& table, std::size_t position, ValueIndex value,
                                      std::span<const std::vector<double>> messages) {
  std::vector<ValueIndex> best;
  double low = infinite;
  each_cell(table, [&](std::uint64_t cell, const std::vector<ValueIndex>& tuple) {
    if (tuple[position] != value) return;
    const double cost = with_messages(table.cells[cell], tuple, messages);
    if (!(cost < low)) return;
    low = cost;
    best = tuple;
  });
  return best;
}

}  // namespace entente
