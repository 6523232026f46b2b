// SPDX-License-Identifier: MIT
// Event-driven algorithms, run by agents that are elsewhere.
#pragma once

#include <atomic>
#include <memory>
#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/event_engine.hpp"
#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// One agent's part: messages between its own computations stay in its log, those to others travel as bytes, one batch
/// an agent after each that was handled. `control` gives seed and deadline, at which handlers are told to stop.
/// `workspace` is the agent's; `infeasible` is the flag in it. All references must outlive it.
std::unique_ptr<RemotePart> make_remote_events(const Problem& problem, const EventTopology& topology,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share, void* workspace,
                                               const std::atomic<bool>& infeasible, RemotePart::Outlet outlet);

/// What the coordinator makes of their reports: what `run_events` reports and returns. Decisions of different agents
/// become known in an order of their own, so that the best assignment seen on the way may be another.
///
/// The run is over when every agent was idle with all batches that were ever sent to it received: reports say of each
/// pair of agents how many were, and no message can be under way between them if these agree for all pairs (whoever
/// acted after its report would have got something that the sender's report counts and its own does not). Periodic
/// actions are planned here, and are due when that is so.
std::unique_ptr<RemoteLead> lead_remote_events(const Problem& problem, std::uint32_t computations,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share);

}  // namespace entente::runtime
