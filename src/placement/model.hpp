// SPDX-License-Identifier: MIT
// The placement problem in numbers: what strategies work on.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "entente/base/ids.hpp"
#include "entente/graph/pseudotree.hpp"
#include "entente/placement.hpp"

namespace entente::placement {

/// The agent of each item.
using Hosts = std::vector<std::uint32_t>;

/// Which computations are placed as one, besides what the hints say.
enum class Together {
  hints,           ///< None.
  actuator_costs,  ///< A factor `c_x` with its variable x, where one agent hosts x for nothing.
  costs,           ///< Every factor `c_x` with its variable x.
};

/// What can be placed: items are computations that have to be hosted together; most hold one computation.
struct PlacementModel {
  struct Neighbour {
    std::uint32_t item;
    double load;  ///< Above 0.
  };

  std::vector<std::string> agent_names, computation_names;
  std::vector<double> capacity;  ///< Infinite where none is said.
  IdLists members;               ///< Computations of each item.
  std::vector<double> memory;    ///< Of each item.
  std::vector<std::uint32_t> first{0};
  std::vector<Neighbour> neighbours;      ///< Of each item, by id; symmetric.
  std::vector<std::uint32_t> must;        ///< The agent that a hint names, or `no_id`.
  std::vector<std::uint32_t> free_agent;  ///< The one agent that hosts it for nothing by an explicit 0, or `no_id`.
  bool limited = false;                   ///< Some capacity is finite.
  bool uniform_routes = true;             ///< All routes between two agents are `default_route`.
  double default_route = 1;

  std::uint32_t items() const { return members.rows(); }
  std::uint32_t agents() const { return static_cast<std::uint32_t>(agent_names.size()); }
  std::span<const Neighbour> links(std::uint32_t item) const {
    return {neighbours.data() + first[item], neighbours.data() + first[item + 1]};
  }
  double route(std::uint32_t a, std::uint32_t b) const;
  double hosting(std::uint32_t item, std::uint32_t agent) const;
  bool has_hosting_costs() const { return !hosting_extra.empty() || different_defaults; }
  /// The musts of all methods, or with the free agents those of methods that take these for musts.
  Hosts pins(bool with_free_agents) const;
  std::string name(std::uint32_t item) const;  ///< For messages: quoted, of all members.

  static PlacementModel make(const Problem& problem, Graph graph, const PlacementOptions& options, Together together);
  /// Every computation an item of its own, so that any distribution can be looked at.
  static PlacementModel separate(const Problem& problem, Graph graph, const PlacementOptions& options);

  std::vector<double> default_hosting;  ///< Of each agent.
  bool different_defaults = false;
  std::unordered_map<std::uint64_t, double> routes;         ///< By pair, lower agent first.
  std::unordered_map<std::uint64_t, double> hosting_extra;  ///< By item and agent: what is added to the defaults.
};

/// Cost of a placement under the weights of `options`. O(links).
PlacementCost cost_of(const PlacementModel& model, const Hosts& hosts, const PlacementOptions& options);

/// The agents of a problem by name; one a variable if it has none.
std::vector<std::string> agents_of(const Problem& problem);

/// What is left of the agents' capacities.
class Room {
 public:
  explicit Room(const PlacementModel& model) : model_(model), left_(model.capacity) {}
  bool fits(std::uint32_t item, std::uint32_t agent) const {
    return model_.memory[item] <= left_[agent] + 1e-9 * std::max(1.0, std::min(model_.capacity[agent], 1e300));
  }
  void put(std::uint32_t item, std::uint32_t agent) { left_[agent] -= model_.memory[item]; }
  void take(std::uint32_t item, std::uint32_t agent) {
    if (left_[agent] < std::numeric_limits<double>::infinity()) left_[agent] += model_.memory[item];
  }
  double left(std::uint32_t agent) const { return left_[agent]; }

 private:
  const PlacementModel& model_;
  std::vector<double> left_;
};

/// Whether all capacities and pins are kept.
bool holds(const PlacementModel& model, const Hosts& hosts, const Hosts& pins);

}  // namespace entente::placement
