// SPDX-License-Identifier: MIT
// Random tables, and what generated problems have in common.
#pragma once

#include <limits>
#include <span>

#include "entente/base/random.hpp"
#include "entente/generate.hpp"
#include "entente/problem/builder.hpp"

namespace entente::generate {

/// Draws costs as `CostOptions` says; one draw a cost, two where some are forbidden.
class CostSource {
 public:
  CostSource(const CostOptions& options, Random& random) : options_(options), random_(random) {
    if (!options.real_costs) whole_ = static_cast<std::uint64_t>(options.cost_high - options.cost_low) + 1;
  }

  double next() {
    if (options_.hard_share > 0 && random_.uniform() < options_.hard_share) {
      return std::numeric_limits<double>::infinity();
    }
    if (options_.real_costs) return options_.cost_low + random_.uniform() * (options_.cost_high - options_.cost_low);
    return options_.cost_low + static_cast<double>(random_.below(whole_));
  }
  void fill(std::span<double> cells) {
    for (double& cell : cells) cell = next();
  }

 private:
  const CostOptions& options_;
  Random& random_;
  std::uint64_t whole_ = 0;  // how many whole numbers there are
};

/// A builder with `count` automatically named variables over 0 .. domain_size-1 and, unless told not to, their agents.
ProblemBuilder builder_with_numbers(std::string name, Objective objective, std::uint32_t count,
                                    std::uint32_t domain_size, bool noagents);

}  // namespace entente::generate
