// SPDX-License-Identifier: MIT
// Whatever costs move, the bound stays below every assignment that is left, and going back restores it.
#include "kernel/exact/soft_network.hpp"

#include <gtest/gtest.h>

#include "kernel/exact/bucket_elimination.hpp"
#include "kernel/exact/part_search.hpp"
#include "network_samples.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t plenty = std::uint64_t(1) << 30;

std::vector<CoreNetwork> sample_parts(std::uint64_t seed) {
  const CostNetwork network = samples::random_network(seed, {.functions = 16, .arity = 3, .hard_in = 8});
  CoreParts core = make_core(network, choose_unit(network));
  return core.constant < infinity ? std::move(core.parts) : std::vector<CoreNetwork>{};
}

/// The least cost of all assignments whose value of `variable` lies between `low` and `high`.
double least_between(const CoreNetwork& core, std::uint32_t variable, ValueIndex low, ValueIndex high) {
  std::vector<ValueIndex> values(core.sizes.size(), 0);
  double best = infinity;
  for (;;) {
    if (values[variable] >= low && values[variable] <= high) best = std::min(best, core.cost(values));
    std::size_t i = values.size();
    for (; i > 0; --i) {
      if (++values[i - 1] < core.sizes[i - 1]) break;
      values[i - 1] = 0;
    }
    if (i == 0) return best;
  }
}

/// A square of pixels with random costs and truncated differences.
CoreNetwork grid(std::uint64_t seed, std::uint32_t side, ValueIndex labels) {
  Random random(seed);
  CoreNetwork core;
  core.sizes.assign(side * side, labels);
  for (std::uint32_t i = 0; i < side * side; ++i) {
    core.variables.push_back(i);
    auto& unary = core.unary.emplace_back();
    for (ValueIndex a = 0; a < labels; ++a) unary.push_back(static_cast<double>(random.below(1000)));
    for (const std::uint32_t j : {i + 1, i + side}) {
      if (j >= side * side || (j == i + 1 && j % side == 0)) continue;
      CoreFunction& function = core.functions.emplace_back();
      function.scope = {i, j};
      const auto weight = static_cast<double>(100 + random.below(500));
      for (ValueIndex a = 0; a < labels; ++a)
        for (ValueIndex b = 0; b < labels; ++b) function.cells.push_back(weight * std::min(3, std::abs(a - b)));
    }
  }
  return core;
}

TEST(SoftNetwork, bounds_what_is_left_from_below_and_goes_back) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    for (const CoreNetwork& core : sample_parts(seed)) {
      SoftNetwork network(core, plenty);
      const double best = least_between(core, 0, 0, core.sizes[0]);
      if (!network.propagate()) {
        EXPECT_EQ(best, infinity);
        continue;
      }
      const double bound = network.bound();
      EXPECT_LE(bound, best);
      for (ValueIndex a = 0; a < core.sizes[0] && network.is_open(0); ++a) {
        network.push();
        const double restricted = least_between(core, 0, a, a);
        const bool consistent = network.keep(0, a, a, true) && network.propagate();
        EXPECT_LE(consistent ? network.bound() : infinity, restricted);
        network.pop();
        EXPECT_EQ(network.bound(), bound);
      }
    }
    if (HasFailure()) return;
  }
}

TEST(SoftNetwork, bounds_from_below_after_costs_were_spread) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    for (const CoreNetwork& core : sample_parts(seed)) {
      SoftNetwork network(core, plenty);
      const double best = least_between(core, 0, 0, core.sizes[0]);
      const bool consistent = network.propagate() && network.diffuse();
      EXPECT_LE(consistent ? network.bound() : infinity, best);
    }
    if (HasFailure()) return;
  }
}

TEST(SoftNetwork, raises_the_bound_of_a_grid_by_spreading_costs) {
  const CoreNetwork core = grid(1, 8, 4);
  SoftNetwork network(core, plenty);
  ASSERT_TRUE(network.propagate());
  const double before = network.bound();
  ASSERT_TRUE(network.diffuse());
  EXPECT_GT(network.bound(), 1.01 * before);
}

TEST(PartSearch, finds_the_optimum_of_grids) {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    const CoreNetwork core = grid(seed, 7, 3);
    PartSearch search(core, plenty);
    search.run([] { return false; }, ~std::uint64_t(0));
    const BucketResult buckets = eliminate_buckets(core, elimination_order(core), plenty, {});
    EXPECT_EQ(search.best_cost(), buckets.cost);
    EXPECT_EQ(core.cost(search.best()), buckets.cost);
  }
}

}  // namespace
}  // namespace entente
