// SPDX-License-Identifier: MIT
// Edge lists: shapes, counts, connectivity and likelihood.
#include "generate/edges.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace entente::generate {
namespace {

bool is_simple(std::uint32_t nodes, const Edges& edges) {
  return std::is_sorted(edges.begin(), edges.end()) && std::adjacent_find(edges.begin(), edges.end()) == edges.end() &&
         std::all_of(edges.begin(), edges.end(), [&](auto& e) { return e.first < e.second && e.second < nodes; });
}

TEST(RandomEdges, take_all_pairs_at_one_and_none_at_zero) {
  Random random(0);
  EXPECT_EQ(random_edges(7, 1, 1000, random).size(), 21u);
  EXPECT_TRUE(is_simple(7, random_edges(7, 1, 1000, random)));
  EXPECT_EQ(random_edges(7, 1, 5, random).size(), 5u);
  EXPECT_TRUE(random_edges(7, 0, 1000, random).empty());
  EXPECT_TRUE(random_edges(1, 1, 1000, random).empty());
  EXPECT_TRUE(random_edges(1000, 1e-300, 1000, random).empty());
}

TEST(RandomEdges, take_each_pair_with_the_given_probability) {
  for (const double probability : {0.03, 0.5, 0.95}) {
    Random random(7);
    constexpr int draws = 20000;
    std::vector<int> taken(36, 0);
    for (int i = 0; i < draws; ++i) {
      const Edges edges = random_edges(6, probability, 1000, random);
      ASSERT_TRUE(is_simple(6, edges));
      for (const auto& [low, high] : edges) ++taken[low * 6 + high];
    }
    const double deviation = std::sqrt(draws * probability * (1 - probability));
    for (int low = 0; low < 6; ++low) {
      for (int high = low + 1; high < 6; ++high) {
        EXPECT_NEAR(taken[static_cast<std::size_t>(low * 6 + high)], draws * probability, 5 * deviation);
      }
    }
  }
}

TEST(GridEdges, are_two_per_node_less_the_two_open_sides) {
  for (std::uint32_t side = 1; side <= 6; ++side) {
    Edges edges = grid_edges(side);
    EXPECT_EQ(edges.size(), 2 * side * (side - 1));
    EXPECT_TRUE(is_connected(side * side, edges));
    std::sort(edges.begin(), edges.end());
    EXPECT_TRUE(is_simple(side * side, edges));
    for (const auto& [low, high] : edges) {
      EXPECT_TRUE(high == low + side || (high == low + 1 && high % side != 0));
    }
  }
}

RC_GTEST_PROP(PreferentialEdges, are_connected_and_as_many_as_links_times_new_nodes, ()) {
  const auto nodes = *rc::gen::inRange<std::uint32_t>(2, 60);
  const auto links = *rc::gen::inRange<std::uint32_t>(1, nodes);
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  const Edges edges = preferential_edges(nodes, links, random);
  RC_ASSERT(edges.size() == std::size_t(links) * (nodes - links));
  RC_ASSERT(is_simple(nodes, edges));
  RC_ASSERT(is_connected(nodes, edges));
}

TEST(PreferentialEdges, have_hubs_that_a_uniform_choice_would_not_have) {
  Random random(3);
  std::vector<std::uint32_t> degree(5000, 0);
  for (const auto& [low, high] : preferential_edges(5000, 2, random)) {
    ++degree[low];
    ++degree[high];
  }
  // Expected maximum degree is of the order of 2 sqrt(5000) = 141; choosing uniformly it is about 2 + 2 ln(5000) = 19.
  EXPECT_GT(*std::max_element(degree.begin(), degree.end()), 60u);
  EXPECT_GE(*std::min_element(degree.begin(), degree.end()), 1u);
}

TEST(IsConnected, says_no_when_one_node_is_left_out) {
  EXPECT_TRUE(is_connected(3, {{0, 2}, {1, 2}}));
  EXPECT_FALSE(is_connected(4, {{0, 2}, {1, 2}}));
  EXPECT_TRUE(is_connected(1, {}));
  EXPECT_FALSE(is_connected(2, {}));
}

}  // namespace
}  // namespace entente::generate
