// SPDX-License-Identifier: MIT
// Vectors of numbers as wide as the instruction set allows.
// A part of factor_tables.variant.cpp and of nothing else: compiled once per instruction set. C headers only, and
// nothing that the linker could share between instruction sets.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel/vector_bytes.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

template <class R>
struct Vectors;
template <>
struct Vectors<float> {
  typedef float Wide __attribute__((vector_size(ENTENTE_VECTOR_BYTES)));
  typedef float Tile __attribute__((vector_size(16)));
  typedef int32_t Mask __attribute__((vector_size(16)));
  typedef int32_t Index;
  typedef int32_t WideIndex __attribute__((vector_size(ENTENTE_VECTOR_BYTES)));
  static constexpr float huge = 1e30f;
  static inline void transpose(Tile (&r)[4]) {
    const Tile a = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5), b = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7);
    const Tile c = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5), d = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
    r[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
    r[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
    r[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
    r[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
  }
};
template <>
struct Vectors<double> {
  typedef double Wide __attribute__((vector_size(ENTENTE_VECTOR_BYTES)));
  typedef double Tile __attribute__((vector_size(16)));
  typedef int64_t Mask __attribute__((vector_size(16)));
  typedef int64_t Index;
  typedef int64_t WideIndex __attribute__((vector_size(ENTENTE_VECTOR_BYTES)));
  static constexpr double huge = 1e300;
  static inline void transpose(Tile (&r)[2]) {
    const Tile a = __builtin_shufflevector(r[0], r[1], 0, 2), b = __builtin_shufflevector(r[0], r[1], 1, 3);
    r[0] = a;
    r[1] = b;
  }
};

template <class R>
struct Numbers {
  using Wide = typename Vectors<R>::Wide;
  using Tile = typename Vectors<R>::Tile;
  static constexpr uint32_t L = 64 / sizeof(R);                    // lanes
  static constexpr uint32_t W = ENTENTE_VECTOR_BYTES / sizeof(R);  // numbers in a vector
  static constexpr uint32_t N = 16 / sizeof(R);                    // rows and columns of a tile
  static constexpr R huge = Vectors<R>::huge;

  static inline Tile tile_at(const R* p) {
    Tile v;
    memcpy(&v, __builtin_assume_aligned(p, sizeof(Tile)), sizeof v);
    return v;
  }
  static inline Wide wide_at(const R* p) {
    Wide v;
    memcpy(&v, __builtin_assume_aligned(p, sizeof(Wide)), sizeof v);
    return v;
  }
  template <class V>
  static inline void store_to(R* p, V v) {
    memcpy(__builtin_assume_aligned(p, sizeof(V)), &v, sizeof v);
  }
  template <class V>
  static inline V lesser(V a, V b) {
    return a < b ? a : b;
  }
  static inline R lesser(R a, R b) { return a < b ? a : b; }
};

}  // namespace
}  // namespace entente::kernel::ENTENTE_LEVEL
