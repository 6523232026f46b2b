// SPDX-License-Identifier: MIT
// What a run reports to have sent and checked, against formulas and examples worked by hand.
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "entente/problem/builder.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

SolveRequest request_for(const std::string& algorithm, std::vector<Setting> parameters, std::uint64_t stop_cycle) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.parameters = std::move(parameters);
  request.stop_cycle = stop_cycle;
  request.seed = 1;
  return request;
}

std::map<std::string, MessageReport> types_of(const Outcome& outcome) {
  std::map<std::string, MessageReport> types;
  for (const MessageReport& type : outcome.message_types) types[type.name] = type;
  return types;
}

void expect_type(const Outcome& outcome, const std::string& name, std::uint64_t messages, std::uint64_t bytes,
                 std::uint64_t largest) {
  const auto types = types_of(outcome);
  ASSERT_TRUE(types.contains(name)) << name;
  EXPECT_EQ(types.at(name).messages, messages) << name;
  EXPECT_EQ(types.at(name).bytes, bytes) << name;
  EXPECT_EQ(types.at(name).largest, largest) << name;
}

/// Variables with domains of these sizes; every two of them share a table with these cells, repeated.
Problem clique(const std::vector<std::uint32_t>& sizes, const std::vector<double>& costs,
               const std::vector<std::string>& agents = {}) {
  ProblemBuilder builder("clique", Objective::minimise);
  for (const std::uint32_t size : sizes) {
    std::vector<Value> values;
    for (std::uint32_t v = 0; v < size; ++v) values.emplace_back(std::int64_t(v));
    builder.add_variable(
        "", builder.add_domain("d" + std::to_string(values.size()) + "_" + std::to_string(builder.variable_count()),
                               values));
  }
  for (VariableId a = 0; a < sizes.size(); ++a)
    for (VariableId b = a + 1; b < sizes.size(); ++b) {
      std::vector<double> table(std::size_t(sizes[a]) * sizes[b]);
      for (std::size_t cell = 0; cell < table.size(); ++cell) table[cell] = costs[cell % costs.size()];
      builder.add_table_constraint("", std::vector<VariableId>{a, b}, table);
    }
  for (const std::string& name : agents) {
    AgentDefinition agent;
    agent.name = name;
    builder.add_agent(std::move(agent));
  }
  return builder.build();
}

TEST(Accounting, mgm_sends_a_value_and_a_gain_over_each_edge_and_cycle) {
  const Outcome outcome = solve(clique({3, 3, 3, 3}, {0, 5, 1, 4, 2}), request_for("mgm", {}, 3));
  ASSERT_GT(outcome.cycles, 0u);
  expect_type(outcome, "Value", 12 * outcome.cycles, 48 * outcome.cycles, 4);
  expect_type(outcome, "Gain", 12 * outcome.cycles, 48 * outcome.cycles, 4);
  EXPECT_EQ(outcome.messages, 24 * outcome.cycles);
}

TEST(Accounting, mgm2_where_both_offer_turns_every_offer_down) {
  // An offer holds a cost for each value of the sender; nobody accepts, so nobody says go.
  const Outcome outcome = solve(clique({2, 3}, {0, 5, 1, 4, 2, 3}), request_for("mgm2", {{"threshold", "1"}}, 7));
  EXPECT_EQ(outcome.cycles, 7u);
  expect_type(outcome, "Value", 14, 56, 4);
  expect_type(outcome, "Offer", 14, 7 * (8 * 2 + 8 * 3), 24);
  expect_type(outcome, "Answer", 14, 14 * 8, 8);
  expect_type(outcome, "Gain", 14, 56, 4);
  expect_type(outcome, "Go", 0, 0, 0);
}

TEST(Accounting, mgm2_where_nobody_offers_sends_values_and_gains_only) {
  const Outcome outcome = solve(clique({2, 3}, {0, 5, 1, 4, 2, 3}), request_for("mgm2", {{"threshold", "0"}}, 7));
  EXPECT_EQ(outcome.messages, 4 * outcome.cycles);
  expect_type(outcome, "Offer", 0, 0, 0);
  expect_type(outcome, "Answer", 0, 0, 0);
}

TEST(Accounting, mgm2_answers_every_offer_and_says_go_in_pairs) {
  const Problem problem = make_random_problem({.variables = 40, .degree = 4, .own_costs = 0.3}, 5);
  const auto types = types_of(solve(problem, request_for("mgm2", {}, 30)));
  EXPECT_GT(types.at("Offer").messages, 30u * 5);
  EXPECT_LT(types.at("Offer").messages, 30u * 40) << "at most one a variable and cycle, and not by all";
  EXPECT_EQ(types.at("Answer").messages, types.at("Offer").messages);
  EXPECT_GT(types.at("Go").messages, 0u);
  EXPECT_EQ(types.at("Go").messages % 2, 0u);
  EXPECT_LE(types.at("Go").messages, 2 * types.at("Answer").messages);
}

TEST(Accounting, dgls_says_stuck_only_when_it_is) {
  // Whatever they do costs the same: both are stuck in every cycle.
  expect_type(solve(clique({2, 2}, {1}), request_for("dgls", {}, 9)), "Stuck", 18, 0, 0);
  // Alone they gain at once, and are told so: the first cycle brings the best there is, and then they are stuck.
  ProblemBuilder builder("one move", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  const auto one = builder.add_domain("one", {std::int64_t(0)});
  const VariableId a = builder.add_variable("a", two, 0), b = builder.add_variable("b", one);
  builder.add_table_constraint("c", std::vector<VariableId>{a, b}, std::vector<double>{1, 0});
  const Problem problem = builder.build();
  expect_type(solve(problem, request_for("dgls", {}, 1)), "Stuck", 0, 0, 0);
  expect_type(solve(problem, request_for("dgls", {}, 2)), "Stuck", 2, 0, 0);
}

TEST(Accounting, dpop_reports_its_largest_table) {
  // Four variables that all know each other stand in a row: tables over three, two and one of them go up, as many
  // values come down.
  const Outcome outcome = solve(clique({3, 3, 3, 3}, {0, 5, 1, 4, 2}), request_for("dpop", {}, 0));
  expect_type(outcome, "Util", 3, 8 * (27 + 9 + 3) + 4 * (3 + 2 + 1), 8 * 27 + 4 * 3);
  expect_type(outcome, "Value", 3, 4 * (3 + 2 + 1), 4 * 3);
  // Each cell that is added up takes a check for each of its terms: three constraints below, then the child's table
  // and what constraints lead up.
  EXPECT_EQ(outcome.checks, 81u * 3 + 27 * 3 + 9 * 2 + 3 * 1);
}

TEST(Accounting, maxsum_counts_both_ways_and_the_cells_of_its_largest_table) {
  const Outcome outcome = solve(clique({2, 3}, {0, 5, 1, 4, 2, 3}, {"a", "b", "c"}), request_for("maxsum", {}, 5));
  ASSERT_GT(outcome.cycles, 0u);
  expect_type(outcome, "VariableToFactor", 2 * outcome.cycles, outcome.cycles * 8 * (2 + 3), 24);
  expect_type(outcome, "FactorToVariable", 2 * outcome.cycles, outcome.cycles * 8 * (2 + 3), 24);
  EXPECT_EQ(outcome.checks, 6 * outcome.cycles);
}

TEST(Accounting, a_cycle_takes_the_checks_of_its_busiest_variable) {
  ProblemBuilder builder("path", Objective::minimise);
  const auto d = builder.add_domain("d", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  const VariableId a = builder.add_variable("a", d), b = builder.add_variable("b", d), c = builder.add_variable("c", d);
  const std::vector<double> table{0, 5, 1, 4, 2, 3, 7, 1, 0};
  builder.add_table_constraint("ab", std::vector<VariableId>{a, b}, table);
  builder.add_table_constraint("bc", std::vector<VariableId>{b, c}, table);
  builder.add_table_constraint("own", std::vector<VariableId>{b}, std::vector<double>{0, 1, 2});
  const Problem problem = builder.build();
  const Outcome mgm = solve(problem, request_for("mgm", {}, 10));
  EXPECT_EQ(mgm.checks, mgm.cycles * 3 * 3);
  // An offer also takes what is shared with the partner at its present value, for each own value.
  EXPECT_EQ(solve(clique({2, 2}, {0, 5, 1, 4}), request_for("mgm2", {{"threshold", "1"}}, 7)).checks, 7u * (2 + 2));
}

TEST(Accounting, what_stays_with_an_agent_is_not_sent_but_checked) {
  for (const char* algorithm : {"mgm", "mgm2", "dgls", "maxsum"}) {
    const SolveRequest request = request_for(algorithm, {}, 10);
    const std::vector<double> costs{0, 5, 1, 4, 2, 8, 3};
    const Outcome apart = solve(clique({3, 3, 3, 3}, costs), request);
    const Outcome together = solve(clique({3, 3, 3, 3}, costs, {"home"}), request);
    EXPECT_GT(apart.messages, 0u) << algorithm;
    EXPECT_EQ(together.messages, 0u) << algorithm;
    for (const MessageReport& type : together.message_types) EXPECT_EQ(type.messages + type.largest, 0u) << type.name;
    EXPECT_EQ(apart.checks, together.checks) << algorithm;
    EXPECT_EQ(apart.assignment, together.assignment) << algorithm;
  }
}

}  // namespace
}  // namespace entente
