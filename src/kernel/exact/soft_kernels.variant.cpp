// SPDX-License-Identifier: MIT
// Inner loops of soft arc consistency. Compiled once per instruction set: includes nothing that other files could
// share.
#include "kernel/exact/soft_kernels.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t lanes = 8;
#elif defined(__AVX__)
constexpr std::size_t lanes = 4;
#else
constexpr std::size_t lanes = 2;
#endif
static_assert(soft_block % lanes == 0);

typedef double Vector __attribute__((vector_size(lanes * sizeof(double))));
typedef double Unaligned __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

constexpr double infinity = __builtin_inf();

inline Vector broadcast(double cost) { return cost - Vector{}; }
inline Vector load(const double* cells) { return *reinterpret_cast<const Unaligned*>(cells); }
inline void store(double* cells, Vector vector) { *reinterpret_cast<Unaligned*>(cells) = vector; }
inline Vector lesser(Vector a, Vector b) { return a < b ? a : b; }
inline Vector greater(Vector a, Vector b) { return a > b ? a : b; }

inline double greatest(Vector vector) {
  double result = vector[0];
  for (std::size_t i = 1; i < lanes; ++i) result = vector[i] > result ? vector[i] : result;
  return result;
}
inline double least(Vector vector) {
  double result = vector[0];
  for (std::size_t i = 1; i < lanes; ++i) result = vector[i] < result ? vector[i] : result;
  return result;
}

/// `Vectors` neighbouring vectors of the result, kept in registers.
template <std::size_t Vectors, bool Unary>
inline Vector project_columns(const SoftProjection& p, std::size_t at) {
  Vector sum[Vectors];
  for (std::size_t k = 0; k < Vectors; ++k) sum[k] = broadcast(infinity);
  for (std::size_t i = 0; i < p.count; ++i) {
    const auto value = static_cast<std::size_t>(p.values[i]);
    const double add = Unary ? p.other_unary[value] - p.other_shifted[value] : -p.other_shifted[value];
    const double* const row = p.rows + value * p.width + at;
    for (std::size_t k = 0; k < Vectors; ++k) sum[k] = lesser(sum[k], load(row + k * lanes) + add);
  }
  Vector most = broadcast(0);
  for (std::size_t k = 0; k < Vectors; ++k) {
    const std::size_t c = at + k * lanes;
    const Vector result = load(p.own_unary + c) < broadcast(infinity) ? sum[k] - load(p.own_shifted + c) : broadcast(0);
    store(p.out + c, result);
    most = greater(most, result);
  }
  return most;
}

template <bool Unary>
double project_all(const SoftProjection& p) {
  constexpr std::size_t wide = 32 / lanes < 8 ? 32 / lanes : 8, block = soft_block / lanes;
  Vector most = broadcast(0);
  std::size_t at = 0;
  for (; at + wide * lanes <= p.width; at += wide * lanes) most = greater(most, project_columns<wide, Unary>(p, at));
  for (; at < p.width; at += soft_block) most = greater(most, project_columns<block, Unary>(p, at));
  return greatest(most);
}

double project(const SoftProjection& p) {
  return p.other_unary != nullptr ? project_all<true>(p) : project_all<false>(p);
}

double extend(const SoftExtension& e) {
  constexpr std::size_t block = soft_block / lanes;
  Vector most = broadcast(0);
  for (std::size_t at = 0; at < e.width; at += soft_block) {
    Vector sum[block];
    for (std::size_t k = 0; k < block; ++k) sum[k] = broadcast(-infinity);
    for (std::size_t i = 0; i < e.count; ++i) {
      const auto value = static_cast<std::size_t>(e.values[i]);
      if (!(e.by[value] > 0 && e.by[value] < e.room)) continue;
      const double add = e.by[value] + e.own_shifted[value];
      const double* const row = e.rows + value * e.width + at;
      for (std::size_t k = 0; k < block; ++k) sum[k] = greater(sum[k], add - load(row + k * lanes));
    }
    for (std::size_t k = 0; k < block; ++k) {
      const std::size_t c = at + k * lanes;
      const Vector result = greater(broadcast(0), sum[k] + load(e.other_shifted + c));
      store(e.out + c, result);
      most = greater(most, result);
    }
  }
  return greatest(most);
}

typedef std::int64_t Mask __attribute__((vector_size(lanes * sizeof(std::int64_t))));

inline bool any(Mask mask) {
  std::int64_t bits = 0;
  for (std::size_t i = 0; i < lanes; ++i) bits |= mask[i];
  return bits != 0;
}

void raise(SoftRaise& r) {
  Mask over{}, lost{};
  for (std::size_t c = 0; c < r.width; c += lanes) {
    const Vector unary = load(r.unary + c), by = load(r.by + c);
    over |= (unary + by >= broadcast(r.room)) & (unary < broadcast(infinity));
    lost |= (unary == broadcast(0)) & (by > broadcast(0));
  }
  r.out_of_room = any(over);
  if (r.out_of_room) return;
  r.lost_zero = any(lost);
  Vector low = broadcast(infinity);
  for (std::size_t c = 0; c < r.width; c += lanes) {
    const Vector by = load(r.by + c), sum = load(r.unary + c) + by;
    store(r.unary + c, sum);
    store(r.shifted + c, load(r.shifted + c) + by);
    low = lesser(low, sum);
  }
  r.least = least(low);
}

void take(double* unary, double* shifted, const double* by, std::size_t width) {
  for (std::size_t c = 0; c < width; c += lanes) {
    store(unary + c, load(unary + c) - load(by + c));
    store(shifted + c, load(shifted + c) - load(by + c));
  }
}

double row_least(const double* row, const double* unary, const double* shifted, std::size_t width) {
  Vector sum = broadcast(infinity);
  for (std::size_t c = 0; c < width; c += lanes)
    sum = lesser(sum, load(row + c) + (load(unary + c) - load(shifted + c)));
  return least(sum);
}

double row_least_left(const double* row, const double* unary, const double* shifted, std::size_t width) {
  Vector sum = broadcast(infinity);
  for (std::size_t c = 0; c < width; c += lanes) {
    const Vector cost = load(row + c) - load(shifted + c);
    sum = lesser(sum, load(unary + c) < broadcast(infinity) ? cost : broadcast(infinity));
  }
  return least(sum);
}

template <bool Full>
std::int32_t find_first(const double* row, const double* unary, const double* shifted, double sum) {
  for (std::size_t c = 0;; c += lanes) {
    const Vector own = load(unary + c),
                 cost = Full ? load(row + c) + (own - load(shifted + c)) : load(row + c) - load(shifted + c);
    const Mask equal = (cost == broadcast(sum)) & (own < broadcast(infinity));
    if (!any(equal)) continue;
    for (std::size_t i = 0; i < lanes; ++i)
      if (equal[i] != 0) return static_cast<std::int32_t>(c + i);
  }
}

std::int32_t find(const double* row, const double* unary, const double* shifted, bool full, double sum) {
  return full ? find_first<true>(row, unary, shifted, sum) : find_first<false>(row, unary, shifted, sum);
}

void lower(double* out, const double* row, double add, std::size_t width) {
  for (std::size_t c = 0; c < width; c += lanes) store(out + c, lesser(load(out + c), load(row + c) + add));
}

}  // namespace

extern const SoftKernels soft_kernels = {project, extend, raise, take, row_least, row_least_left, find, lower};

}  // namespace entente::kernel::ENTENTE_LEVEL
