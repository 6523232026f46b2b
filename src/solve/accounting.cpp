// SPDX-License-Identifier: MIT
#include "solve/accounting.hpp"

#include <algorithm>
#include <string>

#include "runtime/factor_order.hpp"

namespace entente {

namespace {

CycleTraffic silence(std::size_t computations) {
  CycleTraffic traffic;
  traffic.messages.resize(computations);
  traffic.bytes.resize(computations);
  return traffic;
}

/// Types of one name are one type to the reader.
MessageReport& type_called(const std::string& name, std::vector<MessageReport>& types) {
  const auto at = std::lower_bound(types.begin(), types.end(), name,
                                   [](const MessageReport& type, const std::string& text) { return type.name < text; });
  if (at != types.end() && at->name == name) return *at;
  return *types.insert(at, MessageReport{name});
}

void account_types(const CycleTraffic& traffic, const runtime::RunResult& result, Outcome& outcome) {
  for (const runtime::MessageTraffic& kind : result.kinds) {
    MessageReport& type = type_called(kind.name, outcome.message_types);
    type.messages += kind.messages;
    type.bytes += kind.bytes;
    type.largest = std::max(type.largest, kind.largest);
  }
  for (const runtime::MessageTraffic& kind : traffic.kinds) {
    MessageReport& type = type_called(kind.name, outcome.message_types);
    type.messages += result.cycles * kind.messages;
    type.bytes += result.cycles * kind.bytes;
    if (result.cycles) type.largest = std::max(type.largest, kind.largest);
  }
}

}  // namespace

CycleTraffic cycle_traffic(const Hosting& hosting, const std::uint32_t* first, const std::uint32_t* neighbours,
                           std::span<const MessageInfo> types) {
  const auto count = std::uint32_t(hosting.host.size());
  CycleTraffic traffic = silence(count);
  std::uint32_t phases = 0;
  std::uint64_t message_bytes = 0, edges = 0;
  for (const MessageInfo& type : types)
    if (!type.sparse) {
      ++phases;
      message_bytes += type.wire;
    }
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t remote = 0;
    for (std::uint32_t e = first[i]; e < first[i + 1]; ++e) remote += hosting.host[neighbours[e]] != hosting.host[i];
    traffic.messages[i] = remote * phases;
    traffic.bytes[i] = remote * message_bytes;
    traffic.all_messages += traffic.messages[i];
    traffic.all_bytes += traffic.bytes[i];
    edges += remote;
  }
  for (const MessageInfo& type : types) {
    const std::uint64_t sent = type.sparse ? 0 : edges;
    traffic.kinds.push_back({std::string(type.name), sent, sent * type.wire, sent ? type.wire : 0});
  }
  return traffic;
}

CycleTraffic factor_traffic(const Problem& problem, const Hosting& hosting, const Algorithm& algorithm, bool one_way) {
  CycleTraffic traffic = silence(hosting.host.size());
  runtime::MessageTraffic to_factors{"VariableToFactor"}, to_variables{"FactorToVariable"};
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (problem.scope(c).size() < 2) continue;
    const std::uint32_t factor = problem.variable_count() + c;
    const VariableId last_early = runtime::last_early(problem.scope(c));
    for (const VariableId v : problem.scope(c)) {
      if (hosting.host[v] == hosting.host[factor]) continue;
      const auto bytes = static_cast<std::uint64_t>(algorithm.load({std::uint32_t(problem.domain_size(v))}));
      for (const std::uint32_t sender : {std::uint32_t(v), factor}) {
        if (one_way && (sender == v) != (v <= last_early)) continue;
        ++traffic.messages[sender];
        traffic.bytes[sender] += bytes;
        ++traffic.all_messages;
        traffic.all_bytes += bytes;
        runtime::MessageTraffic& kind = sender == v ? to_factors : to_variables;
        ++kind.messages;
        kind.bytes += bytes;
        kind.largest = std::max(kind.largest, bytes);
      }
    }
  }
  traffic.kinds = {to_factors, to_variables};
  return traffic;
}

std::uint64_t factor_checks(const Problem& problem) {
  std::uint64_t most = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    if (problem.scope(c).size() < 2) continue;
    std::uint64_t cells = 1;
    for (const VariableId v : problem.scope(c))
      if (__builtin_mul_overflow(cells, std::uint64_t(problem.domain_size(v)), &cells)) return ~std::uint64_t(0);
    most = std::max(most, cells);
  }
  return most;
}

void account(const Problem& problem, const Hosting& hosting, const CycleTraffic& traffic,
             const runtime::RunResult& result, Outcome& outcome) {
  const auto count = std::uint32_t(hosting.host.size());
  account_types(traffic, result, outcome);
  outcome.checks = result.checks;
  outcome.agents.resize(hosting.agents.size());
  for (std::size_t a = 0; a < hosting.agents.size(); ++a) outcome.agents[a].name = hosting.agents[a];
  for (std::size_t a = 0; a < result.agent_busy.size() && result.seconds > 0; ++a)
    outcome.agents[a].activity_ratio = std::min(1.0, result.agent_busy[a] / result.seconds);
  const double busy = result.seconds > 0 ? result.busy_seconds / result.seconds : 0;
  for (std::uint32_t c = 0; c < count; ++c) {
    AgentReport& agent = outcome.agents[hosting.host[c]];
    std::uint64_t messages = 0, bytes = 0;
    if (c < result.messages_out.size()) {
      messages += result.messages_out[c];
      bytes += result.bytes_out[c];
    }
    if (c < traffic.messages.size()) {
      messages += result.cycles * traffic.messages[c];
      bytes += result.cycles * traffic.bytes[c];
    }
    agent.computations.push_back(computation_name(problem, c));
    agent.messages_out.push_back(messages);
    agent.bytes_out.push_back(bytes);
    agent.cycles.push_back(result.cycles);
    // Computations take turns on the same threads: an agent's share of the run is its computations'.
    if (result.agent_busy.empty()) agent.activity_ratio += busy / count;
    outcome.messages += messages;
    outcome.message_bytes += bytes;
  }
}

}  // namespace entente
