// SPDX-License-Identifier: MIT
// Runs an event-driven algorithm on its graph: builds the graph, watches for infeasibility. Algorithms that keep whole
// tables are checked for memory first, see elimination_run.hpp.
#pragma once

#include <cstdint>
#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// Whether the constraints without variables hold; if not, no assignment is acceptable.
bool constants_hold(const Problem& problem);

/// Neighbours are those of the constraint graph, whatever tree or row the algorithm keeps besides. `memory`: bytes for
/// everything the algorithm takes from its workspace's budget, 0 for half of what is free.
runtime::RunResult run_event_driven(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, const runtime::RunControl& control,
                                    const Hosting& hosting, std::uint64_t memory);

}  // namespace entente
