// SPDX-License-Identifier: MIT
// CompensatedSum: a sum that hardly depends on the order of its terms.
#pragma once

#include <cmath>

namespace entente {

/// From Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974) 39-51.
class CompensatedSum {
 public:
  void add(double x) {
    const double total = sum_ + x;
    rest_ += std::abs(sum_) >= std::abs(x) ? (sum_ - total) + x : (x - total) + sum_;
    sum_ = total;
  }
  double value() const { return sum_ + rest_; }

 private:
  double sum_ = 0, rest_ = 0;
};

}  // namespace entente
