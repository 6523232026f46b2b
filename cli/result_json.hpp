// SPDX-License-Identifier: MIT
// The result of `entente solve` as JSON.
#pragma once

#include <cstdint>

#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"
#include "output.hpp"

namespace entente::cli {

/// Writes one object with sorted keys, two blanks of indentation and a line end.
///
/// Keys    agt_metrics algorithm assignment best_cost_cycle bound cost cycle gap msg_count msg_size problem seed status
///         time violation. `cost` and `violation` are null when there is no assignment, `bound` and `gap` until proven.
/// Cost    O(n log n) for n variables; the text is never held as a whole.
void write_result(Output& out, const Problem& problem, const Outcome& outcome, std::uint64_t seed);

/// Whether `outcome` holds a value for every variable.
bool has_assignment(const Problem& problem, const Outcome& outcome);

}  // namespace entente::cli
