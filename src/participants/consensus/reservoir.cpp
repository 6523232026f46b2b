// SPDX-License-Identifier: MIT
#include "entente/participants/reservoir.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "entente/base/error.hpp"

namespace entente {

ReservoirDiffusionActor::ReservoirDiffusionActor(ReservoirOptions options) : options_(options) {
  const ReservoirOptions& o = options_;
  const auto expect = [](bool good, const std::string& text) {
    if (!good) throw Error(ErrorCode::wrong_use, "reservoir: " + text);
  };
  const auto efficiency = [](double e) { return e > 0 && e <= 1; };
  expect(o.energy_max >= 0 && o.charge_power_max >= 0 && o.discharge_power_max >= 0,
         "energy_max, charge_power_max and discharge_power_max are not below 0");
  expect(efficiency(o.charge_efficiency) && efficiency(o.discharge_efficiency), "efficiencies are within (0, 1]");
  expect(o.lowest_charge >= 0 && o.highest_charge <= 1, "charges are parts of the capacity, within [0, 1]");
  for (const double charge : {o.initial_charge, o.final_charge})
    expect(o.lowest_charge <= charge && charge <= o.highest_charge,
           "initial_charge and final_charge are between lowest_charge and highest_charge");
  expect(o.epsilon > 0 && o.n_guess > 0, "epsilon and n_guess are above 0");
  expect(o.discharge_cost >= 0, "discharge_cost is not below 0");
}

double ReservoirDiffusionActor::wanted(double price) const {
  const ReservoirOptions& o = options_;
  const double above = o.charge_cost + o.discharge_cost;
  // DRO does not take dc off when discharging, so that power jumps where the price passes cc + dc.
  if (price > above) return std::min((price - (o.compat ? o.charge_cost : above)) / o.epsilon, o.discharge_power_max);
  if (price < o.charge_cost) return std::max((price - o.charge_cost) / o.epsilon, -o.charge_power_max);
  return 0;
}

double ReservoirDiffusionActor::follow(std::span<const double> lam, double bias) {
  const ReservoirOptions& o = options_;
  const double low = o.lowest_charge * o.energy_max, high = o.highest_charge * o.energy_max;
  double energy = o.initial_charge * o.energy_max;
  for (std::size_t t = 0; t < lam.size(); ++t) {
    energy_[t] = energy;
    const double least = (energy - high) / o.charge_efficiency, most = (energy - low) * o.discharge_efficiency;
    power_[t] = std::clamp(wanted(lam[t] + bias), std::min(least, 0.0), std::max(most, 0.0));
    energy -= power_[t] > 0 ? power_[t] / o.discharge_efficiency : power_[t] * o.charge_efficiency;
    energy = std::clamp(energy, low, high);
  }
  return energy_[lam.size()] = energy;
}

void ReservoirDiffusionActor::follow_as_in_dro(std::span<const double> lam) {
  const ReservoirOptions& o = options_;
  const double low = o.lowest_charge * o.energy_max, high = o.highest_charge * o.energy_max;
  energy_.resize(lam.size());
  for (std::size_t t = 0; t < lam.size(); ++t) {
    power_[t] = wanted(lam[t]);
    if (t == 0) {
      energy_[t] = o.initial_charge * o.energy_max;
      continue;
    }
    const double before = power_[t - 1];
    energy_[t] = energy_[t - 1] - (before >= 0 ? before / o.discharge_efficiency : before * o.charge_efficiency);
    energy_[t] = std::clamp(energy_[t], low, high);
  }
  constexpr double small = 1e-3;
  const double missing = o.final_charge * o.energy_max - energy_.back();
  const double sum = std::accumulate(power_.begin(), power_.end(), 0.0);
  for (double& power : power_) {
    if (std::abs(missing) > small)
      power = std::abs(sum) > small ? power * (1 + missing / sum) : power + missing / double(lam.size());
    power = std::clamp(power, -o.charge_power_max, o.discharge_power_max);
  }
  for (std::size_t t = 0; t < lam.size(); ++t)
    power_[t] = power_[t] >= 0 ? std::min(power_[t], (energy_[t] - low) * o.discharge_efficiency)
                               : std::max(power_[t], (energy_[t] - high) / o.charge_efficiency);
}

std::vector<double> ReservoirDiffusionActor::gradient(std::span<const double> lam, std::span<const double> p_target,
                                                      std::size_t participants) {
  const ReservoirOptions& o = options_;
  power_.assign(lam.size(), 0);
  energy_.assign(lam.size() + 1, 0);
  if (o.compat && !lam.empty()) {
    follow_as_in_dro(lam);
  } else if (!lam.empty()) {
    // A higher bias discharges more in every step, so that what is stored at the end falls with it, and steadily.
    const double goal = o.final_charge * o.energy_max;
    const auto [least, most] = std::minmax_element(lam.begin(), lam.end());
    const double reach = 1 + (o.charge_power_max + o.discharge_power_max) * o.epsilon;
    double low = o.charge_cost - *most - reach, high = o.charge_cost + o.discharge_cost - *least + reach;
    double bias = 0;
    if (follow(lam, low) <= goal) {
      bias = low;
    } else if (follow(lam, high) >= goal) {
      bias = high;
    } else {
      for (;;) {
        bias = low + (high - low) / 2;
        if (bias <= low || bias >= high) break;
        (follow(lam, bias) > goal ? low : high) = bias;
      }
    }
    follow(lam, bias);
  }
  std::vector<double> surplus(power_);
  const double parts = participants > 0 && !o.compat ? double(participants) : o.n_guess;
  for (std::size_t t = 0; t < lam.size() && !p_target.empty(); ++t)
    surplus[t] -= p_target[p_target.size() == 1 ? 0 : t] / parts;
  return surplus;
}

}  // namespace entente
