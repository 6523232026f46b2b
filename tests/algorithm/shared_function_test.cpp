// SPDX-License-Identifier: MIT
// SharedFunction: what one agent tells another of its costs, and what of that is refused.
#include "kernel/shared_function.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "entente/base/codec.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

/// Every combination of values of a function's scope.
std::vector<std::vector<ValueIndex>> tuples_of(const FunctionTable& table) {
  std::vector<std::vector<ValueIndex>> list;
  std::vector<ValueIndex> tuple(table.scope.size(), 0);
  for (bool more = true; more;) {
    list.push_back(tuple);
    more = false;
    for (std::size_t i = tuple.size(); i-- > 0 && !more;) {
      if (++tuple[i] < table.sizes[i])
        more = true;
      else
        tuple[i] = 0;
    }
  }
  return list;
}

TEST(SharedFunction, SaysByHowMuchTheProblemsCostsExceedTheLowest) {
  for (const Objective objective : {Objective::minimise, Objective::maximise}) {
    const Problem problem = make_random_problem({.variables = 6,
                                                 .mixed_domains = true,
                                                 .degree = 3,
                                                 .wide = 2,
                                                 .unary = 1,
                                                 .hard = 0.2,
                                                 .objective = objective},
                                                3);
    for (VariableId v = 0; v < problem.variable_count(); ++v)
      for (const SharedFunction& function : shared_functions(problem, v)) {
        double lowest = INFINITY;
        for (const auto& tuple : tuples_of(*function)) lowest = std::min(lowest, function->excess(tuple));
        EXPECT_TRUE(lowest == 0 || std::isinf(lowest));
        const auto constraint = ConstraintId(function->key);
        const auto tuples = tuples_of(*function);
        for (const auto& tuple : tuples) {
          const double cost = problem.cost(constraint, tuple), first = problem.cost(constraint, tuples.front());
          EXPECT_EQ(std::isinf(function->excess(tuple)), problem.is_hard(cost));
          if (problem.is_hard(cost) || problem.is_hard(first)) continue;
          const double sign = objective == Objective::minimise ? 1 : -1;
          EXPECT_EQ(function->excess(tuple) - function->excess(tuples.front()), sign * (cost - first));
        }
      }
  }
}

TEST(SharedFunction, LeavesOutWhatCostsTheSameWhateverTheValues) {
  ProblemBuilder builder("flat", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  const std::vector<VariableId> v{builder.add_variable("a", two), builder.add_variable("b", two)};
  builder.add_table_constraint("flat", v, std::vector<double>{7, 7, 7, 7});
  builder.add_unary_costs(v[0], std::vector<double>{2, 2});
  const Problem problem = builder.build();
  EXPECT_TRUE(shared_functions(problem, v[0]).empty());
  EXPECT_EQ(sum_of_best(problem), 9);
}

FunctionTable sparse() {
  FunctionTable table;
  table.key = 4;
  table.scope = {3, 1};
  table.sizes = {2, 3};
  table.default_excess = 1;
  table.tuples = {0, 2, 1, 0};
  table.excesses = {0, INFINITY};
  return table;
}
FunctionTable dense() {
  FunctionTable table;
  table.scope = {3, 1};
  table.sizes = {2, 3};
  table.cells = {0, 1, 2, 3, 4, INFINITY};
  return table;
}

TEST(SharedFunction, ComesBackFromBytesAsItWas) {
  for (const FunctionTable& table : {sparse(), dense()}) {
    std::vector<std::byte> bytes;
    encode(SharedFunction(table), bytes);
    const auto back = decode<SharedFunction>(bytes);
    ASSERT_TRUE(back);
    EXPECT_EQ((*back)->key, table.key);
    EXPECT_EQ((*back)->scope, table.scope);
    for (const auto& tuple : tuples_of(table)) EXPECT_EQ((*back)->excess(tuple), table.excess(tuple));
    bytes.pop_back();
    EXPECT_FALSE(decode<SharedFunction>(bytes));
  }
}

TEST(SharedFunction, PartsThatDoNotFitAreRefused) {
  const auto refused = [](FunctionTable table, const auto& change) {
    change(table);
    std::vector<std::byte> bytes;
    encode(SharedFunction(std::move(table)), bytes);
    return !decode<SharedFunction>(bytes);
  };
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.cells.pop_back(); }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.cells[0] = -1; }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.cells[0] = NAN; }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.scope = {3, 3}; }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.scope.clear(); }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.sizes = {6, 0}; }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.sizes = {0x7fffffff, 0x7fffffff}; }));
  EXPECT_TRUE(refused(dense(), [](auto& t) { t.tuples = {0, 0}; }));
  EXPECT_TRUE(refused(sparse(), [](auto& t) { t.tuples.pop_back(); }));
  EXPECT_TRUE(refused(sparse(), [](auto& t) { t.tuples[1] = 3; }));
  EXPECT_TRUE(refused(sparse(), [](auto& t) { std::swap(t.tuples[0], t.tuples[2]); }));
  EXPECT_TRUE(refused(sparse(), [](auto& t) { t.tuples = {0, 2, 0, 2}; }));
  EXPECT_FALSE(refused(sparse(), [](auto&) {}));
}

}  // namespace
}  // namespace entente
