// SPDX-License-Identifier: MIT
// The event engine: runs an event-driven algorithm in one process until nothing is in flight.
#pragma once

#include <cstdint>
#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/run.hpp"

namespace entente::runtime {

/// Who the computations are. Arrays stay the caller's and outlive the run.
struct EventTopology {
  const std::uint32_t* first = nullptr;  ///< Size count + 1: neighbours of i are neighbours[first[i] .. first[i+1]),
  const std::uint32_t* neighbours = nullptr;  ///< by ascending id.
  std::uint32_t count = 0;              ///< Computations; the first problem.variable_count() of them are the variables.
  const Pseudotree* tree = nullptr;     ///< For algorithms on pseudo-trees.
  const std::uint32_t* host = nullptr;  ///< Agent of each computation; null: each on an agent of its own.
  const OrderedGraph* row = nullptr;    ///< For algorithms on ordered graphs.
};

/// Runs `algorithm` to its end: every computation's `start`, then every message, then exact quiescence (no message is
/// in flight and no handler runs), unless the deadline or an interrupt comes first. A stopped run delivers nothing
/// more; it ends as soon as the handlers that are running return.
///
/// `last` is what the computations had decided at the end (`no_value` where one had not). `best` is the best of all
/// joint assignments on the way there and of those that computations proposed; for confluent algorithms, whose messages
/// have no one order, it is `last` if that is complete. `optimal` is set if the algorithm is complete and ended by
/// itself with an acceptable assignment; if it ended without one, or proved an infinite bound, the run is `infeasible`.
///
/// Computations may act periodically in virtual time, in which messages take none: when nothing is in flight, the clock
/// advances to the next planned action. The actions of the busiest computation are the `cycles` of the run; nobody gets
/// more than `stop_cycle`, and `patience` counts them. Without periodic actions both have no meaning.
///
/// `on_cycle` is called after each cycle, or, where there are none, after a batch of at most 1024 messages in which a
/// decision changed and after every 1024 messages; it is not for confluent algorithms.
///
/// Runs on one thread, and is then a function of problem, settings and seed, unless the algorithm is confluent and
/// `control.threads` asks for more; `control.delay` seconds pass before each message, on one thread. `workspace` is
/// what `self.workspace<T>()` gives.
///
/// With `control.simulation` it is all as simulated_events.hpp says.
///
/// Errors  Error{wrong_use} for bad settings, before anything runs; whatever a handler throws, after all threads ended
///         and every undelivered message was freed.
/// Memory  24 bytes and the message (rounded up to 8) for each message in flight, doubled where logs grow; plain
///         messages rest in logs, others on the heap. A thread that waits keeps at most 64 KiB of each empty log (two,
///         and two for each other thread); a busy one gives back what it has not needed for some dozens of batches.
///         Per computation: 37 bytes, the algorithm's state, and up to 8 for initial value and shard; see
///         AnytimeTracker and EventAgenda for what is not confluent.
/// Cost    no lock, allocation or virtual call per plain message; one virtual call per batch.
RunResult run_events(const Problem& problem, const Algorithm& algorithm, const EventTopology& topology,
                     const RunControl& control, std::span<const Setting> settings, void* workspace = nullptr);

}  // namespace entente::runtime
