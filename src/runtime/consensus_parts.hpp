// SPDX-License-Identifier: MIT
// What the drivers of consensus and dispatch share.
#pragma once

#include <vector>

#include "entente/kernel/consensus_weights.hpp"
#include "kernel/consensus/combine.hpp"

namespace entente::runtime {

/// Combination weights of a topology as the sweeps want them, `alpha` of the way from the own number to the combined.
/// Refers to the topology.
struct Mixing {
  Mixing(const ConsensusTopology& topology, WeightRule rule, double alpha, std::size_t width);
  Mixing(const Mixing&) = delete;

  std::vector<double> link;  ///< Empty where all are alike.
  kernel::Combination combination;
};

}  // namespace entente::runtime
