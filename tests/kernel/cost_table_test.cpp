// SPDX-License-Identifier: MIT
// Cost tables from every kind of cost function, and their slices.
#include "kernel/cost_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/problem/builder.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t plenty = 1 << 20;

class TwoVariables {
 public:
  explicit TwoVariables(Objective objective) : builder("two", objective) {
    a = builder.add_variable("a", builder.add_domain("two", {std::int64_t(0), std::int64_t(1)}));
    b = builder.add_variable("b", builder.add_domain("three", {std::int64_t(0), std::int64_t(1), std::int64_t(2)}));
  }
  std::vector<VariableId> scope() const { return {a, b}; }

  ProblemBuilder builder;
  VariableId a, b;
};

std::vector<double> cells(const CostTable& table) { return {table.cells().begin(), table.cells().end()}; }

TEST(CostTable, Borrows_the_cells_of_a_table_that_is_in_working_form) {
  TwoVariables two(Objective::minimise);
  two.builder.add_table_constraint("c", two.scope(), std::vector<double>{1, 2, infinity, 4, 5, 6});
  const Problem problem = two.builder.build();
  MemoryBudget budget(plenty);
  const CostTable table = *tabulate(problem, 0, budget);
  EXPECT_EQ(table.cells().data(), problem.function(0).cells.data());
  EXPECT_EQ(table.bytes(), 0u);
  EXPECT_EQ(table.at(std::vector<ValueIndex>{1, 2}), 6);
  EXPECT_EQ(tabulated_bytes(problem, 0), 0u);
}

TEST(CostTable, Turns_gains_into_costs_and_keeps_hard_constraints_infinite) {
  TwoVariables two(Objective::maximise);
  two.builder.add_table_constraint("c", two.scope(), std::vector<double>{1, 2, -infinity, 4, infinity, 6});
  const Problem problem = two.builder.build();
  MemoryBudget budget(plenty);
  const CostTable table = *tabulate(problem, 0, budget);
  EXPECT_EQ(cells(table), (std::vector<double>{-1, -2, infinity, -4, infinity, -6}));
  EXPECT_EQ(table.bytes(), 48u);
  EXPECT_EQ(tabulated_bytes(problem, 0), 48u);
}

TEST(CostTable, Takes_the_cost_that_stands_for_a_hard_constraint_as_infinite) {
  TwoVariables two(Objective::minimise);
  two.builder.add_table_constraint("c", two.scope(), std::vector<double>{1, 2, 10000, 4, 5, 6});
  const Problem problem = two.builder.build().with_infinity(10000);
  MemoryBudget budget(plenty);
  EXPECT_EQ(cells(*tabulate(problem, 0, budget)), (std::vector<double>{1, 2, infinity, 4, 5, 6}));
}

TEST(CostTable, Spreads_a_sparse_function_out) {
  TwoVariables two(Objective::minimise);
  two.builder.add_sparse_constraint("c", two.scope(), {2, 7, {0, 1, 1, 2}, {3, infinity}});
  const Problem problem = two.builder.build();
  MemoryBudget budget(plenty);
  EXPECT_EQ(cells(*tabulate(problem, 0, budget)), (std::vector<double>{7, 3, 7, 7, 7, infinity}));
}

TEST(CostTable, Computes_a_function_that_has_no_table) {
  BuildLimits limits;
  limits.cells_per_table = 1;
  ProblemBuilder builder("lazy", Objective::minimise, limits);
  const auto domain = builder.add_domain("d", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  builder.add_variable("a", domain);
  builder.add_variable("b", domain);
  builder.add_expression("c", "a * 10 + b");
  const Problem problem = builder.build();
  ASSERT_EQ(problem.function(0).kind, FunctionKind::lazy);
  MemoryBudget budget(plenty);
  const CostTable table = *tabulate(problem, 0, budget);
  const auto a_first = problem.scope(0)[0] == 0;
  EXPECT_EQ(table.at(std::vector<ValueIndex>{1, 2}), a_first ? 12 : 21);
  const std::atomic<bool> flag = true;
  EXPECT_FALSE(tabulate(problem, 0, budget, {&flag, {}}));
  EXPECT_EQ(budget.used(), table.bytes());
}

TEST(CostTable, Refuses_a_copy_beyond_the_budget) {
  TwoVariables two(Objective::maximise);
  two.builder.add_table_constraint("c", two.scope(), std::vector<double>(6, 1.0));
  const Problem problem = two.builder.build();
  MemoryBudget budget(47);
  EXPECT_THROW(tabulate(problem, 0, budget), Error);
}

TEST(CostTable, Makes_a_table_of_the_costs_of_a_variable) {
  TwoVariables two(Objective::maximise);
  two.builder.add_unary_costs(two.b, std::vector<double>{1, 2, 3});
  const Problem problem = two.builder.build();
  MemoryBudget budget(plenty);
  EXPECT_EQ(cells(*tabulate_unary(problem, two.b, budget)), (std::vector<double>{-1, -2, -3}));
  EXPECT_FALSE(tabulate_unary(problem, two.a, budget));
}

TEST(CostTable, Slices_at_any_of_its_variables) {
  const double numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const VariableId scope[] = {7, 8, 9};
  const ValueIndex sizes[] = {2, 3, 2};
  const TableView table{scope, sizes, numbers};
  MemoryBudget budget(plenty);
  EXPECT_EQ(cells(slice(table, 7, 1, budget)), (std::vector<double>{6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(cells(slice(table, 8, 1, budget)), (std::vector<double>{2, 3, 8, 9}));
  EXPECT_EQ(cells(slice(table, 9, 1, budget)), (std::vector<double>{1, 3, 5, 7, 9, 11}));
  EXPECT_EQ(slice(table, 8, 1, budget).scope()[1], 9u);
}

TEST(CostTable, Counts_cells_without_overflow) {
  EXPECT_EQ(cell_count({}), 1u);
  EXPECT_EQ(table_bytes(std::vector<ValueIndex>{3, 4}), 96u);
  const std::vector<ValueIndex> huge(7, 1000);  // 10^21 cells
  EXPECT_EQ(cell_count(huge), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(table_bytes(std::vector<ValueIndex>(62, 2)), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace entente
