// SPDX-License-Identifier: MIT
// What one would write by hand for Max-Sum on binary factors of one domain size in float, and nothing else: one fused
// loop, factors damped. Included once per instruction set, inside a namespace of its own, with these set:
//   LOOP_BYTES  bytes of a vector.

typedef float Wide __attribute__((vector_size(LOOP_BYTES)));
typedef float Quad __attribute__((vector_size(16)));

inline Wide lesser(Wide a, Wide b) { return a < b ? a : b; }

inline void transpose(Quad& a, Quad& b, Quad& c, Quad& d) {
  const Quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Quad cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  c = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
  d = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
}

/// One cycle. `table`, `said`: groups of 16 factors side by side; `now`, `next`, `prior`: rows of S numbers by
/// variable.
template <int D, int S>
void cycle(std::size_t groups, std::uint32_t n, const std::uint32_t* u, const std::uint32_t* v, const float* table,
           float* said, float* now, float* next, const float* prior, int* values, float keep) {
  constexpr int W = LOOP_BYTES / 4, Q = (D + 3) / 4 * 4;
  alignas(64) float in[2][Q][16];
  for (std::size_t g = 0; g < groups; ++g, table += D * D * 16, said += 2 * D * 16, u += 16, v += 16) {
    const std::uint32_t* const ends[2] = {u, v};
    for (int k = 0; k < 2; ++k)
      for (int l = 0; l < 16; l += 4) {
        const std::uint32_t* e = ends[k] + l;
        for (int i = 0; i < 4; ++i) __builtin_prefetch(now + std::size_t(e[i + 32]) * S);
        for (int a = 0; a < Q; a += 4) {
          Quad r0 = *reinterpret_cast<const Quad*>(now + std::size_t(e[0]) * S + a);
          Quad r1 = *reinterpret_cast<const Quad*>(now + std::size_t(e[1]) * S + a);
          Quad r2 = *reinterpret_cast<const Quad*>(now + std::size_t(e[2]) * S + a);
          Quad r3 = *reinterpret_cast<const Quad*>(now + std::size_t(e[3]) * S + a);
          transpose(r0, r1, r2, r3);
          *reinterpret_cast<Quad*>(&in[k][a][l]) = r0;
          *reinterpret_cast<Quad*>(&in[k][a + 1][l]) = r1;
          *reinterpret_cast<Quad*>(&in[k][a + 2][l]) = r2;
          *reinterpret_cast<Quad*>(&in[k][a + 3][l]) = r3;
        }
      }
    for (int c = 0; c < 16; c += W) {
      Wide qv[D], low_v[D], low_u[D];
      for (int b = 0; b < D; ++b) {
        qv[b] = *reinterpret_cast<const Wide*>(&in[1][b][c]) - *reinterpret_cast<const Wide*>(said + (D + b) * 16 + c);
        low_v[b] = Wide{} + 1e30f;
      }
      for (int a = 0; a < D; ++a) {
        const Wide qu =
            *reinterpret_cast<const Wide*>(&in[0][a][c]) - *reinterpret_cast<const Wide*>(said + a * 16 + c);
        Wide low = Wide{} + 1e30f;
        for (int b = 0; b < D; ++b) {
          const Wide x = *reinterpret_cast<const Wide*>(table + (a * D + b) * 16 + c);
          low = lesser(x + qv[b], low);
          low_v[b] = lesser(x + qu, low_v[b]);
        }
        low_u[a] = low;
      }
      for (int k = 0; k < 2; ++k) {
        Wide* const m = k ? low_v : low_u;
        Wide low = m[0];
        for (int a = 1; a < D; ++a) low = lesser(m[a], low);
        for (int a = 0; a < D; ++a) {
          Wide* const old = reinterpret_cast<Wide*>(said + (k * D + a) * 16 + c);
          *old = keep * *old + (1 - keep) * (m[a] - low);
        }
      }
    }
    for (int k = 0; k < 2; ++k)
      for (int l = 0; l < 16; l += 4) {
        const std::uint32_t* e = ends[k] + l;
        for (int i = 0; i < 4; ++i) __builtin_prefetch(next + std::size_t(e[i + 32]) * S, 1);
        for (int a = 0; a < Q; a += 4) {
          Quad r[4];
          for (int i = 0; i < 4; ++i)
            r[i] = a + i < D ? *reinterpret_cast<const Quad*>(said + (k * D + a + i) * 16 + l) : Quad{};
          transpose(r[0], r[1], r[2], r[3]);
          for (int i = 0; i < 4; ++i) *reinterpret_cast<Quad*>(next + std::size_t(e[i]) * S + a) += r[i];
        }
      }
  }
  for (std::uint32_t i = 0; i < n; ++i, next += S, now += S, prior += S) {
    int best = 0;
    float low = next[0];
    for (int a = 1; a < D; ++a) {
      best = next[a] < low ? a : best;
      low = next[a] < low ? next[a] : low;
    }
    values[i] = best;
    for (int a = 0; a < S; a += 4) *reinterpret_cast<Quad*>(now + a) = *reinterpret_cast<const Quad*>(prior + a);
  }
}

inline Cycle cycle_for(int domain) { return domain == 3 ? cycle<3, 4> : cycle<10, 16>; }
