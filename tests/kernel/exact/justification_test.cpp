// SPDX-License-Identifier: MIT
// The functions that are said to have paid for a bound are enough for it.
#include <gtest/gtest.h>

#include "kernel/exact/minimise.hpp"
#include "network_samples.hpp"

namespace entente {
namespace {

using samples::brute_force;
using samples::random_network;
using samples::rounding;

CostNetwork without_others(const CostNetwork& network, const std::vector<std::uint32_t>& functions) {
  CostNetwork rest;
  rest.sizes = network.sizes;
  for (const std::uint32_t f : functions) rest.functions.push_back(network.functions[f]);
  return rest;
}

TEST(Justification, costs_at_least_the_bound_by_itself) {
  std::size_t named = 0, all = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    SCOPED_TRACE(seed);
    const std::uint64_t hard_in = seed % 2 == 0 ? 8 : 0, arity = 2 + seed % 3;
    const CostNetwork network = random_network(seed, {.functions = 12, .arity = arity, .hard_in = hard_in});
    for (const std::uint64_t work : {std::uint64_t(50), ~std::uint64_t(0)}) {
      const MinimiseResult result = minimise(network, {.work = work});
      ASSERT_TRUE(std::ranges::is_sorted(result.justification));
      const double alone = brute_force(without_others(network, result.justification));
      EXPECT_GE(alone, std::isinf(result.bound) ? result.bound : result.bound - rounding(result.bound));
      named += result.justification.size();
      all += network.functions.size();
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_LT(named, all);
}

TEST(Justification, leaves_out_a_function_that_the_best_assignment_pays_nothing_for) {
  CostNetwork network;
  network.sizes = {2, 2, 2};
  network.functions.push_back({.scope = {0}, .cells = {0, 5}});
  network.functions.push_back({.scope = {0, 1}, .cells = {3, 4, 0, 0}});
  network.functions.push_back({.scope = {1, 2}, .cells = {0, 1, 1, 0}});
  const MinimiseResult result = minimise(network);
  EXPECT_EQ(result.cost, 3);
  EXPECT_EQ(result.justification, (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace entente
