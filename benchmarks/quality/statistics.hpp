// SPDX-License-Identifier: MIT
// Means and ratios of means with 95 % confidence intervals.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace quality {

/// A mean, and half the width of its confidence interval; the latter is not a number for fewer than two samples.
struct Estimate {
  double value = 0, half_width = std::numeric_limits<double>::quiet_NaN();
};

/// The 97.5 % quantile of Student's t. Error below 0.3 %: exact for one and two degrees of freedom, else the expansion
/// of Fisher & Cornish, "The percentile points of distributions having known cumulants", Technometrics 2 (1960).
inline double student_quantile(std::size_t degrees) {
  if (degrees == 1) return 12.7062;
  if (degrees == 2) return 4.30265;
  const double z = 1.959964, v = double(degrees);
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  return z + (z3 + z) / (4 * v) + (5 * z5 + 16 * z3 + 3 * z) / (96 * v * v) +
         (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * v * v * v);
}

inline Estimate mean(std::span<const double> samples) {
  const auto n = double(samples.size());
  double sum = 0, squares = 0;
  for (const double x : samples) sum += x;
  Estimate result{sum / n};
  if (samples.size() < 2) return result;
  for (const double x : samples) squares += (x - result.value) * (x - result.value);
  result.half_width = student_quantile(samples.size() - 1) * std::sqrt(squares / (n - 1) / n);
  return result;
}

/// The ratio of the means of paired samples; its interval by the delta method, so that what pairs have in common (how
/// dear an instance is) cancels.
inline Estimate ratio_of_means(std::span<const double> ours, std::span<const double> theirs) {
  const double below = mean(theirs).value;
  Estimate result{mean(ours).value / below};
  std::vector<double> rest(ours.size());
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] = (ours[i] - result.value * theirs[i]) / below;
  result.half_width = mean(rest).half_width;
  return result;
}

}  // namespace quality
