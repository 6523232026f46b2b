// SPDX-License-Identifier: MIT
// Runs an event-driven algorithm in virtual time, over a simulated network.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/event_engine.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// What `run_events` does, with `control.simulation` saying how long messages take and what becomes of them. Handlers
/// take no virtual time, nor do messages between computations of one agent; what is planned for the same moment happens
/// in the order it was planned, periodic actions last. Where messages take no time at all, the run is that of
/// `run_events`.
///
/// Ends when nothing that matters is under way or planned (acknowledgements and time-outs do not matter), with
/// RunEnd::deadline at the plan's time limit, or with RunEnd::interrupted where messages wait for an agent that is gone
/// (or, if the algorithm is complete, where any agent is).
///
/// Cost    about a microsecond per message, on one thread.
RunResult simulate_events(const Problem& problem, const Algorithm& algorithm, const EventTopology& topology,
                          const RunControl& control, std::span<const Setting> settings, void* workspace);

}  // namespace entente::runtime
