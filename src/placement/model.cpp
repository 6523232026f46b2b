// SPDX-License-Identifier: MIT
#include "placement/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "placement/computations.hpp"

namespace entente::placement {
namespace {

std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) { return std::uint64_t(a) << 32 | b; }

using Ids = std::unordered_map<std::string, std::uint32_t>;

Ids ids_of(const std::vector<std::string>& names) {
  Ids ids;
  for (std::uint32_t i = 0; i < names.size(); ++i) ids.emplace(names[i], i);
  return ids;
}

/// Sets of computations that belong together.
class Groups {
 public:
  explicit Groups(std::size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::uint32_t find(std::uint32_t a) {
    while (parent_[a] != a) a = parent_[a] = parent_[parent_[a]];
    return a;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a), b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parent_;
};

/// The agent that is said to host each computation at 0, where it is the only one; else `no_id`.
std::vector<std::uint32_t> free_agents(const Placement& said, const Ids& agents, const Ids& computations) {
  std::vector<std::uint32_t> agent(computations.size(), no_id), count(computations.size(), 0);
  for (const auto& [key, cost] : said.computation_hosting_costs) {
    const auto a = agents.find(key.first);
    const auto c = computations.find(key.second);
    if (cost != 0 || a == agents.end() || c == computations.end()) continue;
    agent[c->second] = a->second;
    ++count[c->second];
  }
  for (std::size_t c = 0; c < agent.size(); ++c)
    if (count[c] != 1) agent[c] = no_id;
  return agent;
}

PlacementModel build(const Problem& problem, Graph graph, const PlacementOptions& options, bool merge,
                     Together together) {
  const Placement& said = problem.placement();
  const Computations computations = make_computations(problem, graph, options);
  const std::uint32_t count = computations.links.size();
  PlacementModel model;
  model.agent_names = agents_of(problem);
  for (std::uint32_t c = 0; c < count; ++c)
    model.computation_names.push_back(c < problem.variable_count()
                                          ? problem.variable_name(c)
                                          : problem.constraint_name(c - problem.variable_count()));
  const Ids agents = ids_of(model.agent_names), ids = ids_of(model.computation_names);
  const std::vector<std::uint32_t> free = free_agents(said, agents, ids);

  Groups groups(count);
  if (merge) {
    for (const auto& [name, others] : said.host_with) {
      const auto c = ids.find(name);
      for (const std::string& other : others)
        if (const auto o = ids.find(other); c != ids.end() && o != ids.end()) groups.join(c->second, o->second);
    }
    for (VariableId v = 0; together != Together::hints && v < problem.variable_count(); ++v) {
      const auto factor = ids.find("c_" + model.computation_names[v]);
      if (factor == ids.end() || factor->second < problem.variable_count()) continue;
      if (together == Together::costs || free[v] != no_id) groups.join(v, factor->second);
    }
  }
  std::vector<std::uint32_t> item(count);
  std::vector<std::vector<std::uint32_t>> members;
  for (std::uint32_t c = 0; c < count; ++c) {
    const std::uint32_t root = groups.find(c);
    if (root == c) {
      item[c] = static_cast<std::uint32_t>(members.size());
      members.emplace_back();
    }
    item[c] = item[root];
    members[item[c]].push_back(c);
  }

  model.capacity.assign(model.agents(), std::numeric_limits<double>::infinity());
  for (std::uint32_t a = 0; a < problem.agents().size(); ++a)
    if (const auto capacity = problem.agents()[a].capacity) model.capacity[a] = *capacity, model.limited = true;
  model.default_route = said.default_route;
  for (const auto& [key, cost] : said.routes) {
    const auto a = agents.find(key.first), b = agents.find(key.second);
    if (a == agents.end() || b == agents.end() || a == b) continue;
    model.routes[pair_key(std::min(a->second, b->second), std::max(a->second, b->second))] = cost;
    model.uniform_routes = model.uniform_routes && cost == said.default_route;
  }
  for (const std::string& agent : model.agent_names) {
    const auto own = said.agent_hosting_costs.find(agent);
    model.default_hosting.push_back(own == said.agent_hosting_costs.end() ? said.default_hosting_cost : own->second);
    model.different_defaults = model.different_defaults || model.default_hosting.back() != model.default_hosting[0];
  }
  for (const auto& [key, cost] : said.computation_hosting_costs) {
    const auto a = agents.find(key.first);
    const auto c = ids.find(key.second);
    if (a == agents.end() || c == ids.end()) continue;
    model.hosting_extra[pair_key(item[c->second], a->second)] += cost - model.default_hosting[a->second];
  }

  model.must.assign(members.size(), no_id);
  model.free_agent.assign(members.size(), no_id);
  std::vector<bool> torn(members.size());
  for (std::uint32_t c = 0; c < count; ++c) {
    std::uint32_t& agent = model.free_agent[item[c]];
    if (free[c] == no_id) continue;
    if (agent != no_id && agent != free[c]) torn[item[c]] = true;
    agent = free[c];
  }
  for (std::size_t i = 0; i < torn.size(); ++i)
    if (torn[i]) model.free_agent[i] = no_id;
  for (const auto& [name, hosted] : merge ? said.must_host : decltype(said.must_host){}) {
    const auto a = agents.find(name);
    for (const std::string& computation : hosted) {
      const auto c = ids.find(computation);
      if (a == agents.end() || c == ids.end()) continue;
      std::uint32_t& agent = model.must[item[c->second]];
      if (agent != no_id && agent != a->second) {
        throw PlacementFailure(
            ErrorCode::bad_input,
            fmt::format("hints clash: must_host puts {} on '{}', and what host_with keeps together with it (or itself) "
                        "on '{}'; take one of these hints away",
                        fmt::format("'{}'", printable(computation)), printable(name),
                        printable(model.agent_names[agent])));
      }
      agent = a->second;
    }
  }

  for (std::uint32_t i = 0; i < members.size(); ++i) {
    std::unordered_map<std::uint32_t, double> loads;
    double memory = 0;
    const std::size_t begin = model.neighbours.size();
    for (const std::uint32_t c : members[i]) {
      memory += computations.memory[c];
      for (std::uint32_t at = computations.links.first[c]; at < computations.links.first[c + 1]; ++at) {
        const std::uint32_t other = item[computations.links.neighbours[at]];
        if (other == i || computations.load[at] <= 0) continue;
        if (members[i].size() == 1 && members[other].size() == 1)
          model.neighbours.push_back({other, computations.load[at]});
        else
          loads[other] += computations.load[at];
      }
    }
    for (const auto& [other, load] : loads) model.neighbours.push_back({other, load});
    std::sort(model.neighbours.begin() + std::ptrdiff_t(begin), model.neighbours.end(),
              [](const auto& x, const auto& y) { return x.item < y.item; });
    model.first.push_back(static_cast<std::uint32_t>(model.neighbours.size()));
    model.memory.push_back(memory);
    model.members.items.insert(model.members.items.end(), members[i].begin(), members[i].end());
    model.members.first.push_back(static_cast<std::uint32_t>(model.members.items.size()));
  }
  return model;
}

}  // namespace

PlacementModel PlacementModel::make(const Problem& problem, Graph graph, const PlacementOptions& options,
                                    Together together) {
  return build(problem, graph, options, true, together);
}

PlacementModel PlacementModel::separate(const Problem& problem, Graph graph, const PlacementOptions& options) {
  return build(problem, graph, options, false, Together::hints);
}

double PlacementModel::route(std::uint32_t a, std::uint32_t b) const {
  if (a == b) return 0;
  if (uniform_routes) return default_route;
  const auto found = routes.find(pair_key(std::min(a, b), std::max(a, b)));
  return found == routes.end() ? default_route : found->second;
}

double PlacementModel::hosting(std::uint32_t item, std::uint32_t agent) const {
  const double usual = default_hosting[agent] * double(members[item].size());
  if (hosting_extra.empty()) return usual;
  const auto found = hosting_extra.find(pair_key(item, agent));
  return found == hosting_extra.end() ? usual : usual + found->second;
}

Hosts PlacementModel::pins(bool with_free_agents) const {
  Hosts pins = must;
  for (std::size_t i = 0; with_free_agents && i < pins.size(); ++i)
    if (pins[i] == no_id) pins[i] = free_agent[i];
  return pins;
}

std::string PlacementModel::name(std::uint32_t item) const {
  std::string text;
  for (const std::uint32_t c : members[item]) {
    if (text.size() > 100) return text + ", …";
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", printable(computation_names[c]));
  }
  return text;
}

PlacementCost cost_of(const PlacementModel& model, const Hosts& hosts, const PlacementOptions& options) {
  PlacementCost cost;
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    cost.hosting += model.hosting(i, hosts[i]);
    for (const auto& [other, load] : model.links(i))
      if (i < other) cost.communication += load * model.route(hosts[i], hosts[other]);
  }
  cost.total = options.communication_weight * cost.communication + options.hosting_weight * cost.hosting;
  return cost;
}

std::vector<std::string> agents_of(const Problem& problem) {
  std::vector<std::string> names;
  for (const AgentDefinition& agent : problem.agents()) names.push_back(agent.name);
  if (!names.empty()) return names;
  for (VariableId v = 0; v < problem.variable_count(); ++v) names.push_back("a_" + problem.variable_name(v));
  if (names.empty()) names.push_back("a0");
  return names;
}

bool holds(const PlacementModel& model, const Hosts& hosts, const Hosts& pins) {
  Room room(model);
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    if (hosts[i] >= model.agents() || (pins[i] != no_id && pins[i] != hosts[i])) return false;
    if (!room.fits(i, hosts[i])) return false;
    room.put(i, hosts[i]);
  }
  return true;
}

}  // namespace entente::placement
