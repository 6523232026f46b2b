// SPDX-License-Identifier: MIT
// Runs a synchronous algorithm in virtual time, over a simulated network.
#pragma once

#include <span>

#include "entente/algorithm/population.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// What `CycleEngine::run` does, with `control.simulation` saying how long messages take and what becomes of them:
/// there is no common barrier, each computation begins a phase when all its neighbours' messages of it have arrived
/// (see Partition). What an agent has to say to another after handling a message travels as one batch. Steps take no
/// virtual time.
///
/// Assignments, best assignment, end, cycles, counts and reports are those of the cycle engine, bit for bit: the
/// batches may come late, in any order and twice. They must come, so that a network that loses any has to be reliable.
/// A cycle is reported when the last computation has ended it, and the run ends at the moment at which an observer of
/// all would see that it has; who is ahead of the slowest by 64 cycles waits.
///
/// Ends with RunEnd::deadline at the plan's time limit, and with RunEnd::interrupted where an agent that is gone holds
/// up all others.
///
/// Memory  as a Partition; a value per variable for each cycle between the slowest computation and the fastest.
RunResult simulate_cycles(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm,
                          std::span<const Setting> settings, const RunControl& control);

}  // namespace entente::runtime
