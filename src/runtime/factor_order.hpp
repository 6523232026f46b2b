// SPDX-License-Identifier: MIT
// The order of the nodes of a factor graph, for algorithms whose messages run one way at a time.
#pragma once

#include <cstdint>
#include <span>

#include "entente/problem/problem.hpp"
#include "runtime/factor_layout.hpp"

namespace entente::runtime {

/// The last of the variables in `scope` (two or more) that come before the factor over them.
VariableId last_early(std::span<const VariableId> scope);

/// Puts variables in the order of their ids and each factor after the first half (rounded up) of its variables; fills
/// FactorClass::early, and returns the longest path of variables that follows factors forwards, its first variable not
/// counted.
///
/// Cost  O(sum of arities * log arity).
std::uint64_t order_nodes(const Problem& problem, FactorLayout& layout);

}  // namespace entente::runtime
