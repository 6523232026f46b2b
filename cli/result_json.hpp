// SPDX-License-Identifier: MIT
// The result of `entente solve` as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"
#include "output.hpp"

namespace entente::cli {

enum class JsonForm {
  document,  ///< Two blanks of indentation.
  line,      ///< All in one line, with one more key: `"type": "result"`.
};

/// Writes one object with sorted keys and a line end.
///
/// Keys    agt_metrics algorithm assignment best_cost_cycle bound cost cycle gap msg_count msg_largest msg_size
///         msg_types nccc problem seed status time violation. `cost` and `violation` are null when there is no
///         assignment, `bound` and `gap` until proven. Simulated runs also have cbr simulated_time simulation.
/// Cost    O(n log n) for n variables; the text is never held as a whole.
void write_result(Output& out, const Problem& problem, const Outcome& outcome, std::uint64_t seed, JsonForm form);

/// One row of a run that goes on, as an object in one line. Keys: best_cost best_violation bound cost cycle msg_count
/// msg_size time type (`progress`) violation. `bound` is there once something is proven, simulated_time
/// in simulated runs.
std::string progress_json(const Progress& progress);

/// Whether `outcome` holds a value for every variable.
bool has_assignment(const Problem& problem, const Outcome& outcome);

}  // namespace entente::cli
