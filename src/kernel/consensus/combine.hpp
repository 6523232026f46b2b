// SPDX-License-Identifier: MIT
// The sweeps of consensus: every participant's row of numbers combined with those of its neighbours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace entente::kernel {

/// Whom each participant hears, and what weight it gives them; what is left of 1 is its own.
struct Combination {
  const std::uint32_t* first = nullptr;  ///< Neighbours of i: heard[first[i] .. first[i+1]).
  const std::uint32_t* heard = nullptr;
  const double* link = nullptr;  ///< By neighbour, or null where all are `common`.
  double common = 0;
  std::uint32_t degree = 0;  ///< Of everybody; 0: they differ, or nobody looked.
  std::size_t width = 1;     ///< Numbers a participant has.
};

/// out_i = in_i + sum of weight (in_j - in_i) over the neighbours j, for i in [low, high), in neighbour order. Written
/// with differences, so that equal numbers stay as they are, bit for bit. `in` and `out` hold a row of `width` a
/// participant and do not overlap. Returns the largest |out - in|, numbers that are not finite left out.
double combine(const Combination& c, const double* in, double* out, std::uint32_t low, std::uint32_t high);

/// The same for one participant whose combined row goes to `out`, and whose neighbours' rows are where `rows` points.
void combine_row(std::span<const double* const> rows, std::span<const double> weights, const double* own, double* out,
                 std::size_t width);

/// What exact diffusion says next: row + psi - psi_before, where psi = row - step * gradient takes the place of
/// `psi_before` (first: pass first = true, and psi itself is said). Element by element over `width` numbers.
inline void correct(const double* row, const double* gradient, const double* step, double* psi_before, double* say,
                    std::size_t width, bool first) {
  for (std::size_t t = 0; t < width; ++t) {
    const double psi = row[t] - step[t] * gradient[t];
    say[t] = first ? psi : psi + row[t] - psi_before[t];
    psi_before[t] = psi;
  }
}

/// max(a, |b|) that NaN wins.
inline double larger(double a, double b) {
  const double size = b < 0 ? -b : b;
  return size <= a ? a : size;
}

/// The largest, over steps and components, of highest minus lowest number.
/// `component` may be null: all are in one.
double spread(const double* rows, std::size_t participants, std::size_t width, const std::uint32_t* component,
              std::uint32_t components);

}  // namespace entente::kernel
