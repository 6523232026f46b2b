// SPDX-License-Identifier: MIT
// Arithmetic on cost vectors, compiled once per instruction set. Includes C headers only: an inline function of the C++
// library compiled here for a newer processor could replace the one every processor runs. Every number is computed by
// the same operations in the same order at every width.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "entente/kernel/cost_kernels.hpp"
#include "kernel/factor_delivery.hpp"
#include "kernel/factor_marginals.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
extern const CostKernels float_cost_kernels, double_cost_kernels;

namespace {

template <class R>
struct Kernels : Numbers<R> {
  using Base = Numbers<R>;
  using Base::L, Base::W, Base::tile_at, Base::wide_at, Base::store_to, Base::lesser;
  using typename Base::Tile, typename Base::Wide;

  static void copy(size_t numbers, const void* from, void* to) { memcpy(to, from, numbers * sizeof(R)); }
  static void subtract(size_t numbers, void* a_, const void* b_) {
    R* __restrict a = static_cast<R*>(a_);
    const R* __restrict b = static_cast<const R*>(b_);
    for (size_t i = 0; i < numbers; ++i) a[i] -= b[i];
  }
  static void accumulate(size_t numbers, void* a_, const void* b_) {
    R* __restrict a = static_cast<R*>(a_);
    const R* __restrict b = static_cast<const R*>(b_);
    for (size_t i = 0; i < numbers; ++i) a[i] += b[i];
  }
  static void scale(size_t numbers, double by, void* a_) {
    R* __restrict a = static_cast<R*>(a_);
    const R factor = R(by);
    for (size_t i = 0; i < numbers; ++i) a[i] *= factor;
  }
  static void blend(size_t numbers, const void* last_, double keep, void* fresh_) {
    const R* __restrict last = static_cast<const R*>(last_);
    R* __restrict fresh = static_cast<R*>(fresh_);
    const R k = R(keep), rest = R(1) - k;
    for (size_t i = 0; i < numbers; ++i) fresh[i] = k * last[i] + rest * fresh[i];
  }
  static void normalise(const MessageShape& s, void* messages) {
    R* m = static_cast<R*>(messages);
    if (s.lanes == 1) {
      for (uint32_t g = 0; g < s.groups; ++g, m += s.row) {
        R low = m[0];
        for (uint32_t v = 1; v < s.size; ++v) low = lesser(m[v], low);
        for (uint32_t v = 0; v < s.size; ++v) m[v] -= low;
      }
      return;
    }
    for (uint32_t g = 0; g < s.groups; ++g, m += s.row)
      for (uint32_t c = 0; c < L; c += W) {
        Wide low = wide_at(m + c);
        for (uint32_t v = 1; v < s.size; ++v) low = lesser(wide_at(m + size_t(v) * L + c), low);
        for (uint32_t v = 0; v < s.size; ++v) {
          R* const at = m + size_t(v) * L + c;
          store_to(at, wide_at(at) - low);
        }
      }
  }
  static bool close(const MessageShape& s, const void* a_, const void* b_, double relative, double absolute) {
    const R *a = static_cast<const R*>(a_), *b = static_cast<const R*>(b_);
    const R factor = R(relative), floor = R(absolute);
    const uint32_t lanes = s.lanes;
    for (uint32_t g = 0; g < s.groups; ++g, a += s.row, b += s.row) {
      R far[L] = {}, large[L] = {};
      for (uint32_t v = 0; v < s.size; ++v)
        for (uint32_t l = 0; l < lanes; ++l) {
          const R x = a[size_t(v) * lanes + l], y = b[size_t(v) * lanes + l];
          const R d = x < y ? y - x : x - y, z = x < y ? y : x;
          far[l] = far[l] < d ? d : far[l];
          large[l] = large[l] < z ? z : large[l];
        }
      for (uint32_t l = 0; l < lanes; ++l)
        if (far[l] > factor * large[l] + floor) return false;
    }
    return true;
  }

  static constexpr uint32_t most_selected = 8 * W;  // cells: beyond, loading one is faster than looking at all
  static constexpr uint32_t D = ENTENTE_VECTOR_BYTES / sizeof(double);
  typedef double Doubles __attribute__((vector_size(ENTENTE_VECTOR_BYTES)));
  typedef R Narrow __attribute__((vector_size(D * sizeof(R))));

  /// Sums per lane, so that the order of additions is the same at every width.
  struct Account {
    double sums[L] __attribute__((aligned(64))) = {};
    uint64_t broken = 0;
    R limit;
    bool any_hard;

    inline void add(const R* costs_in) {
      alignas(64) R finite[L];
      const R* costs = costs_in;
      if (any_hard) {
        for (uint32_t l = 0; l < L; ++l) {
          broken += costs_in[l] >= limit;
          finite[l] = costs_in[l] >= limit ? R(0) : costs_in[l];
        }
        costs = finite;
      }
      for (uint32_t l = 0; l < L; l += D) {
        Narrow x;
        Doubles sum;
        memcpy(&x, costs + l, sizeof x);
        memcpy(&sum, sums + l, sizeof sum);
        sum += __builtin_convertvector(x, Doubles);
        memcpy(sums + l, &sum, sizeof sum);
      }
    }
    inline double total() {
      for (uint32_t half = L / 2; half > 0; half /= 2)
        for (uint32_t l = 0; l < half; ++l) sums[l] += sums[l + half];
      return sums[0];
    }
  };

  /// The costs of L factors side by side at `cells`: looks at every cell of their tables.
  static inline void select(uint32_t size, const R* table, const int32_t* cells, R* costs) {
    using WideIndex = typename Vectors<R>::WideIndex;
    for (uint32_t c = 0; c < L; c += W) {
      WideIndex cell, here{};
      for (uint32_t i = 0; i < W; ++i) cell[i] = cells[c + i];
      Wide cost{};
      for (uint32_t x = 0; x < size; ++x, here += 1) cost = cell == here ? wide_at(table + size_t(x) * L + c) : cost;
      store_to(costs + c, cost);
    }
  }
  /// `cells` of factors [first, first + count).
  static inline void find_cells(const TableShape& s, uint32_t first, uint32_t count, const int32_t* const* values,
                                const uint32_t* const* index, int32_t* cells) {
    if (s.arity == 2) {
      const int32_t *u = values[0], *v = values[1];
      const uint32_t *i0 = index[0] + first, *i1 = index[1] + first, row = s.row;
      for (uint32_t i = 0; i < count; ++i) {
        cells[i] = int32_t(uint32_t(u[i0[i]]) * row + uint32_t(v[i1[i]]));
      }
      return;
    }
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t cell = 0;
      for (uint32_t j = 0; j < s.arity; ++j)
        cell = cell * (j + 1 == s.arity ? s.row : s.sizes[j]) + uint32_t(values[j][index[j][first + i]]);
      cells[i] = int32_t(cell);
    }
  }
  static void evaluate(const TableShape& s, uint32_t count, const void* tables, const int32_t* const* values,
                       const uint32_t* const* index, double hard, double* cost, uint64_t* violations) {
    constexpr uint32_t at_once = 8 * L;
    const R* table = static_cast<const R*>(tables);
    Account account;
    account.any_hard = hard < 1e300;
    account.limit = account.any_hard ? R(hard) : R(0);
    alignas(64) R costs[L];
    alignas(64) int32_t cells[at_once];
    const bool one = s.lanes == 1, selected = !one && s.cells <= most_selected;
    for (uint32_t begin = 0; begin < count; begin += at_once) {
      const uint32_t n = count - begin < at_once ? count - begin : at_once;
      find_cells(s, begin, n, values, index, cells);
      for (uint32_t i = n; i < at_once && i % L != 0; ++i) cells[i] = -1;
      for (uint32_t i = 0; i < n; i += L, table += s.cells * L) {
        const int32_t* const cell = cells + i;
        if (selected) {
          select(uint32_t(s.cells), table, cell, costs);
        } else {
          for (uint32_t l = 0; l < L; ++l) {
            const size_t at = size_t(uint32_t(cell[l]));
            costs[l] = i + l < n ? table[one ? l * s.cells + at : at * L + l] : R(0);
          }
        }
        account.add(costs);
      }
    }
    *cost += account.total();
    *violations += account.broken;
  }

  static constexpr CostKernels table = {L,
                                        sizeof(R),
                                        Delivery<R>::gather,
                                        copy,
                                        subtract,
                                        normalise,
                                        blend,
                                        close,
                                        Marginals<R>::min_marginals,
                                        Delivery<R>::add,
                                        Delivery<R>::store,
                                        Delivery<R>::collect,
                                        Delivery<R>::cheapest,
                                        evaluate,
                                        accumulate,
                                        scale};
};

}  // namespace

const CostKernels float_cost_kernels = Kernels<float>::table;
const CostKernels double_cost_kernels = Kernels<double>::table;

}  // namespace entente::kernel::ENTENTE_LEVEL
