// SPDX-License-Identifier: MIT
#include "kernel/consensus/combine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace entente::kernel {
namespace {

template <bool alike>
double combine_numbers(const Combination& c, const double* __restrict in, double* __restrict out, std::uint32_t low,
                       std::uint32_t high) {
  double most = 0;
  const std::uint32_t *const heard = c.heard, *const first = c.first;
  const double *const link = c.link, common = c.common;
  for (std::uint32_t i = low; i < high; ++i) {
    const double own = in[i];
    const std::uint32_t begin = first[i], end = first[i + 1];
    double sum = 0;
    for (std::uint32_t e = begin; e < end; ++e) {
      if constexpr (alike)
        sum += in[heard[e]] - own;
      else
        sum += link[e] * (in[heard[e]] - own);
    }
    const double next = own + (alike ? common * sum : sum);
    const double change = std::abs(next - own);
    most = change > most ? change : most;
    out[i] = next;
  }
  return most;
}

/// All have the same degree, known to the compiler: no loop a participant.
template <std::uint32_t degree>
double combine_regular(const Combination& c, const double* __restrict in, double* __restrict out, std::uint32_t low,
                       std::uint32_t high) {
  double most = 0;
  const std::uint32_t* const heard = c.heard;
  const double common = c.common;
  for (std::uint32_t i = low; i < high; ++i) {
    const double own = in[i];
    double sum = 0;
    for (std::uint32_t k = 0; k < degree; ++k) sum += in[heard[std::size_t(i) * degree + k]] - own;
    const double next = own + common * sum, change = std::abs(next - own);
    most = change > most ? change : most;
    out[i] = next;
  }
  return most;
}

double combine_rows(const Combination& c, const double* __restrict in, double* __restrict out, std::uint32_t low,
                    std::uint32_t high) {
  double most = 0;
  const std::size_t width = c.width;
  for (std::uint32_t i = low; i < high; ++i) {
    const double* const own = in + i * width;
    double* const next = out + i * width;
    for (std::size_t t = 0; t < width; ++t) next[t] = own[t];
    for (std::uint32_t e = c.first[i]; e < c.first[i + 1]; ++e) {
      const double* const theirs = in + c.heard[e] * width;
      const double weight = c.link ? c.link[e] : c.common;
      for (std::size_t t = 0; t < width; ++t) next[t] += weight * (theirs[t] - own[t]);
    }
    for (std::size_t t = 0; t < width; ++t) most = std::max(most, std::abs(next[t] - own[t]));
  }
  return most;
}

}  // namespace

double combine(const Combination& c, const double* in, double* out, std::uint32_t low, std::uint32_t high) {
  if (c.width != 1) return combine_rows(c, in, out, low, high);
  if (c.link) return combine_numbers<false>(c, in, out, low, high);
  switch (c.degree) {
    case 2: return combine_regular<2>(c, in, out, low, high);
    case 3: return combine_regular<3>(c, in, out, low, high);
    case 4: return combine_regular<4>(c, in, out, low, high);
    case 5: return combine_regular<5>(c, in, out, low, high);
    case 6: return combine_regular<6>(c, in, out, low, high);
    case 7: return combine_regular<7>(c, in, out, low, high);
    case 8: return combine_regular<8>(c, in, out, low, high);
    default: return combine_numbers<true>(c, in, out, low, high);
  }
}

void combine_row(std::span<const double* const> rows, std::span<const double> weights, const double* own, double* out,
                 std::size_t width) {
  for (std::size_t t = 0; t < width; ++t) out[t] = own[t];
  for (std::size_t k = 0; k < rows.size(); ++k)
    for (std::size_t t = 0; t < width; ++t) out[t] += weights[k] * (rows[k][t] - own[t]);
}

double spread(const double* rows, std::size_t participants, std::size_t width, const std::uint32_t* component,
              std::uint32_t components) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (!component) components = 1;
  std::vector<double> low(components * width, infinite), high(components * width, -infinite);
  for (std::size_t i = 0; i < participants; ++i) {
    const std::size_t at = (component ? component[i] : 0) * width;
    for (std::size_t t = 0; t < width; ++t) {
      const double x = rows[i * width + t];
      if (std::isnan(x)) return x;
      low[at + t] = std::min(low[at + t], x);
      high[at + t] = std::max(high[at + t], x);
    }
  }
  double widest = 0;
  for (std::size_t k = 0; k < low.size(); ++k)
    if (high[k] > low[k]) widest = std::max(widest, high[k] - low[k]);
  return widest;
}

}  // namespace entente::kernel
