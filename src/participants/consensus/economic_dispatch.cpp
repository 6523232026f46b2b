// SPDX-License-Identifier: MIT
#include "entente/participants/economic_dispatch.hpp"

#include <algorithm>
#include <string>

#include "entente/base/error.hpp"

namespace entente {

LinearCostEconomicDispatchConsensusActor::LinearCostEconomicDispatchConsensusActor(double cost_, double p_max_,
                                                                                   double rho_, double epsilon_,
                                                                                   double p_min_, double n_guess_)
    : cost(cost_), p_max(p_max_), rho(rho_), epsilon(epsilon_), p_min(p_min_), n_guess(n_guess_) {
  const auto wrong = [](const std::string& text) { throw Error(ErrorCode::wrong_use, text); };
  if (!(epsilon > 0)) wrong("epsilon: " + std::to_string(epsilon) + " is not above 0");
  if (!(p_min <= p_max)) wrong("p_min: " + std::to_string(p_min) + " is above p_max, " + std::to_string(p_max));
  if (!(n_guess > 0)) wrong("n_guess: " + std::to_string(n_guess) + " is not above 0");
}

std::vector<double> LinearCostEconomicDispatchConsensusActor::power_at(std::span<const double> price) const {
  std::vector<double> result(price.size());
  for (std::size_t t = 0; t < price.size(); ++t) result[t] = std::clamp((price[t] - cost) / epsilon, p_min, p_max);
  return result;
}

std::vector<double> LinearCostEconomicDispatchConsensusActor::gradient_term(std::span<const double> lam,
                                                                            std::span<const double> p_target) {
  power = power_at(lam);
  std::vector<double> pull(lam.size());
  for (std::size_t t = 0; t < lam.size(); ++t)
    pull[t] = -rho * (power[t] - (p_target.empty() ? 0 : p_target[p_target.size() == 1 ? 0 : t] / n_guess));
  return pull;
}

std::vector<double> LinearCostEconomicDispatchConsensusActor::gradient(std::span<const double> lam,
                                                                       std::span<const double> p_target,
                                                                       std::size_t participants) {
  power = power_at(lam);
  std::vector<double> surplus(power);
  const double parts = participants > 0 ? double(participants) : n_guess;
  for (std::size_t t = 0; t < lam.size() && !p_target.empty(); ++t)
    surplus[t] -= p_target[p_target.size() == 1 ? 0 : t] / parts;
  return surplus;
}

}  // namespace entente
