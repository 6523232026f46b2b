// SPDX-License-Identifier: MIT
// Streams a result, so that a million variables cost their text and no tree.
#include "result_json.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "json_members.hpp"
#include "json_text.hpp"

namespace entente::cli {
namespace {

std::vector<std::uint32_t> sorted_order(const std::vector<std::string>& names) {
  std::vector<std::uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  return order;
}

void write_agents(JsonMembers& result, const std::vector<AgentReport>& agents) {
  std::vector<std::string> names;
  names.reserve(agents.size());
  for (const AgentReport& agent : agents) names.push_back(agent.name);
  result.member("agt_metrics");
  JsonMembers all = result.inside();
  for (const std::uint32_t i : sorted_order(names)) {
    const AgentReport& agent = agents[i];
    const std::vector<std::uint32_t> order = sorted_order(agent.computations);
    all.member(agent.name);
    JsonMembers one = all.inside();
    const auto per_computation = [&](std::string_view key, std::span<const std::uint64_t> numbers) {
      one.member(key);
      JsonMembers counts = one.inside();
      for (const std::uint32_t c : order) {
        if (c < numbers.size()) counts.add(agent.computations[c], numbers[c]);
      }
      counts.close();
    };
    one.add("activity_ratio", agent.activity_ratio);
    per_computation("count_ext_msg", agent.messages_out);
    per_computation("cycles", agent.cycles);
    per_computation("size_ext_msg", agent.bytes_out);
    one.close();
  }
  all.close();
}

void write_assignment(JsonMembers& result, const Problem& problem, std::span<const ValueIndex> assignment) {
  std::vector<std::string> names(assignment.size());
  for (VariableId v = 0; v < names.size(); ++v) names[v] = problem.variable_name(v);
  result.member("assignment");
  JsonMembers values = result.inside();
  for (const VariableId v : sorted_order(names)) {
    values.add(names[v], problem.domain(v).values[static_cast<std::size_t>(assignment[v])]);
  }
  values.close();
}

void write_certificate(JsonMembers& result, const Problem& problem, const Certificate& certificate) {
  result.member("certificate");
  JsonMembers proof = result.inside();
  proof.add("best", certificate.best);
  proof.add("bound", certificate.bound(problem));
  std::string& groups = proof.member("groups");
  groups += '[';
  for (const Certificate::Group& group : certificate.groups) {
    groups += &group == certificate.groups.data() ? "{\"excess\": " : ", {\"excess\": ";
    append_json(groups, group.excess);
    groups += ", \"variables\": [";
    for (const VariableId v : group.variables) {
      if (v != group.variables.front()) groups += ", ";
      append_json(groups, std::string_view(problem.variable_name(v)));
    }
    groups += "]}";
  }
  groups += ']';
  proof.close();
}

std::uint64_t largest_message(const Outcome& outcome) {
  std::uint64_t largest = 0;
  for (const MessageReport& type : outcome.message_types) largest = std::max(largest, type.largest);
  return largest;
}

void write_message_types(JsonMembers& result, const std::vector<MessageReport>& types) {
  result.member("msg_types");
  JsonMembers all = result.inside();
  for (const MessageReport& type : types) {
    all.member(type.name);
    JsonMembers one = all.inside();
    one.add("count", type.messages);
    one.add("largest", type.largest);
    one.add("size", type.bytes);
    one.close();
  }
  all.close();
}

void write_simulation(JsonMembers& result, const SimulationReport& report) {
  result.add("simulated_time", report.time);
  result.member("simulation");
  JsonMembers all = result.inside();
  all.add("acknowledgements", report.acknowledgements);
  all.add("cbr_latency", report.cbr_latency);
  all.add("crashes", report.crashes);
  all.add("delivery", std::string_view(report.reliable ? "reliable" : "raw"));
  all.add("duplicated", report.duplicated);
  all.add("lost", report.lost);
  all.add("packets", report.packets);
  all.add("restarts", report.restarts);
  all.add("retransmitted", report.retransmitted);
  all.add("rounds", report.rounds);
  all.close();
}

}  // namespace

bool has_assignment(const Problem& problem, const Outcome& outcome) {
  return outcome.assignment.size() == problem.variable_count();
}

void write_result(Output& out, const Problem& problem, const Outcome& outcome, std::uint64_t seed, JsonForm form) {
  const bool known = has_assignment(problem, outcome);
  JsonMembers result(out, form);
  write_agents(result, outcome.agents);
  result.add("algorithm", std::string_view(outcome.algorithm));
  write_assignment(result, problem, known ? std::span(outcome.assignment) : std::span<const ValueIndex>());
  result.add("best_cost_cycle", outcome.best_cost_cycle);
  // Where no assignment is feasible, no cost is there to be bounded.
  const bool bounded = outcome.status != Status::infeasible;
  bounded&& outcome.bound ? result.add("bound", *outcome.bound) : result.add_null("bound");
  if (outcome.simulation) result.add("cbr", outcome.simulation->cbr);
  if (outcome.centralised) {
    result.member("centralised");
    JsonMembers shares = result.inside();
    shares.add("largest", outcome.centralised->largest);
    shares.add("mean", outcome.centralised->mean);
    shares.close();
  }
  if (outcome.certificate) write_certificate(result, problem, *outcome.certificate);
  known ? result.add("cost", outcome.cost) : result.add_null("cost");
  result.add("cycle", outcome.cycles);
  bounded&& outcome.gap ? result.add("gap", *outcome.gap) : result.add_null("gap");
  result.add("msg_count", outcome.messages);
  result.add("msg_largest", largest_message(outcome));
  result.add("msg_size", outcome.message_bytes);
  write_message_types(result, outcome.message_types);
  result.add("nccc", outcome.checks);
  result.add("problem", std::string_view(problem.name()));
  result.add("seed", seed);
  if (outcome.simulation) write_simulation(result, *outcome.simulation);
  result.add("status", status_name(outcome.status));
  result.add("time", outcome.seconds);
  if (form == JsonForm::line) result.add("type", std::string_view("result"));
  known ? result.add("violation", outcome.violations) : result.add_null("violation");
  result.close();
  out.write("\n");
}

std::string progress_json(const Progress& p) {
  std::string text = "{";
  const auto add = [&](std::string_view key, const auto& value) {
    if (text.size() > 1) text += ", ";
    append_json(text, key);
    text += ": ";
    append_json(text, value);
  };
  add("best_cost", p.best_cost);
  add("best_violation", p.best_violations);
  if (p.bound) add("bound", *p.bound);
  add("cost", p.cost);
  add("cycle", p.cycle);
  add("msg_count", p.messages);
  add("msg_size", p.message_bytes);
  if (p.simulated_time) add("simulated_time", *p.simulated_time);
  add("time", p.seconds);
  add("type", std::string_view("progress"));
  add("violation", p.violations);
  return text + "}\n";
}

}  // namespace entente::cli
