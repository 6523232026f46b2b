// SPDX-License-Identifier: MIT
#include "solve/hosting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "entente/placement.hpp"
#include "entente/solve/place.hpp"
#include "placement/model.hpp"

namespace entente {
namespace {

Hosting hosting_of(const Problem& problem, std::uint32_t count, const Distribution& distribution,
                   std::vector<std::string> agents) {
  Hosting hosting{std::move(agents), std::vector<std::uint32_t>(count, no_id)};
  std::unordered_map<std::string, std::uint32_t> agent_ids, computation_ids;
  for (std::uint32_t a = 0; a < hosting.agents.size(); ++a) agent_ids.emplace(hosting.agents[a], a);
  for (std::uint32_t c = 0; c < count; ++c) computation_ids.emplace(computation_name(problem, c), c);
  for (const auto& [agent, computations] : distribution.hosted) {
    const auto found = agent_ids.find(agent);
    if (found == agent_ids.end())
      throw Error(ErrorCode::bad_input, fmt::format("distribution: the problem has no agent '{}'{}", printable(agent),
                                                    did_you_mean(agent, hosting.agents)));
    for (const auto& name : computations) {
      const auto computation = computation_ids.find(name);
      if (computation == computation_ids.end()) {
        // A distribution made for another graph may place constraints that are no computations here.
        if (problem.find_constraint(name)) continue;
        throw Error(ErrorCode::bad_input,
                    fmt::format("distribution: the problem has no computation '{}', placed on agent '{}'",
                                printable(name), printable(agent)));
      }
      hosting.host[computation->second] = found->second;
    }
  }
  for (std::uint32_t c = 0; c < count; ++c)
    if (hosting.host[c] == no_id)
      throw Error(ErrorCode::bad_input, fmt::format("distribution: no agent hosts computation '{}'; add it under one",
                                                    printable(computation_name(problem, c))));
  return hosting;
}

/// Whether the problem says anything that a placement has to keep to.
bool has_limits(const Problem& problem) {
  const auto limited = [](const AgentDefinition& agent) { return agent.capacity.has_value(); };
  return problem.placement().has_hints || std::any_of(problem.agents().begin(), problem.agents().end(), limited);
}

}  // namespace

std::uint32_t computation_count(const Problem& problem, Graph graph) {
  return problem.variable_count() + (graph == Graph::factor ? problem.constraint_count() : 0);
}

std::string computation_name(const Problem& problem, std::uint32_t computation) {
  return computation < problem.variable_count() ? problem.variable_name(computation)
                                                : problem.constraint_name(computation - problem.variable_count());
}

Hosting make_hosting(const Problem& problem, Graph graph, const std::string& algorithm, const SolveRequest& request) {
  const std::uint32_t count = computation_count(problem, graph);
  std::vector<std::string> agents = placement::agents_of(problem);
  if (request.distribution) return hosting_of(problem, count, *request.distribution, std::move(agents));
  const bool in_order = request.placement.empty() || request.placement == "oneagent";
  const auto placed = [&](const std::string& method) {
    const PlacementOptions options{.load = link_load(algorithm), .seed = request.seed};
    const PlacementResult result = place(problem, graph, method, options);
    if (result.timed_out && request.say)
      request.say(fmt::format("{} found this placement in {:g} seconds, and did not prove it to be best", method,
                              options.timeout));
    return hosting_of(problem, count, result.distribution, agents);
  };
  if (!in_order) return placed(request.placement);
  if (!problem.agents().empty() && agents.size() < count) {
    const std::string shortage = fmt::format("{} agents for {} computations", agents.size(), count);
    if (!request.placement.empty())
      throw Error(ErrorCode::wrong_use, shortage +
                                            ": oneagent needs one agent for each; leave --distribution out, or give "
                                            "another method or a distribution file");
    std::string why = "computations are dealt out in turn";
    if (has_limits(problem)) {
      try {
        Hosting hosting = placed("adhoc");
        if (request.say) request.say(shortage + ": placed by adhoc, within capacities and hints");
        return hosting;
      } catch (const Error& error) {
        why += fmt::format(", since capacities and hints cannot be kept: {}", error.what());
      }
    }
    if (request.say) request.say(shortage + ": " + why);
  }
  Hosting hosting{std::move(agents), std::vector<std::uint32_t>(count)};
  for (std::uint32_t c = 0; c < count; ++c) hosting.host[c] = c % std::uint32_t(hosting.agents.size());
  return hosting;
}

}  // namespace entente
