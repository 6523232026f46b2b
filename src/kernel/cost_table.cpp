// SPDX-License-Identifier: MIT
// Makes cost tables from a problem's cost functions, and slices of tables.
#include "kernel/cost_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "entente/base/contract.hpp"
#include "entente/base/error.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace entente {
namespace {

constexpr std::uint64_t uncountable = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t cache_line = 64, huge_page = std::uint64_t(2) << 20, small_table = 1024;
constexpr std::uint64_t cells_between_checks = 1 << 16;
constexpr double zero = 0;

struct Memory {
  double* cells;
  std::uint64_t bytes;
};

Memory allocate(std::uint64_t cells, MemoryBudget& budget) {
  const std::uint64_t alignment = cells * sizeof(double) >= 2 * huge_page ? huge_page : cache_line;
  const std::uint64_t bytes = (cells * sizeof(double) + alignment - 1) / alignment * alignment;
  if (void* const spare = budget.take_spare(bytes)) return {static_cast<double*>(spare), bytes};
  // Tables of a few cells come in millions, and aligned memory is dear.
  void* const memory = bytes > small_table ? std::aligned_alloc(alignment, bytes) : std::malloc(bytes);
  if (memory == nullptr)
    throw Error(ErrorCode::too_large, "the machine has no memory left for a table of " + bytes_to_text(bytes) +
                                          "; allow less (--memory) or use a local method");
#if defined(__linux__)
  if (alignment == huge_page) madvise(memory, bytes, MADV_HUGEPAGE);  // a hint: first use costs far less then
#endif
  return {static_cast<double*>(memory), bytes};
}

std::vector<ValueIndex> sizes_of(const Problem& problem, std::span<const VariableId> scope) {
  std::vector<ValueIndex> sizes(scope.size());
  std::transform(scope.begin(), scope.end(), sizes.begin(), [&](VariableId v) { return problem.domain_size(v); });
  return sizes;
}

/// Counts `values` up by one, the last fastest.
void advance(std::vector<ValueIndex>& values, std::span<const ValueIndex> sizes) {
  for (std::size_t i = values.size(); i-- > 0;) {
    if (++values[i] < sizes[i]) return;
    values[i] = 0;
  }
}

bool is_in_working_form(const Problem& problem, std::span<const double> cells) {
  if (problem.objective() != Objective::minimise) return false;
  return std::all_of(cells.begin(), cells.end(), [&](double cost) {
    return cost == std::numeric_limits<double>::infinity() || !problem.is_hard(cost);
  });
}

void spread(const Problem& problem, const SparseTable& sparse, CostTable& table) {
  double* const cells = table.writable();
  std::fill_n(cells, table.cells().size(), working_cost(problem, sparse.default_cost));
  for (std::size_t t = 0; t < sparse.costs.size(); ++t) {
    std::uint64_t cell = 0;
    for (std::size_t i = 0; i < sparse.arity; ++i)
      cell = cell * static_cast<std::uint64_t>(table.sizes()[i]) +
             static_cast<std::uint64_t>(sparse.tuples[t * sparse.arity + i]);
    cells[cell] = working_cost(problem, sparse.costs[t]);
  }
}

}  // namespace

std::uint64_t cell_count(std::span<const ValueIndex> sizes) {
  std::uint64_t cells = 1;
  for (const ValueIndex size : sizes)
    if (__builtin_mul_overflow(cells, static_cast<std::uint64_t>(size), &cells)) return uncountable;
  return cells;
}

std::uint64_t table_bytes(std::span<const ValueIndex> sizes) {
  const std::uint64_t cells = cell_count(sizes);
  return cells > uncountable / sizeof(double) ? uncountable : cells * sizeof(double);
}

CostTable::CostTable() : cells_(&zero) {}

CostTable::CostTable(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, MemoryBudget& budget)
    : scope_(std::move(scope)),
      sizes_(std::move(sizes)),
      reserved_(budget.reserve(table_bytes(sizes_), sizes_.size())) {
  ENTENTE_EXPECTS(scope_.size() == sizes_.size());
  const Memory memory = allocate(cell_count(sizes_), budget);
  owned_ = {memory.cells, GiveBack{&budget, memory.bytes}};
  cells_ = memory.cells;
}

CostTable CostTable::borrow(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, const double* cells) {
  CostTable table;
  table.scope_ = std::move(scope);
  table.sizes_ = std::move(sizes);
  table.cells_ = cells;
  return table;
}

double CostTable::at(std::span<const ValueIndex> values) const {
  ENTENTE_EXPECTS(values.size() == sizes_.size());
  std::uint64_t cell = 0;
  for (std::size_t i = 0; i < sizes_.size(); ++i)
    cell = cell * static_cast<std::uint64_t>(sizes_[i]) + static_cast<std::uint64_t>(values[i]);
  return cells_[cell];
}

double working_cost(const Problem& problem, double cost) {
  if (problem.is_hard(cost)) return std::numeric_limits<double>::infinity();
  return problem.objective() == Objective::minimise ? cost : -cost;
}

std::optional<CostTable> tabulate(const Problem& problem, ConstraintId constraint, MemoryBudget& budget,
                                  const StopSignal& stop) {
  const CostFunction function = problem.function(constraint);
  const auto scope = problem.scope(constraint);
  std::vector<VariableId> variables(scope.begin(), scope.end());
  std::vector<ValueIndex> sizes = sizes_of(problem, scope);
  if (function.kind == FunctionKind::table && is_in_working_form(problem, function.cells))
    return CostTable::borrow(std::move(variables), std::move(sizes), function.cells.data());

  CostTable table(std::move(variables), std::move(sizes), budget);
  switch (function.kind) {
    case FunctionKind::table:
      std::transform(function.cells.begin(), function.cells.end(), table.writable(),
                     [&](double cost) { return working_cost(problem, cost); });
      break;
    case FunctionKind::sparse: spread(problem, *function.sparse, table); break;
    case FunctionKind::lazy: {
      std::vector<ValueIndex> values(scope.size(), 0);
      const std::uint64_t cells = table.cells().size();
      for (std::uint64_t cell = 0; cell < cells; ++cell) {
        if (cell % cells_between_checks == 0 && stop.raised()) return std::nullopt;
        table.writable()[cell] = working_cost(problem, function.lazy->cost(values));
        advance(values, table.sizes());
      }
      break;
    }
  }
  return table;
}

std::uint64_t tabulated_bytes(const Problem& problem, ConstraintId constraint) {
  const bool borrowed = problem.function(constraint).kind == FunctionKind::table &&
                        problem.objective() == Objective::minimise && !std::isfinite(problem.infinity());
  return borrowed ? 0 : table_bytes(sizes_of(problem, problem.scope(constraint)));
}

std::optional<CostTable> tabulate_unary(const Problem& problem, VariableId variable, MemoryBudget& budget) {
  const auto costs = problem.unary_costs(variable);
  if (costs.empty()) return std::nullopt;
  std::vector<VariableId> scope = {variable};
  std::vector<ValueIndex> sizes = {problem.domain_size(variable)};
  if (is_in_working_form(problem, costs)) return CostTable::borrow(std::move(scope), std::move(sizes), costs.data());
  CostTable table(std::move(scope), std::move(sizes), budget);
  std::transform(costs.begin(), costs.end(), table.writable(),
                 [&](double cost) { return working_cost(problem, cost); });
  return table;
}

CostTable slice(const TableView& table, VariableId variable, ValueIndex value, MemoryBudget& budget) {
  std::vector<VariableId> scope;
  std::vector<ValueIndex> sizes;
  std::uint64_t before = 1, size = 1, after = 1;  // cells of the dimensions on either side of `variable`
  bool found = false;
  for (std::size_t i = 0; i < table.scope.size(); ++i) {
    const auto extent = static_cast<std::uint64_t>(table.sizes[i]);
    if (table.scope[i] == variable) {
      found = true;
      size = extent;
      continue;
    }
    (found ? after : before) *= extent;
    scope.push_back(table.scope[i]);
    sizes.push_back(table.sizes[i]);
  }
  CostTable result(std::move(scope), std::move(sizes), budget);
  const std::uint64_t position = found ? static_cast<std::uint64_t>(value) : 0;
  for (std::uint64_t row = 0; row < before; ++row)
    std::copy_n(table.cells + (row * size + position) * after, after, result.writable() + row * after);
  return result;
}

}  // namespace entente
