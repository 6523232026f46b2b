// SPDX-License-Identifier: MIT
// adhoc: beside those it talks to, hints first.
#include <numeric>

#include "entente/base/random.hpp"
#include "placement/fit.hpp"
#include "placement/greedy.hpp"

namespace entente::placement {
namespace {

/// From  Rust, Picard & Ramparany, "Using message-passing DCOP algorithms to solve energy-efficient smart environment
///       configuration problems", IJCAI 2016. Where a computation fits nowhere, other orders are tried.
Placed place(const Task& task) {
  std::vector<std::uint32_t> order(task.model.items());
  std::iota(order.begin(), order.end(), 0u);
  for (std::uint64_t attempt = 1; attempt <= 4; ++attempt) {
    if (const auto hosts = beside_neighbours(task, order)) return {.hosts = *hosts};
    Random random(task.options.seed + attempt);
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  }
  return {.hosts = any_fit(task.model, task.pins, task.options.timeout)};
}

}  // namespace

const PlacementStrategy adhoc_strategy{
    .method = {.name = "adhoc", .summary = "each computation where most of those it talks to are; fast"},
    .place = place};

}  // namespace entente::placement
