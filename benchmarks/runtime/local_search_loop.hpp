// SPDX-License-Identifier: MIT
// Hand-written DSA-B and MGM on flat arrays, included once per instruction set with LOOP_BYTES set to a vector's width.
// Tables: one row of S own costs per directed edge and value of the other end, S = domain rounded up; float.

template <int lanes>
struct Lanes {
  typedef float type __attribute__((vector_size(lanes * 4)));
};

template <int S>
struct Search {
  static constexpr int W = S * 4 < LOOP_BYTES ? S : LOOP_BYTES / 4, N = S / W;
  using V = typename Lanes<W>::type;

  static inline V load(const float* p) {
    V v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
  }
  struct Reply {
    float cost, lowest;
    unsigned long long ties;
  };
  static inline Reply reply(const Arrays& a, const unsigned char* x, size_t i) {
    V row[N];
    for (int c = 0; c < N; ++c)
      for (int l = 0; l < W; ++l) row[c][l] = c * W + l < a.domain ? 0.0f : __builtin_inff();
    const size_t block = size_t(a.domain) * S, last = a.first[a.n] - 1;
    for (size_t e = a.first[i], end = a.first[i + 1]; e < end; ++e) {
      __builtin_prefetch(&x[a.other[e + 48 < last ? e + 48 : last]]);
      const size_t ahead = e + 16 < last ? e + 16 : last;
      __builtin_prefetch(a.cells + ahead * block + x[a.other[ahead]] * size_t(S));
      const float* costs = a.cells + e * block + x[a.other[e]] * size_t(S);
      for (int c = 0; c < N; ++c) row[c] += load(costs + c * W);
    }
    return best_of(row, x[i]);
  }
  static inline Reply best_of(const V (&row)[N], int own) {
    V m = row[0];
    for (int c = 1; c < N; ++c) m = m < row[c] ? m : row[c];
    float low = m[0];
    for (int l = 1; l < W; ++l) low = low < m[l] ? low : m[l];
    unsigned long long ties = 0;
    for (int c = 0; c < N; ++c)
      for (int l = 0; l < W; ++l) ties |= (unsigned long long)(row[c][l] == low) << (c * W + l);
    float costs[S];
    __builtin_memcpy(costs, row, sizeof costs);
    return {costs[own], low, ties};
  }
  /// The move of DSA-B for computation i.
  static inline unsigned char decide(const Arrays& a, const Reply& r, int own, unsigned long long salt, unsigned i) {
    const unsigned long long others = r.ties & ~(1ull << own);
    if (!(r.cost > r.lowest || (others && r.cost > a.lowest[i]))) return (unsigned char)own;
    if (!(draw(salt, i, 0) < 0.7)) return (unsigned char)own;
    unsigned long long left = others;
    if (others & (others - 1))
      for (unsigned skip = unsigned(draw(salt, i, 1) * __builtin_popcountll(others)); skip--;) left &= left - 1;
    return (unsigned char)__builtin_ctzll(left);
  }
  static void dsa(const Arrays& a, const unsigned char* x, unsigned char* next, unsigned long long salt) {
    for (unsigned i = 0; i < a.n; ++i) next[i] = decide(a, reply(a, x, i), x[i], salt, i);
  }
  static void mgm(const Arrays& a, unsigned char* x, float* gain, unsigned char* candidate, unsigned char* next) {
    for (unsigned i = 0; i < a.n; ++i) {
      const Reply r = reply(a, x, i);
      gain[i] = r.cost - r.lowest;
      candidate[i] = (r.ties >> x[i] & 1) ? x[i] : (unsigned char)__builtin_ctzll(r.ties);
    }
    for (unsigned i = 0; i < a.n; ++i) {
      bool wins = candidate[i] != x[i];
      for (size_t e = a.first[i], end = a.first[i + 1]; wins && e < end; ++e) {
        const unsigned j = a.other[e];
        wins = !(gain[j] > gain[i] || (gain[j] == gain[i] && j < i));
      }
      next[i] = wins ? candidate[i] : x[i];
    }
  }
  /// Change-driven DSA-B: rows are moved from old to new values; only who may move is asked.
  static size_t dsa_changes(const Arrays& a, unsigned char* x, float* rows, unsigned char* awake, unsigned* moved,
                            unsigned char* target, unsigned long long salt) {
    size_t count = 0;
    for (unsigned i = 0; i < a.n; ++i) {
      if (!awake[i]) continue;
      V row[N];
      __builtin_memcpy(row, rows + size_t(i) * S, sizeof row);
      const Reply r = best_of(row, x[i]);
      const unsigned long long others = r.ties & ~(1ull << x[i]);
      if (!(r.cost > r.lowest || (others && r.cost > a.lowest[i]))) {
        awake[i] = 0;
        continue;
      }
      const unsigned char to = decide(a, r, x[i], salt, i);
      if (to == x[i]) continue;
      moved[count] = i;
      target[count++] = to;
    }
    const size_t block = size_t(a.domain) * S;
    for (size_t q = 0; q < count; ++q) {
      if (q + 4 < count)
        for (size_t e = a.first[moved[q + 4]], end = a.first[moved[q + 4] + 1]; e < end; ++e) {
          __builtin_prefetch(a.cells + a.back[e] * block + x[moved[q + 4]] * size_t(S));
          __builtin_prefetch(a.cells + a.back[e] * block + target[q + 4] * size_t(S));
          __builtin_prefetch(rows + size_t(a.other[e]) * S, 1);
        }
      const unsigned i = moved[q];
      const size_t from = x[i] * size_t(S), to = target[q] * size_t(S);
      for (size_t e = a.first[i], end = a.first[i + 1]; e < end; ++e) {
        const float* costs = a.cells + a.back[e] * block;
        float* row = rows + size_t(a.other[e]) * S;
        awake[a.other[e]] = 1;
        for (int c = 0; c < N; ++c) {
          const V v = load(row + c * W) + (load(costs + to + c * W) - load(costs + from + c * W));
          __builtin_memcpy(row + c * W, &v, sizeof v);
        }
      }
      x[i] = target[q];
    }
    return count;
  }
};

inline Loops loops_for(int stride) {
  if (stride == 4) return {Search<4>::dsa, Search<4>::mgm, Search<4>::dsa_changes};
  if (stride == 16) return {Search<16>::dsa, Search<16>::mgm, Search<16>::dsa_changes};
  return {nullptr, nullptr, nullptr};
}
