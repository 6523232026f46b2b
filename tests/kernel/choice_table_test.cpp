// SPDX-License-Identifier: MIT
// Choice tables keep every value in the bits it takes.
#include "kernel/choice_table.hpp"

#include <gtest/gtest.h>

#include "entente/base/random.hpp"

namespace entente {
namespace {

TEST(ChoiceTable, Takes_the_least_power_of_two_of_bits) {
  EXPECT_EQ(ChoiceTable::bytes(64, 1), 8u);
  EXPECT_EQ(ChoiceTable::bytes(64, 2), 8u);
  EXPECT_EQ(ChoiceTable::bytes(65, 2), 16u);
  EXPECT_EQ(ChoiceTable::bytes(64, 3), 16u);
  EXPECT_EQ(ChoiceTable::bytes(64, 5), 32u);
  EXPECT_EQ(ChoiceTable::bytes(64, 17), 64u);
  EXPECT_EQ(ChoiceTable::bytes(64, 257), 128u);
  EXPECT_EQ(ChoiceTable::bytes(64, 65537), 256u);
}

TEST(ChoiceTable, Gives_back_what_was_set_last) {
  Random random(3);
  for (const ValueIndex own_size : {1, 2, 4, 10, 16, 200, 256, 300, 70000, 2147483647}) {
    MemoryBudget budget(1 << 20);
    const CostTable shape({0}, {333}, budget);
    ChoiceTable table(shape, own_size, budget);
    std::vector<ValueIndex> expected(333, 0);
    for (int i = 0; i < 200; ++i) {
      const std::uint64_t first = random.below(333), count = random.below(333 - first + 1);
      std::vector<ValueIndex> run(count);
      for (ValueIndex& value : run) value = static_cast<ValueIndex>(random.below(static_cast<std::uint64_t>(own_size)));
      table.set_run(first, run);
      std::copy(run.begin(), run.end(), expected.begin() + static_cast<std::ptrdiff_t>(first));
    }
    table.set(5, own_size - 1);
    expected[5] = own_size - 1;
    for (std::uint64_t cell = 0; cell < 333; ++cell) ASSERT_EQ(table.get(cell), expected[cell]) << own_size;
  }
}

}  // namespace
}  // namespace entente
