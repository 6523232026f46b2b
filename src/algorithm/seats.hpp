// SPDX-License-Identifier: MIT
// Seats: where each computation sits in a row along which an algorithm assigns one variable after the other.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// What a computation needs to know of its row; a message.
struct Seat {
  std::uint32_t position = 0;
  std::uint32_t size = 0;          ///< Of the row.
  ComputationId previous = no_id;  ///< Or `no_id` at the ends.
  ComputationId next = no_id;
  std::vector<std::uint32_t> neighbours;  ///< Positions of those it shares a constraint with, by ascending id.

  /// Whether this can be a seat, as that of a message from anywhere may not.
  bool sound(const Problem& problem, VariableId owner) const;
};

/// Returns the seat of each of `row`, which holds every variable that shares a constraint with one of them.
/// O(sum of the arities around each variable, times the logarithm of the row's length).
std::vector<Seat> seats_along(const Problem& problem, std::span<const VariableId> row);

/// Cuts `order`, which holds all variables, into rows that share no constraint: each in that order, and the rows by
/// their first variable's place in it. O(n + sum of arities, times a logarithm).
std::vector<std::vector<VariableId>> separate_rows(const Problem& problem, std::span<const VariableId> order);

}  // namespace entente
