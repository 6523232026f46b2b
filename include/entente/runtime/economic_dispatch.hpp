// SPDX-License-Identifier: MIT
// Economic dispatch: who produces how much so that a target is met at least cost, by agreeing on a price.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "entente/kernel/consensus_topology.hpp"
#include "entente/kernel/consensus_weights.hpp"
#include "entente/problem/resource_problem.hpp"

namespace entente {

/// Minimises the sum over agents i and steps t of 0.5 quadratic x^2 + linear x, subject to lower <= x <= upper and, in
/// each step, sum of x = target. All but `target` hold a row of `steps` numbers an agent.
struct DispatchProblem {
  std::size_t agents = 0, steps = 0;
  std::vector<double> quadratic;     ///< Above 0.
  std::vector<double> linear;        ///< Price at which an agent begins to produce, per unit.
  std::vector<double> lower, upper;  ///< May be infinite.
  std::vector<double> target;        ///< By step.
};

/// What of a resource problem is a dispatch: sharing with equality coupling, box limits, costs that are quadratic and
/// linear and nothing else. Throws Error{unsupported} that names the agent and what it has besides.
DispatchProblem dispatch_problem(const ResourceProblem& problem);

struct DispatchOptions {
  WeightRule weights = WeightRule::metropolis;
  std::uint64_t max_cycles = 1'000'000;
  /// The run ends when in no step agents differ in price by more than this times (1 + |price|), nor produce more or
  /// less than the target by more than this times (1 + |target|).
  double tolerance = 1e-9;
  int threads = 1;
  const std::atomic<bool>* interrupt = nullptr;
};

struct DispatchResult {
  std::vector<double> price;  ///< By step: what one unit more would cost.
  std::vector<double> power;  ///< A row of `steps` numbers an agent; within its limits.
  double cost = 0;
  std::uint64_t cycles = 0, messages = 0;
  bool converged = false;
  double balance_error = 0;  ///< Largest |sum of power - target| of a step.
  double price_spread = 0;   ///< Largest distance of two agents' own prices in a step.
  /// Steps whose target no choice within the limits adds up to; then nothing was run, and power is as near as can be.
  std::vector<std::size_t> infeasible_steps;
};

/// Agents exchange prices with their neighbours only, and come to the one price at which what they produce, each at its
/// own best, adds up to the target: exact diffusion on the dual problem, with steps that need not know the network.
/// Which share of the target an agent is told does not matter; it is the n-th part. When they have converged, all are
/// given the one price in the middle, moved by the little that the tolerance left of the balance.
///
/// Errors  Error{wrong_use} for sizes that do not fit, options out of range, and a topology that does not join all
///         agents (they could not agree); Error{bad_input} for numbers outside what DispatchProblem says.
/// From    Yuan, Ying, Zhao & Sayed, IEEE TSP 67 (2019) 708-723; steps as in Li, Shi & Yan, "A decentralized
///         proximal-gradient method with network independent step-sizes", IEEE TSP 67 (2019) 4494-4506.
DispatchResult economic_dispatch(const DispatchProblem& problem, const ConsensusTopology& topology,
                                 const DispatchOptions& options = {});
/// The same over a chordal ring.
DispatchResult economic_dispatch(const DispatchProblem& problem, const DispatchOptions& options = {});

/// The optimum found at one place, by bisection of the price in each step: what economic_dispatch comes to, and what to
/// compare with. O(agents) a step and halving.
DispatchResult central_dispatch(const DispatchProblem& problem);

}  // namespace entente
