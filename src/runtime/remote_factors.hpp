// SPDX-License-Identifier: MIT
// Synchronous algorithms on the factor graph, run by agents that are elsewhere.
#pragma once

#include <memory>
#include <span>

#include "entente/algorithm/population.hpp"
#include "runtime/remote_part.hpp"

namespace entente::runtime {

/// One agent's part; computations are the variables, then the constraints. An agent waits for those only that host
/// factors or variables next to its own: twice a cycle one batch goes each way. Agents find out together where the run
/// ends (see RestTree). All references must outlive it.
///
/// Results  those of the factor engine, bit for bit.
std::unique_ptr<RemotePart> make_remote_factors(const Problem& problem, const Algorithm& algorithm,
                                                std::span<const Setting> settings, const RunControl& control,
                                                const RemoteShare& share, RemotePart::Outlet outlet);

/// What the coordinator makes of their reports: what the factor engine reports and returns, a little later.
std::unique_ptr<RemoteLead> lead_remote_factors(const Problem& problem, const Algorithm& algorithm,
                                                std::span<const Setting> settings, const RunControl& control,
                                                const RemoteShare& share);

}  // namespace entente::runtime
