// SPDX-License-Identifier: MIT
// ClaimWatch: of two claims that share a cost, one yields or the other learns.
#include "kernel/claim_watch.hpp"

#include <gtest/gtest.h>

namespace entente {
namespace {

using List = std::vector<VariableId>;

SharedFunction function_of(std::uint64_t key, const List& scope) {
  FunctionTable table;
  table.key = key;
  table.scope = scope;
  table.sizes.assign(scope.size(), 2);
  table.cells.assign(std::size_t(1) << scope.size(), 1.0);
  table.cells[0] = 0;
  EXPECT_TRUE(table.complete());
  return SharedFunction(std::move(table));
}
Claim claim(const List& group) { return {group, group}; }

/// Agent 2 with constraints to 6 and to 1; the latter is watched by 1.
ClaimWatch watch_of_two() {
  ClaimWatch watch;
  watch.watch(2, std::vector{function_of(0, {6, 2}), function_of(1, {1, 2})});
  return watch;
}

TEST(ClaimWatch, ClaimsThatShareNoCostAreLeftAlone) {
  ClaimWatch watch = watch_of_two();
  EXPECT_TRUE(watch.hear(3, claim({2, 3, 6})).empty());
  EXPECT_TRUE(watch.hear(1, claim({0, 1, 2})).empty()) << "variable 2 is in both, but none of its constraints is";
}

TEST(ClaimWatch, TheOneWhoKnowsLessYields) {
  ClaimWatch watch = watch_of_two();
  watch.hear(6, claim({2, 3, 6}));
  const auto advice = watch.hear(4, claim({2, 3, 4, 6}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_TRUE(advice[0].yield);
  EXPECT_EQ(advice[0].to, 6u);
  EXPECT_EQ(advice[0].other, 4u);
  EXPECT_EQ(advice[0].list, (List{2, 3, 4, 6}));
}

TEST(ClaimWatch, OfTheSameKnowledgeTheHigherIdKeepsItsClaim) {
  ClaimWatch watch = watch_of_two();
  watch.hear(6, claim({2, 6}));
  const auto advice = watch.hear(2, claim({2, 6}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_TRUE(advice[0].yield);
  EXPECT_EQ(advice[0].to, 2u);
}

TEST(ClaimWatch, TheOneWhoKnowsMoreLearnsTheRestOnce) {
  ClaimWatch watch = watch_of_two();
  watch.hear(0, claim({0, 1, 2, 6, 7}));
  const auto advice = watch.hear(4, claim({2, 3, 4, 6}));
  ASSERT_EQ(advice.size(), 1u);
  EXPECT_FALSE(advice[0].yield);
  EXPECT_EQ(advice[0].to, 0u);
  EXPECT_EQ(advice[0].list, (List{2, 3, 4, 6}));
  // A claim of 3 yields to that of 4; that 0 should learn of 3, it has been told.
  const auto later = watch.hear(3, claim({2, 3, 6}));
  ASSERT_EQ(later.size(), 1u);
  EXPECT_TRUE(later[0].yield);
  EXPECT_EQ(later[0].other, 4u);
}

TEST(ClaimWatch, AClaimThatIsTakenBackIsForgotten) {
  ClaimWatch watch = watch_of_two();
  watch.hear(6, claim({2, 3, 6}));
  watch.hear(6, {});
  EXPECT_TRUE(watch.hear(4, claim({2, 3, 4, 6})).empty());
}

}  // namespace
}  // namespace entente
