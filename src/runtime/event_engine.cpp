// SPDX-License-Identifier: MIT
#include "runtime/event_engine.hpp"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "entente/base/contract.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/event_desk.hpp"
#include "runtime/event_shard.hpp"
#include "runtime/event_tables.hpp"
#include "runtime/simulated_events.hpp"

namespace entente::runtime {

namespace {

std::uint32_t shards_of(const Algorithm& algorithm, const EventTopology& topology, const RunControl& control) {
  if (!algorithm.info.confluent || control.delay > 0 || control.threads < 2) return 1;
  return std::max(1u, std::min({std::uint32_t(control.threads), topology.count, 256u}));
}

/// Runs every shard to its end, the first on the calling thread.
void run_all(std::vector<std::unique_ptr<EventShard>>& shards, EventExchange& exchange) {
  std::vector<std::jthread> threads;
  try {
    for (std::size_t s = 1; s < shards.size(); ++s) threads.emplace_back([&shard = *shards[s]] { shard.run(); });
  } catch (...) {
    exchange.fail(std::current_exception());
  }
  shards[0]->run();
}

}  // namespace

RunResult run_events(const Problem& problem, const Algorithm& algorithm, const EventTopology& topology,
                     const RunControl& control, std::span<const Setting> settings, void* workspace) {
  ENTENTE_EXPECTS(algorithm.info.timing == Timing::events && algorithm.populate);
  ENTENTE_EXPECTS(topology.count >= problem.variable_count());
  if (control.simulation) return simulate_events(problem, algorithm, topology, control, settings, workspace);
  const auto began = RunControl::Clock::now();
  RunResult result;
  EventTables tables(problem, topology, control.seed);
  tables.frame.workspace = workspace;
  tables.frame.through_bytes = control.through_bytes;
  const std::unique_ptr<Population> population = algorithm.populate(topology.count, settings);
  const std::uint32_t count = shards_of(algorithm, topology, control);
  const std::vector<ComputationId> limits = tables.cut(topology, count);
  EventDesk desk(problem, algorithm, control, topology.count, population->messages(), count);
  tables.frame.services = desk.services();
  {
    EventExchange exchange(*population, control, count);
    desk.watch(exchange.watcher());
    std::vector<std::unique_ptr<EventShard>> shards;
    for (std::uint32_t s = 0; s < count; ++s)
      shards.push_back(std::make_unique<EventShard>(exchange, *population, desk, tables.frame, control.delay, s,
                                                    limits[s], limits[s + 1]));
    run_all(shards, exchange);
    if (exchange.failure()) std::rethrow_exception(exchange.failure());
    result.end = exchange.finished() ? RunEnd::by_itself : exchange.watcher().reason();
    for (const auto& shard : shards) result.busy_seconds += shard->busy_seconds();
  }
  tables.conclude(result);
  desk.conclude(*population, result);
  result.seconds = std::chrono::duration<double>(RunControl::Clock::now() - began).count();
  return result;
}

}  // namespace entente::runtime
