// SPDX-License-Identifier: MIT
// The view of local costs: what each value of a variable costs against its neighbours' values. Plain data and the table
// of kernels that keep it; the only code that reads cost tables while synchronous algorithms run.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace entente::kernel {

/// Kernels read `other` this far beyond the last edge, where it must hold 0.
inline constexpr size_t edges_ahead = 48;

/// The same layout as entente::Best (entente/algorithm/frame.hpp), which the steps of algorithms read.
struct RowBest {
  double cost;
  uint64_t ties;
};

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
};

/// Sum over variables of twice the share of the global cost that each accounts for.
struct DoubledCost {
  double cost = 0;
  int64_t violations = 0;
};

/// Reads cost and violations off a variable's doubled share, and adds them `times` (1 or -1) to `sum`. Static: every
/// instruction set has its own.
static inline void add_share(double hard_weight, double doubled, int times, DoubledCost* sum) {
  if (hard_weight > 0) {
    const double share = doubled / hard_weight;  // a power of two: exact
    const int64_t violations = (int64_t)(share + (share < 0 ? -0.5 : 0.5));
    sum->violations += times * violations;
    doubled -= (double)violations * hard_weight;
  }
  sum->cost += times < 0 ? -doubled : doubled;
}

/// The kernels for one layout. `values` is one byte or four per variable; rows are addressed from `low`.
struct LocalKernels {
  /// Recomputes rows and best of variables [low, high); adds their share of the cost to `sum`.
  void (*gather)(const LocalTables&, const void* values, uint32_t low, uint32_t high, void* rows, RowBest* best,
                 DoubledCost* sum);
  /// Wakes (sets awake to 3) the receivers in [low, high) of the senders' new values; where sums are exact, it also
  /// moves their rows from the old values to the new. Null where rows always have to be recomputed.
  void (*apply)(const LocalTables&, const uint32_t* senders, uint32_t count, const void* old_values,
                const void* new_values, uint32_t low, uint32_t high, void* rows, uint8_t* awake);
  /// Recomputes the best of one variable from its row; returns twice its share of the cost, both parts in one number
  /// (see `add_share`). Null where `apply` is.
  double (*pick)(const LocalTables&, uint32_t variable, uint32_t own, const void* row, RowBest* best);
};

/// Returns the kernels for a layout, compiled for the best instruction set of this processor. All sets give the same
/// bits.
const LocalKernels& local_kernels(const LocalTables& tables, uint32_t value_bytes);

}  // namespace entente::kernel
