// SPDX-License-Identifier: MIT
// What the tests of consensus share: groups of participants, and the numbers they should come to.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/kernel/consensus_topology.hpp"
#include "entente/participants/averaging.hpp"
#include "entente/participants/diffusion.hpp"
#include "entente/participants/economic_dispatch.hpp"

namespace entente::consensus_testing {

template <class P>
std::vector<Participant*> all_of(const std::vector<std::shared_ptr<P>>& group) {
  std::vector<Participant*> list;
  for (const auto& one : group) list.push_back(one.get());
  return list;
}

/// The same graph for carriers as for arrays: participant i has address i + 1.
inline Topology over_carrier(const ConsensusTopology& graph) {
  std::vector<std::vector<Address>> lists(graph.participants());
  for (std::uint32_t i = 0; i < graph.participants(); ++i)
    for (const std::uint32_t j : graph.heard_by(i)) lists[j].push_back(Address{i + 1});
  return Topology(lists);
}

/// Random links under a tree, so that all are joined.
inline ConsensusTopology random_connected(std::uint32_t n, double chance, std::uint64_t seed) {
  Random random(seed);
  std::vector<ConsensusTopology::Link> links;
  for (std::uint32_t i = 1; i < n; ++i) links.emplace_back(i, std::uint32_t(random.below(i)));
  for (std::uint32_t i = 0; i < n; ++i)
    for (std::uint32_t j = i + 1; j < n; ++j)
      if (random.uniform() < chance) links.emplace_back(i, j);
  return {n, links};
}

inline std::vector<double> random_numbers(std::size_t count, double low, double high, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> numbers(count);
  for (double& number : numbers) number = low + (high - low) * random.uniform();
  return numbers;
}

inline double mean(std::span<const double> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / double(numbers.size());
}

struct Group {
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> members;
  std::size_t finishes = 0;  ///< Calls of the callback.
};
inline std::unique_ptr<Group> averaging_group(const std::vector<double>& initial, const AveragingOptions& base = {}) {
  auto group = std::make_unique<Group>();
  for (const double number : initial) {
    AveragingOptions options = base;
    options.initial = {number};
    group->members.push_back(create_averaging_consensus_participant(
        [g = group.get()](AveragingConsensusAlgorithm&, Carrier&) { ++g->finishes; }, nullptr, options));
  }
  return group;
}

}  // namespace entente::consensus_testing
