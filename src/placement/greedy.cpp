// SPDX-License-Identifier: MIT
#include "placement/greedy.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <unordered_map>

#include "placement/fit.hpp"

namespace entente::placement {
namespace {

constexpr std::uint64_t most_steps_back = 10'000;
constexpr double beyond = std::numeric_limits<double>::infinity();

/// What hosting `item` on `agent` costs, with those of its neighbours that have a host.
double added_cost(const Task& task, const Hosts& hosts, std::uint32_t item, std::uint32_t agent) {
  double communication = 0;
  for (const auto& [other, load] : task.model.links(item))
    if (hosts[other] != no_id) communication += load * task.model.route(agent, hosts[other]);
  return task.options.communication_weight * communication +
         task.options.hosting_weight * task.model.hosting(item, agent);
}

}  // namespace

std::optional<Hosts> cheapest_first(const Task& task) {
  const PlacementModel& model = task.model;
  Hosts hosts = task.pins;
  Room room(model);
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < model.items(); ++i) {
    if (hosts[i] == no_id)
      order.push_back(i);
    else
      room.put(i, hosts[i]);
  }
  std::stable_sort(order.begin(), order.end(), [&](auto x, auto y) { return model.memory[x] > model.memory[y]; });
  // The choice that was made last at each place of the order: the next one is the cheapest behind it.
  std::vector<std::pair<double, std::uint32_t>> last(order.size(), {-beyond, 0});
  std::uint64_t back = 0;
  for (std::size_t at = 0; at < order.size();) {
    const std::uint32_t i = order[at];
    std::pair<double, std::uint32_t> best{beyond, no_id};
    for (std::uint32_t a = 0; a < model.agents(); ++a) {
      if (!room.fits(i, a)) continue;
      const std::pair<double, std::uint32_t> choice{added_cost(task, hosts, i, a), a};
      if (choice > last[at] && choice < best) best = choice;
    }
    if (best.second != no_id) {
      last[at] = best;
      hosts[i] = best.second;
      room.put(i, best.second);
      ++at;
      continue;
    }
    last[at] = {-beyond, 0};
    if (at == 0 || ++back > most_steps_back) return std::nullopt;
    const std::uint32_t before = order[--at];
    room.take(before, hosts[before]);
    hosts[before] = no_id;
  }
  return hosts;
}

std::optional<Hosts> beside_neighbours(const Task& task, std::span<const std::uint32_t> order) {
  const PlacementModel& model = task.model;
  Hosts hosts = task.pins;
  Room room(model);
  std::vector<std::uint32_t> used(model.agents(), 0);
  // Agents by room, and by use where room is without limit.
  const auto roomier = [&](std::uint32_t a, std::uint32_t b) {
    if (room.left(a) != room.left(b)) return room.left(a) > room.left(b);
    return used[a] != used[b] ? used[a] < used[b] : a < b;
  };
  for (std::uint32_t i = 0; i < model.items(); ++i)
    if (hosts[i] != no_id) room.put(i, hosts[i]), ++used[hosts[i]];
  std::set<std::uint32_t, decltype(roomier)> agents(roomier);
  for (std::uint32_t a = 0; a < model.agents(); ++a) agents.insert(a);
  std::unordered_map<std::uint32_t, std::uint32_t> linked;
  for (const std::uint32_t i : order) {
    if (hosts[i] != no_id) continue;
    linked.clear();
    for (const auto& [other, load] : model.links(i))
      if (hosts[other] != no_id && room.fits(i, hosts[other])) ++linked[hosts[other]];
    std::uint32_t best = *agents.begin();
    std::uint32_t most = 0;
    for (const auto& [agent, count] : linked) {
      if (count > most || (count == most && roomier(agent, best))) best = agent, most = count;
    }
    if (!room.fits(i, best)) return std::nullopt;
    agents.erase(best);
    hosts[i] = best;
    room.put(i, best);
    ++used[best];
    agents.insert(best);
  }
  return hosts;
}

void improve(const Task& task, Hosts& hosts) {
  const PlacementModel& model = task.model;
  Room room(model);
  for (std::uint32_t i = 0; i < model.items(); ++i) room.put(i, hosts[i]);
  double budget = 2e7;
  const double work = double(model.neighbours.size() + model.items()) * model.agents();
  for (bool moved = true; moved && (budget -= work) > 0;) {
    moved = false;
    for (std::uint32_t i = 0; i < model.items(); ++i) {
      if (task.pins[i] != no_id) continue;
      const std::uint32_t from = hosts[i];
      const double now = added_cost(task, hosts, i, from);
      for (std::uint32_t a = 0; a < model.agents(); ++a) {
        if (a == from || !room.fits(i, a)) continue;
        if (added_cost(task, hosts, i, a) < now - 1e-9 * (1 + std::abs(now))) {
          room.take(i, from), room.put(i, a);
          hosts[i] = a;
          moved = true;
          break;
        }
      }
    }
  }
}

Placed place_cheapest_first(const Task& task) {
  if (const auto hosts = cheapest_first(task)) return {.hosts = *hosts};
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

Placed place_beside_neighbours(const Task& task) {
  std::vector<std::uint32_t> order(task.model.items());
  std::iota(order.begin(), order.end(), 0u);
  if (const auto hosts = beside_neighbours(task, order)) return {.hosts = *hosts};
  return place_cheapest_first(task);
}

}  // namespace entente::placement
