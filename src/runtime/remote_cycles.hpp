// SPDX-License-Identifier: MIT
// Synchronous algorithms on the constraint graph, run by agents that are elsewhere.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// One agent's part. Its computations wait for their neighbours' messages only (see Partition); messages to
/// computations of one agent travel as one batch after each that was handled. Agents find out together where the run
/// ends (see RestTree). All references must outlive it.
///
/// Results  those of the cycle engine, bit for bit, whatever happens to messages but loss.
std::unique_ptr<RemotePart> make_remote_cycles(const Problem& problem, const kernel::LocalCosts& costs,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share,
                                               RemotePart::Outlet outlet);

/// What the coordinator makes of their reports: what the cycle engine reports and returns, a little later.
std::unique_ptr<RemoteLead> lead_remote_cycles(const Problem& problem, const kernel::LocalCosts& costs,
                                               const Algorithm& algorithm, std::span<const Setting> settings,
                                               const RunControl& control, const RemoteShare& share);

}  // namespace entente::runtime
