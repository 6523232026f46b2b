// SPDX-License-Identifier: MIT
// What ProblemBuilder accepts, refuses and stores.
#include "entente/problem/builder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <numeric>

#include "problem/problem_data.hpp"
#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(ProblemBuilder, a_table_is_row_major_with_the_last_variable_fastest) {
  ProblemBuilder builder("p", Objective::minimise);
  const auto two = builder.add_domain("two", numbers(2)), three = builder.add_domain("three", numbers(3));
  const VariableId x = builder.add_variable("x", two), y = builder.add_variable("y", three);
  builder.add_table_constraint("c", std::array{y, x}, std::array{0., 1., 10., 11., 20., 21.});
  const Problem problem = builder.build();
  EXPECT_EQ(problem.cost(0, std::array{2, 1}), 21);  // y = 2, x = 1
  EXPECT_EQ(problem.evaluate(std::array{1, 2}).cost, 21);
  ASSERT_EQ(problem.constraints_of(x).size(), 1u);
  EXPECT_EQ(problem.find_variable("y"), y);
  EXPECT_EQ(problem.find_variable("z"), std::nullopt);
}

TEST(ProblemBuilder, unnamed_items_are_called_by_their_position) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(2));
  builder.add_variable("", d);
  builder.add_variable("lamp", d);
  builder.add_variable("", d);
  const Problem problem = builder.build();
  EXPECT_EQ(problem.variable_name(0), "x0");
  EXPECT_EQ(problem.variable_name(1), "lamp");
  EXPECT_EQ(problem.find_variable("x2"), 2u);
  EXPECT_EQ(problem.find_variable("x1"), std::nullopt) << "x1 has a name of its own";
  EXPECT_EQ(problem.find_variable("x02"), std::nullopt);
  EXPECT_EQ(problem.find_variable("x3"), std::nullopt);
  EXPECT_EQ(problem.find_variable("lamp"), 1u);
}

TEST(ProblemBuilder, a_given_name_that_equals_an_automatic_one_is_refused) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(2));
  builder.add_variable("x1", d);
  builder.add_variable("", d);
  expect_error([&] { builder.build(); }, {"variables.x1", "name it"});
}

TEST(ProblemBuilder, many_names_are_found_again) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(1));
  for (int i = 0; i < 20000; ++i) builder.add_variable("v" + std::to_string(i * 7), d);
  const Problem problem = builder.build();
  for (std::uint32_t i = 0; i < 20000; ++i) {
    ASSERT_EQ(problem.find_variable("v" + std::to_string(i * 7)), i);
    ASSERT_EQ(problem.variable_name(i), "v" + std::to_string(i * 7));
  }
  EXPECT_EQ(problem.find_variable("v1"), std::nullopt);
}

TEST(ProblemBuilder, the_incidence_lists_are_sorted_and_complete) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(2));
  for (int i = 0; i < 4; ++i) builder.add_variable("", d);
  const std::array<double, 4> table{0, 1, 2, 3};
  builder.add_table_constraint("", std::array{2u, 0u}, table);
  builder.add_table_constraint("", std::array{0u, 1u}, table);
  builder.add_table_constraint("", std::array{1u, 2u}, table);
  const Problem problem = builder.build();
  const auto list = [&](VariableId v) {
    const auto span = problem.constraints_of(v);
    return std::vector<ConstraintId>(span.begin(), span.end());
  };
  EXPECT_EQ(list(0), (std::vector<ConstraintId>{0, 1}));
  EXPECT_EQ(list(1), (std::vector<ConstraintId>{1, 2}));
  EXPECT_EQ(list(2), (std::vector<ConstraintId>{0, 2}));
  EXPECT_TRUE(list(3).empty());
}

TEST(ProblemBuilder, hard_costs_are_counted_and_left_out_of_the_sum) {
  ProblemBuilder builder("", Objective::maximise);
  const auto d = builder.add_domain("", numbers(2));
  builder.add_variable("", d);
  builder.add_variable("", d);
  builder.add_table_constraint("", std::array{0u, 1u}, std::array{1., -inf, inf, 100.});
  builder.add_unary_costs(0, std::array{0.5, inf});
  builder.add_unary_costs(0, std::array{0.25, 1.});
  const Problem problem = builder.build();
  EXPECT_EQ(problem.evaluate(std::array{0, 0}).cost, 1.75);
  EXPECT_EQ(problem.evaluate(std::array{0, 1}).violations, 1u);
  EXPECT_EQ(problem.evaluate(std::array{0, 1}).cost, 0.75);
  EXPECT_EQ(problem.evaluate(std::array{1, 0}).violations, 2u) << "own costs can be hard too";
  EXPECT_EQ(problem.evaluate(std::array{1, 1}).cost, 100);
  const Problem other = problem.with_infinity(100);
  EXPECT_EQ(other.evaluate(std::array{1, 1}).violations, 2u);
  EXPECT_EQ(problem.evaluate(std::array{1, 1}).violations, 1u) << "the first problem is unchanged";
  expect_error([&] { problem.with_infinity(nan); }, {"infinity"});
}

TEST(ProblemBuilder, small_costs_beside_a_huge_one_are_not_lost) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(1));
  builder.add_variable("", d);
  for (const double cost : {1e100, 1.0, -1e100, 1.0})
    builder.add_table_constraint("", std::array{0u}, std::array{cost});
  EXPECT_EQ(builder.build().evaluate(std::array{0}).cost, 2);  // a plain sum gives 1
}

TEST(ProblemBuilder, a_shared_table_is_stored_once) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(2));
  for (int i = 0; i < 3; ++i) builder.add_variable("", d);
  const auto table = builder.add_table(std::array{0., 1., 2., 3.});
  builder.add_table_constraint("", std::array{0u, 1u}, table);
  builder.add_table_constraint("", std::array{1u, 2u}, table);
  expect_error([&] { builder.add_table_constraint("", std::array{1u}, table); }, {"4 cells", "need 2"});
  const Problem problem = builder.build();
  EXPECT_EQ(problem.function(0).cells.data(), problem.function(1).cells.data());
  EXPECT_EQ(problem.data().cells.size(), 4u);
}

TEST(ProblemBuilder, sparse_tables_are_sorted_and_looked_up) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("", numbers(10));
  std::vector<VariableId> scope;
  for (int i = 0; i < 40; ++i) scope.push_back(builder.add_variable("", d));  // 10^40 cells
  SparseTable table{.arity = 40, .default_cost = 7, .tuples = {}, .costs = {3, 1}};
  table.tuples.resize(80, 9);
  std::fill(table.tuples.begin() + 40, table.tuples.end(), 0);
  builder.add_sparse_constraint("", scope, table);
  table.tuples[40] = 9, std::fill(table.tuples.begin() + 41, table.tuples.end(), 9);
  expect_error([&] { builder.add_sparse_constraint("twice", scope, table); }, {"constraints.twice", "given twice"});
  table.tuples[45] = 10;
  expect_error([&] { builder.add_sparse_constraint("out", scope, table); }, {"constraints.out", "10 is not in"});
  const Problem problem = builder.build();
  std::vector<ValueIndex> assignment(40, 0);
  EXPECT_EQ(problem.evaluate(assignment).cost, 1);
  assignment.assign(40, 9);
  EXPECT_EQ(problem.evaluate(assignment).cost, 3);
  assignment[3] = 4;
  EXPECT_EQ(problem.evaluate(assignment).cost, 7);
}

TEST(ProblemBuilder, a_constraint_without_variables_is_a_constant) {
  ProblemBuilder builder("", Objective::minimise);
  builder.add_table_constraint("k", {}, std::array{3.5});
  const Problem problem = builder.build();
  EXPECT_TRUE(problem.scope(0).empty());
  EXPECT_EQ(problem.evaluate({}).cost, 3.5);
}

TEST(ProblemBuilder, what_is_inconsistent_is_refused_by_name) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("d", numbers(2));
  const VariableId x = builder.add_variable("x", d), y = builder.add_variable("y", d);
  builder.add_agent({.name = "a1", .capacity = 3, .extra = {}});
  builder.add_table_constraint("used", std::array{x}, std::array{0., 1.});
  builder.add_external("e", d, 0);
  const Place place{"problem.yaml", 4, 2, ""};
  expect_error([&] { builder.add_domain("empty", {}, "", place); }, {"problem.yaml:4:2", "domains.empty", "no value"});
  expect_error([&] { builder.add_domain("d", numbers(1)); }, {"domains.d", "twice"});
  expect_error([&] { builder.add_domain("e", {Value(std::int64_t(1)), Value(true)}); }, {"domains.e", "true", "1"});
  expect_error([&] { builder.add_domain("f", {Value(nan)}); }, {"domains.f", "NaN"});
  expect_error([&] { builder.add_variable("x", d); }, {"variables.x", "twice"});
  expect_error([&] { builder.add_variable("e", d); }, {"variables.e", "external"});
  expect_error([&] { builder.add_external("x", d, 0); }, {"external_variables.x", "both"});
  expect_error([&] { builder.add_external("e2", d, no_value); }, {"external_variables.e2", "initial value"});
  expect_error([&] { builder.add_variable("z", 9); }, {"variables.z", "no domain number 9"});
  expect_error([&] { builder.add_variable("z", d, 2); }, {"variables.z", "initial value"});
  expect_error(
      [&] {
        builder.add_variable(
            "\xc2\x9b"
            "31m",
            d);
      },
      {"control characters"});
  expect_error([&] { builder.add_variable("\xff", d); }, {"UTF-8"});
  expect_error([&] { builder.add_domain("g", {Value(std::string("\xff"))}); }, {"domains.g", "UTF-8"});
  expect_error([&] { builder.add_variable("a\nb\x1b", d); }, {"\\x0a", "control characters"});
  expect_error(
      [&] {
        builder.add_table_constraint("c", std::array{x, x}, std::array{0., 0., 0., 0.});
      },
      {"x", "twice"});
  expect_error([&] { builder.add_table_constraint("c", std::array{x, 7u}, std::array{0., 0., 0., 0.}); }, {"7"});
  expect_error(
      [&] {
        builder.add_table_constraint("c", std::array{x, y}, std::array{0., 0., 0.});
      },
      {"3 cells", "need 4"});
  expect_error(
      [&] {
        builder.add_table_constraint("c", std::array{x, y}, std::array{0., nan, 0., 0.});
      },
      {"x=0, y=1", "NaN"});
  expect_error(
      [&] {
        builder.add_table_constraint("used", std::array{x}, std::array{0., 1.});
      },
      {"constraints.used", "twice"});
  expect_error([&] { builder.add_unary_costs(x, std::array{1.}); }, {"variables.x", "1 costs for 2 values"});
  expect_error([&] { builder.add_unary_costs(x, std::array{1., nan}); }, {"variables.x", "value 1", "NaN"});
  expect_error([&] { builder.add_agent({.name = "a1", .capacity = {}, .extra = {}}); }, {"agents.a1", "twice"});
  expect_error([&] { builder.add_agent({.name = "a2", .capacity = -1, .extra = {}}); }, {"agents.a2", "-1"});
  expect_error([&] { builder.set_infinity(nan); }, {"infinity"});
}

TEST(ProblemBuilder, placement_that_names_the_unknown_is_refused) {
  const auto fails = [](auto change, const std::vector<std::string>& parts) {
    ProblemBuilder builder("", Objective::minimise);
    const auto d = builder.add_domain("d", numbers(2));
    builder.add_variable("lamp", d);
    builder.add_agent({.name = "agent1", .capacity = {}, .extra = {}});
    change(builder.placement());
    expect_error([&] { builder.build(); }, parts);
  };
  fails([](Placement& p) { p.routes[{"agent1", "agent7"}] = 1; }, {"routes.agent1.agent7", "did you mean 'agent1'"});
  fails([](Placement& p) { p.agent_hosting_costs["b"] = 1; }, {"hosting_costs.b"});
  fails([](Placement& p) { p.computation_hosting_costs[{"agent1", "lmap"}] = 1; }, {"did you mean 'lamp'"});
  fails([](Placement& p) { p.must_host["agent1"] = {"nope"}; }, {"must_host.agent1", "nope"});
  fails([](Placement& p) { p.host_with["lamp"] = {"nope"}; }, {"host_with.lamp", "nope"});
  fails([](Placement& p) { p.default_route = nan; }, {"routes.default", "NaN"});
}

TEST(ProblemBuilder, tables_beyond_the_memory_limit_are_refused) {
  ProblemBuilder builder("", Objective::minimise, {.table_bytes = 64});
  const auto d = builder.add_domain("d", numbers(5));
  const VariableId x = builder.add_variable("x", d);
  const std::vector<double> cells(5, 1.0);
  builder.add_table_constraint("", std::array{x}, cells);
  expect_error([&] { builder.add_table_constraint("c", std::array{x}, cells); }, {"64 bytes"});
}

TEST(ProblemBuilder, memory_without_names_is_at_most_28_bytes_a_variable_and_52_a_constraint) {
  ProblemBuilder builder("", Objective::minimise);
  const auto d = builder.add_domain("d", numbers(3));
  constexpr std::uint32_t variables = 1000, constraints = 3000;
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", d, 0);
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_unary_costs(v, std::array{1., 2., 3.});
  std::array<double, 9> table;
  std::iota(table.begin(), table.end(), 0.0);
  for (std::uint32_t c = 0; c < constraints; ++c)
    builder.add_table_constraint("", std::array{c % variables, (c * 7 + 1) % variables}, table);
  const Problem problem = builder.build();
  const ProblemData& data = problem.data();
  const std::size_t per_variable = 4 * data.variable_domain.size() + 4 * data.initial.size() +
                                   8 * data.unary_first.size() + 4 * data.incident_first.size();
  const std::size_t per_constraint = 4 * data.scope_first.size() + 4 * data.scope_items.size() +
                                     4 * data.incident_items.size() + 4 * data.function_of.size() +
                                     8 * data.table_first.size();
  EXPECT_LE(per_variable, 28 * variables);
  EXPECT_LE(per_constraint, 52 * constraints);
  EXPECT_EQ(data.cells.size(), 9 * constraints);
  EXPECT_TRUE(data.written.empty());
}

}  // namespace
}  // namespace entente
