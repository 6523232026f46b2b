// SPDX-License-Identifier: MIT
// The four-cells-at-a-time search for the best pair finds what trying every pair finds.
#include "entente/algorithm/best_pair.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "entente/base/random.hpp"

namespace entente {
namespace {

/// An agent that knows its costs as plain numbers.
struct Known {
  ValueIndex values;
  std::vector<float> local, cells;
  std::size_t stride;

  ValueIndex domain() const { return values; }
  ValueIndex neighbour_domain(Neighbour) const { return values; }
  double local_cost(ValueIndex v) const { return local[std::size_t(v)]; }
  double shared_cost(Neighbour, ValueIndex own, ValueIndex theirs) const {
    return cells[std::size_t(theirs) * stride + std::size_t(own)];
  }
};

Known random_agent(Random& random, ValueIndex domain, std::uint64_t levels) {
  Known agent{domain, {}, {}, (std::size_t(domain) + 3) / 4 * 4};
  for (ValueIndex v = 0; v < domain; ++v) agent.local.push_back(float(random.below(levels)));
  agent.cells.assign(agent.stride * std::size_t(domain), -1000);  // what pads a row must not count
  for (ValueIndex theirs = 0; theirs < domain; ++theirs)
    for (ValueIndex own = 0; own < domain; ++own)
      agent.cells[std::size_t(theirs) * agent.stride + std::size_t(own)] = float(random.below(levels));
  return agent;
}

TEST(BestPair, RowsAtATimeFindWhatCellsOneByOneFind) {
  Random random(7);
  for (int round = 0; round < 4000; ++round) {
    const auto domain = ValueIndex(1 + random.below(64));
    const Known agent = random_agent(random, domain, round % 2 ? 3 : 1000);  // with many ties, and with few
    std::vector<double> rest;
    for (ValueIndex v = 0; v < domain; ++v) rest.push_back(double(random.below(10)));
    const auto own = ValueIndex(random.below(std::uint64_t(domain)));
    const auto told = ValueIndex(random.below(std::uint64_t(domain)));
    const JointMove slow = detail::best_pair(agent, 0, rest.data(), own, told);
    const JointMove fast = detail::best_pair(agent.cells.data(), agent.local.data(), std::size_t(domain), agent.stride,
                                             rest.data(), own, told);
    ASSERT_EQ(slow.gain, fast.gain) << "domain " << domain;
    ASSERT_EQ(slow.own, fast.own);
    ASSERT_EQ(slow.theirs, fast.theirs);
  }
}

}  // namespace
}  // namespace entente
