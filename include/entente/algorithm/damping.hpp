// SPDX-License-Identifier: MIT
// Damping: messages between the last and the new one, for algorithms on factor graphs.
#pragma once

#include <utility>

#include "entente/algorithm/costs.hpp"

namespace entente {

/// Whose messages are damped.
enum class Damped { vars, factors, both, none };

inline bool damps_variables(double damping, Damped nodes) {
  return damping > 0 && (nodes == Damped::vars || nodes == Damped::both);
}
inline bool damps_factors(double damping, Damped nodes) {
  return damping > 0 && (nodes == Damped::factors || nodes == Damped::both);
}

/// Returns keep * last + (1 - keep) * fresh. Stirs `self` (an edge or a factor) if the two differ by more than
/// `stability` times the largest cost in them.
inline Costs damped(auto& self, const Costs& last, Costs fresh, double keep, double stability) {
  // A message that moves by a share of the difference stands still when that share is a rounding error.
  if (self.settled() && !close(fresh, last, stability, 1 / (1 - keep))) self.stir();
  return keep > 0 ? blend(keep, last, std::move(fresh)) : fresh;
}

}  // namespace entente
