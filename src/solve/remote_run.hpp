// SPDX-License-Identifier: MIT
// Runs of agents that are elsewhere, as who leads them sees it.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/remote_part.hpp"
#include "runtime/run.hpp"
#include "solve/hosting.hpp"

namespace entente {

/// Whether agents elsewhere do the work. Where there is none, nobody has to be asked.
inline bool is_remote(const SolveRequest& request, const Hosting& hosting) {
  return request.crew && !hosting.host.empty();
}

/// What a run over a crew is about.
struct RemoteTask {
  const Problem& problem;
  const Algorithm& algorithm;
  std::span<const Setting> settings;
  const runtime::RunControl& control;
  const Hosting& hosting;
  AgentCrew& crew;
  std::uint64_t memory;  ///< Bytes for the tables of an agent.
};
/// Makes what keeps the run's books. Of all agents only those that host a computation are numbered.
using MakeLead = std::function<std::unique_ptr<runtime::RemoteLead>(const runtime::RunControl& control,
                                                                    const runtime::RemoteShare& share)>;

/// Gives the crew's agents their jobs, lets them run, and ends the run when `lead` says so, at the deadline, or when
/// the user wants an end. Throws what an agent failed with, and what the crew throws.
runtime::RunResult run_remote(const RemoteTask& task, const MakeLead& make_lead);

/// The same of a synchronous algorithm on the constraint graph.
runtime::RunResult run_remote_cycles(const RemoteTask& task, const kernel::LocalCosts& costs);
/// The same of a synchronous algorithm on the factor graph.
runtime::RunResult run_remote_factors(const RemoteTask& task);
/// The same of an event-driven algorithm.
runtime::RunResult run_remote_events(const RemoteTask& task);

}  // namespace entente
