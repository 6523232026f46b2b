// SPDX-License-Identifier: MIT
// The order of assignments: fewer violated hard constraints first, then the objective.
#pragma once

#include "entente/problem/problem.hpp"

namespace entente::runtime {

/// Whether `a` is strictly better than `b`.
inline bool better(const Evaluation& a, const Evaluation& b, Objective objective) {
  if (a.violations != b.violations) return a.violations < b.violations;
  return objective == Objective::minimise ? a.cost < b.cost : a.cost > b.cost;
}

}  // namespace entente::runtime
