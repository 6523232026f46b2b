// SPDX-License-Identifier: MIT
// Crews for tests, over networks of this process, and problems with agents that host several computations.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"
#include "entente/problem/builder.hpp"
#include "entente/solve.hpp"
#include "entente/solve/remote.hpp"
#include "support/random_problem.hpp"

namespace entente::testing {

/// Agents over a network of any kind.
template <class Network>
class NetworkCrew : public AgentCrew {
 public:
  template <class Options>
  explicit NetworkCrew(Options options) : network(std::move(options)) {}
  std::vector<Address> assemble(const std::vector<std::string>& names) override {
    std::vector<Address> addresses;
    for (const std::string& name : names) {
      RemoteAgentOptions options;
      options.name = name;
      agents.push_back(make_remote_agent(options));
      addresses.push_back(network.join(*agents.back()));
    }
    return addresses;
  }
  Content lead(Coordinator& coordinator, Content start) override {
    network.join(coordinator);
    return network.coordinate(std::move(start));
  }
  Network network;
  std::vector<std::unique_ptr<Participant>> agents;
};

/// Links that lose, double and reorder packets, made reliable as carriers between machines are.
inline std::unique_ptr<AgentCrew> make_lossy_crew(std::uint64_t seed) {
  SimulatedOptions options;
  options.latency = Latency::uniform(0.001, 0.05);
  options.loss = 0.2;
  options.duplicate = 0.2;
  options.reorder = true;
  options.reliable = true;
  options.seed = seed;
  return std::make_unique<NetworkCrew<SimulatedNetwork>>(options);
}

/// Computations dealt out in turn to so many of the agents that a problem without agents gets.
inline Distribution in_turn(const Problem& problem, bool factors, std::uint32_t agents) {
  Distribution distribution;
  for (std::uint32_t a = 0; a < agents; ++a) distribution.hosted.push_back({"a_" + problem.variable_name(a), {}});
  std::uint32_t next = 0;
  const auto host = [&](const std::string& name) { distribution.hosted[next++ % agents].second.push_back(name); };
  for (VariableId v = 0; v < problem.variable_count(); ++v) host(problem.variable_name(v));
  for (ConstraintId c = 0; factors && c < problem.constraint_count(); ++c) host(problem.constraint_name(c));
  return distribution;
}

}  // namespace entente::testing
