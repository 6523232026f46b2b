// SPDX-License-Identifier: MIT
// Min-marginals: for each value of each position, the cheapest completion.
// A part of factor_tables.variant.cpp and of nothing else: compiled once per instruction set. C headers only, and
// nothing that the linker could share between instruction sets.
#pragma once

#include "entente/kernel/cost_kernels.hpp"
#include "kernel/factor_vectors.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

template <class R>
struct Marginals : Numbers<R> {
  using Base = Numbers<R>;
  using Base::L, Base::W, Base::N, Base::huge, Base::tile_at, Base::wide_at, Base::store_to, Base::lesser;
  using typename Base::Tile, typename Base::Wide;

  /// Two positions, the second with D values, L factors side by side.
  template <uint32_t D>
  static void pairs(uint32_t groups, uint32_t rows, const R* t, const R* u, const R* v, R* to_u, R* to_v) {
    for (uint32_t g = 0; g < groups; ++g, u += rows * L, to_u += rows * L, v += D * L, to_v += D * L) {
      const R* const table = t + size_t(g) * rows * D * L;
      for (uint32_t c = 0; c < L; c += W) {
        Wide other[D], low_v[D];
        for (uint32_t b = 0; b < D; ++b) {
          other[b] = wide_at(v + b * L + c);
          low_v[b] = Wide{} + huge;
        }
        const R* cell = table + c;
        for (uint32_t a = 0; a < rows; ++a) {
          const Wide own = wide_at(u + a * L + c);
          Wide low = Wide{} + huge;
          for (uint32_t b = 0; b < D; ++b, cell += L) {
            const Wide x = wide_at(cell);
            low = lesser(x + other[b], low);
            low_v[b] = lesser(x + own, low_v[b]);
          }
          store_to(to_u + a * L + c, low);
        }
        for (uint32_t b = 0; b < D; ++b) store_to(to_v + b * L + c, low_v[b]);
      }
    }
  }
  static bool short_pairs(const TableShape& s, const void* tables, const void* const* in, void* const* out) {
    if (s.arity != 2 || s.lanes == 1) return false;
    const auto call = [&](auto run) {
      run(s.groups, s.sizes[0], static_cast<const R*>(tables), static_cast<const R*>(in[0]),
          static_cast<const R*>(in[1]), static_cast<R*>(out[0]), static_cast<R*>(out[1]));
      return true;
    };
    switch (s.sizes[1]) {
      case 1: return call(pairs<1>);
      case 2: return call(pairs<2>);
      case 3: return call(pairs<3>);
      case 4: return call(pairs<4>);
      case 5: return call(pairs<5>);
      case 6: return call(pairs<6>);
      case 7: return call(pairs<7>);
      case 8: return call(pairs<8>);
      case 9: return call(pairs<9>);
      case 10: return call(pairs<10>);
      default: return false;
    }
  }

  static inline R lowest_in(Wide x) {
    R low = x[0];
    for (uint32_t i = 1; i < W; ++i) low = lesser(x[i], low);
    return low;
  }
  static inline void lower(R* at, R x) { *at = lesser(x, *at); }
  static inline void lower(R* at, Wide x) { store_to(at, lesser(x, wide_at(at))); }

  /// One row of a table: cells of the last position, whose messages are `step` numbers apart. Lowers `to` by table plus
  /// `before`; returns the lowest of table plus `other`.
  template <class V>
  static inline V row_of(uint32_t row, uint32_t step, const R* cell, const R* other, V before, R* to) {
    Wide low = Wide{} + huge;
    for (uint32_t b = 0; b < row; b += step == 1 ? W : 1, cell += step == 1 ? W : L) {
      const size_t at = size_t(b) * step;
      const Wide x = wide_at(cell);
      low = lesser(x + wide_at(other + at), low);
      store_to(to + at, lesser(x + before, wide_at(to + at)));
    }
    if constexpr (sizeof(V) == sizeof(R))
      return lowest_in(low);
    else
      return low;
  }

  static constexpr uint32_t most = 64;  // positions: more would need tables of at least 2^64 cells

  /// Any number of positions: all tuples but for the last position, one row at a time. V is R where rows hold one
  /// factor, Wide where they hold L of them; `c` is the first lane.
  template <class V>
  static inline void tuples(const TableShape& s, const R* table, const R* const* in, R* const* out, uint32_t c) {
    constexpr bool side_by_side = sizeof(V) != sizeof(R);
    constexpr uint32_t step = side_by_side ? L : 1;
    const uint32_t k = s.arity - 1;
    const auto at = [&](const R* p, uint32_t x) {
      if constexpr (side_by_side)
        return wide_at(p + size_t(x) * L + c);
      else
        return p[x];
    };
    uint32_t x[most] = {};
    V before[most + 1];  // before[j]: the messages of positions 0 .. j-1 at their values
    before[0] = V{};
    for (uint32_t j = 0; j < k; ++j) {
      before[j + 1] = before[j] + at(in[j], 0);
      for (uint32_t v = 0; v < s.sizes[j]; ++v) {
        R* const to = out[j] + size_t(v) * step + c;
        if constexpr (side_by_side)
          store_to(to, Wide{} + huge);
        else
          *to = huge;
      }
    }
    for (uint32_t b = 0; b < s.row; b += side_by_side ? 1 : W) store_to(out[k] + size_t(b) * step + c, Wide{} + huge);
    for (const R* cell = table + c;; cell += size_t(s.row) * step) {
      const V low = row_of<V>(s.row, step, cell, in[k] + c, before[k], out[k] + c);
      if (k == 1) {
        lower(out[0] + size_t(x[0]) * step + c, low);
      } else {
        const V whole = low + before[k];
        for (uint32_t j = 0; j < k; ++j) lower(out[j] + size_t(x[j]) * step + c, whole);
      }
      uint32_t j = k;
      while (j > 0 && ++x[j - 1] == s.sizes[j - 1]) x[--j] = 0;
      if (j == 0) break;
      for (--j; j < k; ++j) before[j + 1] = before[j] + at(in[j], x[j]);
    }
    if (k == 1) return;
    for (uint32_t j = 0; j < k; ++j)
      for (uint32_t v = 0; v < s.sizes[j]; ++v) {
        R* const to = out[j] + size_t(v) * step + c;
        if constexpr (side_by_side)
          store_to(to, wide_at(to) - at(in[j], v));
        else
          *to -= in[j][v];
      }
  }
  static void min_marginals(const TableShape& s, const void* tables, const void* const* in_, void* const* out_) {
    if (short_pairs(s, tables, in_, out_)) return;
    const R* in[most];
    R* out[most];
    uint32_t rows[most];
    for (uint32_t j = 0; j < s.arity; ++j) {
      in[j] = static_cast<const R*>(in_[j]);
      out[j] = static_cast<R*>(out_[j]);
      rows[j] = s.lanes == 1 ? (s.sizes[j] + L - 1) / L * L : s.sizes[j] * L;
    }
    const R* table = static_cast<const R*>(tables);
    for (uint32_t g = 0; g < s.groups; ++g, table += s.cells * s.lanes) {
      if (s.lanes == 1) {
        tuples<R>(s, table, in, out, 0);
        for (uint32_t j = 0; j < s.arity; ++j) memset(out[j] + s.sizes[j], 0, (rows[j] - s.sizes[j]) * sizeof(R));
      } else {
        for (uint32_t c = 0; c < L; c += W) tuples<Wide>(s, table, in, out, c);
      }
      for (uint32_t j = 0; j < s.arity; ++j) {
        in[j] += rows[j];
        out[j] += rows[j];
      }
    }
  }
};

}  // namespace
}  // namespace entente::kernel::ENTENTE_LEVEL
