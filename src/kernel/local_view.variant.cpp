// SPDX-License-Identifier: MIT
// The view kernels, compiled once per instruction set. Includes C headers only: an inline function of the C++ library
// compiled here for a newer processor could replace the one every processor runs.
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "kernel/local_view.hpp"
#include "kernel/vector_bytes.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

template <class T>
inline T lowest_of(T a, T b) {
  return a < b ? a : b;
}

// How many edges ahead values and rows are fetched.
constexpr size_t value_ahead = edges_ahead, row_ahead = 32;

template <class T, int lanes>
struct VectorOf {
  typedef T type __attribute__((vector_size(lanes * sizeof(T))));
};

/// One bit per lane that equals `low`.
template <class T, int lanes>
inline uint64_t lanes_equal(typename VectorOf<T, lanes>::type values, T low) {
#if defined(__SSE2__)
  const auto equal = values == low;
  if constexpr (sizeof equal == 16 && sizeof(T) == 4) return uint64_t(_mm_movemask_ps(__m128(equal)));
  if constexpr (sizeof equal == 16 && sizeof(T) == 8) return uint64_t(_mm_movemask_pd(__m128d(equal)));
#if defined(__AVX2__)
  if constexpr (sizeof equal == 32 && sizeof(T) == 4) return uint64_t(_mm256_movemask_ps(__m256(equal)));
  if constexpr (sizeof equal == 32 && sizeof(T) == 8) return uint64_t(_mm256_movemask_pd(__m256d(equal)));
#endif
#if defined(__AVX512F__) && defined(__AVX512DQ__)
  if constexpr (sizeof equal == 64 && sizeof(T) == 4) return uint64_t(_mm512_movepi32_mask(__m512i(equal)));
  if constexpr (sizeof equal == 64 && sizeof(T) == 8) return uint64_t(_mm512_movepi64_mask(__m512i(equal)));
#endif
#endif
  uint64_t bits = 0;
  for (int a = 0; a < lanes; ++a) bits |= uint64_t(values[a] == low) << a;
  return bits;
}

/// Rows of S values of type T, all domains alike, values one byte each.
template <class T, int S>
struct Uniform {
  static constexpr int widest = ENTENTE_VECTOR_BYTES / int(sizeof(T));
  static constexpr int W = S < widest ? S : widest, N = S / W;
  using V = typename VectorOf<T, W>::type;

  static inline V load(const T* p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
  }
  static inline RowBest best_of(const V (&row)[N]) {
    V m = row[0];
    for (int c = 1; c < N; ++c) m = m < row[c] ? m : row[c];
    T low = m[0];
    for (int a = 1; a < W; ++a) low = lowest_of(low, m[a]);
    uint64_t ties = 0;
    for (int c = 0; c < N; ++c) ties |= lanes_equal<T, W>(row[c], low) << (c * W);
    return {double(low), ties};
  }

  static void gather(const LocalTables& t, const void* values, uint32_t low, uint32_t high, void* rows_out,
                     RowBest* best, DoubledCost* sum) {
    const auto* x = static_cast<const uint8_t*>(values);
    T* rows = static_cast<T*>(rows_out);
    const uint32_t *first = t.first, *other = t.other;
    const size_t block = size_t(t.domain) * S;
    const T* cells = static_cast<const T*>(t.cells);
    const T* unary = static_cast<const T*>(t.unary);
    V padding[N];
    for (int c = 0; c < N; ++c)
      for (int a = 0; a < W; ++a) padding[c][a] = uint32_t(c * W + a) < t.domain ? T(0) : T(__builtin_inf());
    DoubledCost local = {0, 0};
    const bool hard = t.hard_weight > 0;
    for (uint32_t i = low; i < high; ++i) {
      V row[N];
      for (int c = 0; c < N; ++c) row[c] = unary ? load(unary + size_t(i) * S + c * W) : padding[c];
      const T* table = cells + first[i] * block;
      for (const uint32_t *e = other + first[i], *end = other + first[i + 1]; e < end; ++e, table += block) {
        // Edges beyond the last read as edges to variable 0: prefetching those is harmless.
        __builtin_prefetch(&x[e[value_ahead]]);
        __builtin_prefetch(table + row_ahead * block + x[e[row_ahead]] * size_t(S));
        const T* costs = table + x[*e] * size_t(S);
        for (int c = 0; c < N; ++c) row[c] += load(costs + c * W);
      }
      T* out = rows + size_t(i - low) * S;
      memcpy(out, row, sizeof row);
      best[i - low] = best_of(row);
      double doubled = double(out[x[i]]);
      if (unary) doubled += double(unary[size_t(i) * S + x[i]]);
      if (hard)
        add_share(t.hard_weight, doubled, 1, &local);
      else
        local.cost += doubled;
    }
    sum->cost += local.cost;
    sum->violations += local.violations;
  }
  static void apply(const LocalTables& t, const uint32_t* senders, uint32_t count, const void* old_values,
                    const void* new_values, uint32_t low, uint32_t high, void* rows_out, uint8_t* awake) {
    const uint32_t *first = t.first, *other = t.other, *back = t.back;
    const auto* was = static_cast<const uint8_t*>(old_values);
    const auto* is = static_cast<const uint8_t*>(new_values);
    const size_t block = size_t(t.domain) * S;
    const T* cells = static_cast<const T*>(t.cells);
    T* rows = static_cast<T*>(rows_out);
    for (uint32_t q = 0; q < count; ++q) {
      if (q + 4 < count) {
        const uint32_t a = senders[q + 4];
        for (size_t e = first[a], end = first[a + 1]; e < end; ++e) {
          __builtin_prefetch(cells + back[e] * block + was[a] * size_t(S));
          __builtin_prefetch(cells + back[e] * block + is[a] * size_t(S));
          __builtin_prefetch(rows + size_t(other[e]) * S, 1);
          __builtin_prefetch(awake + other[e], 1);
        }
        if (q + 8 < count) __builtin_prefetch(first + senders[q + 8]);
      }
      const uint32_t i = senders[q];
      const size_t from = size_t(was[i]) * S, to = size_t(is[i]) * S;
      for (size_t e = first[i], end = first[i + 1]; e < end; ++e) {
        const uint32_t j = other[e];
        if (j < low || j >= high) continue;
        awake[j] = 3;
        if (!t.exact) continue;
        const T* costs = cells + back[e] * block;
        T* row = rows + size_t(j) * S;
        for (int c = 0; c < N; ++c) {
          const V moved = load(row + c * W) + (load(costs + to + c * W) - load(costs + from + c * W));
          memcpy(row + c * W, &moved, sizeof moved);
        }
      }
    }
  }

  static double pick(const LocalTables& t, uint32_t variable, uint32_t own, const void* row, RowBest* best) {
    V values[N];
    memcpy(&values, row, sizeof values);
    *best = best_of(values);
    double doubled = double(static_cast<const T*>(row)[own]);
    if (t.unary) doubled += double(static_cast<const T*>(t.unary)[size_t(variable) * S + own]);
    return doubled;
  }
  static void gather_believed(const LocalTables& t, const LocalTables& truth, const void* values, uint32_t low,
                              uint32_t high, void* rows_out, RowBest* best, DoubledCost* sum) {
    const auto* x = static_cast<const uint8_t*>(values);
    T* rows = static_cast<T*>(rows_out);
    const uint32_t *first = t.first, *other = t.other;
    const size_t block = size_t(t.domain) * S;
    const T *cells = static_cast<const T*>(t.cells), *true_cells = static_cast<const T*>(truth.cells);
    const T* unary = static_cast<const T*>(t.unary);
    V padding[N];
    for (int c = 0; c < N; ++c)
      for (int a = 0; a < W; ++a) padding[c][a] = uint32_t(c * W + a) < t.domain ? T(0) : T(__builtin_inf());
    DoubledCost local = {0, 0};
    const bool hard = t.hard_weight > 0;
    for (uint32_t i = low; i < high; ++i) {
      V row[N];
      for (int c = 0; c < N; ++c) row[c] = unary ? load(unary + size_t(i) * S + c * W) : padding[c];
      size_t at = first[i] * block;
      const size_t mine = x[i];
      T own = unary ? unary[size_t(i) * S + mine] : T(0);
      for (const uint32_t *e = other + first[i], *end = other + first[i + 1]; e < end; ++e, at += block) {
        __builtin_prefetch(&x[e[value_ahead]]);
        const size_t ahead = at + row_ahead * block + x[e[row_ahead]] * size_t(S);
        __builtin_prefetch(cells + ahead);
        __builtin_prefetch(true_cells + ahead);
        const size_t costs = at + x[*e] * size_t(S);
        for (int c = 0; c < N; ++c) row[c] += load(cells + costs + c * W);
        own += true_cells[costs + mine];
      }
      memcpy(rows + size_t(i - low) * S, row, sizeof row);
      best[i - low] = best_of(row);
      double doubled = double(own);
      if (unary) doubled += double(unary[size_t(i) * S + mine]);
      if (hard)
        add_share(t.hard_weight, doubled, 1, &local);
      else
        local.cost += doubled;
    }
    sum->cost += local.cost;
    sum->violations += local.violations;
  }
  static const LocalKernels table;
};
template <class T, int S>
const LocalKernels Uniform<T, S>::table = {Uniform::gather, Uniform::apply, Uniform::pick, Uniform::gather_believed};

/// Domains of any size, constraints of any arity; rows of type T without padding, values of type X.
template <class T, class X>
struct General {
  static RowBest best_of(const T* row, uint32_t domain) {
    T low = row[0];
    for (uint32_t a = 1; a < domain; ++a) low = lowest_of(low, row[a]);
    uint64_t ties = 0;
    if (domain <= 64)
      for (uint32_t a = 0; a < domain; ++a) ties |= uint64_t(row[a] == low) << a;
    return {double(low), ties};
  }

  static void gather(const LocalTables& t, const void* values, uint32_t low, uint32_t high, void* rows, RowBest* best,
                     DoubledCost* sum) {
    const auto* x = static_cast<const X*>(values);
    const T* cells = static_cast<const T*>(t.cells);
    const T* unary = static_cast<const T*>(t.unary);
    const T* wide_cells = static_cast<const T*>(t.wide_cells);
    DoubledCost local = {0, 0};
    for (uint32_t i = low; i < high; ++i) {
      const uint32_t domain = t.domains[i];
      T* row = static_cast<T*>(rows) + (t.row_first[i] - t.row_first[low]);
      if (unary)
        memcpy(row, unary + t.row_first[i], domain * sizeof(T));
      else
        memset(row, 0, domain * sizeof(T));
      for (size_t e = t.first[i], end = t.first[i + 1]; e < end; ++e) {
        const T* costs = cells + t.table_first[e] + size_t(x[t.other[e]]) * domain;
        for (uint32_t a = 0; a < domain; ++a) row[a] += costs[a];
      }
      const size_t own = x[i];
      double doubled = double(row[own]);
      if (unary) doubled += double(unary[t.row_first[i] + own]);
      if (t.wide_first) {
        for (uint32_t p = t.wide_first[i]; p < t.wide_first[i + 1]; ++p) {
          const WidePlace place = t.wide[p];
          const WideFunction f = t.functions[place.function];
          const double before = double(row[own]);
          if (f.cells == WideFunction::computed) {
            t.compute(t.context, place.function, place.position, values, sizeof(X), sizeof(T) == sizeof(float), row);
          } else {
            uint64_t at = f.cells;
            for (uint32_t k = 0; k < f.arity; ++k)
              if (k != place.position) at += t.strides[f.first + k] * x[t.members[f.first + k]];
            const uint64_t stride = t.strides[f.first + place.position];
            for (uint32_t a = 0; a < domain; ++a) row[a] += wide_cells[at + a * stride];
            if (place.position == 0) doubled += 2 * double(wide_cells[at + own * stride]);
          }
          if (f.cells == WideFunction::computed && place.position == 0) doubled += 2 * (double(row[own]) - before);
        }
      }
      best[i - low] = best_of(row, domain);
      add_share(t.hard_weight, doubled, 1, &local);
    }
    sum->cost += local.cost;
    sum->violations += local.violations;
  }
  static void gather_believed(const LocalTables& believed, const LocalTables& truth, const void* values, uint32_t low,
                              uint32_t high, void* rows, RowBest* best, DoubledCost* sum) {
    DoubledCost unused = {0, 0};
    // The first call leaves the sum, the second the rows.
    gather(truth, values, low, high, rows, best, sum);
    gather(believed, values, low, high, rows, best, &unused);
  }
  static const LocalKernels table;
};
template <class T, class X>
const LocalKernels General<T, X>::table = {General::gather, nullptr, nullptr, General::gather_believed};

template <class T>
const LocalKernels* uniform(uint32_t stride) {
  switch (stride) {
    case 2: return &Uniform<T, 2>::table;
    case 4: return &Uniform<T, 4>::table;
    case 8: return &Uniform<T, 8>::table;
    case 16: return &Uniform<T, 16>::table;
    case 32: return &Uniform<T, 32>::table;
    case 48: return &Uniform<T, 48>::table;
    case 64: return &Uniform<T, 64>::table;
    default: return nullptr;
  }
}

}  // namespace

const LocalKernels* local_kernels(const LocalTables& tables, uint32_t value_bytes) {
  if (tables.domain) return tables.single ? uniform<float>(tables.stride) : uniform<double>(tables.stride);
  if (tables.single) return value_bytes == 1 ? &General<float, uint8_t>::table : &General<float, uint32_t>::table;
  return value_bytes == 1 ? &General<double, uint8_t>::table : &General<double, uint32_t>::table;
}

}  // namespace entente::kernel::ENTENTE_LEVEL
