// SPDX-License-Identifier: MIT
// A storage unit that answers prices.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "entente/participants/consensus_actor.hpp"

namespace entente {

struct ReservoirOptions {
  double energy_max = 10;          ///< e_max, capacity.
  double charge_power_max = 2;     ///< pc_max.
  double discharge_power_max = 3;  ///< pd_max.
  double initial_charge = 0.5;     ///< e_init, part of the capacity.
  double final_charge = 0.5;       ///< e_final: what the state of charge ends with.
  double lowest_charge = 0;        ///< The state of charge stays within these.
  double highest_charge = 1;
  double charge_efficiency = 0.95;
  double discharge_efficiency = 0.95;
  double charge_cost = 0;     ///< cc: charges at prices below this,
  double discharge_cost = 0;  ///< dc: discharges at prices above cc + dc.
  double epsilon = 0.1;       ///< Power changes by 1 where the price changes by this.
  double n_guess = 10;        ///< Of compat: how many share the target.
  bool compat = false;        ///< DRO's formula: final charge approximate, last step not in the energy.
};

/// Discharges (P > 0) where the price is high and charges (P < 0) where it is low.
///
/// All prices are moved by one amount, found by bisection, such that the charge ends exactly where it should, or as
/// near as power and capacity allow; on the way there it stays within its limits. Both are exact to rounding.
///
/// Without limits on the charge in between this is the cheapest answer to the prices; where such a limit binds on the
/// way it is one that keeps it, and the answer is no gradient of a cost any more: diffusion then ends near an optimum.
class ReservoirDiffusionActor : public DiffusionActor {
 public:
  /// Errors  Error{wrong_use} for efficiencies outside (0, 1], powers or energies below 0, charges that are not
  ///         0 <= lowest <= initial, final <= highest <= 1, epsilon or n_guess not above 0.
  explicit ReservoirDiffusionActor(ReservoirOptions options);

  /// P - target / participants.
  std::vector<double> gradient(std::span<const double> lam, std::span<const double> p_target,
                               std::size_t participants) override;
  double curvature() const override { return 1 / options_.epsilon; }

  const std::vector<double>& power() const { return power_; }  ///< P, by step, of the last gradient.
  /// E: stored at the beginning of each step; and, unless compat, one number more: what is stored at the end.
  const std::vector<double>& energy() const { return energy_; }
  const ReservoirOptions& options() const { return options_; }

 private:
  double wanted(double price) const;
  /// Follows the prices moved by `bias`; returns what is stored at the end.
  double follow(std::span<const double> lam, double bias);
  void follow_as_in_dro(std::span<const double> lam);

  const ReservoirOptions options_;
  std::vector<double> power_, energy_;
};

}  // namespace entente
