// SPDX-License-Identifier: MIT
// VariableCosts: what each of a variable's values costs, as far as its neighbours' values are known.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/ranked_cost.hpp"

namespace entente {

/// The constraints around one variable, read in place.
///
/// `heard` has a value for each neighbour, by ascending id, or `no_value`. Costs are to be minimised whatever the
/// objective.
///
/// Memory  40 bytes per constraint and 16 for each other variable of its scope; the tables stay the problem's.
class VariableCosts {
 public:
  VariableCosts() = default;
  /// The problem must outlive this. O(sum of arities, times a logarithm).
  VariableCosts(const Problem& problem, VariableId own);

  std::uint32_t neighbours() const { return neighbours_; }
  ValueIndex domain() const { return ValueIndex(alone_.size()); }
  /// The cost of each own value: its own cost, and every constraint whose other variables have all been heard of.
  /// Returns the number of constraint checks that this is.
  std::uint64_t row(std::span<const ValueIndex> heard, std::span<RankedCost> out) const;
  /// The cost of each value of neighbour `k` (its domain in size) to this variable if that makes the best of it:
  /// `row` and every constraint in which nobody else has not been heard of. Neighbour k itself has not been heard of.
  std::uint64_t best_reply(std::span<const ValueIndex> heard, std::uint32_t k, std::span<RankedCost> out) const;

 private:
  struct Other {
    std::uint32_t neighbour, place;  ///< Place in the scope.
    std::uint64_t stride;
  };
  struct Part {
    ConstraintId constraint;
    const double* cells;  ///< Null if the function is not a table.
    std::uint32_t first, count;
    std::uint32_t place;
    std::uint64_t stride;
  };

  RankedCost ranked(double cost) const;
  std::span<const Other> others(const Part& part) const { return {others_.data() + part.first, part.count}; }
  /// Adds the part's cost for each own value to `out`; neighbour `k` has value `theirs`.
  void add(const Part& part, std::span<const ValueIndex> heard, std::uint32_t k, ValueIndex theirs,
           std::span<RankedCost> out) const;

  const Problem* problem_ = nullptr;
  std::uint32_t neighbours_ = 0;
  std::vector<Part> parts_;
  std::vector<Other> others_;
  std::vector<RankedCost> alone_;  ///< Of each own value: what depends on nobody else.
};

}  // namespace entente
