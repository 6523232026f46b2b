// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: agents, routes, hosting costs and distribution hints.
#include <fmt/format.h>

#include <algorithm>

#include "problem/formats/pydcop_reading.hpp"

namespace entente {

void PydcopReading::read_agents() {
  for (const YamlNode& node : section("agents")) {
    if (node.is_null()) continue;
    if (!node.is_list() && !node.is_map())
      fail(node.place("agents"), fmt::format("found {}; expected a list or a map of agents", node.description()));
    if (node.is_map()) continue;
    for (const YamlNode agent : node.items()) {
      AgentDefinition definition;
      definition.name = text(agent, "agents", "the name of an agent");
      builder_.add_agent(std::move(definition), agent.place("agents." + std::string(agent.text())));
    }
  }
  for (const YamlNode& node : section("agents")) {
    if (!node.is_map()) continue;
    for (const auto part : node.entries()) {
      const SectionEntry entry{"agents", part.key, part.value};
      AgentDefinition agent;
      agent.name = entry.name();
      if (!entry.value.is_map() && !entry.value.is_null())
        fail(entry.place(),
             fmt::format("found {}; expected a map of properties such as capacity", entry.value.description()));
      if (entry.value.is_map())
        for (const auto property : entry.value.entries()) {
          if (property.name() == "capacity") {
            if (!property.value.is_null())
              agent.capacity = number(property.value, entry.path("capacity"), "a number of at least 0");
            if (agent.capacity && *agent.capacity < 0)
              fail(property.value.place(entry.path("capacity")),
                   fmt::format("the capacity {} is negative; expected a number of at least 0", *agent.capacity));
          } else {
            warn_unknown_key(property.key.place(entry.path()), property.name(), {"capacity"}, true);
            agent.extra.emplace(property.name(), property.value.flow_text());
          }
        }
      builder_.add_agent(std::move(agent), entry.place());
    }
  }
}

void PydcopReading::read_routes() {
  Placement& placement = builder_.placement();
  const ProblemBuilder::State& state = builder_.state();
  for (const SectionEntry& entry : section_entries("routes")) {
    placement.has_routes = true;
    const std::string from(entry.name());
    if (from == "default") {
      placement.default_route = number(entry.value, entry.path(), "the cost of a route");
      continue;
    }
    state.require_agent(from, entry.place());
    if (!entry.value.is_map())
      fail(entry.value.place(entry.path()),
           fmt::format("found {}; expected a map from agents to costs", entry.value.description()));
    for (const auto part : entry.value.entries()) {
      const std::string to(part.name()), path = entry.path(part.name());
      state.require_agent(to, part.key.place(path));
      const double cost = number(part.value, path, "the cost of a route");
      if (from == to) {
        if (cost != 0)
          fail(part.value.place(path), fmt::format("the route of an agent to itself costs 0, not {}", cost));
        continue;
      }
      const auto [route, fresh] = placement.routes.emplace(std::minmax(from, to), cost);
      if (!fresh && route->second != cost)
        fail(part.value.place(path), fmt::format("the route between {} and {} is given twice, with the costs {} and {}",
                                                 printable(from), printable(to), route->second, cost));
    }
  }
}

void PydcopReading::read_hosting_costs() {
  Placement& placement = builder_.placement();
  const ProblemBuilder::State& state = builder_.state();
  for (const SectionEntry& entry : section_entries("hosting_costs")) {
    placement.has_hosting_costs = true;
    const std::string agent(entry.name());
    if (agent == "default") {
      placement.default_hosting_cost = number(entry.value, entry.path(), "a cost");
      continue;
    }
    state.require_agent(agent, entry.place());
    if (!entry.value.is_map())
      fail(entry.value.place(entry.path()),
           fmt::format("found {}; expected a map with the keys default and computations", entry.value.description()));
    for (const auto part : entry.value.entries()) {
      if (part.name() == "default") {
        placement.agent_hosting_costs[agent] = number(part.value, entry.path("default"), "a cost");
      } else if (part.name() == "computations") {
        if (part.value.is_null()) continue;
        if (!part.value.is_map())
          fail(part.value.place(entry.path("computations")),
               fmt::format("found {}; expected a map from computations to costs", part.value.description()));
        for (const auto hosted : part.value.entries()) {
          const std::string computation(hosted.name());
          const std::string path = fmt::format("{}.{}", entry.path("computations"), computation);
          state.require_computation(computation, hosted.key.place(path));
          placement.computation_hosting_costs[{agent, computation}] = number(hosted.value, path, "a cost");
        }
      } else {
        warn_unknown_key(part.key.place(entry.path()), part.name(), {"default", "computations"}, false);
      }
    }
  }
}

void PydcopReading::read_hints() {
  Placement& placement = builder_.placement();
  const ProblemBuilder::State& state = builder_.state();
  std::map<std::string, std::string> hosts;  // computation: the agent that must host it
  for (const SectionEntry& entry : section_entries("distribution_hints")) {
    placement.has_hints = true;
    const bool must_host = entry.name() == "must_host";
    if (!must_host && entry.name() != "host_with") {
      warn_unknown_key(entry.key.place("distribution_hints"), entry.name(), {"must_host", "host_with"}, false);
      continue;
    }
    if (entry.value.is_null()) continue;
    if (!entry.value.is_map())
      fail(entry.value.place(entry.path()),
           fmt::format("found {}; expected a map from {} to lists of computations", entry.value.description(),
                       must_host ? "agents" : "computations"));
    for (const auto part : entry.value.entries()) {
      const std::string name(part.name()), path = entry.path(part.name());
      if (must_host)
        state.require_agent(name, part.key.place(path));
      else
        state.require_computation(name, part.key.place(path));
      auto& computations = must_host ? placement.must_host[name] : placement.host_with[name];
      if (part.value.is_null()) continue;
      if (!part.value.is_list())
        fail(part.value.place(path),
             fmt::format("found {}; expected a list of computations", part.value.description()));
      for (const YamlNode item : part.value.items()) {
        const std::string computation = text(item, path, "the name of a computation");
        state.require_computation(computation, item.place(path));
        if (must_host) {
          const auto [host, fresh] = hosts.emplace(computation, name);
          if (!fresh && host->second != name)
            fail(item.place(path), fmt::format("{} must be hosted by {} and by {}; it can have one host",
                                               printable(computation), printable(host->second), printable(name)));
          if (!fresh) continue;
        }
        computations.push_back(computation);
      }
    }
  }
}

}  // namespace entente
