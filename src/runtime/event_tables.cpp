// SPDX-License-Identifier: MIT
#include "runtime/event_tables.hpp"

#include <algorithm>

#include "entente/base/random.hpp"
#include "runtime/event_lowest.hpp"

namespace entente::runtime {

EventTables::EventTables(const Problem& problem, const EventTopology& topology, std::uint64_t seed)
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

std::vector<ComputationId> EventTables::cut(const EventTopology& topology, std::uint32_t shards) {
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

void EventTables::conclude(RunResult& result) const {
  for (const Traffic& one : sent) {
    result.messages_out.push_back(one.messages);
    result.bytes_out.push_back(one.bytes);
  }
  if (!checks.empty()) result.checks = *std::max_element(checks.begin(), checks.end());
}

}  // namespace entente::runtime
