// SPDX-License-Identifier: MIT
// CostNetwork: a minimisation problem on flat arrays, which the exact solver takes.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// A cost for every combination of values of a few variables; +infinity forbids.
struct NetworkFunction {
  std::vector<std::uint32_t> scope;  ///< Positions in CostNetwork::sizes, distinct; may be empty: a constant.
  /// A table: row-major over `scope`, last variable fastest. Empty if the function is sparse.
  std::vector<double> cells;
  /// Sparse: `tuples` holds `scope.size()` values a tuple, in lexicographic order, without duplicates, with one of
  /// `costs` each; every other combination costs `default_cost`.
  double default_cost = 0;
  std::vector<ValueIndex> tuples = {};
  std::vector<double> costs = {};

  bool is_sparse() const { return cells.empty(); }
};

/// Variables by position and functions over them. The cost of an assignment is the sum of all functions.
struct CostNetwork {
  std::vector<ValueIndex> sizes;  ///< Of each variable's domain, at least 1.
  std::vector<NetworkFunction> functions;
  /// Only assignments that cost less than this are acceptable (the top of a WCSP file); +infinity: all.
  double limit = std::numeric_limits<double>::infinity();
};

/// Returns `problem` in working costs (to be minimised, hard is +infinity): one function per constraint, in order of
/// their ids, then one per variable that has costs of its own, in order of theirs; its cost limit is the network's.
/// Computed functions are tabulated.
///
/// Errors  throws Error{too_large} if that takes more than `memory` bytes, and what a computed function throws.
CostNetwork make_cost_network(const Problem& problem, std::uint64_t memory);

/// Returns what `assignment` costs: the sum of all functions in their order.
double network_cost(const CostNetwork& network, std::span<const ValueIndex> assignment);

}  // namespace entente
