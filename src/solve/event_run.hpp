// SPDX-License-Identifier: MIT
// Runs an event-driven algorithm on its graph.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// On the ground that EventGround prepares, in this process or by `request.crew`. `request` says who listens, and
/// `request.memory` how many bytes the algorithm may take for its tables: those that keep whole tables are refused
/// beforehand (Error{too_large}) if that is too little.
runtime::RunResult run_event_driven(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, runtime::RunControl& control,
                                    const Hosting& hosting, const SolveRequest& request);

}  // namespace entente
