// SPDX-License-Identifier: MIT
// GroupCosts: what the joint values of a few variables cost while all others stay, and the best of them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"
#include "kernel/ranked_cost.hpp"

namespace entente {

/// The costs of all constraints and own costs around a group of one to three variables.
///
/// Costs are compared by violated hard constraints first and by cost second, in the direction of the objective. A move
/// gains if it costs less by more than what rounding explains.
///
/// Memory  16 bytes per value of a variable and per joint value of a pair; constraints on three variables of the group
///         are asked when needed.
class GroupCosts {
 public:
  static constexpr std::size_t most = 3;
  using Known = std::function<ValueIndex(VariableId)>;

  /// Looks at `group` (distinct variables), given the values of its members and of all their neighbours. Returns how
  /// often a constraint was asked. The problem must outlive what follows.
  std::uint64_t tabulate(const Problem& problem, std::span<const VariableId> group, const Known& value_of);
  /// The first of the best joint moves, one value per member in the order of the group; nothing if none gains, or if
  /// `stop` (may be null) was raised meanwhile.
  std::optional<std::array<ValueIndex, most>> best_move(const std::atomic<bool>* stop);

 private:
  struct Triple {
    ConstraintId constraint;
    std::vector<ValueIndex> tuple;
    std::array<std::size_t, most> position;  ///< Of each member in the tuple.
  };

  RankedCost working(double cost);
  void add_constraint(ConstraintId constraint, std::size_t first, const Known& value_of);
  RankedCost triples(ValueIndex a, ValueIndex b, ValueIndex c);
  RankedCost total(const std::array<ValueIndex, most>& values);
  std::size_t pair_of(std::size_t a, std::size_t b) const { return a + b - 1; }  ///< (0,1), (0,2), (1,2)

  const Problem* problem_ = nullptr;
  std::vector<VariableId> group_;
  std::array<ValueIndex, most> now_{}, sizes_{};
  std::array<std::vector<RankedCost>, most> single_, pair_;  ///< pair: row-major.
  std::vector<Triple> triples_;
  double largest_ = 0;  ///< Of all finite costs, in size.
  std::uint64_t terms_ = 0, checks_ = 0;
};

}  // namespace entente
