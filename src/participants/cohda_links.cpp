// SPDX-License-Identifier: MIT
// Builds the links of a group.
#include "participants/cohda_links.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/error.hpp"
#include "entente/carriers/topology.hpp"

namespace entente {
namespace {

constexpr std::uint64_t most_ends = std::uint64_t(1) << 26;
constexpr std::size_t complete_up_to = 1000;  // agents, where nothing else is asked for

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::wrong_use, what); }

CohdaTopology chosen_topology(const ScheduleProblem& problem, CohdaTopology asked) {
  if (asked == CohdaTopology::links && problem.links.empty())
    refuse("topology `links`: the problem has none; give it some, or choose complete, ring or small_world");
  if (asked != CohdaTopology::automatic) return asked;
  if (!problem.links.empty()) return CohdaTopology::links;
  return problem.agents.size() <= complete_up_to ? CohdaTopology::complete : CohdaTopology::small_world;
}

/// About the square root of the number of agents: fewer links take many more decisions, more cost more each.
std::uint32_t usual_neighbours(std::size_t agents) {
  const auto root = std::uint32_t(std::sqrt(double(agents)));
  return std::max(4u, root & ~1u);
}

Topology small_world(std::size_t agents, const CohdaOptions& options) {
  if (options.neighbours % 2 != 0)
    refuse(fmt::format("neighbours: {} is odd; expected an even number, half of them on either side of the ring",
                       options.neighbours));
  if (!(options.rewire >= 0 && options.rewire <= 1))
    refuse(fmt::format("rewire: {} is not a probability, a number from 0 to 1", options.rewire));
  const std::uint32_t neighbours = options.neighbours ? options.neighbours : usual_neighbours(agents);
  if (neighbours >= agents) return {};
  return Topology::small_world(agents, neighbours, options.rewire, options.seed);
}

Topology from_problem(const ScheduleProblem& problem) {
  const std::size_t agents = problem.agents.size();
  for (const auto& [a, b] : problem.links)
    if (a >= agents || b >= agents || a == b)
      throw Error(ErrorCode::bad_input,
                  fmt::format("links: ({}, {}) does not join two of the {} agents", a, b, agents));
  return Topology::from_links(agents, problem.links);
}

CohdaLinks flat(const Topology& topology, std::uint32_t agents) {
  CohdaLinks links;
  links.first.reserve(agents + std::size_t(1));
  for (std::uint32_t i = 0; i < agents; ++i) {
    if (topology.is_complete()) {
      for (std::uint32_t j = 0; j < agents; ++j)
        if (j != i) links.neighbours.push_back(j);
    } else {
      for (const Address other : topology.neighbours(Address{i + 1})) links.neighbours.push_back(other.number - 1);
    }
    links.first.push_back(links.neighbours.size());
    if (links.neighbours.size() > most_ends)
      throw Error(ErrorCode::too_large,
                  fmt::format("{} agents with these links would need memory for more than {} link ends: choose the "
                              "topology small_world",
                              agents, most_ends));
  }
  // Agents are met in ascending order, so each agent's ends are asked for in the order they are stored in.
  links.other_end.resize(links.neighbours.size());
  std::vector<std::uint64_t> next(links.first.begin(), links.first.end() - 1);
  for (std::uint32_t i = 0; i < agents; ++i)
    for (std::uint64_t end = links.first[i]; end < links.first[i + std::size_t(1)]; ++end)
      links.other_end[end] = next[links.neighbours[end]]++;
  return links;
}

void check_connected(const CohdaLinks& links, const ScheduleProblem& problem, std::uint32_t start) {
  std::vector<bool> reached(links.agents());
  std::vector<std::uint32_t> queue{start};
  reached[start] = true;
  while (!queue.empty()) {
    const std::uint32_t agent = queue.back();
    queue.pop_back();
    for (std::uint64_t end = links.first[agent]; end < links.first[agent + std::size_t(1)]; ++end) {
      const std::uint32_t other = links.neighbours[end];
      if (reached[other]) continue;
      reached[other] = true;
      queue.push_back(other);
    }
  }
  const auto missed = std::find(reached.begin(), reached.end(), false);
  if (missed != reached.end())
    throw Error(ErrorCode::bad_input,
                fmt::format("links: no way leads from agent `{}`, where the run begins, to agent `{}`: add links",
                            printable(problem.agents[start].id),
                            printable(problem.agents[std::size_t(missed - reached.begin())].id)));
}

}  // namespace

CohdaLinks cohda_links(const ScheduleProblem& problem, const CohdaOptions& options) {
  const auto agents = std::uint32_t(problem.agents.size());
  if (options.start >= agents)
    refuse(fmt::format("start: there is no agent at position {}; there are {} agents, counted from 0", options.start,
                       agents));
  Topology topology;
  switch (chosen_topology(problem, options.topology)) {
    case CohdaTopology::automatic:
    case CohdaTopology::complete: break;
    case CohdaTopology::ring: topology = Topology::ring(agents); break;
    case CohdaTopology::small_world: topology = small_world(agents, options); break;
    case CohdaTopology::links: topology = from_problem(problem); break;
  }
  CohdaLinks links = flat(topology, agents);
  check_connected(links, problem, options.start);
  return links;
}

}  // namespace entente
