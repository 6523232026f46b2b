// SPDX-License-Identifier: MIT
// Cutting variables out of a cost table, on tables whose numbers can be checked by hand.
#include "kernel/factor_relaxation.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace entente {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
using Numbers = std::vector<double>;

/// Variables 5 (2 values) and 7 (3 values).
CostTable table(const double* cells) { return CostTable::borrow({5, 7}, {2, 3}, cells); }
Numbers cells_of(const CostTable& table) { return {table.cells().begin(), table.cells().end()}; }

TEST(FactorRelaxation, a_variable_matters_as_much_as_it_alone_can_change) {
  const double cells[] = {4, 1, 7, 2, 9, 3};
  EXPECT_EQ(dependencies(table(cells).view()), (Numbers{8, 7}));  // 1 to 9 in column 1; 2 to 9 in row 1
  const double alike[] = {1, 2, 3, 1, 2, 3};
  EXPECT_EQ(dependencies(table(alike).view()), (Numbers{0, 2}));
  const double hard[] = {inf, 1, inf, inf, 2, inf};
  EXPECT_EQ(dependencies(table(hard).view()), (Numbers{1, inf}));
}

TEST(FactorRelaxation, what_is_cut_counts_at_its_best_and_at_its_worst) {
  MemoryBudget budget(1 << 20);
  const double cells[] = {4, 1, 7, 2, inf, 3};
  const Relaxation first = relax(table(cells), {true, false}, budget);
  EXPECT_EQ(cells_of(first.least), (Numbers{1, 2}));
  EXPECT_EQ(cells_of(first.worst()), (Numbers{7, inf}));
  EXPECT_EQ(first.least.scope()[0], 5u);
  const Relaxation second = relax(table(cells), {false, true}, budget);
  EXPECT_EQ(cells_of(second.least), (Numbers{2, 1, 3}));
  EXPECT_EQ(cells_of(second.worst()), (Numbers{4, inf, 7}));
  const Relaxation whole = relax(table(cells), {true, true}, budget);
  EXPECT_FALSE(whole.most);
  EXPECT_EQ(whole.worst().cells().data(), cells) << "nothing cut, nothing copied";
}

TEST(FactorRelaxation, finds_the_lowest_cost_by_value_and_the_combination_that_has_it) {
  const double cells[] = {4, 1, 7, 2, 9, 3};
  const std::vector<Numbers> said = {{}, {0, 10, 1}};
  EXPECT_EQ(lowest_by(table(cells).view(), 0, said), (Numbers{4, 2}));
  EXPECT_EQ(cheapest_with(table(cells).view(), 0, 0, said), (std::vector<ValueIndex>{0, 0}));
  EXPECT_EQ(cheapest_with(table(cells).view(), 1, 2, std::vector<Numbers>{{0, 9}, {}}),
            (std::vector<ValueIndex>{0, 2}));
  const double hard[] = {inf, inf, inf, 2, 9, 3};
  EXPECT_TRUE(cheapest_with(table(hard).view(), 0, 0, said).empty());
}

}  // namespace
}  // namespace entente
