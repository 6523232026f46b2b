// SPDX-License-Identifier: MIT
// quick_bound: a proven bound on what any assignment costs, for the price of reading every table once.
#pragma once

#include <optional>

#include "entente/problem/problem.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// Returns a cost, in the problem's own costs, that no assignment without violated hard constraints is better than;
/// nothing if a constraint is computed when asked (its lowest cost is not known), or if `stop` is raised.
///
/// Reads the constraints in their order. Each takes an equal share of what its variables have been told so far, and
/// tells the one with most constraints to come what its values cost at least; in the end every variable pays the
/// cheapest of its values. Sparse functions take part with their lowest cost.
///
/// Cost    one look at every cell. Memory: a number per value of each variable.
/// From    one sweep of the reweighting that DualBound repeats (Kolmogorov 2006), along the list of constraints.
std::optional<double> quick_bound(const Problem& problem, const StopSignal& stop = {});

}  // namespace entente
