// SPDX-License-Identifier: MIT
// gh_secp_cgdp: smart environments: models beside their actuators.
#include <numeric>

#include "placement/fit.hpp"
#include "placement/greedy.hpp"

namespace entente::placement {
namespace {

/// Actuators are on their agents already; all others follow in their order.
Placed place(const Task& task) {
  std::vector<std::uint32_t> order(task.model.items());
  std::iota(order.begin(), order.end(), 0u);
  if (const auto hosts = beside_neighbours(task, order)) return {.hosts = *hosts};
  if (const auto hosts = cheapest_first(task)) return {.hosts = *hosts};
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

}  // namespace

const PlacementStrategy gh_secp_cgdp_strategy{
    .method = {.name = "gh_secp_cgdp",
               .summary = "greedy for smart environments: actuators on their own agents, the rest beside them",
               .graph = Graph::constraint,
               .free_hosts = true},
    .place = place};

}  // namespace entente::placement
