// SPDX-License-Identifier: MIT
// Who speaks when, at the start of a run on a factor graph.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/algorithm/factor_population.hpp"
#include "entente/problem/problem.hpp"

namespace entente::runtime {

/// The first cycle in which each computation speaks.
struct WakeUp {
  std::vector<std::uint32_t> variables;  ///< By VariableId; empty if everybody speaks from the first cycle on.
  std::vector<std::uint32_t> factors;    ///< By ConstraintId; 0 for constraints that are no factors.
  std::uint32_t last = 0;                ///< From here on everybody speaks.
};

/// Returns who wakes when if only `first` speak in cycle 1, and everybody else follows whoever reaches them first. In a
/// cycle factors answer after variables, so a factor speaks in the cycle in which it first hears something, a variable
/// in the next. A variable with a constraint of its own is next to a leaf, and counts as one.
///
/// Cost  O(edges).
WakeUp wake_up(const Problem& problem, Speakers first);

}  // namespace entente::runtime
