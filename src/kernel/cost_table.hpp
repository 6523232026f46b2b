// SPDX-License-Identifier: MIT
// CostTable: a cost for every combination of values of a few variables, as exact elimination adds and minimises them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/memory_budget.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// A variable with the size of its domain.
struct Dimension {
  VariableId variable;
  ValueIndex size;
};

/// A table that somebody else keeps. Shape: row-major over `scope`, the last variable fastest.
struct TableView {
  std::span<const VariableId> scope;
  std::span<const ValueIndex> sizes;
  const double* cells = nullptr;
};

/// Number of cells of a table of these sizes (1 for none); 2^64-1 if it is more than fits.
std::uint64_t cell_count(std::span<const ValueIndex> sizes);

/// Bytes of such a table; 2^64-1 if it is more than fits.
std::uint64_t table_bytes(std::span<const ValueIndex> sizes);

/// Costs here are in working form: to be minimised, +infinity where a hard constraint is violated.
///
/// Owns its cells, which count against a budget, or borrows those of a problem that must outlive it. Movable only.
class CostTable {
 public:
  /// A constant without variables: borrows a cell that holds 0.
  CostTable();
  /// A table whose cells have no values yet. Throws Error{too_large} before anything is allocated.
  CostTable(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, MemoryBudget& budget);
  /// A table that looks at cells somebody else keeps.
  static CostTable borrow(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, const double* cells);

  std::span<const VariableId> scope() const { return scope_; }
  std::span<const ValueIndex> sizes() const { return sizes_; }
  std::span<const double> cells() const { return {cells_, cell_count(sizes_)}; }
  TableView view() const { return {scope_, sizes_, cells_}; }
  /// The cells of a table that owns them; null otherwise.
  double* writable() { return owned_.get(); }
  /// Bytes taken from the budget; 0 when borrowed.
  std::uint64_t bytes() const { return reserved_.bytes(); }

  /// Cost of a combination in scope order.
  double at(std::span<const ValueIndex> values) const;

 private:
  struct GiveBack {
    MemoryBudget* budget;
    std::uint64_t bytes;
    void operator()(double* cells) const { budget->give_spare(cells, bytes); }
  };

  std::vector<VariableId> scope_;
  std::vector<ValueIndex> sizes_;
  const double* cells_;
  std::unique_ptr<double[], GiveBack> owned_;
  Reservation reserved_;  // declared last: ends before its memory is given back
};

/// `cost` of `problem` in working form.
double working_cost(const Problem& problem, double cost);

/// Returns a constraint as a table: the problem's own cells where they are in working form already, else a copy; sparse
/// and computed functions are spread out.
///
/// Errors  throws Error{too_large} if the copy passes the budget, and what a computed function throws.
/// Returns nothing if `stop` is raised meanwhile.
std::optional<CostTable> tabulate(const Problem& problem, ConstraintId constraint, MemoryBudget& budget,
                                  const StopSignal& stop = {});

/// Bytes that `tabulate` will take from its budget, as far as can be told without reading the cells.
std::uint64_t tabulated_bytes(const Problem& problem, ConstraintId constraint);

/// Returns a variable's own costs as a table; nothing if it has none.
std::optional<CostTable> tabulate_unary(const Problem& problem, VariableId variable, MemoryBudget& budget);

/// Returns `table` at `variable = value`: without that variable, the others in the same order. O(cells of the result).
CostTable slice(const TableView& table, VariableId variable, ValueIndex value, MemoryBudget& budget);

}  // namespace entente
