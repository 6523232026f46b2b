// SPDX-License-Identifier: MIT
// The view of local costs: what each value of a variable costs against its neighbours' values. Plain data and the table
// of kernels that keep it; the only code that reads cost tables while synchronous algorithms run.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "entente/kernel/local_tables.hpp"

namespace entente::kernel {

/// Kernels read `other` this far beyond the last edge, where it must hold 0.
inline constexpr size_t edges_ahead = 48;

/// The same layout as entente::Best (entente/algorithm/frame.hpp), which the steps of algorithms read.
struct RowBest {
  double cost;
  uint64_t ties;
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
  /// As `gather`, by what is believed; adds what is true to `sum`, as `gather` on the truth would.
  void (*gather_believed)(const LocalTables& believed, const LocalTables& truth, const void* values, uint32_t low,
                          uint32_t high, void* rows, RowBest* best, DoubledCost* sum);
};

/// Returns the kernels for a layout, compiled for the best instruction set of this processor. All sets give the same
/// bits.
const LocalKernels& local_kernels(const LocalTables& tables, uint32_t value_bytes);

}  // namespace entente::kernel
