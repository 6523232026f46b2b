// SPDX-License-Identifier: MIT
// gh_cgdp: heur_comhost after those that an agent hosts for nothing.
#include "placement/fit.hpp"
#include "placement/greedy.hpp"

namespace entente::placement {
namespace {

/// From  Rust, Picard & Ramparany, "Self-organized and resilient distribution of decisions over dynamic multi-agent
/// systems", OPTMAS 2018.
Placed place(const Task& task) {
  if (const auto hosts = cheapest_first(task)) return {.hosts = *hosts};
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

}  // namespace

const PlacementStrategy gh_cgdp_strategy{
    .method = {.name = "gh_cgdp",
               .summary = "as heur_comhost, after computations that one agent hosts for nothing",
               .free_hosts = true},
    .place = place};

}  // namespace entente::placement
