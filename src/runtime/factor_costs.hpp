// SPDX-License-Identifier: MIT
// FactorCosts: in which numbers the factors of a problem count.
#pragma once

#include <cstdint>
#include <functional>

#include "entente/problem/problem.hpp"

namespace entente::runtime {

/// Working costs are to be minimised and finite: the objective's sign is applied, and a hard cell costs `hard`, a power
/// of two so large that one more violation outweighs all other costs together. They are scaled by a power of two where
/// sums would leave the range of double.
struct FactorCosts {
  double sign = 1;       ///< -1 for problems to be maximised.
  double scale = 1;      ///< A power of two.
  double hard = 0;       ///< 0 if no cell is hard.
  bool single = false;   ///< Every cost is a float, and all messages are so small that float resolves them.
  double rounding = 0;   ///< Differences of messages up to this are rounding errors.
  Evaluation constants;  ///< Constraints without variables, in the problem's own costs.

  /// From here up a working cost of one constraint is hard.
  double threshold() const { return hard > 0 ? hard / 2 : 1e300; }
  double working(const Problem& problem, double cost) const {
    return problem.is_hard(cost) ? hard : sign * cost * scale + 0.0;  // never -0
  }
  /// A sum of working costs of cells that are not hard, in the problem's own costs.
  double decode(double sum) const { return sign * (sum / scale) + 0.0; }
};

/// Looks at every cell of `problem` once. `preference` is the most that a variable's value gets as a preference.
/// Ends early, with no meaning in the result, when `stop` returns true; that is asked every few thousand cells.
///
/// Errors  Error{too_large} if a cost function without a table has more than 2^28 tuples; what a lazy function throws.
FactorCosts measure_costs(const Problem& problem, double preference, const std::function<bool()>& stop);

/// Number of tuples of a constraint, at most 2^63.
std::uint64_t tuple_count(const Problem& problem, ConstraintId constraint);

}  // namespace entente::runtime
