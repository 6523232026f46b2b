// SPDX-License-Identifier: MIT
// How a network becomes whole numbers, one function a scope, and connected parts.
#include "kernel/exact/core_network.hpp"

#include <gtest/gtest.h>

#include "kernel/exact/elimination_order.hpp"
#include "network_samples.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

CostNetwork one_function(std::vector<double> cells) {
  CostNetwork network;
  network.sizes = {static_cast<ValueIndex>(cells.size())};
  network.functions.push_back({.scope = {0}, .cells = std::move(cells)});
  return network;
}

TEST(CostUnit, is_one_for_whole_costs) {
  const CostUnit unit = choose_unit(one_function({-3, 1e6, infinity}));
  EXPECT_TRUE(unit.exact);
  EXPECT_EQ(unit.per_cost, 1);
}

TEST(CostUnit, is_the_last_decimal_that_occurs) {
  const CostUnit unit = choose_unit(one_function({0.1, 2.25, 7}));
  EXPECT_TRUE(unit.exact);
  EXPECT_EQ(unit.per_cost, 100);
  EXPECT_EQ(unit.whole(2.25), 225);
  EXPECT_EQ(unit.whole(0.1), 10);
  EXPECT_EQ(unit.whole(infinity), infinity);
}

TEST(CostUnit, is_fine_and_rounds_down_where_no_decimal_fits) {
  const CostUnit unit = choose_unit(one_function({1.0 / 3, 2.0 / 3}));
  EXPECT_FALSE(unit.exact);
  EXPECT_LE(unit.whole(1.0 / 3) / unit.per_cost, 1.0 / 3);
  EXPECT_GE(unit.whole(1.0 / 3) / unit.per_cost, 1.0 / 3 - 1e-12);
}

TEST(CostUnit, keeps_sums_of_huge_costs_exact_in_double) {
  const CostUnit unit = choose_unit(one_function({1e300, 3e299}));
  EXPECT_FALSE(unit.exact);
  EXPECT_LT(unit.whole(1e300), 0x1p50);
}

TEST(CoreNetwork, adds_up_functions_of_the_same_variables_in_any_order) {
  CostNetwork network;
  network.sizes = {2, 3};
  network.functions.push_back({.scope = {0, 1}, .cells = {0, 1, 2, 3, 4, 5}});
  network.functions.push_back({.scope = {1, 0}, .cells = {0, 30, 10, 40, 20, 50}});
  const CoreParts core = make_core(network, {});
  ASSERT_EQ(core.parts.size(), 1u);
  ASSERT_EQ(core.parts[0].functions.size(), 1u);
  EXPECT_EQ(core.parts[0].functions[0].cells, (std::vector<double>{0, 11, 22, 33, 44, 55}));
  EXPECT_EQ(core.parts[0].functions[0].sources, (std::vector<std::uint32_t>{0, 1}));
}

TEST(CoreNetwork, has_a_part_for_each_connected_group_and_settles_variables_alone) {
  CostNetwork network;
  network.sizes = {2, 2, 1, 2, 2, 3};
  network.functions.push_back({.scope = {0, 3}, .cells = {0, 1, 1, 0}});
  network.functions.push_back({.scope = {1, 2, 4}, .cells = {2, 5, 5, 2}});
  network.functions.push_back({.scope = {5}, .cells = {7, 4, 9}});
  const CoreParts core = make_core(network, {});
  ASSERT_EQ(core.parts.size(), 2u);
  EXPECT_EQ(core.parts[0].variables, (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(core.parts[1].variables, (std::vector<std::uint32_t>{1, 4}));
  EXPECT_EQ(core.alone[5], 1);
  EXPECT_EQ(core.constant, 2 + 4);
  EXPECT_EQ(core.paid, (std::vector<std::uint32_t>{1, 2}));
}

TEST(CoreNetwork, costs_what_the_network_costs_in_its_parts) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const CostNetwork network = samples::random_network(seed, {.hard_in = 0});
    const CoreParts core = make_core(network, {});
    std::vector<ValueIndex> values = core.alone;
    Random random(seed);
    double cost = core.constant;
    for (const CoreNetwork& part : core.parts) {
      std::vector<ValueIndex> own;
      for (std::size_t i = 0; i < part.variables.size(); ++i) {
        own.push_back(static_cast<ValueIndex>(random.below(static_cast<std::uint64_t>(part.sizes[i]))));
        values[part.variables[i]] = own.back();
      }
      cost += part.cost(own);
    }
    EXPECT_EQ(cost, network_cost(network, values)) << "seed " << seed;
  }
}

TEST(CoreOrder, takes_the_leaves_of_a_tree_first) {
  CoreNetwork star;
  star.variables = {0, 1, 2, 3};
  star.sizes = {2, 2, 2, 2};
  star.unary.assign(4, {0, 0});
  for (std::uint32_t leaf = 1; leaf < 4; ++leaf) star.functions.push_back({{0, leaf}, {0, 1, 1, 0}});
  const CoreOrder order = elimination_order(star);
  EXPECT_EQ(order.width, 1u);
  EXPECT_NE(order.order[0], 0u);
  EXPECT_EQ(order.cells, 4 + 4 + 4 + 2);
}

}  // namespace
}  // namespace entente
