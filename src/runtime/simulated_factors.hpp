// SPDX-License-Identifier: MIT
// Runs a synchronous algorithm on the factor graph in virtual time, over a simulated network.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// What `run_factors` does, with `control.simulation` saying how long messages take and what becomes of them. What the
/// messages of cycles say does not depend on when they arrive: the factor engine works that out, and what travels here
/// is their envelopes, one along each edge and way in every cycle, those of one moment to one agent as one batch. A
/// factor answers a cycle when all its variables have spoken, a variable begins the next when all its factors have
/// answered. Computations are the variables, then the constraints; `control.host` gives their agents.
///
/// Cycles, assignments and counts are those of the factor engine; a cycle is over when its last answer has arrived. The
/// envelopes may come late, in any order and twice, but have to come. Ends as `simulate_cycles` does.
///
/// Cost    the factor engine's, and about a microsecond per batch and message; twice the former where the time limit or
///         an agent that is gone ends the run.
RunResult simulate_factors(const Problem& problem, const Algorithm& algorithm, const RunControl& control,
                           std::span<const Setting> settings);

}  // namespace entente::runtime
