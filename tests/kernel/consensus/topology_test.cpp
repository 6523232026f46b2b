// SPDX-License-Identifier: MIT
#include "entente/kernel/consensus_topology.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

using Links = std::vector<ConsensusTopology::Link>;

TEST(ConsensusTopology, undirected_links_are_heard_at_both_ends_and_count_once) {
  const ConsensusTopology graph(4, Links{{2, 0}, {0, 1}, {0, 2}});
  EXPECT_TRUE(std::ranges::equal(graph.heard_by(0), std::vector<std::uint32_t>{1, 2}));
  EXPECT_TRUE(std::ranges::equal(graph.heard_by(2), std::vector<std::uint32_t>{0}));
  EXPECT_EQ(graph.degree(3), 0u);
  EXPECT_FALSE(graph.directed());
}

TEST(ConsensusTopology, directed_links_are_heard_where_they_lead) {
  const ConsensusTopology graph(3, Links{{0, 1}, {0, 2}, {2, 0}}, true);
  EXPECT_TRUE(std::ranges::equal(graph.heard_by(0), std::vector<std::uint32_t>{2}));
  EXPECT_EQ(graph.degree(1), 1u);
  EXPECT_EQ(graph.out_degree(0), 2u);
  EXPECT_EQ(graph.out_degree(1), 0u);
}

TEST(ConsensusTopology, links_to_nobody_and_to_oneself_are_errors) {
  EXPECT_THROW(ConsensusTopology(2, Links{{0, 2}}), Error);
  EXPECT_THROW(ConsensusTopology(2, Links{{1, 1}}), Error);
}

TEST(ConsensusTopology, usual_shapes_have_their_degrees) {
  for (const std::uint32_t n : {0u, 1u, 2u, 3u, 4u, 7u, 16u, 100u}) {
    for (std::uint32_t i = 0; i < n; ++i) {
      EXPECT_EQ(complete_topology(n).degree(i), n - 1);
      EXPECT_EQ(ring_topology(n).degree(i), std::min(n - 1, 2u));
      EXPECT_LE(chordal_ring_topology(n).degree(i), 14u);
    }
    EXPECT_EQ(components_of(chordal_ring_topology(n)).count, std::min(n, 1u));
  }
}

TEST(ConsensusTopology, a_random_regular_graph_is_regular_and_follows_its_seed) {
  for (const auto& [n, degree] : {std::pair{10u, 3u}, std::pair{8u, 6u}, std::pair{8u, 7u}, std::pair{501u, 4u},
                                  std::pair{2u, 1u}, std::pair{5u, 0u}}) {
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const ConsensusTopology graph = random_regular_topology(n, degree, seed);
      for (std::uint32_t i = 0; i < n; ++i) EXPECT_EQ(graph.degree(i), degree);
      EXPECT_TRUE(std::ranges::equal(graph.heard(), random_regular_topology(n, degree, seed).heard()));
    }
  }
  EXPECT_FALSE(
      std::ranges::equal(random_regular_topology(50, 4, 1).heard(), random_regular_topology(50, 4, 2).heard()));
  EXPECT_THROW(random_regular_topology(5, 3, 0), Error);
  EXPECT_THROW(random_regular_topology(4, 4, 0), Error);
}

TEST(ConsensusTopology, components_are_numbered_by_their_lowest_participant) {
  const ConsensusComponents parts = components_of(ConsensusTopology(6, Links{{5, 1}, {2, 4}, {4, 0}}));
  EXPECT_EQ(parts.count, 3u);
  EXPECT_EQ(parts.of, (std::vector<std::uint32_t>{0, 1, 0, 2, 0, 1}));
  EXPECT_EQ(components_of(ConsensusTopology(4, Links{{3, 1}, {1, 2}}, true)).of,
            (std::vector<std::uint32_t>{0, 1, 1, 1}));
  EXPECT_EQ(components_of(ConsensusTopology(4, Links{{1, 3}, {2, 1}}, true)).of,
            (std::vector<std::uint32_t>{0, 1, 1, 1}));
}

TEST(ConsensusTopology, components_are_those_that_a_search_finds) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const std::uint32_t n = 1 + std::uint32_t(random.below(40));
    Links links;
    for (std::uint64_t k = random.below(n + 5); k > 0; --k) {
      const auto a = std::uint32_t(random.below(n)), b = std::uint32_t(random.below(n));
      if (a != b) links.emplace_back(a, b);
    }
    // The lowest participant that each can be reached from, by passing it on until nothing changes.
    std::vector<std::uint32_t> lowest(n);
    for (std::uint32_t i = 0; i < n; ++i) lowest[i] = i;
    for (std::uint32_t round = 0; round < n; ++round)
      for (const auto& [a, b] : links) lowest[a] = lowest[b] = std::min(lowest[a], lowest[b]);
    for (const bool directed : {false, true}) {
      const ConsensusComponents parts = components_of(ConsensusTopology(n, links, directed));
      for (std::uint32_t i = 0; i < n; ++i)
        for (std::uint32_t j = 0; j < n; ++j) EXPECT_EQ(parts.of[i] == parts.of[j], lowest[i] == lowest[j]);
    }
  }
}

}  // namespace
}  // namespace entente
