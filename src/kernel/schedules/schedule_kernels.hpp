// SPDX-License-Identifier: MIT
// Inner loops over schedules, which exist once per instruction set with equal results to the last bit.
#pragma once

#include <cstdint>

namespace entente::kernel {

/// An agent's schedules, twice: as they are, and weighted in single precision to see quickly which are far off.
/// Rows have `stride` numbers, a multiple of 8: the steps, then zeros. All arrays are aligned to 64 bytes.
struct ScheduleRows {
  const double* exact;    ///< count x stride.
  const float* rough;     ///< scale * weights[t] * exact[k][t], rounded.
  const double* weights;  ///< stride, zero beyond the steps.
  double scale;           ///< A power of two.
  double reach;           ///< Largest of the sums over t of weights[t] * |exact[k][t]|, over k.
  std::uint32_t count;
  std::uint32_t stride;
};

struct Nearest {
  std::uint32_t index;
  double distance;
};

inline constexpr std::uint32_t no_schedule = 0xffffffffu;

/// The loops for one instruction set. Distances are sums over t of weights[t] * |a[t] - b[t]|, added up in eight lanes
/// (t modulo 8) and then in a fixed order, so that they are functions of the numbers alone.
struct ScheduleKernels {
  /// The distance of `residual` from zero.
  double (*distance)(const double* residual, const double* weights, std::uint32_t stride);
  /// The first of the schedules nearest to `base` of those nearer than `below`; `no_schedule` and `below` if there is
  /// none. `scratch` holds stride + count + 24 numbers, aligned to 64 bytes.
  Nearest (*nearest)(const ScheduleRows& rows, const double* base, double below, float* scratch);
  /// distances[k] of all schedules from `base`, in double precision.
  void (*distances)(const ScheduleRows& rows, const double* base, double* distances);
  /// The same in single precision, times rows.scale; at a place in `scratch`, which is as for `nearest`.
  float* (*rough_distances)(const ScheduleRows& rows, const double* base, float* scratch);
  /// into -= row.
  void (*subtract)(double* into, const double* row, std::uint32_t stride);
  /// into += former - next.
  void (*exchange)(double* into, const double* former, const double* next, std::uint32_t stride);
  /// into += the rows of `more`, in turn, and -= those of `less`. For exact numbers the order does not matter.
  void (*apply)(double* into, const double* const* more, std::uint64_t more_count, const double* const* less,
                std::uint64_t less_count, std::uint32_t stride);
  /// Largest of the scalar products of `direction` and the rows of `rows.exact`, and its index (the first).
  Nearest (*furthest)(const ScheduleRows& rows, const double* direction);
};

/// The loops for the best instruction set of this processor.
const ScheduleKernels& schedule_kernels();

}  // namespace entente::kernel
