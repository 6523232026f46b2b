// SPDX-License-Identifier: MIT
#include "runtime/event_engine.hpp"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "entente/base/contract.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/event_desk.hpp"
#include "runtime/event_lowest.hpp"
#include "runtime/event_shard.hpp"

namespace entente::runtime {

namespace {

/// What handlers may ask about variables, by computation; shared by all shards.
struct EventTables {
  std::vector<std::uint32_t> domains, reach, draws, shard;
  std::vector<ValueIndex> initial;
  std::vector<std::uint8_t> reminding;
  std::vector<Traffic> sent;
  std::vector<std::uint64_t> checks;
  Frame frame;

  EventTables(const Problem& problem, const EventTopology& topology, std::uint64_t seed)
      : domains(topology.count),
        reach(topology.count),
        draws(topology.count),
        reminding(topology.count),
        sent(topology.count),
        checks(topology.count) {
    const std::uint32_t variables = problem.variable_count();
    for (VariableId v = 0; v < variables; ++v) domains[v] = std::uint32_t(problem.domain_size(v));
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      const auto scope = problem.scope(c);
      for (const VariableId v : scope) reach[v] += std::uint32_t(scope.size() - 1);
    }
    for (VariableId v = 0; v < variables; ++v) {
      const ValueIndex value = problem.initial_value(v);
      if (value == no_value) continue;
      if (initial.empty()) initial.assign(topology.count, no_value);
      initial[v] = value;
    }
    frame.first = topology.first;
    frame.neighbours = topology.neighbours;
    frame.domains = domains.data();
    frame.initial = initial.empty() ? nullptr : initial.data();
    frame.reach = reach.data();
    frame.salt = mix(seed);
    frame.draws = draws.data();
    frame.sent = sent.data();
    frame.checks = checks.data();
    frame.host = topology.host;
    frame.problem = &problem;
    frame.tree = topology.tree;
    frame.row = topology.row;
    frame.reminding = reminding.data();
    frame.find_lowest = find_lowest;
  }

  /// Cuts the computations into ranges of about equal weight (one, and one per neighbour); returns their limits.
  std::vector<ComputationId> cut(const EventTopology& topology, std::uint32_t shards) {
    std::vector<ComputationId> limits{0};
    if (shards > 1) shard.resize(topology.count);
    const std::uint64_t all = std::uint64_t(topology.count) + topology.first[topology.count];
    for (ComputationId i = 0; i < topology.count; ++i) {
      if (std::uint64_t(i) + topology.first[i] >= all / shards * limits.size() && limits.size() < shards && i > 0)
        limits.push_back(i);
      if (shards > 1) shard[i] = std::uint32_t(limits.size() - 1);
    }
    limits.resize(shards + 1, topology.count);
    frame.shard = shards > 1 ? shard.data() : nullptr;
    return limits;
  }
};

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
  for (const Traffic& sent : tables.sent) {
    result.messages_out.push_back(sent.messages);
    result.bytes_out.push_back(sent.bytes);
  }
  if (!tables.checks.empty()) result.checks = *std::max_element(tables.checks.begin(), tables.checks.end());
  desk.conclude(*population, result);
  result.seconds = std::chrono::duration<double>(RunControl::Clock::now() - began).count();
  return result;
}

}  // namespace entente::runtime
