// SPDX-License-Identifier: MIT
// Streams a result, so that a million variables cost their text and no tree.
#include "result_json.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "json_text.hpp"

namespace entente::cli {
namespace {

std::vector<std::uint32_t> sorted_order(const std::vector<std::string>& names) {
  std::vector<std::uint32_t> order(names.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  return order;
}

/// Writes the members of one object, with commas and indentation.
class Members {
 public:
  Members(Output& out, int indent) : out_(out), indent_(static_cast<std::size_t>(indent), ' ') { text_ = "{"; }

  /// Starts a member; its value is appended to the text returned.
  std::string& member(std::string_view key) {
    out_.write(text_);
    text_ = first_ ? "\n" : ",\n";
    first_ = false;
    text_ += indent_;
    append_json(text_, key);
    text_ += ": ";
    return text_;
  }
  template <typename T>
  void add(std::string_view key, const T& value) {
    append_json(member(key), value);
  }
  void add_null(std::string_view key) { member(key) += "null"; }
  /// Writes what is waiting, so that an object inside can be written by itself.
  void flush() {
    out_.write(text_);
    text_.clear();
  }
  void close() {
    if (!first_) (text_ += '\n').append(indent_, 0, indent_.size() - 2);
    text_ += '}';
    flush();
  }

 private:
  Output& out_;
  std::string indent_, text_;
  bool first_ = true;
};

void write_agents(Output& out, const std::vector<AgentReport>& agents) {
  std::vector<std::string> names;
  names.reserve(agents.size());
  for (const AgentReport& agent : agents) names.push_back(agent.name);
  Members all(out, 4);
  for (const std::uint32_t i : sorted_order(names)) {
    const AgentReport& agent = agents[i];
    const std::vector<std::uint32_t> order = sorted_order(agent.computations);
    all.member(agent.name);
    all.flush();
    Members one(out, 6);
    const auto per_computation = [&](std::string_view key, std::span<const std::uint64_t> numbers) {
      one.member(key);
      one.flush();
      Members counts(out, 8);
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

void write_assignment(Output& out, const Problem& problem, std::span<const ValueIndex> assignment) {
  std::vector<std::string> names(assignment.size());
  for (VariableId v = 0; v < names.size(); ++v) names[v] = problem.variable_name(v);
  Members values(out, 4);
  for (const VariableId v : sorted_order(names)) {
    values.add(names[v], problem.domain(v).values[static_cast<std::size_t>(assignment[v])]);
  }
  values.close();
}

}  // namespace

bool has_assignment(const Problem& problem, const Outcome& outcome) {
  return outcome.assignment.size() == problem.variable_count();
}

void write_result(Output& out, const Problem& problem, const Outcome& outcome, std::uint64_t seed) {
  const bool known = has_assignment(problem, outcome);
  Members result(out, 2);
  result.member("agt_metrics");
  result.flush();
  write_agents(out, outcome.agents);
  result.add("algorithm", std::string_view(outcome.algorithm));
  result.member("assignment");
  result.flush();
  write_assignment(out, problem, known ? std::span(outcome.assignment) : std::span<const ValueIndex>());
  result.add("best_cost_cycle", outcome.best_cost_cycle);
  // Where no assignment is feasible, no cost is there to be bounded.
  const bool bounded = outcome.status != Status::infeasible;
  bounded&& outcome.bound ? result.add("bound", *outcome.bound) : result.add_null("bound");
  known ? result.add("cost", outcome.cost) : result.add_null("cost");
  result.add("cycle", outcome.cycles);
  bounded&& outcome.gap ? result.add("gap", *outcome.gap) : result.add_null("gap");
  result.add("msg_count", outcome.messages);
  result.add("msg_size", outcome.message_bytes);
  result.add("problem", std::string_view(problem.name()));
  result.add("seed", seed);
  result.add("status", status_name(outcome.status));
  result.add("time", outcome.seconds);
  known ? result.add("violation", outcome.violations) : result.add_null("violation");
  result.close();
  out.write("\n");
}

}  // namespace entente::cli
