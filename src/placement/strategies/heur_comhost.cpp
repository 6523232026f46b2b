// SPDX-License-Identifier: MIT
// heur_comhost: greedy by communication and hosting costs.
#include "placement/fit.hpp"
#include "placement/greedy.hpp"

namespace entente::placement {
namespace {

/// From  Rust, Picard & Ramparany, "Installing resilient distributed constraint optimization", OPTMAS 2018.
Placed place(const Task& task) {
  if (const auto hosts = cheapest_first(task)) return {.hosts = *hosts};
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

}  // namespace

const PlacementStrategy heur_comhost_strategy{
    .method = {.name = "heur_comhost",
               .summary = "heaviest computation first, each where it adds least communication and hosting cost"},
    .place = place};

}  // namespace entente::placement
