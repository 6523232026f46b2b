// SPDX-License-Identifier: MIT
// Inner loops of the dual bound. Compiled once per instruction set: includes nothing that other files could share.
#include "kernel/least_costs.hpp"

namespace entente::kernel::ENTENTE_LEVEL {
namespace {

#if defined(__AVX512F__)
constexpr std::int64_t lanes = 8;
#elif defined(__AVX__)
constexpr std::int64_t lanes = 4;
#else
constexpr std::int64_t lanes = 2;
#endif

typedef double Vector __attribute__((vector_size(lanes * sizeof(double))));
typedef double Unaligned __attribute__((vector_size(lanes * sizeof(double)), aligned(8), may_alias));

constexpr double infinite = __builtin_inf();
constexpr std::uint32_t most_variables = 64;  // more than that no table has, with two values each

double lower(double a, double b) { return a < b ? a : b; }
Vector lower(Vector a, Vector b) { return a < b ? a : b; }
Vector load(const double* from) { return *reinterpret_cast<const Unaligned*>(from); }
void store(double* into, Vector numbers) { *reinterpret_cast<Unaligned*>(into) = numbers; }

/// Cells in working costs: to be minimised, and finite.
double working(double cell, const ReducedTable& t) {
  const bool finite = cell > -infinite && cell < infinite && cell != t.infinity;
  return finite ? t.sign * cell : t.cap;
}
Vector working(Vector cells, const ReducedTable& t) {
  const auto finite = (cells > -infinite) & (cells < infinite) & (cells != t.infinity);
  return finite ? t.sign * cells : t.cap - Vector{};
}

/// The lowest of a row after `taken`, which may be null, is taken off.
double lowest_of(const double* row, const double* taken, std::int64_t length, const ReducedTable& t) {
  double lowest = infinite;
  std::int64_t v = 0;
  if (length >= lanes) {
    Vector low = infinite - Vector{};
    for (; v + lanes <= length; v += lanes) {
      Vector cells = working(load(row + v), t);
      if (taken) cells -= load(taken + v);
      low = lower(low, cells);
    }
    for (std::int64_t lane = 0; lane < lanes; ++lane) lowest = lower(lowest, low[lane]);
  }
  for (; v < length; ++v) lowest = lower(lowest, taken ? working(row[v], t) - taken[v] : working(row[v], t));
  return lowest;
}

/// The same for two variables, the most frequent case.
void by_first(const ReducedTable& t, double* least) {
  const std::int64_t length = t.sizes[1];
  const double* row = t.cells;
  for (std::int32_t v = 0; v < t.sizes[0]; ++v, row += length) least[v] = lowest_of(row, t.taken[1], length, t);
}
void by_second(const ReducedTable& t, double* least) {
  const std::int64_t length = t.sizes[1];
  const double* row = t.cells;
  for (std::int64_t v = 0; v < length; ++v) least[v] = infinite;
  for (std::int32_t a = 0; a < t.sizes[0]; ++a, row += length) {
    const double base = t.taken[0][a];
    std::int64_t v = 0;
    for (; v + lanes <= length; v += lanes) store(least + v, lower(load(least + v), working(load(row + v), t) - base));
    for (; v < length; ++v) least[v] = lower(least[v], working(row[v], t) - base);
  }
}

void by_value(const ReducedTable& table, std::uint32_t position, double* least) {
  const ReducedTable t = table;
  if (t.arity == 2) return position == 0 ? by_first(t, least) : by_second(t, least);
  const std::uint32_t last = t.arity - 1;
  const std::int64_t length = t.sizes[last];
  for (std::int32_t v = 0; v < t.sizes[position]; ++v) least[v] = infinite;
  std::int32_t prefix[most_variables];
  for (std::uint32_t k = 0; k < last; ++k) prefix[k] = 0;
  for (const double* row = t.cells;; row += length) {
    double base = 0;
    for (std::uint32_t k = 0; k < last; ++k)
      if (k != position) base += t.taken[k][prefix[k]];
    if (position == last) {
      std::int64_t v = 0;
      for (; v + lanes <= length; v += lanes)
        store(least + v, lower(load(least + v), working(load(row + v), t) - base));
      for (; v < length; ++v) least[v] = lower(least[v], working(row[v], t) - base);
    } else {
      double& least_here = least[prefix[position]];
      least_here = lower(least_here, lowest_of(row, t.taken[last], length, t) - base);
    }
    std::uint32_t k = last;
    while (k > 0 && ++prefix[k - 1] == t.sizes[k - 1]) prefix[--k] = 0;
    if (k == 0) return;
  }
}

constexpr double rounding = 6755399441055744.0;  // 1.5 * 2^52: adding and taking it off leaves whole numbers

bool all_whole(const double* cells, std::uint64_t count, double infinity) {
  const auto length = std::int64_t(count);
  std::int64_t at = 0;
  bool whole = true;
  if (length >= lanes) {
    auto broken = Vector{} != Vector{};
    for (; at + lanes <= length; at += lanes) {
      const Vector numbers = load(cells + at);
      const auto finite = (numbers > -infinite) & (numbers < infinite) & (numbers != infinity);
      broken |= finite & ((numbers + rounding) - rounding != numbers);
    }
    for (std::int64_t lane = 0; lane < lanes; ++lane) whole &= broken[lane] == 0;
  }
  for (; at < length; ++at) {
    const double number = cells[at];
    const bool finite = number > -infinite && number < infinite && number != infinity;
    whole &= !finite || (number + rounding) - rounding == number;
  }
  return whole;
}

}  // namespace

extern const LeastCosts least_costs;
const LeastCosts least_costs = {by_value, all_whole};

}  // namespace entente::kernel::ENTENTE_LEVEL
