// SPDX-License-Identifier: MIT
// LocalTables: the costs around each variable as plain arrays. Kernels, and steps that keep costs of their own, read
// them.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace entente::kernel {

/// Where a variable stands in a constraint that is not a binary table.
struct WidePlace {
  uint32_t function;
  uint32_t position;
};

/// A constraint of any arity: a table in working costs, or a function that is computed when asked.
struct WideFunction {
  uint64_t cells;  ///< Offset of its table, or `computed`.
  uint32_t first;  ///< Its members and strides start here.
  uint32_t arity;
  static constexpr uint64_t computed = ~uint64_t(0);
};

/// Working costs are to be minimised: the objective's sign is applied, and a hard constraint costs `hard_weight`, a
/// power of two above eight times the sum of all finite costs around any variable; that keeps local comparisons
/// lexicographic (violations first) and lets both parts be read off a sum.
struct LocalTables {
  uint32_t variables = 0;
  uint32_t domain = 0;     ///< Size of every domain if the tables are uniform (all alike, at most 64), else 0.
  uint32_t stride = 0;     ///< Uniform: row length, `domain` rounded up.
  bool single = false;     ///< Cells and rows hold float, and every sum of cells is exact.
  bool exact = false;      ///< Every sum of cells is exact in any order.
  double hard_weight = 0;  ///< 0 if no constraint is hard.

  // Binary tables by directed edge, edges of a variable side by side by ascending other end. A table holds one row of
  // own costs per value of the other end.
  const uint32_t* first = nullptr;
  const uint32_t* other = nullptr;
  const uint32_t* back = nullptr;         ///< The same edge seen from the other end.
  const uint64_t* table_first = nullptr;  ///< Not uniform: offset of each table.
  const void* cells = nullptr;

  const void* unary = nullptr;          ///< Rows of own costs, laid out as the view; null if there are none.
  const uint32_t* domains = nullptr;    ///< Not uniform: size of each domain
  const uint64_t* row_first = nullptr;  ///< and offset of each row.

  const uint32_t* wide_first = nullptr;  ///< Places of a variable start here; null if all constraints are binary.
  const WidePlace* wide = nullptr;
  const WideFunction* functions = nullptr;
  const uint32_t* members = nullptr;
  const uint64_t* strides = nullptr;
  const void* wide_cells = nullptr;
  /// Adds the working costs of all values of the member at `position` of a computed function to `row`.
  void (*compute)(const void* context, uint32_t function, uint32_t position, const void* values, uint32_t value_bytes,
                  bool single, void* row) = nullptr;
  const void* context = nullptr;
  /// Working cost of a computed function; `tuple` in the order of its members.
  double (*cost)(const void* context, uint32_t function, const uint32_t* tuple) = nullptr;
};

}  // namespace entente::kernel
