// SPDX-License-Identifier: MIT
// CoreNetwork: a cost network made ready for search: costs as whole numbers, one function a scope, nothing trivial
// left.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "kernel/exact/cost_network.hpp"

namespace entente {

/// What 1 stands for where costs are counted in whole numbers.
struct CostUnit {
  double per_cost = 1;  ///< Whole units in a cost of 1.
  bool exact = true;    ///< All costs are whole numbers of units; else they are rounded down.
  double sum = 0;       ///< Units that all functions together may cost, or earn, at most.

  /// The whole number of units in `cost`, kept as double; infinite as it is.
  double whole(double cost) const;
};

/// Returns a unit in which all finite costs of `network` are whole numbers if there is a decimal one, and a fine one
/// otherwise. Sums of all functions stay below 2^50, so that double adds them without rounding. O(cells).
CostUnit choose_unit(const CostNetwork& network);

/// Least 0. Scope ascending, two variables at least, each with two values at least.
struct CoreFunction {
  std::vector<std::uint32_t> scope;
  std::vector<double> cells;  ///< Row-major, last variable fastest; empty if sparse.
  double default_cost = 0;    ///< Sparse functions, as in NetworkFunction.
  std::vector<ValueIndex> tuples = {};
  std::vector<double> costs = {};
  std::vector<std::uint32_t> sources = {};  ///< The functions of the cost network that it is the sum of.

  bool is_sparse() const { return cells.empty(); }
  /// The cost of `values`, one for each variable of the scope. O(arity), sparse: times log(tuples).
  double at(std::span<const ValueIndex> values, std::span<const ValueIndex> sizes) const;
};

/// Returns `function` in whole units, without its one-valued variables and with those that are left in ascending order.
CoreFunction ascending(const NetworkFunction& function, std::span<const ValueIndex> sizes, const CostUnit& unit);

/// Connected by its functions. Costs are whole numbers of some unit, not negative, or +infinity.
struct CoreNetwork {
  std::vector<std::uint32_t> variables;  ///< Positions in the cost network.
  std::vector<ValueIndex> sizes;
  std::vector<std::vector<double>> unary;  ///< Of every variable; its least is 0, or infinite.
  std::vector<CoreFunction> functions;
  double constant = 0;

  /// Of all parts; `values` by position in `variables`.
  double cost(std::span<const ValueIndex> values) const;
};

/// Connected parts, which can be minimised one by one, and a constant.
struct CoreParts {
  double constant = 0;  ///< +infinity: there is no allowed assignment.
  std::vector<CoreNetwork> parts;
  std::vector<std::uint32_t> paid;  ///< Functions of the cost network, ascending, that the constant may owe something.
  std::vector<ValueIndex> alone;    ///< By position in the cost network: the best value of a variable in no part.
};

/// Splits `network` into its connected parts. Variables without functions, or with one value, are in no part.
CoreParts make_core(const CostNetwork& network, const CostUnit& unit);

}  // namespace entente
