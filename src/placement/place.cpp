// SPDX-License-Identifier: MIT
// place: finds the strategy, hands it the problem in numbers, and gives its answer names.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "entente/base/contract.hpp"
#include "entente/base/suggest.hpp"
#include "entente/placement.hpp"
#include "placement/fit.hpp"
#include "placement/strategy.hpp"

namespace entente {
namespace {

using namespace placement;

constexpr std::array strategies{&adhoc_strategy,          &gh_cgdp_strategy,        &gh_secp_cgdp_strategy,
                                &gh_secp_fgdp_strategy,   &heur_comhost_strategy,   &ilp_compref_strategy,
                                &ilp_compref_fg_strategy, &ilp_fgdp_strategy,       &oilp_cgdp_strategy,
                                &oilp_secp_cgdp_strategy, &oilp_secp_fgdp_strategy, &oneagent_strategy,
                                &partition_strategy};

const PlacementStrategy& find_strategy(std::string_view method, Graph graph) {
  std::vector<std::string> names, of_graph;
  const PlacementStrategy* found = nullptr;
  for (const PlacementStrategy* strategy : strategies) {
    names.push_back(strategy->method.name);
    if (strategy->method.name == method) found = strategy;
    if (!strategy->method.graph || *strategy->method.graph == graph) of_graph.push_back(strategy->method.name);
  }
  if (found == nullptr)
    throw Error(ErrorCode::wrong_use,
                fmt::format("there is no way to place called '{}'{}; there are {}", printable(std::string(method)),
                            did_you_mean(method, names), fmt::join(names, ", ")));
  if (found->method.graph && *found->method.graph != graph)
    throw Error(ErrorCode::wrong_use,
                fmt::format("{} places on the {}; for the {} there are {}", method, graph_name(*found->method.graph),
                            graph_name(graph), fmt::join(of_graph, ", ")));
  return *found;
}

void check_options(const PlacementOptions& options) {
  const auto fail = [](const std::string& what, double found) {
    throw Error(ErrorCode::wrong_use, fmt::format("{}: {} is outside the range of finite numbers from 0", what, found));
  };
  const auto good = [](double value) { return value >= 0 && std::isfinite(value); };
  if (!good(options.communication_weight)) fail("communication_weight", options.communication_weight);
  if (!good(options.hosting_weight)) fail("hosting_weight", options.hosting_weight);
  if (!good(options.timeout)) fail("timeout", options.timeout);
  if (options.load && (!good(options.load->fixed) || !good(options.load->per_value)))
    fail("load", options.load->fixed < 0 ? options.load->fixed : options.load->per_value);
}

/// Computations in their order, whatever items they are part of.
Distribution named(const PlacementModel& model, const Hosts& hosts) {
  std::vector<std::uint32_t> host(model.computation_names.size());
  for (std::uint32_t i = 0; i < model.items(); ++i)
    for (const std::uint32_t c : model.members[i]) host[c] = hosts[i];
  Distribution distribution;
  for (const std::string& agent : model.agent_names)
    distribution.hosted.emplace_back(agent, std::vector<std::string>());
  for (std::uint32_t c = 0; c < host.size(); ++c)
    distribution.hosted[host[c]].second.push_back(model.computation_names[c]);
  return distribution;
}

PlacementResult place_by(const PlacementStrategy& strategy, const Problem& problem, Graph graph,
                         const PlacementOptions& options, Together together) {
  const PlacementModel model = PlacementModel::make(problem, graph, options, together);
  const Hosts pins = model.pins(strategy.method.free_hosts);
  refuse_impossible(model, pins);
  const Placed placed = strategy.place({model, options, pins});
  ENTENTE_EXPECTS(holds(model, placed.hosts, pins));
  return {named(model, placed.hosts), cost_of(model, placed.hosts, options), placed.proven, placed.timed_out};
}

}  // namespace

std::vector<PlacementMethod> placement_methods() {
  std::vector<PlacementMethod> methods;
  for (const PlacementStrategy* strategy : strategies) methods.push_back(strategy->method);
  return methods;
}

PlacementResult place(const Problem& problem, Graph graph, std::string_view method, const PlacementOptions& options) {
  check_options(options);
  const PlacementStrategy& strategy = find_strategy(method, graph);
  if (strategy.together != Together::hints) {
    // What is only better kept together is taken apart where it does not fit.
    try {
      return place_by(strategy, problem, graph, options, strategy.together);
    } catch (const PlacementFailure&) {
    }
  }
  return place_by(strategy, problem, graph, options, Together::hints);
}

PlacementCost placement_cost(const Problem& problem, Graph graph, const Distribution& distribution,
                             const PlacementOptions& options) {
  check_options(options);
  const PlacementModel model = PlacementModel::separate(problem, graph, options);
  std::unordered_map<std::string, std::uint32_t> agents, host;
  for (std::uint32_t a = 0; a < model.agents(); ++a) agents.emplace(model.agent_names[a], a);
  for (const auto& [name, computations] : distribution.hosted) {
    const auto agent = agents.find(name);
    if (agent == agents.end())
      throw Error(ErrorCode::bad_input, fmt::format("distribution: the problem has no agent '{}'{}", printable(name),
                                                    did_you_mean(name, model.agent_names)));
    for (const std::string& computation : computations) host[computation] = agent->second;
  }
  Hosts hosts;
  for (const std::string& name : model.computation_names) {
    const auto found = host.find(name);
    if (found == host.end())
      throw Error(ErrorCode::bad_input,
                  fmt::format("distribution: no agent hosts computation '{}'; add it under one", printable(name)));
    hosts.push_back(found->second);
  }
  return cost_of(model, hosts, options);
}

}  // namespace entente
