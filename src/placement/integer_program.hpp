// SPDX-License-Identifier: MIT
// IntegerProgram: a mixed integer linear program, solved by CBC.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace entente::placement {

struct IntegerSolution {
  std::vector<double> values;  ///< Of each column; empty: none found.
  bool proven = false;         ///< Optimal, or (without values) infeasible.
};

/// Minimises the sum of cost times column; rows lie between bounds.
class IntegerProgram {
 public:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  std::uint32_t add_column(double cost, double lower, double upper, bool integer);
  std::uint32_t add_row(double lower, double upper);
  /// Coefficient of a column in a row; at most once each.
  void set(std::uint32_t row, std::uint32_t column, double value);
  std::size_t columns() const { return cost_.size(); }

  /// Solves it to optimality, or as far as it comes in `seconds`. The same program gives the same solution as long as
  /// time does not end it. Throws Error{unsupported} if CBC is not installed.
  IntegerSolution solve(double seconds) const;

 private:
  struct Entry {
    std::uint32_t row, column;
    double value;
  };
  std::vector<double> cost_, lower_, upper_, row_lower_, row_upper_;
  std::vector<char> integer_;
  std::vector<Entry> entries_;
};

}  // namespace entente::placement
