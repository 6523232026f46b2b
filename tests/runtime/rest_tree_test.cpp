// SPDX-License-Identifier: MIT
// Agents that find out by themselves where a run ends, against somebody who sees all of them.
#include "runtime/rest_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente::runtime {
namespace {

/// Agents, and messages that are under way in the order of their links.
struct Grove {
  Grove(std::uint32_t agents, std::uint64_t needed) : links(agents * agents) {
    for (std::uint32_t me = 0; me < agents; ++me)
      trees.push_back(
          std::make_unique<RestTree>(me, agents, needed, [this, me, agents](std::uint32_t to, const RemoteRest& rest) {
            ++messages;
            links[me * agents + to].push_back(rest);
          }));
  }
  bool deliver_one(Random& random) {
    const std::uint32_t agents = std::uint32_t(trees.size()), first = std::uint32_t(random.below(links.size()));
    for (std::uint32_t k = 0; k < links.size(); ++k) {
      const std::uint32_t link = (first + k) % std::uint32_t(links.size());
      if (links[link].empty()) continue;
      const RemoteRest rest = links[link].front();
      links[link].pop_front();
      trees[link % agents]->hear(link / agents, rest);
      trees[link % agents]->flush();
      return true;
    }
    return false;
  }
  std::vector<std::unique_ptr<RestTree>> trees;
  std::vector<std::deque<RemoteRest>> links;
  std::size_t messages = 0;
};

TEST(RestTree, EverybodyLearnsOfTheFirstCyclesInWhichAllRested) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    const auto agents = std::uint32_t(1 + random.below(12));
    const std::uint64_t needed = 1 + random.below(3), cycles = 400;
    const double calm = 0.5 + 0.5 * random.uniform();
    // What each rests in, and so what everybody should find.
    std::vector<std::vector<bool>> rests(agents, std::vector<bool>(cycles));
    std::optional<std::uint64_t> expected;
    std::uint64_t in_a_row = 0;
    for (std::uint64_t c = 0; c < cycles; ++c) {
      bool all = true;
      for (auto& mine : rests) all &= mine[c] = c > 300 || random.uniform() < calm;
      in_a_row = all ? in_a_row + 1 : 0;
      if (!expected && in_a_row >= needed) expected = c + 1;
    }
    Grove grove(agents, needed);
    std::vector<std::uint64_t> at(agents);
    for (bool going = true; going;) {
      going = false;
      for (std::uint32_t k = 0; k < 4; ++k) {
        const auto me = std::uint32_t(random.below(agents));
        if (at[me] >= cycles || grove.trees[me]->stop()) continue;
        grove.trees[me]->close(rests[me][at[me]], false);
        ++at[me];
        if (random.uniform() < 0.7) grove.trees[me]->flush();
      }
      for (std::uint32_t k = 0; k < 3; ++k) going |= grove.deliver_one(random);
      for (std::uint32_t me = 0; me < agents; ++me) going |= at[me] < cycles && !grove.trees[me]->stop();
      if (!going)
        for (auto& tree : grove.trees) tree->flush();
      for (const auto& link : grove.links) going |= !link.empty();
    }
    ASSERT_TRUE(expected);
    for (const auto& tree : grove.trees) EXPECT_EQ(tree->stop(), expected) << seed;
  }
}

TEST(RestTree, TheRunIsOverWhenAllHaveFinished) {
  Random random(1);
  Grove grove(5, 1);
  for (std::uint64_t c = 0; c < 30; ++c)
    for (std::uint32_t me = 0; me < 5; ++me) {
      grove.trees[me]->close(false, c + 1 >= 10 + 2 * me);
      grove.trees[me]->flush();
      while (grove.deliver_one(random)) {
      }
    }
  for (const auto& tree : grove.trees) {
    ASSERT_TRUE(tree->stop());
    EXPECT_GE(*tree->stop(), 18u);  // the last of them finished in that cycle
    EXPECT_LE(*tree->stop(), 30u);
  }
}

TEST(RestTree, WhileSomebodyWorksHardlyAnythingIsSaid) {
  Random random(2);
  Grove grove(16, 1);
  for (std::uint64_t c = 0; c < 6400; ++c) {
    for (auto& tree : grove.trees) {
      tree->close(false, false);
      tree->flush();
    }
    while (grove.deliver_one(random)) {
    }
  }
  EXPECT_LE(grove.messages, 16u * 101);
}

TEST(RestTree, WhatNobodySaysIsRefused) {
  const auto silent = [](std::uint32_t, const RemoteRest&) {};
  RestTree tree(1, 8, 1, silent);
  EXPECT_THROW(tree.hear(2, {5, {}, {}, {}}), Error);   // not below
  EXPECT_THROW(tree.hear(3, {5, {}, {}, 4}), Error);    // not for it to say
  EXPECT_THROW(tree.hear(3, {5, {7}, {}, {}}), Error);  // a cycle that has not ended
  EXPECT_THROW(tree.hear(3, {5, {3, 3}, {}, {}}), Error);
  tree.hear(3, {5, {3}, {}, {}});
  EXPECT_THROW(tree.hear(3, {4, {}, {}, {}}), Error);  // backwards
  tree.hear(0, {0, {}, {}, 9});
  EXPECT_EQ(tree.stop(), 9u);
}

}  // namespace
}  // namespace entente::runtime
