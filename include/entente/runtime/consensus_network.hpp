// SPDX-License-Identifier: MIT
// Consensus at array speed: averaging, push-sum and diffusion among any number of participants in one process.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "entente/kernel/consensus_topology.hpp"
#include "entente/kernel/consensus_weights.hpp"

namespace entente {

enum class ConsensusMethod : std::uint8_t {
  /// All come to the mean of what they began with, by combining their numbers with their neighbours'.
  /// Xiao & Boyd, "Fast linear iterations for distributed averaging", Systems & Control Letters 53 (2004).
  averaging,
  /// The same over directed or lossy links: everybody passes on shares of a sum and of a weight, whose ratio is the
  /// estimate. Kempe, Dobra & Gehrke, FOCS 2003. Under loss, running sums are said instead of shares, so that what one
  /// message loses the next brings: Vaidya, Hadjicostis & Dominguez-Garcia, 2011.
  push_sum,
  /// All come close to the x that minimises the sum of their costs: a step against the own gradient, then combine. What
  /// is left of distance is of the order of the step. Cattivelli & Sayed, IEEE TSP 58 (2010).
  adapt_then_combine,
  combine_then_adapt,  ///< The same the other way round.
  /// The same with a correction that takes the distance away, for every step below 2 over the largest curvature.
  /// Yuan, Ying, Zhao & Sayed, "Exact diffusion for distributed optimization and learning", IEEE TSP 67 (2019).
  exact_diffusion,
};

struct ConsensusOptions {
  ConsensusMethod method = ConsensusMethod::averaging;
  WeightRule weights = WeightRule::metropolis;  ///< Not of push-sum.
  double alpha = 1;                             ///< Of averaging: how far to go towards the combined number, in (0, 1].
  double step = 0.1;                            ///< Of diffusion: what a gradient is multiplied with; above 0.
  double loss = 0;                              ///< Of push-sum: chance of each message to be lost, in [0, 1).
  std::uint64_t seed = 0;                       ///< Of losses.
  std::uint64_t max_cycles = 100'000;
  /// Averaging and push-sum end when nobody is further than this from anybody of their component; diffusion when no
  /// number moves more in a cycle, and, where it is exact, all agree as closely. In the numbers' unit.
  double tolerance = 1e-9;
  int threads = 1;
  const std::atomic<bool>* interrupt = nullptr;  ///< Ends the run after the cycle at hand; may be null.
};

struct ConsensusResult {
  std::vector<double> values;  ///< A row of `width` numbers a participant, in their order.
  std::uint64_t cycles = 0;
  bool converged = false;      ///< The tolerance was reached within the cycles allowed.
  double spread = 0;           ///< Largest distance of two participants of a component, in any number.
  double change = 0;           ///< Largest change of a number in the last cycle.
  std::uint64_t messages = 0;  ///< One a cycle and direction of a link.
  /// Where the links do not join all, each component agrees on a mean of its own.
  std::uint32_t components = 1;
  std::vector<std::uint32_t> component;  ///< Of each participant.
};

/// The gradient of a participant's own cost at x. Called by several threads at once, for different participants; what
/// it throws ends the run and reaches the caller.
using ConsensusGradient =
    std::function<void(std::uint32_t participant, std::span<const double> x, std::span<double> gradient)>;

/// Runs cycles until all agree. `initial` holds a row of `width` numbers a participant; diffusion needs a gradient, the
/// other methods take none. The result is the same on any number of threads.
///
/// Under a rule that is not symmetric (see WeightRule) the mean is found all the same: participants carry their own
/// Perron weight along, and take the ratio at the end.
///
/// Errors  Error{wrong_use} for sizes and options outside what is said above, and for directed links with any method
/// but
///         push-sum; Error{bad_input} for numbers that are not finite. Averaging on an undirected, push-sum on a
///         strongly connected graph always converge; diffusion with too long a step does not: then `converged` is
///         false.
/// Memory  two rows a participant, diffusion up to four; 8 bytes a link and direction where weights differ.
///
///   const ConsensusResult all = run_consensus(ring_topology(5), std::vector<double>{1, 2, 3, 4, 10}, 1);
///   // all.values: 4 five times; all.cycles: 40
ConsensusResult run_consensus(const ConsensusTopology& topology, std::span<const double> initial, std::size_t width,
                              const ConsensusOptions& options = {}, const ConsensusGradient& gradient = {});

}  // namespace entente
