// SPDX-License-Identifier: MIT
// partition: little load between agents, and each with its share, for thousands of agents.
#include <algorithm>
#include <cmath>
#include <limits>

#include "placement/fit.hpp"
#include "placement/greedy.hpp"
#include "placement/partitioning.hpp"
#include "placement/strategy.hpp"

namespace entente::placement {
namespace {

constexpr std::uint32_t most_agents_to_swap = 128;

/// What each part weighs towards its agent: footprints where capacities count, else computations.
std::vector<double> weights_of(const PlacementModel& model) {
  if (model.limited) return model.memory;
  std::vector<double> weights;
  for (std::uint32_t i = 0; i < model.items(); ++i) weights.push_back(double(model.members[i].size()));
  return weights;
}

/// The agents that get a part.
std::vector<std::uint32_t> hosting_agents(const PlacementModel& model) {
  std::vector<std::uint32_t> agents;
  for (std::uint32_t a = 0; a < model.agents(); ++a)
    if (model.capacity[a] > 0) agents.push_back(a);
  if (agents.size() > model.items()) agents.resize(model.items());
  return agents;
}

/// In proportion to capacities; agents without a limit count as the largest that has one, but for all.
std::vector<double> shares_of(const PlacementModel& model, const std::vector<std::uint32_t>& agents) {
  double largest = 0, total = 0;
  for (const std::uint32_t a : agents)
    if (std::isfinite(model.capacity[a])) largest = std::max(largest, model.capacity[a]);
  std::vector<double> shares;
  for (const std::uint32_t a : agents) {
    shares.push_back(std::isfinite(model.capacity[a]) ? model.capacity[a] : largest > 0 ? largest : 1);
    total += shares.back();
  }
  for (double& share : shares) share = std::max(share / total, 1e-6);
  return shares;
}

/// Puts pinned items where they have to be: each agent first takes the part that holds most of its own.
Hosts agents_for_parts(const Task& task, const std::vector<std::uint32_t>& part,
                       const std::vector<std::uint32_t>& agents) {
  const std::uint32_t none = no_id;
  std::vector<std::uint32_t> index(task.model.agents(), none), agent_of(agents.size());
  for (std::uint32_t p = 0; p < agents.size(); ++p) index[agents[p]] = p, agent_of[p] = p;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> wishes;  // part, agent
  for (std::uint32_t i = 0; i < task.model.items(); ++i)
    if (task.pins[i] != no_id && index[task.pins[i]] != none) wishes.emplace_back(part[i], index[task.pins[i]]);
  std::sort(wishes.begin(), wishes.end());
  std::vector<std::pair<std::size_t, std::pair<std::uint32_t, std::uint32_t>>> counted;
  for (std::size_t at = 0, end; at < wishes.size(); at = end) {
    for (end = at; end < wishes.size() && wishes[end] == wishes[at];) ++end;
    counted.push_back({end - at, wishes[at]});
  }
  std::stable_sort(counted.begin(), counted.end(), [](const auto& x, const auto& y) { return x.first > y.first; });
  std::vector<bool> done(agents.size()), taken(agents.size());
  std::vector<std::uint32_t> part_of = agent_of;  // inverse of agent_of
  for (const auto& [count, wish] : counted) {
    const auto [p, a] = wish;
    // Unequal capacities: a part is cut to its own agent's measure.
    if (done[p] || taken[a] || std::abs(task.model.capacity[agents[p]] - task.model.capacity[agents[a]]) > 0) continue;
    const std::uint32_t other = part_of[a], mine = agent_of[p];
    agent_of[p] = a, agent_of[other] = mine;
    part_of[a] = p, part_of[mine] = other;
    done[p] = taken[a] = true;
  }
  Hosts hosts = task.pins;
  for (std::uint32_t i = 0; i < task.model.items(); ++i)
    if (hosts[i] == no_id) hosts[i] = agents[agent_of[part[i]]];
  return hosts;
}

/// Exchanges what two agents host, pinned items aside, while that lowers the cost.
void swap_agents(const Task& task, Hosts& hosts) {
  const PlacementModel& model = task.model;
  if (model.agents() > most_agents_to_swap || double(model.neighbours.size()) * model.agents() * model.agents() > 1e9)
    return;
  double cost = cost_of(model, hosts, task.options).total;
  bool better = true;
  for (int round = 0; better && round < 8; ++round) {
    better = false;
    for (std::uint32_t a = 0; a < model.agents(); ++a) {
      for (std::uint32_t b = a + 1; b < model.agents(); ++b) {
        Hosts swapped = hosts;
        for (std::uint32_t i = 0; i < model.items(); ++i)
          if (task.pins[i] == no_id && (hosts[i] == a || hosts[i] == b)) swapped[i] = hosts[i] == a ? b : a;
        const double now = cost_of(model, swapped, task.options).total;
        if (now >= cost - 1e-9 * (1 + std::abs(cost)) || !holds(model, swapped, task.pins)) continue;
        hosts = swapped;
        cost = now;
        better = true;
      }
    }
  }
}

/// Moves items away from agents that hold too much, each time the one whose move adds least load between agents.
bool relieve(const Task& task, Hosts& hosts) {
  const PlacementModel& model = task.model;
  std::vector<double> left = model.capacity;
  std::vector<std::vector<std::uint32_t>> hosted(model.agents());
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    left[hosts[i]] -= model.memory[i];
    if (task.pins[i] == no_id) hosted[hosts[i]].push_back(i);
  }
  for (std::uint32_t a = 0; a < model.agents(); ++a) {
    const double tolerance = 1e-9 * std::max(1.0, std::min(model.capacity[a], 1e300));
    while (left[a] < -tolerance) {
      double least = std::numeric_limits<double>::infinity();
      std::uint32_t who = no_id, where = no_id;
      for (const std::uint32_t i : hosted[a]) {
        if (hosts[i] != a || model.memory[i] <= 0) continue;
        for (std::uint32_t b = 0; b < model.agents(); ++b) {
          if (b == a || left[b] < model.memory[i]) continue;
          double added = 0;
          for (const auto& [other, load] : model.links(i))
            added += load * (model.route(b, hosts[other]) - model.route(a, hosts[other]));
          added /= model.memory[i];
          if (added < least) least = added, who = i, where = b;
        }
      }
      if (who == no_id) return false;
      hosts[who] = where;
      left[a] += model.memory[who];
      left[where] -= model.memory[who];
    }
  }
  return true;
}

Placed place(const Task& task) {
  const PlacementModel& model = task.model;
  const std::vector<std::uint32_t> agents = hosting_agents(model);
  if (agents.empty() || model.items() == 0) return {.hosts = any_fit(model, task.pins, task.options.timeout)};
  const Parts parts = cut_into_parts(model, weights_of(model), shares_of(model, agents), task.options.seed);
  Hosts hosts = agents_for_parts(task, parts.of, agents);
  bool fits = relieve(task, hosts);
  if (fits && (!model.uniform_routes || model.has_hosting_costs())) swap_agents(task, hosts);
  if (!fits || !holds(model, hosts, task.pins)) {
    hosts = any_fit(model, task.pins, task.options.timeout);
    improve(task, hosts);
  }
  return {.hosts = hosts};
}

}  // namespace

const PlacementStrategy partition_strategy{
    .method = {.name = "partition",
               .summary = "the graph cut into parts of each agent's share with little load between them, by METIS"},
    .place = place};

}  // namespace entente::placement
