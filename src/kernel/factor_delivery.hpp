// SPDX-License-Identifier: MIT
// Messages between factors, which lie side by side, and variables, which lie in rows; and the decisions of these.
// A part of factor_tables.variant.cpp and of nothing else: compiled once per instruction set. C headers only, and
// nothing that the linker could share between instruction sets.
#pragma once

#include "entente/kernel/cost_kernels.hpp"
#include "kernel/factor_vectors.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

template <class R>
struct Delivery : Numbers<R> {
  using Base = Numbers<R>;
  using Base::L, Base::W, Base::N, Base::huge, Base::tile_at, Base::wide_at, Base::store_to, Base::lesser;
  using typename Base::Tile, typename Base::Wide;
  static constexpr uint32_t ahead = 32;  // rows fetched early

  /// What is known when compiled of the rows of D values that fit a cache line; D = 0: nothing.
  template <uint32_t D>
  struct Row {
    uint32_t size_, stride_;
    inline uint32_t size() const { return D ? D : size_; }
    inline uint32_t stride() const {
      return D == 0 ? stride_ : D <= N ? N : D <= 2 * N ? 2 * N : D <= 4 * N ? 4 * N : L;
    }
    inline R* of(R* rows, uint32_t index) const { return rows + size_t(index) * stride(); }
    inline const R* of(const R* rows, uint32_t index) const { return rows + size_t(index) * stride(); }
    template <int for_writing>
    inline void fetch(const R* rows, uint32_t index) const {
      const R* const row = of(rows, index);
      __builtin_prefetch(row, for_writing);
      for (uint32_t c = L; c < size() && c < 4 * L; c += L) __builtin_prefetch(row + c, for_writing);
    }
  };
  /// Calls `run` with the Row of a message's variables.
  template <class Run>
  static inline void with_row(const MessageShape& s, uint32_t stride, Run run) {
    if (s.lanes == 1 || s.size > L) return run(Row<0>{s.size, stride});
    switch (s.size) {
      case 2: return run(Row<2>{});
      case 3: return run(Row<3>{});
      case 4: return run(Row<4>{});
      case 5: return run(Row<5>{});
      case 6: return run(Row<6>{});
      case 7: return run(Row<7>{});
      case 8: return run(Row<8>{});
      case 9: return L >= 9 ? run(Row<9>{}) : run(Row<0>{s.size, stride});
      case 10: return L >= 10 ? run(Row<10>{}) : run(Row<0>{s.size, stride});
      default: return run(Row<0>{s.size, stride});
    }
  }

  static void gather(const MessageShape& s, const void* rows, uint32_t stride, const uint32_t* index, void* messages) {
    const R* const from = static_cast<const R*>(rows);
    R* out = static_cast<R*>(messages);
    if (s.lanes == 1) {
      for (uint32_t g = 0; g < s.groups; ++g, out += s.row) {
        memcpy(out, from + size_t(index[g]) * stride, s.size * sizeof(R));
        memset(out + s.size, 0, (s.row - s.size) * sizeof(R));
      }
      return;
    }
    with_row(s, stride, [&](auto row) {
      for (uint32_t g = 0; g < s.groups; ++g, index += L, out += size_t(row.size()) * L)
        for (uint32_t l = 0; l < L; l += N) {
          for (uint32_t i = 0; i < N; ++i) row.template fetch<0>(from, index[l + i + ahead]);
          for (uint32_t c = 0; c < row.size(); c += N) {
            Tile t[N];
            for (uint32_t i = 0; i < N; ++i) t[i] = tile_at(row.of(from, index[l + i]) + c);
            Vectors<R>::transpose(t);
            for (uint32_t i = 0; i < N; ++i)
              if (c + i < row.size()) store_to(out + size_t(c + i) * L + l, t[i]);
          }
        }
    });
  }

  /// Turns messages into rows, lanes in order, and hands each part of a row to `put`.
  template <class Put>
  static inline void scatter(const MessageShape& s, uint32_t count, const R* m, uint32_t stride, const uint32_t* index,
                             R* rows, Put put) {
    if (s.lanes == 1) {
      for (uint32_t g = 0; g < count; ++g, m += s.row) {
        R* const row = rows + size_t(index[g]) * stride;
        for (uint32_t c = 0; c < s.size; c += N) put(row + c, tile_at(m + c));  // zeros behind the costs, in both
      }
      return;
    }
    with_row(s, stride, [&](auto row) {
      const auto tiles = [&](uint32_t l, auto&& each_row) {
        for (uint32_t c = 0; c < row.size(); c += N) {
          Tile t[N];
          for (uint32_t i = 0; i < N; ++i) t[i] = c + i < row.size() ? tile_at(m + size_t(c + i) * L + l) : Tile{};
          Vectors<R>::transpose(t);
          each_row(c, t);
        }
      };
      for (uint32_t first = 0; first < count; first += L, m += size_t(row.size()) * L, index += L)
        for (uint32_t l = 0; l < L && first + l < count; l += N) {
          const uint32_t rest = count - first - l;
          for (uint32_t i = 0; i < N; ++i) row.template fetch<1>(rows, index[l + i + ahead]);
          if (rest >= N)
            tiles(l, [&](uint32_t c, const Tile(&t)[N]) {
              for (uint32_t i = 0; i < N; ++i) put(row.of(rows, index[l + i]) + c, t[i]);
            });
          else
            tiles(l, [&](uint32_t c, const Tile(&t)[N]) {
              for (uint32_t i = 0; i < rest; ++i) put(row.of(rows, index[l + i]) + c, t[i]);
            });
        }
    });
  }
  static void add(const MessageShape& s, uint32_t count, const void* m, uint32_t stride, const uint32_t* index,
                  void* rows) {
    scatter(s, count, static_cast<const R*>(m), stride, index, static_cast<R*>(rows),
            [](R* at, Tile t) { store_to(at, tile_at(at) + t); });
  }
  static void store(const MessageShape& s, uint32_t count, const void* m, uint32_t stride, const uint32_t* index,
                    void* slots) {
    scatter(s, count, static_cast<const R*>(m), stride, index, static_cast<R*>(slots),
            [](R* at, Tile t) { store_to(at, t); });
  }
  static void collect(uint32_t stride, size_t count, const void* slots_, const uint32_t* index, void* rows_) {
    const R* slot = static_cast<const R*>(slots_);
    R* rows = static_cast<R*>(rows_);
    for (size_t e = 0; e < count; ++e, slot += stride) {
      R* row = rows + size_t(index[e]) * stride;
      for (uint32_t c = 0; c < stride; c += N) store_to(row + c, tile_at(row + c) + tile_at(slot + c));
    }
  }

  static uint64_t cheapest(uint32_t size, uint32_t stride, size_t count, const void* rows_, int32_t* values) {
    using Index = typename Vectors<R>::Index;
    using Mask = typename Vectors<R>::Mask;
    const R* row = static_cast<const R*>(rows_);
    uint64_t changed = 0;
    size_t i = 0;
    for (; i + N <= count; i += N, row += N * stride) {
      Tile best{};
      Mask value{};
      for (uint32_t c = 0; c < size; c += N) {
        Tile t[N];
        for (uint32_t k = 0; k < N; ++k) t[k] = tile_at(row + size_t(k) * stride + c);
        Vectors<R>::transpose(t);
        if (c == 0) best = t[0];
        for (uint32_t k = 0; k < N; ++k) {
          if (c + k >= size) break;
          const Mask less = t[k] < best;
          best = less ? t[k] : best;
          value = less ? Mask{} + Index(c + k) : value;
        }
      }
      for (uint32_t k = 0; k < N; ++k) {
        changed += values[i + k] != int32_t(value[k]);
        values[i + k] = int32_t(value[k]);
      }
    }
    for (; i < count; ++i, row += stride) {
      int32_t value = 0;
      for (uint32_t v = 1; v < size; ++v)
        if (row[v] < row[value]) value = int32_t(v);
      changed += values[i] != value;
      values[i] = value;
    }
    return changed;
  }
};

}  // namespace
}  // namespace entente::kernel::ENTENTE_LEVEL
