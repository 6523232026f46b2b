// SPDX-License-Identifier: MIT
#include "kernel/path_costs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<double> shares_of(const PathCosts& costs, std::vector<ValueIndex> known) {
  std::vector<double> shares(std::size_t(costs.domain()));
  costs.shares(known, shares);
  return shares;
}

std::uint32_t by_id(VariableId v) { return v; }

TEST(PathCosts, SplitsAConstraintIntoItsLowestCostAndWhatEachVariableAdds) {
  ProblemBuilder builder("split", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  const VariableId a = builder.add_variable("a", two), b = builder.add_variable("b", two);
  builder.add_table_constraint("c", std::vector<VariableId>{b, a}, std::vector<double>{-4, 3, 1, 2});
  builder.add_unary_costs(a, std::vector<double>{5, 7});
  const Problem problem = builder.build();
  const PathCosts first(problem, a, by_id), second(problem, b, by_id);
  EXPECT_EQ(first.floor(), 1);  // -4 and 5
  EXPECT_EQ(second.floor(), 0);
  // Over b, the constraint costs at least -4 with a = 0, and 2 with a = 1.
  EXPECT_EQ(shares_of(first, {}), (std::vector<double>{0, 6 + 2}));
  EXPECT_EQ(shares_of(second, {0}), (std::vector<double>{0, 5}));
  EXPECT_EQ(shares_of(second, {1}), (std::vector<double>{1, 0}));
  EXPECT_EQ(shares_of(second, {}), (std::vector<double>{0, 0})) << "the least over both values of a";
}

TEST(PathCosts, SharesAlongAPathAddUpToItsCost) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Problem problem = make_random_problem(
        {.variables = 7, .mixed_domains = true, .degree = 3, .wide = 3, .unary = 2, .own_costs = 0.5}, seed);
    Random random(seed);
    std::vector<ValueIndex> x;
    for (VariableId v = 0; v < 7; ++v) x.push_back(ValueIndex(random.below(std::uint64_t(problem.domain_size(v)))));
    double sum = 0;
    for (VariableId v = 0; v < 7; ++v) {
      const PathCosts costs(problem, v, by_id);
      std::vector<ValueIndex> known;
      for (const VariableId u : costs.earlier()) known.push_back(x[u]);
      std::vector<double> whole = shares_of(costs, known);
      sum += costs.floor() + whole[std::size_t(x[v])];
      while (!known.empty()) {
        known.pop_back();
        const std::vector<double> fewer = shares_of(costs, known);
        for (std::size_t a = 0; a < whole.size(); ++a) {
          EXPECT_GE(fewer[a], 0);
          EXPECT_LE(fewer[a], whole[a]) << "seed " << seed << ", less is known but more is charged";
        }
        whole = fewer;
      }
    }
    EXPECT_NEAR(sum, problem.evaluate(x).cost, 1e-9) << "seed " << seed;
  }
}

TEST(PathCosts, ChargesConstraintsTooWideForATableToTheirLastVariable) {
  ProblemBuilder builder("wide", Objective::minimise);
  const auto four = builder.add_domain("four", {std::int64_t(0), std::int64_t(1), std::int64_t(2), std::int64_t(3)});
  std::vector<VariableId> scope;
  for (int k = 0; k < 12; ++k) scope.push_back(builder.add_variable("", four));
  SparseTable table{.arity = 12, .default_cost = 3, .tuples = std::vector<ValueIndex>(24, 0), .costs = {-2, infinite}};
  table.tuples.back() = 1;
  builder.add_sparse_constraint("c", scope, table);
  const Problem problem = builder.build();
  EXPECT_EQ(PathCosts(problem, 0, by_id).floor(), -2);
  EXPECT_EQ(shares_of(PathCosts(problem, 10, by_id), std::vector<ValueIndex>(10, 0)), std::vector<double>(4, 0));
  const PathCosts last(problem, 11, by_id);
  EXPECT_EQ(shares_of(last, std::vector<ValueIndex>(11, 0)), (std::vector<double>{0, infinite, 5, 5}));
  EXPECT_EQ(shares_of(last, std::vector<ValueIndex>(10, 0)), std::vector<double>(4, 0));
}

}  // namespace
}  // namespace entente
