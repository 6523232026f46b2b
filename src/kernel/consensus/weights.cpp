// SPDX-License-Identifier: MIT
// Combination weights and their Perron vectors.
#include <algorithm>

#include "entente/base/error.hpp"
#include "entente/kernel/consensus_weights.hpp"

namespace entente {

double link_weight(WeightRule rule, std::uint32_t degree, std::uint32_t neighbour_degree, std::uint32_t largest,
                   double closed) {
  const double own = degree, theirs = neighbour_degree;
  switch (rule) {
    case WeightRule::metropolis:
    case WeightRule::hastings: return 1 / (1 + std::max(own, theirs));
    case WeightRule::mean_metropolis: return 2 / (own + theirs + 1);
    case WeightRule::uniform: return 1 / (1 + double(largest));
    case WeightRule::averaging: return 1 / (own + 1);
    case WeightRule::relative_degree: return (theirs + 1) / closed;
  }
  return 0;
}

CombinationWeights combination_weights(const ConsensusTopology& topology, WeightRule rule) {
  if (topology.directed())
    throw Error(ErrorCode::wrong_use,
                "weight rules need undirected links, as both ends must know each other's degree; "
                "on directed links use push-sum");
  const std::uint32_t n = topology.participants();
  std::uint32_t largest = 0;
  for (std::uint32_t i = 0; i < n; ++i) largest = std::max(largest, topology.degree(i));
  CombinationWeights weights{std::vector<double>(n), std::vector<double>(topology.heard().size())};
  for (std::uint32_t i = 0; i < n; ++i) {
    double closed = topology.degree(i) + 1.0, sum = 0;
    if (rule == WeightRule::relative_degree)
      for (const std::uint32_t j : topology.heard_by(i)) closed += topology.degree(j) + 1.0;
    std::uint32_t e = topology.first()[i];
    for (const std::uint32_t j : topology.heard_by(i)) {
      weights.link[e] = link_weight(rule, topology.degree(i), topology.degree(j), largest, closed);
      sum += weights.link[e++];
    }
    weights.own[i] = 1 - sum;
  }
  return weights;
}

std::vector<double> perron_vector(const ConsensusTopology& topology, WeightRule rule) {
  const CombinationWeights weights = combination_weights(topology, rule);
  const std::uint32_t n = topology.participants();
  std::vector<double> p(n, 0.0);
  std::vector<std::uint32_t> component;
  for (std::uint32_t begin = 0; begin < n; ++begin) {
    if (p[begin] != 0) continue;
    p[begin] = 1;
    component.assign(1, begin);
    double sum = 1;
    for (std::size_t at = 0; at < component.size(); ++at) {
      const std::uint32_t i = component[at];
      const auto heard = topology.heard_by(i);
      for (std::size_t k = 0; k < heard.size(); ++k) {
        const std::uint32_t j = heard[k];
        if (p[j] != 0) continue;
        const auto back = topology.heard_by(j);
        const auto place = std::lower_bound(back.begin(), back.end(), i) - back.begin();
        p[j] = p[i] * weights.link[topology.first()[i] + k] / weights.link[topology.first()[j] + std::size_t(place)];
        sum += p[j];
        component.push_back(j);
      }
    }
    for (const std::uint32_t i : component) p[i] /= sum;
  }
  return p;
}

}  // namespace entente
