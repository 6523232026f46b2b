// SPDX-License-Identifier: MIT
// BoundTable: the least that a subtree of a pseudo-tree can cost, for each combination of values of a few ancestors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// Lower bounds. Shape: row-major over `scope`, the last variable fastest. Without variables, one cell.
struct BoundTable {
  std::vector<VariableId> scope = {};
  std::vector<ValueIndex> sizes = {};
  std::vector<double> cells = {0};
};

/// A table whose fastest variable is one that all tables of a sum share and `scope` leaves out.
struct RowTable {
  std::span<const VariableId> scope;
  std::span<const ValueIndex> sizes;
  const double* cells = nullptr;
};

/// Returns, for each combination of `scope`, a lower bound of the least sum of `tables` over the values of their common
/// variable, of which there are `row`: each table is minimised by itself over what `scope` leaves out. Exact if that is
/// nothing. Of no use if `stop` is raised meanwhile.
///
/// Cost  O(cells of the result * row * tables + cells of the tables).
BoundTable bound_below(std::vector<VariableId> scope, std::vector<ValueIndex> sizes, std::span<const RowTable> tables,
                       std::size_t row, const StopSignal& stop = {});

}  // namespace entente
