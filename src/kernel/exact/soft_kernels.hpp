// SPDX-License-Identifier: MIT
// The inner loops of soft arc consistency, which exist once per instruction set. Costs are whole numbers kept as
// double, so that results are equal whatever the order.
#pragma once

#include <cstddef>
#include <cstdint>

namespace entente::kernel {

/// Values lie in rows padded to whole blocks of this many numbers.
inline constexpr std::size_t soft_block = 8;

/// What a binary function costs each value of one variable ("own") at least, whatever the other variable's value.
struct SoftProjection {
  const double* rows;           ///< A row over the own values for each value of the other variable.
  std::size_t width;            ///< Of a row: own values, padded.
  const std::int32_t* values;   ///< The other variable's values that are left.
  std::size_t count;            ///< Of `values`.
  const double* other_unary;    ///< Costs of the other variable's values to be added; null: none.
  const double* other_shifted;  ///< Cost already moved from the function to the other variable's values.
  const double* own_shifted;    ///< The same for the own values.
  const double* own_unary;      ///< Costs of the own values; infinite: the value is gone.
  double* out;                  ///< `width` numbers; 0 for values that are gone.
};

/// What must be moved from the values of the other variable into a function so that `by` can be taken out.
struct SoftExtension {
  const double* rows;           ///< A row over the other variable's values for each own value.
  std::size_t width;            ///< Of a row.
  const std::int32_t* values;   ///< Own values that are left.
  std::size_t count;            ///< Of `values`.
  const double* by;             ///< What each own value is to get; 0 and what is not below `room` do not count.
  double room;                  ///< As above.
  const double* own_shifted;    ///< What own values have got before.
  const double* other_shifted;  ///< The same for the other variable's values.
  double* out;                  ///< `width` numbers, at least 0.
};

/// Costs that values get from a function.
struct SoftRaise {
  double* unary;    ///< Of each value; infinite: the value is gone.
  double* shifted;  ///< What has moved to each value.
  const double* by;
  std::size_t width;
  double room;       ///< Values must stay below this.
  double least;      ///< Result: of `unary`.
  bool lost_zero;    ///< Result: a value without cost got one.
  bool out_of_room;  ///< Result: some value would not stay below `room`; nothing was done.
};

struct SoftKernels {
  /// Returns the greatest entry of `out`.
  double (*project)(const SoftProjection&);
  /// Returns the greatest entry of `out`.
  double (*extend)(const SoftExtension&);
  /// unary[i] += by[i], shifted[i] += by[i].
  void (*raise)(SoftRaise&);
  /// unary[i] -= by[i], shifted[i] -= by[i].
  void (*take)(double* unary, double* shifted, const double* by, std::size_t width);
  /// Returns min over values b of row[b] + (unary[b] - shifted[b]).
  double (*row_least)(const double* row, const double* unary, const double* shifted, std::size_t width);
  /// Returns min over values b that are left (unary[b] is finite) of row[b] - shifted[b].
  double (*row_least_left)(const double* row, const double* unary, const double* shifted, std::size_t width);
  /// Returns the first b with row[b] + (unary[b] - shifted[b]) == sum, if `full`; else that is left and has
  /// row[b] - shifted[b] == sum. There must be one.
  std::int32_t (*find)(const double* row, const double* unary, const double* shifted, bool full, double sum);
  /// out[i] = min(out[i], row[i] + add) for i < width.
  void (*lower)(double* out, const double* row, double add, std::size_t width);
};

namespace baseline {
extern const SoftKernels soft_kernels;
}
namespace v3 {
extern const SoftKernels soft_kernels;
}
namespace v4 {
extern const SoftKernels soft_kernels;
}

}  // namespace entente::kernel
