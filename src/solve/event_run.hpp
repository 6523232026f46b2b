// SPDX-License-Identifier: MIT
// Runs an event-driven algorithm on its graph: builds the graph, watches for infeasibility. Algorithms that keep whole
// tables are checked for memory first, see elimination_run.hpp.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// Whether the constraints without variables hold; if not, no assignment is acceptable.
bool constants_hold(const Problem& problem);

/// Neighbours are those of the constraint graph, whatever tree or row the algorithm keeps besides; for algorithms on
/// the factor graph, whose factors are computations too, those of that. `request` says who listens, and
/// `request.memory` how many bytes the algorithm may take from its workspace's budget.
runtime::RunResult run_event_driven(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, runtime::RunControl& control,
                                    const Hosting& hosting, const SolveRequest& request);

}  // namespace entente
