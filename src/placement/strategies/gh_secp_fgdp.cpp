// SPDX-License-Identifier: MIT
// gh_secp_fgdp: smart environments on factor graphs: models, then rules, beside their actuators.
#include <numeric>

#include "placement/fit.hpp"
#include "placement/greedy.hpp"

namespace entente::placement {
namespace {

/// Actuators are on their agents already; models, which are variables with their cost factor, come before rules, which
/// are factors.
Placed place(const Task& task) {
  std::vector<std::uint32_t> order(task.model.items());
  std::iota(order.begin(), order.end(), 0u);
  if (const auto hosts = beside_neighbours(task, order)) return {.hosts = *hosts};
  if (const auto hosts = cheapest_first(task)) return {.hosts = *hosts};
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

}  // namespace

const PlacementStrategy gh_secp_fgdp_strategy{
    .method = {.name = "gh_secp_fgdp",
               .summary = "gh_secp_cgdp for factor graphs: models with their cost, then rules",
               .graph = Graph::factor,
               .free_hosts = true},
    .together = Together::costs,
    .place = place};

}  // namespace entente::placement
