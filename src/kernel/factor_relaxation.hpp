// SPDX-License-Identifier: MIT
// Cutting a cost function loose from some of its variables, and what a factor of a tree works out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kernel/cost_table.hpp"

namespace entente {

/// How much each variable of a table matters: the most that the cost can change, whatever the others' values, when that
/// variable alone changes; infinite if it can make a hard cell of one that is not. In scope order. O(arity * cells).
///
/// From  Rogers, Farinelli, Stranders & Jennings, "Bounded approximate decentralised coordination via the max-sum
///       algorithm", Artificial Intelligence 175 (2011): the weights of dependency links.
std::vector<double> dependencies(const TableView& table);

/// A cost function after some of its variables are no longer asked.
struct Relaxation {
  CostTable least;                ///< By the kept variables: the cost at the best values of the others,
  std::optional<CostTable> most;  ///< and at the worst. Absent where that is the same, as nothing was cut.
  const CostTable& worst() const { return most ? *most : least; }
};

/// Returns `table` over the variables that are to be kept (one flag each). Keeping all costs nothing; else
/// O(arity * cells), and throws Error{too_large} if the two tables pass the budget.
Relaxation relax(CostTable table, const std::vector<bool>& keep, MemoryBudget& budget);

/// Returns, for each value of the variable at `position`, the lowest cost of table and messages. `messages` has a cost
/// vector for each variable; empty ones cost nothing, as that of `position` should be. O(arity * cells).
std::vector<double> lowest_by(const TableView& table, std::size_t position,
                              std::span<const std::vector<double>> messages);

/// Returns the first of the cheapest combinations of table and messages in which the variable at `position` has
/// `value`; empty if all of them are infinite.
std::vector<ValueIndex> cheapest_with(const TableView& table, std::size_t position, ValueIndex value,
                                      std::span<const std::vector<double>> messages);

}  // namespace entente
