// SPDX-License-Identifier: MIT
// Inner loops over schedules. Compiled once per instruction set: includes nothing that other files could share.
#include "kernel/schedules/schedule_kernels.hpp"

// Vectors are passed between functions of this file alone.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

#if defined(__AVX512F__)
constexpr std::uint32_t lanes = 8;
#elif defined(__AVX__)
constexpr std::uint32_t lanes = 4;
#else
constexpr std::uint32_t lanes = 2;
#endif
constexpr std::uint32_t parts = 8 / lanes;  // vectors that hold eight numbers

typedef double Vector __attribute__((vector_size(lanes * sizeof(double)), may_alias));
typedef long long Bits __attribute__((vector_size(lanes * sizeof(double)), may_alias));
typedef float RoughPart __attribute__((vector_size(lanes * sizeof(float)), may_alias));
typedef float Rough8 __attribute__((vector_size(32), may_alias));
typedef int RoughBits8 __attribute__((vector_size(32), may_alias));
typedef float Rough4 __attribute__((vector_size(16), may_alias));

constexpr std::uint32_t block = 4;  // rows that share the loads of what they are compared with

Vector magnitude(Vector a) { return (Vector)((Bits)a & 0x7fffffffffffffffll); }

/// Eight lanes that are added up: always as ((0+1)+(2+3)) + ((4+5)+(6+7)).
struct Lanes {
  Vector part[parts] = {};

  double sum() const {
    alignas(64) double lane[8];
    for (std::uint32_t p = 0; p < parts; ++p) *reinterpret_cast<Vector*>(lane + p * lanes) = part[p];
    return ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
  }
};

const Vector* at(const double* numbers) { return reinterpret_cast<const Vector*>(numbers); }

double distance(const double* residual, const double* weights, std::uint32_t stride) {
  Lanes sum;
  for (std::uint32_t t = 0; t < stride; t += 8)
    for (std::uint32_t p = 0; p < parts; ++p) sum.part[p] += at(weights + t)[p] * magnitude(at(residual + t)[p]);
  return sum.sum();
}

double distance_to(const double* base, const double* row, const double* weights, std::uint32_t stride) {
  Lanes sum;
  for (std::uint32_t t = 0; t < stride; t += 8)
    for (std::uint32_t p = 0; p < parts; ++p)
      sum.part[p] += at(weights + t)[p] * magnitude(at(base + t)[p] - at(row + t)[p]);
  return sum.sum();
}

void distances(const ScheduleRows& rows, const double* base, double* into) {
  for (std::uint32_t k = 0; k < rows.count; ++k)
    into[k] = distance_to(base, rows.exact + std::uint64_t(k) * rows.stride, rows.weights, rows.stride);
}

/// Adds up the magnitudes of base - row for four rows, `apart` from each other: in sixteen lanes, and these in eight.
void rough_sums(const float* base, const float* first, std::uint64_t apart, std::uint32_t stride, Rough8 into[block]) {
  std::uint32_t t = 0;
#if defined(__AVX512F__)
  typedef float Rough16 __attribute__((vector_size(64), may_alias));
  typedef int RoughBits16 __attribute__((vector_size(64), may_alias));
  typedef float Unaligned16 __attribute__((vector_size(64), aligned(32), may_alias));
  Rough16 wide[block] = {};
  for (; t + 16 <= stride; t += 16) {
    const Rough16 here = *reinterpret_cast<const Rough16*>(base + t);
    for (std::uint32_t i = 0; i < block; ++i) {
      const Rough16 difference = here - *reinterpret_cast<const Unaligned16*>(first + i * apart + t);
      wide[i] += (Rough16)((RoughBits16)difference & 0x7fffffff);
    }
  }
  for (std::uint32_t i = 0; i < block; ++i)
    into[i] = __builtin_shufflevector(wide[i], wide[i], 0, 1, 2, 3, 4, 5, 6, 7) +
              __builtin_shufflevector(wide[i], wide[i], 8, 9, 10, 11, 12, 13, 14, 15);
#else
  for (std::uint32_t i = 0; i < block; ++i) {
    Rough8 low = {}, high = {};
    for (t = 0; t + 16 <= stride; t += 16) {
      const auto* const b = reinterpret_cast<const Rough8*>(base + t);
      const auto* const r = reinterpret_cast<const Rough8*>(first + i * apart + t);
      const Rough8 one = b[0] - r[0], other = b[1] - r[1];
      low += (Rough8)((RoughBits8)one & 0x7fffffff);
      high += (Rough8)((RoughBits8)other & 0x7fffffff);
    }
    into[i] = low + high;
  }
#endif
  if (t == stride) return;
  for (std::uint32_t i = 0; i < block; ++i) {
    const Rough8 difference =
        *reinterpret_cast<const Rough8*>(base + t) - *reinterpret_cast<const Rough8*>(first + i * apart + t);
    into[i] += (Rough8)((RoughBits8)difference & 0x7fffffff);
  }
}

/// The sums of four vectors.
Rough4 sums(const Rough8& a, const Rough8& b, const Rough8& c, const Rough8& d) {
  const Rough8 ab = __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
                    __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  const Rough8 cd = __builtin_shufflevector(c, d, 0, 8, 2, 10, 4, 12, 6, 14) +
                    __builtin_shufflevector(c, d, 1, 9, 3, 11, 5, 13, 7, 15);
  const Rough8 all = __builtin_shufflevector(ab, cd, 0, 1, 8, 9, 4, 5, 12, 13) +
                     __builtin_shufflevector(ab, cd, 2, 3, 10, 11, 6, 7, 14, 15);
  return __builtin_shufflevector(all, all, 0, 1, 2, 3) + __builtin_shufflevector(all, all, 4, 5, 6, 7);
}

/// Writes scale * weights * base to `rough_base`, rounded; returns the sum of the magnitudes before scaling.
double roughen(const ScheduleRows& r, const double* base, float* rough_base) {
  Lanes reach;
  for (std::uint32_t t = 0; t < r.stride; t += 8) {
    for (std::uint32_t p = 0; p < parts; ++p) {
      const Vector weighted = at(r.weights + t)[p] * at(base + t)[p];
      reach.part[p] += magnitude(weighted);
      const Vector scaled = r.scale * weighted;
      *reinterpret_cast<RoughPart*>(rough_base + t + p * lanes) = __builtin_convertvector(scaled, RoughPart);
    }
  }
  return reach.sum();
}

/// Writes the distances of all rows from `rough_base`, times scale, and some more behind them; returns the least.
float rough_distances(const ScheduleRows& r, const float* rough_base, float* rough) {
  const std::uint32_t stride = r.stride;
  Rough4 least = __builtin_inff() - Rough4{};
  const float* row = r.rough;
  std::uint32_t k = 0;
  for (; k + block <= r.count; k += block, row += std::uint64_t(block) * stride) {
    Rough8 sum[block];
    rough_sums(rough_base, row, stride, stride, sum);
    const Rough4 four = sums(sum[0], sum[1], sum[2], sum[3]);
    *reinterpret_cast<Rough4*>(rough + k) = four;
    least = four < least ? four : least;
  }
  for (; k < r.count; ++k, row += stride) {
    Rough8 sum[block];
    rough_sums(rough_base, row, 0, stride, sum);  // the same row four times
    const Rough4 four = sums(sum[0], sum[1], sum[2], sum[3]);
    rough[k] = four[0];
    least = four < least ? four : least;
  }
  float lowest = least[0];
  for (std::uint32_t i = 1; i < block; ++i) lowest = least[i] < lowest ? least[i] : lowest;
  return lowest;
}

float* rough_distances(const ScheduleRows& r, const double* base, float* scratch) {
  roughen(r, base, scratch);
  float* const rough = scratch + ((r.stride + 15) & ~15u);
  rough_distances(r, scratch, rough);
  return rough;
}

Nearest nearest(const ScheduleRows& r, const double* base, double below, float* scratch) {
  const std::uint32_t stride = r.stride;
  float* const rough = scratch + ((stride + 15) & ~15u);
  const double reach = roughen(r, base, scratch);
  const double least = rough_distances(r, scratch, rough);
  // Each number is rounded once, each difference once, and each sum passes stride / 8 + 8 roundings at most.
  const double error = r.scale * (reach + r.reach) * (double(stride) / 8 + 12) * 0x1p-23 + double(stride) * 0x1p-140;
  Nearest best{no_schedule, below};
  if (!(least - error < r.scale * below)) return best;
  for (std::uint32_t k = 0; k < r.count; ++k) {
    if (!(double(rough[k]) <= least + 2 * error)) continue;
    const double exact = distance_to(base, r.exact + std::uint64_t(k) * stride, r.weights, stride);
    if (exact < best.distance) best = {k, exact};
  }
  return best;
}

void subtract(double* into, const double* row, std::uint32_t stride) {
  auto* const out = reinterpret_cast<Vector*>(into);
  for (std::uint32_t v = 0; v < stride / lanes; ++v) out[v] -= at(row)[v];
}

void exchange(double* into, const double* former, const double* next, std::uint32_t stride) {
  auto* const out = reinterpret_cast<Vector*>(into);
  for (std::uint32_t v = 0; v < stride / lanes; ++v) out[v] += at(former)[v] - at(next)[v];
}

/// The same for a part of the columns, which stays in registers.
template <std::uint32_t vectors>
void apply_columns(double* into, const double* const* more, std::uint64_t more_count, const double* const* less,
                   std::uint64_t less_count, std::uint32_t column) {
  Vector sum[vectors];
  for (std::uint32_t v = 0; v < vectors; ++v) sum[v] = at(into + column)[v];
  for (std::uint64_t k = 0; k < more_count; ++k)
    for (std::uint32_t v = 0; v < vectors; ++v) sum[v] += at(more[k] + column)[v];
  for (std::uint64_t k = 0; k < less_count; ++k)
    for (std::uint32_t v = 0; v < vectors; ++v) sum[v] -= at(less[k] + column)[v];
  for (std::uint32_t v = 0; v < vectors; ++v) reinterpret_cast<Vector*>(into + column)[v] = sum[v];
}

void apply(double* into, const double* const* more, std::uint64_t more_count, const double* const* less,
           std::uint64_t less_count, std::uint32_t stride) {
  constexpr std::uint32_t wide = 12;  // vectors: most of the registers, and a day in quarter hours at the widest
  std::uint32_t column = 0;
  for (; column + wide * lanes <= stride; column += wide * lanes)
    apply_columns<wide>(into, more, more_count, less, less_count, column);
  for (; column < stride; column += 8) apply_columns<parts>(into, more, more_count, less, less_count, column);
}

Nearest furthest(const ScheduleRows& r, const double* direction) {
  Nearest best{no_schedule, -__builtin_inf()};
  for (std::uint32_t k = 0; k < r.count; ++k) {
    const double* const row = r.exact + std::uint64_t(k) * r.stride;
    Lanes sum;
    for (std::uint32_t t = 0; t < r.stride; t += 8)
      for (std::uint32_t p = 0; p < parts; ++p) sum.part[p] += at(direction + t)[p] * at(row + t)[p];
    const double product = sum.sum();
    if (product > best.distance) best = {k, product};
  }
  return best;
}

}  // namespace

extern const ScheduleKernels schedule_kernels;
const ScheduleKernels schedule_kernels = {distance, nearest,  distances, rough_distances,
                                          subtract, exchange, apply,     furthest};

}  // namespace entente::kernel::ENTENTE_LEVEL
