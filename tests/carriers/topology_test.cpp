// SPDX-License-Identifier: MIT
// Topologies: who is whose neighbour.
#include "entente/carriers/topology.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <queue>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente {
namespace {

std::vector<std::uint32_t> numbers(std::span<const Address> list) {
  std::vector<std::uint32_t> result;
  for (const Address one : list) result.push_back(one.number);
  return result;
}
using Numbers = std::vector<std::uint32_t>;

TEST(Topology, ARingLinksEverybodyWithTwo) {
  const Topology ring = Topology::ring(4);
  EXPECT_EQ(numbers(ring.neighbours({1})), (Numbers{2, 4}));
  EXPECT_EQ(numbers(ring.neighbours({3})), (Numbers{2, 4}));
  EXPECT_EQ(numbers(Topology::ring(2).neighbours({1})), (Numbers{2}));
  EXPECT_EQ(Topology::ring(1).size(), 1u);
  EXPECT_TRUE(Topology::ring(1).neighbours({1}).empty());
}

TEST(Topology, LinksGoBothWaysAndListsOneWay) {
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> links = {{0, 2}, {2, 1}, {2, 0}};
  const Topology both = Topology::from_links(3, links);
  EXPECT_EQ(numbers(both.neighbours({3})), (Numbers{1, 2}));
  EXPECT_EQ(numbers(both.neighbours({1})), (Numbers{3}));
  const Topology one(std::vector<std::vector<Address>>{{{2}}, {}});
  EXPECT_EQ(numbers(one.neighbours({1})), (Numbers{2}));
  EXPECT_TRUE(one.neighbours({2}).empty());
}

TEST(Topology, WhatMakesNoSenseIsRefused) {
  EXPECT_THROW(Topology(std::vector<std::vector<Address>>{{{1}}}), Error);
  EXPECT_THROW(Topology(std::vector<std::vector<Address>>{{{0}}}), Error);
  EXPECT_THROW(Topology(std::vector<std::vector<Address>>{{{7}}}), Error);
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> far = {{0, 3}};
  EXPECT_THROW(Topology::from_links(3, far), Error);
  EXPECT_THROW(Topology::small_world(10, 3, 0.1, 0), Error);
  EXPECT_THROW(Topology::small_world(10, 10, 0.1, 0), Error);
  EXPECT_THROW(Topology::small_world(10, 4, 1.5, 0), Error);
}

TEST(Topology, ASmallWorldIsConnectedSymmetricAndReproducible) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::size_t count = 60;
    const Topology world = Topology::small_world(count, 6, 0.4, seed),
                   again = Topology::small_world(count, 6, 0.4, seed);
    std::size_t ends = 0;
    std::vector<bool> seen(count + 1);
    std::queue<Address> open;
    open.push({1});
    seen[1] = true;
    for (; !open.empty(); open.pop()) {
      const auto list = world.neighbours(open.front());
      EXPECT_EQ(numbers(list), numbers(again.neighbours(open.front())));
      ends += list.size();
      for (const Address one : list) {
        const auto back = world.neighbours(one);
        EXPECT_TRUE(std::binary_search(back.begin(), back.end(), open.front()));
        if (!seen[one.number]) open.push(one);
        seen[one.number] = true;
      }
    }
    EXPECT_EQ(ends, count * 6);  // nobody was missed
  }
}

TEST(Topology, ACoordinatorIsNobodysNeighbourAndLeadsAll) {
  std::vector<testing::Party> three(3);
  testing::Leader leader;
  InProcessOptions options;
  options.topology = Topology::ring(3);
  for (const bool complete : {true, false}) {
    InProcessNetwork network(complete ? InProcessOptions() : options);
    for (auto& party : three) network.join(party);
    const Address lead = network.join(leader);
    EXPECT_EQ(numbers(network.carrier({1}).others()), (Numbers{2, 3}));
    EXPECT_EQ(numbers(network.carrier(lead).others()), (Numbers{1, 2, 3}));
    EXPECT_THROW(network.join(leader), Error);
  }
}

}  // namespace
}  // namespace entente
