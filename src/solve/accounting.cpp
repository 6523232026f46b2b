// SPDX-License-Identifier: MIT
#include "solve/accounting.hpp"

#include "runtime/factor_order.hpp"

namespace entente {

CycleTraffic cycle_traffic(const Hosting& hosting, const std::uint32_t* first, const std::uint32_t* neighbours,
                           std::uint32_t phases, std::uint64_t message_bytes) {
  const auto count = std::uint32_t(hosting.host.size());
  CycleTraffic traffic{std::vector<std::uint32_t>(count), std::vector<std::uint64_t>(count)};
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t remote = 0;
    for (std::uint32_t e = first[i]; e < first[i + 1]; ++e) remote += hosting.host[neighbours[e]] != hosting.host[i];
    traffic.messages[i] = remote * phases;
    traffic.bytes[i] = remote * message_bytes;
    traffic.all_messages += traffic.messages[i];
    traffic.all_bytes += traffic.bytes[i];
  }
  return traffic;
}

CycleTraffic factor_traffic(const Problem& problem, const Hosting& hosting, const Algorithm& algorithm, bool one_way) {
  const auto count = std::uint32_t(hosting.host.size());
  CycleTraffic traffic{std::vector<std::uint32_t>(count), std::vector<std::uint64_t>(count)};
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
      }
    }
  }
  return traffic;
}

void account(const Problem& problem, const Hosting& hosting, const CycleTraffic& traffic,
             const runtime::RunResult& result, Outcome& outcome) {
  const auto count = std::uint32_t(hosting.host.size());
  outcome.agents.resize(hosting.agents.size());
  for (std::size_t a = 0; a < hosting.agents.size(); ++a) outcome.agents[a].name = hosting.agents[a];
  const double busy = result.seconds > 0 ? result.busy_seconds / result.seconds : 0;
  for (std::uint32_t c = 0; c < count; ++c) {
    AgentReport& agent = outcome.agents[hosting.host[c]];
    const bool counted = c < result.messages_out.size();
    const bool cyclic = c < traffic.messages.size();
    const std::uint64_t messages = counted ? result.messages_out[c] : cyclic ? result.cycles * traffic.messages[c] : 0;
    const std::uint64_t bytes = counted ? result.bytes_out[c] : cyclic ? result.cycles * traffic.bytes[c] : 0;
    agent.computations.push_back(computation_name(problem, c));
    agent.messages_out.push_back(messages);
    agent.bytes_out.push_back(bytes);
    agent.cycles.push_back(result.cycles);
    // Computations take turns on the same threads: an agent's share of the run is its computations'.
    agent.activity_ratio += busy / count;
    outcome.messages += messages;
    outcome.message_bytes += bytes;
  }
}

}  // namespace entente
