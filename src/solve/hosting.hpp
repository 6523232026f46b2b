// SPDX-License-Identifier: MIT
// Hosting: which agent hosts which computation of a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "entente/algorithm/info.hpp"
#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"

namespace entente {

/// Computations are the variables in order, then (factor graphs only) the constraints in order.
struct Hosting {
  std::vector<std::string> agents;
  std::vector<std::uint32_t> host;  ///< The agent of each computation.
};

/// Number of computations of a graph over `problem`.
std::uint32_t computation_count(const Problem& problem, Graph graph);
/// Name of a computation: its variable's or constraint's.
std::string computation_name(const Problem& problem, std::uint32_t computation);

/// Places computations on agents: as the request's distribution or placement says, else one an agent while there are
/// enough, else by `adhoc` where capacities or hints are to be kept, else dealt out in turn (which `request.say` is
/// told). A problem without agents gets one per variable. `algorithm` is a name or a plug-in's path, for footprints.
/// Throws Error for a distribution that names what does not exist or forgets a computation, an explicit `oneagent`
/// without enough agents, and as `place`.
Hosting make_hosting(const Problem& problem, Graph graph, const std::string& algorithm, const SolveRequest& request);

}  // namespace entente
