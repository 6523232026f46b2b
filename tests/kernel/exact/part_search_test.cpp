// SPDX-License-Identifier: MIT
// Search and elimination, which share no code, agree about networks too large for trying everything.
#include "kernel/exact/part_search.hpp"

#include <gtest/gtest.h>

#include "kernel/exact/bucket_elimination.hpp"
#include "kernel/exact/elimination_order.hpp"
#include "network_samples.hpp"

namespace entente {
namespace {

using samples::NetworkShape;

constexpr std::uint64_t plenty = std::uint64_t(1) << 30;
constexpr std::uint64_t unlimited = ~std::uint64_t(0);

const std::function<bool()> never = [] { return false; };

/// The parts of a network with about `shape.variables` variables.
std::vector<CoreNetwork> parts(std::uint64_t seed, const NetworkShape& shape) {
  CostNetwork network = samples::random_network(seed, shape);
  const CostUnit unit = choose_unit(network);
  EXPECT_TRUE(unit.exact);
  CoreParts core = make_core(network, unit);
  return core.constant < samples::infinity_of_costs ? std::move(core.parts) : std::vector<CoreNetwork>{};
}

void expect_agreement(const CoreNetwork& core, const PartSearch& search) {
  const BucketResult buckets = eliminate_buckets(core, elimination_order(core), plenty, {});
  ASSERT_TRUE(buckets.finished);
  ASSERT_TRUE(search.done());
  ASSERT_EQ(search.best().empty(), buckets.assignment.empty());
  if (buckets.assignment.empty()) return;
  EXPECT_EQ(search.best_cost(), buckets.cost);
  EXPECT_EQ(core.cost(search.best()), buckets.cost);
  EXPECT_EQ(core.cost(buckets.assignment), buckets.cost);
}

class PartSearchAgrees : public testing::TestWithParam<NetworkShape> {};

TEST_P(PartSearchAgrees, with_elimination) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    for (const CoreNetwork& core : parts(seed, GetParam())) {
      if (!can_eliminate(core, elimination_order(core), plenty)) continue;
      PartSearch search(core, plenty);
      search.run(never, unlimited);
      expect_agreement(core, search);
    }
    if (HasFailure()) return;
  }
}

TEST_P(PartSearchAgrees, when_it_goes_on_where_it_stopped_and_has_little_memory) {
  for (std::uint64_t seed = 100; seed < 130; ++seed) {
    SCOPED_TRACE(seed);
    for (const CoreNetwork& core : parts(seed, GetParam())) {
      if (!can_eliminate(core, elimination_order(core), plenty)) continue;
      PartSearch search(core, 5000);
      double bound = search.bound();
      for (int turn = 0; !search.done() && turn < 100000; ++turn) {
        search.run(never, search.work() + 500);
        EXPECT_GE(search.bound(), bound);
        bound = search.bound();
      }
      expect_agreement(core, search);
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PartSearchAgrees,
    testing::Values(NetworkShape{.variables = 24, .values = 4, .functions = 60, .arity = 2, .hard_in = 0},
                    NetworkShape{.variables = 24, .values = 4, .functions = 60, .arity = 2, .hard_in = 7},
                    NetworkShape{.variables = 20, .values = 3, .functions = 40, .arity = 3, .hard_in = 0},
                    NetworkShape{.variables = 20, .values = 3, .functions = 30, .arity = 4, .hard_in = 10},
                    NetworkShape{.variables = 16, .values = 2, .functions = 24, .arity = 6, .hard_in = 20},
                    NetworkShape{.variables = 9, .values = 40, .functions = 16, .arity = 2, .hard_in = 3},
                    NetworkShape{.variables = 6, .values = 90, .functions = 9, .arity = 2, .hard_in = 0},
                    NetworkShape{.variables = 20,
                                 .values = 3,
                                 .functions = 40,
                                 .arity = 3,
                                 .numbers = samples::Numbers::large,
                                 .hard_in = 0}));

}  // namespace
}  // namespace entente
