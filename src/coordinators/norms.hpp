// SPDX-License-Identifier: MIT
// Norms over all agents' vectors.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "entente/coordinators/admm.hpp"

namespace entente::admm {

inline double distance_square(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}
inline double square(const std::vector<double>& a) {
  double sum = 0;
  for (const double value : a) sum += value * value;
  return sum;
}

/// Euclidean, over all numbers of all agents.
inline double norm(const AdmmPoints& x) {
  double sum = 0;
  for (const auto& row : x) sum += square(row);
  return std::sqrt(sum);
}
inline double norm(const AdmmVectors& v, std::size_t agents) {
  double sum = 0;
  for (const auto& row : v.rows) sum += square(row);
  return std::sqrt(v.common ? sum * static_cast<double>(agents) : sum);
}

/// The norms of distributed-resource-optimization: of a list of vectors the longest one's length, of a single vector
/// its largest number.
inline double compat_norm(const AdmmPoints& x) {
  double most = 0;
  for (const auto& row : x) most = std::max(most, std::sqrt(square(row)));
  return most;
}
inline double compat_norm(const AdmmVectors& v) {
  if (!v.common) return compat_norm(v.rows);
  double most = 0;
  for (const double value : v.rows[0]) most = std::max(most, std::abs(value));
  return most;
}
inline double largest_difference(const AdmmVectors& a, const AdmmVectors& b) {
  AdmmVectors difference = a;
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    for (std::size_t k = 0; k < a.rows[r].size(); ++k) difference.rows[r][k] -= b.rows[r][k];
  }
  return compat_norm(difference);
}

/// The mean of all points.
inline std::vector<double> mean(const AdmmPoints& x) {
  std::vector<double> sum(x.empty() ? 0 : x[0].size(), 0);
  for (const auto& row : x) {
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += row[k];
  }
  for (double& value : sum) value /= static_cast<double>(x.size());
  return sum;
}

}  // namespace entente::admm
