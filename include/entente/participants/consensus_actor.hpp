// SPDX-License-Identifier: MIT
// Actors: what a participant wants while it agrees with others.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace entente {

/// Pulls a participant's number somewhere while all average.
class ConsensusActor {
 public:
  virtual ~ConsensusActor() = default;
  /// What is added to the average in each cycle: as many numbers as `lam`, or one for all. `lam` is where the
  /// participant stands, `data` what the run is about (empty: nothing). What it throws reaches the caller of the run.
  virtual std::vector<double> gradient_term(std::span<const double> lam, std::span<const double> data) = 0;
};

/// Wants nothing: what is left is the mean.
class NoConsensusActor : public ConsensusActor {
 public:
  std::vector<double> gradient_term(std::span<const double> lam, std::span<const double>) override {
    return std::vector<double>(lam.size(), 0.0);
  }
};

/// Has a convex cost; all look for the numbers that minimise the sum of their costs.
class DiffusionActor {
 public:
  virtual ~DiffusionActor() = default;
  /// The gradient of the own cost at `lam`, as many numbers. `participants` is how many take part, all in all; 0 where
  /// nobody has counted them.
  virtual std::vector<double> gradient(std::span<const double> lam, std::span<const double> data,
                                       std::size_t participants) = 0;
  /// How much the gradient changes at most when a number of lam changes by 1; 0: not known.
  virtual double curvature() const { return 0; }
};

}  // namespace entente
