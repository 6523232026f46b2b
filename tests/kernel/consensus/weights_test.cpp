// SPDX-License-Identifier: MIT
#include "entente/kernel/consensus_weights.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "entente/base/error.hpp"

namespace entente {
namespace {

using Links = std::vector<ConsensusTopology::Link>;
constexpr WeightRule every_rule[] = {WeightRule::metropolis, WeightRule::hastings,  WeightRule::mean_metropolis,
                                     WeightRule::uniform,    WeightRule::averaging, WeightRule::relative_degree};

/// A hub 0 with a path: degrees 4, 1, 1, 2, 2, 2.
ConsensusTopology irregular() { return {6, Links{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {3, 5}, {4, 5}}}; }

std::vector<std::vector<double>> dense(const ConsensusTopology& graph, WeightRule rule) {
  const CombinationWeights weights = combination_weights(graph, rule);
  const std::uint32_t n = graph.participants();
  std::vector<std::vector<double>> a(n, std::vector<double>(n));
  for (std::uint32_t i = 0; i < n; ++i) {
    a[i][i] = weights.own[i];
    for (std::uint32_t k = 0; k < graph.degree(i); ++k) a[i][graph.heard_by(i)[k]] = weights.link[graph.first()[i] + k];
  }
  return a;
}

TEST(CombinationWeights, are_those_of_their_formulas) {
  const auto graph = irregular();
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::metropolis)[0][3], 1.0 / 5);
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::hastings)[3][5], 1.0 / 3);
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::mean_metropolis)[0][1], 2.0 / 6);
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::mean_metropolis)[0][0], 1 - 2 * 2.0 / 6 - 2 * 2.0 / 7);  // below 0
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::uniform)[3][5], 1.0 / 5);
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::averaging)[3][5], 1.0 / 3);
  EXPECT_DOUBLE_EQ(dense(graph, WeightRule::relative_degree)[3][0], 5.0 / (3 + 5 + 3));
}

TEST(CombinationWeights, of_a_participant_add_up_to_one_and_symmetric_rules_are_symmetric) {
  for (const WeightRule rule : every_rule) {
    const auto a = dense(irregular(), rule);
    for (std::size_t i = 0; i < a.size(); ++i) {
      EXPECT_NEAR(std::accumulate(a[i].begin(), a[i].end(), 0.0), 1, 1e-15);
      for (std::size_t j = 0; j < a.size() && is_symmetric(rule); ++j) EXPECT_DOUBLE_EQ(a[i][j], a[j][i]);
    }
  }
}

TEST(PerronVector, is_positive_sums_to_one_and_is_kept_by_the_matrix) {
  for (const WeightRule rule : every_rule) {
    const auto a = dense(irregular(), rule);
    const auto p = perron_vector(irregular(), rule);
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1, 1e-15);
    for (std::size_t j = 0; j < a.size(); ++j) {
      double kept = 0;
      for (std::size_t i = 0; i < a.size(); ++i) kept += p[i] * a[i][j];
      EXPECT_NEAR(kept, p[j], 1e-15);
      EXPECT_GT(p[j], 0);
      EXPECT_TRUE(!is_symmetric(rule) || std::abs(p[j] - 1.0 / 6) < 1e-15);
    }
  }
}

TEST(PerronVector, sums_to_one_in_each_component) {
  const auto p = perron_vector(ConsensusTopology(5, Links{{0, 1}, {1, 2}}), WeightRule::averaging);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-15);
  EXPECT_EQ(p[3], 1);
}

TEST(CombinationWeights, are_refused_for_directed_links) {
  EXPECT_THROW(combination_weights(ConsensusTopology(2, Links{{0, 1}}, true), WeightRule::metropolis), Error);
}

}  // namespace
}  // namespace entente
