// SPDX-License-Identifier: MIT
#include "kernel/context_cache.hpp"

#include <gtest/gtest.h>

namespace entente {
namespace {

TEST(ContextCache, GivesBackWhatWasStoredLastUnderAContext) {
  ContextCache cache(10'000);
  cache.store({1, 2}, {5, {}});
  cache.store({2, 1}, {7, {0, 3}});
  cache.store({1, 2}, {6, {1}});
  ASSERT_TRUE(cache.find({1, 2}));
  EXPECT_EQ(cache.find({1, 2})->cost, 6);
  EXPECT_EQ(cache.find({1, 2})->values, std::vector<ValueIndex>{1});
  EXPECT_EQ(cache.find({2, 1})->cost, 7);
  EXPECT_FALSE(cache.find({1, 1}));
}

TEST(ContextCache, StoresNothingWithoutMemory) {
  ContextCache cache;
  cache.store({1}, {5, {}});
  EXPECT_FALSE(cache.find({1}));
}

TEST(ContextCache, ForgetsWhatIsNotAskedForAndKeepsWhatIs) {
  ContextCache cache(20'000);  // about 100 results in each half
  cache.store({-1}, {1, {}});
  cache.store({-2}, {2, {}});
  std::size_t kept = 0;
  for (ValueIndex i = 0; i < 1000; ++i) {
    cache.store({i}, {double(i), {}});
    ASSERT_TRUE(cache.find({-1})) << "after " << i;
  }
  for (ValueIndex i = 0; i < 1000; ++i) kept += cache.find({i}) != nullptr;
  EXPECT_FALSE(cache.find({-2}));
  EXPECT_GT(kept, 50u);
  EXPECT_LE(kept, 200u) << "more than fits in 20 000 bytes";
}

}  // namespace
}  // namespace entente
