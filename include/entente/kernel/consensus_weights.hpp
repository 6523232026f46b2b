// SPDX-License-Identifier: MIT
// Weight rules: what a participant gives its neighbours' numbers when it combines them with its own.
#pragma once

#include <cstdint>
#include <vector>

#include "entente/kernel/consensus_topology.hpp"

namespace entente {

/// A participant i with n_i neighbours gives neighbour j the weight named here, and itself what is left of 1.
///
/// The first four are symmetric: repeated combination leads all to the mean of what they began with. The last two need
/// no neighbour's consent, and lead to a mean weighted by the Perron vector. All converge on every connected graph.
enum class WeightRule : std::uint8_t {
  metropolis,       ///< 1 / (1 + max(n_i, n_j)). Local, and the quickest of the simple ones on irregular graphs.
  hastings,         ///< 1 / max(n_i + 1, n_j + 1): the same for equal shares, which are ours.
  mean_metropolis,  ///< 2 / (n_i + n_j + 1). May leave a hub a negative weight for itself; converges nevertheless.
  uniform,          ///< 1 / (1 + largest degree of all): also called max-degree.
  averaging,        ///< 1 / (n_i + 1).
  relative_degree,  ///< (n_j + 1) over the sum of (n + 1) of i and its neighbours.
};

/// Whether both ends of a link give each other the same weight under this rule, so that combining keeps the mean.
constexpr bool is_symmetric(WeightRule rule) {
  return rule != WeightRule::averaging && rule != WeightRule::relative_degree;
}

/// The weight of a link under a rule that needs but the two degrees: all but `uniform` (which takes `largest`, the
/// largest degree of all) and `relative_degree` (which takes `closed`, the sum of n + 1 over i and its neighbours).
double link_weight(WeightRule rule, std::uint32_t degree, std::uint32_t neighbour_degree, std::uint32_t largest = 0,
                   double closed = 0);

/// A matrix of combination weights; its rows add up to 1.
struct CombinationWeights {
  std::vector<double> own;   ///< By participant: what it gives itself.
  std::vector<double> link;  ///< By heard neighbour, in the topology's order.
};

/// Throws Error{wrong_use} for directed links, where no such weights are known to a participant.
CombinationWeights combination_weights(const ConsensusTopology& topology, WeightRule rule);

/// The weights that participants' first numbers get in what all agree on: the left eigenvector p of the combination
/// matrix, p'A = p', positive, adding up to 1 in each component. All equal under a symmetric rule.
///
/// Walks the links once: under every rule p_i a_ij = p_j a_ji, so that one entry gives its neighbours'.
std::vector<double> perron_vector(const ConsensusTopology& topology, WeightRule rule);

}  // namespace entente
