// SPDX-License-Identifier: MIT
// Economic dispatch over a carrier: actors that produce at a price.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "entente/participants/consensus_actor.hpp"

namespace entente {

/// A unit with cost `cost` p + 0.5 `epsilon` p^2 and limits. `data` of the run is the target: what all produce
/// together, by step (empty: 0).
///
/// In an AveragingConsensusAlgorithm or a DiffusionAlgorithm (exact) all come to one price, at which the powers add up
/// to the target: the price at which producing is cheapest, on any topology. `n_guess` and `rho` are not used then; the
/// run is over when, by what tolerance says, prices differ by no more than that part of (1 + |price|), and what is
/// produced from the target by no more than that part of (1 + |target|).
///
/// As in DRO (`compat`) each is pulled to the n_guess-th part of the target instead: near balance, with as many prices
/// as there are different actors.
class LinearCostEconomicDispatchConsensusActor : public ConsensusActor, public DiffusionActor {
 public:
  /// Errors  Error{wrong_use} unless epsilon > 0, p_min <= p_max, n_guess > 0.
  LinearCostEconomicDispatchConsensusActor(double cost, double p_max, double rho = 0.05, double epsilon = 0.1,
                                           double p_min = 0, double n_guess = 10);

  /// What it produces at these prices: clip((price - cost) / epsilon, p_min, p_max).
  std::vector<double> power_at(std::span<const double> price) const;

  /// -rho (P - target / n_guess), or zeros if there is no target; remembers P. As in DRO.
  std::vector<double> gradient_term(std::span<const double> lam, std::span<const double> p_target) override;
  /// P - target / participants, and P itself if there is no target.
  std::vector<double> gradient(std::span<const double> lam, std::span<const double> p_target,
                               std::size_t participants) override;
  double curvature() const override { return 1 / epsilon; }

  const double cost, p_max, rho, epsilon, p_min, n_guess;
  std::vector<double> power;  ///< P: what it produces at the price it was last asked about. DRO's `P`.
};

}  // namespace entente
