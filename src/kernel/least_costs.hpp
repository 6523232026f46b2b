// SPDX-License-Identifier: MIT
// The inner loop of the dual bound, which exists once per instruction set with equal results to the last bit.
#pragma once

#include <cstdint>

namespace entente::kernel {

/// A table of the problem's own costs and what is to be taken off it, value by value of each of its variables.
struct ReducedTable {
  const double* cells;         ///< Row-major, last variable fastest.
  const std::int32_t* sizes;   ///< Of each variable's domain; arity >= 1.
  const double* const* taken;  ///< A row of numbers for each variable.
  std::uint32_t arity;
  double sign;      ///< 1, or -1 where the objective is to maximise.
  double infinity;  ///< Cells equal to this, and those that are not finite, are hard,
  double cap;       ///< and count as this.
};

/// The loops for one instruction set.
struct LeastCosts {
  /// least[v] = the lowest reduced cost of the cells in which the variable at `position` has value v, what is taken off
  /// for that variable itself left out.
  void (*by_value)(const ReducedTable& table, std::uint32_t position, double* least);
  /// Whether all of `count` cells that are not hard are whole numbers, of less than 2^51.
  bool (*all_whole)(const double* cells, std::uint64_t count, double infinity);
};

/// The loops for the best instruction set of this processor.
const LeastCosts& least_costs();

}  // namespace entente::kernel
