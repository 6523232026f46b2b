// SPDX-License-Identifier: MIT
#include "kernel/bound_table.hpp"

#include <gtest/gtest.h>

#include "entente/base/random.hpp"

namespace entente {
namespace {

// Two tables over a common variable of two values (the fastest): f(x, y) and g(y), x of two values, y of three.
const std::vector<VariableId> xy{4, 7}, only_y{7};
const std::vector<ValueIndex> two_three{2, 3}, three{3};
const std::vector<double> f{1, 9, 2, 8, 3, 7, 6, 4, 5, 5, 0, 9}, g{0, 5, 1, 0, 9, 2};

TEST(BoundTable, IsTheLeastSumWhereNothingIsLeftOut) {
  const std::vector<RowTable> tables{{xy, two_three, f.data()}, {only_y, three, g.data()}};
  const BoundTable table = bound_below(xy, two_three, tables, 2);
  EXPECT_EQ(table.scope, xy);
  EXPECT_EQ(table.sizes, two_three);
  // x=0: min(1+0, 9+5), min(2+1, 8+0), min(3+9, 7+2); x=1: min(6+0, 4+5), min(5+1, 5+0), min(0+9, 9+2)
  EXPECT_EQ(table.cells, (std::vector<double>{1, 3, 9, 6, 5, 9}));
}

TEST(BoundTable, MinimisesEachTableByItselfOverWhatIsLeftOut) {
  const std::vector<RowTable> tables{{xy, two_three, f.data()}, {only_y, three, g.data()}};
  // Without y: f at least {1, 7} for x=0 and {0, 4} for x=1, g at least {0, 0}.
  EXPECT_EQ(bound_below({4}, {2}, tables, 2).cells, (std::vector<double>{1, 0}));
  EXPECT_EQ(bound_below({}, {}, tables, 2).cells, (std::vector<double>{0}));
}

TEST(BoundTable, NeverPassesTheExactTableWhateverIsLeftOut) {
  Random random(1);
  const std::vector<VariableId> scope{1, 2, 3};
  const std::vector<ValueIndex> sizes{3, 2, 4};
  for (int round = 0; round < 50; ++round) {
    std::vector<double> a(3 * 2 * 4 * 3), b(2 * 4 * 3);
    for (double& cell : a) cell = double(random.below(50));
    for (double& cell : b) cell = double(random.below(50));
    const std::vector<RowTable> tables{{scope, sizes, a.data()},
                                       {std::span(scope).subspan(1), std::span(sizes).subspan(1), b.data()}};
    const BoundTable exact = bound_below(scope, sizes, tables, 3), less = bound_below({2, 3}, {2, 4}, tables, 3);
    for (std::size_t cell = 0; cell < exact.cells.size(); ++cell)
      EXPECT_LE(less.cells[cell % 8], exact.cells[cell]) << "round " << round;
  }
}

}  // namespace
}  // namespace entente
