// SPDX-License-Identifier: MIT
// Numbered scopes and distinct draws against enumeration.
#include "generate/scopes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

namespace entente::generate {
namespace {

TEST(ScopeCount, is_the_binomial_coefficient_until_it_cannot_be_counted) {
  EXPECT_EQ(scope_count(5, 0), 1u);
  EXPECT_EQ(scope_count(5, 2), 10u);
  EXPECT_EQ(scope_count(5, 6), 0u);
  EXPECT_EQ(scope_count(1'000'000, 2), 499'999'500'000u);
  EXPECT_EQ(scope_count(66, 33), 7219428434016265740u);
  EXPECT_EQ(scope_count(67, 33), countless);
}

TEST(ScopeAt, lists_all_scopes_in_lexicographic_order) {
  for (std::uint32_t variables = 1; variables <= 9; ++variables) {
    for (std::uint32_t arity = 1; arity <= variables; ++arity) {
      std::vector<bool> chosen(variables, false);
      std::fill(chosen.begin(), chosen.begin() + arity, true);
      std::uint64_t rank = 0;
      do {
        std::vector<VariableId> expected, scope(arity);
        for (std::uint32_t v = 0; v < variables; ++v) {
          if (chosen[v]) expected.push_back(v);
        }
        scope_at(rank++, variables, scope);
        EXPECT_EQ(scope, expected);
      } while (std::prev_permutation(chosen.begin(), chosen.end()));
      EXPECT_EQ(rank, scope_count(variables, arity));
    }
  }
}

RC_GTEST_PROP(DistinctNumbers, are_as_many_as_asked_for_ascending_and_below_the_total, ()) {
  const auto total = *rc::gen::inRange<std::uint64_t>(1, 200);
  const auto count = *rc::gen::inRange<std::uint64_t>(0, total + 1);
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const auto numbers = distinct_numbers(count, total, random);
  RC_ASSERT(numbers.size() == count);
  for (std::size_t i = 1; i < numbers.size(); ++i) RC_ASSERT(numbers[i - 1] < numbers[i]);
  RC_ASSERT((numbers.empty() || numbers.back() < total));
}

TEST(DistinctNumbers, make_every_set_equally_likely) {
  // 2 of 5 and 3 of 5: ten sets each, 20 000 draws, so 2000 +- 42 (one standard deviation) of each.
  // Five standard deviations on 20 counts: a false alarm once in 80 000 seeds, and the seed is fixed.
  Random random(1);
  for (const std::uint64_t count : {2, 3}) {
    std::map<std::vector<std::uint64_t>, int> seen;
    for (int i = 0; i < 20000; ++i) ++seen[distinct_numbers(count, 5, random)];
    EXPECT_EQ(seen.size(), 10u);
    for (const auto& [set, times] : seen) EXPECT_NEAR(times, 2000, 5 * 42.5);
  }
}

}  // namespace
}  // namespace entente::generate
