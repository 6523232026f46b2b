// SPDX-License-Identifier: MIT
// minimise: an assignment of a cost network that no other beats, with the proof's bound; can be interrupted any time.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "kernel/exact/cost_network.hpp"
#include "kernel/stop_signal.hpp"

namespace entente {

/// What is known of a network in the middle of its solving.
struct MinimiseProgress {
  double bound;                            ///< No assignment costs less.
  double cost;                             ///< Of `assignment`; +infinity if none is known.
  std::span<const ValueIndex> assignment;  ///< The best known; empty if there is none.
};

struct MinimiseOptions {
  StopSignal stop = {};
  /// Counted units of work (about one table cell looked at each) after which solving stops: for results that do not
  /// depend on the clock.
  std::uint64_t work = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t memory = std::uint64_t(1) << 30;  ///< Bytes for all that grows.
  /// An assignment known beforehand, whose cost is an upper bound; may be empty.
  std::span<const ValueIndex> start = {};
  /// A lower bound proven elsewhere; solving ends as soon as an assignment costs no more.
  double known_bound = -std::numeric_limits<double>::infinity();
  /// Solving ends when (cost - bound) <= gap * max(|cost|, |bound|). 0: at the proof.
  double gap = 0;
  /// Called when bound or cost got better, at most every few milliseconds; may be empty.
  std::function<void(const MinimiseProgress&)> on_progress = {};
};

struct MinimiseResult {
  enum class Status { optimal, infeasible, stopped };

  Status status = Status::stopped;
  std::vector<ValueIndex> assignment;  ///< The best found, `start` included; empty if none is acceptable or known.
  double cost = std::numeric_limits<double>::infinity();    ///< network_cost(assignment).
  double bound = -std::numeric_limits<double>::infinity();  ///< Proven; equal to `cost` when optimal.
  std::uint64_t nodes = 0, work = 0;
  /// A set of functions (positions in CostNetwork::functions, ascending) that alone already cost at least `bound`, or
  /// leave nothing acceptable where the network is infeasible: who paid for the bound. Functions of one variable that
  /// cost anything are always in it; so are all of a part that was solved by elimination, and simply all where
  /// `known_bound` is the better bound.
  std::vector<std::uint32_t> justification;
};

/// Returns a cheapest acceptable assignment of `network`.
///
/// A pure function of network and options unless `stop` is raised: same input, same result. Cost: exponential in the
/// worst case. Memory stays within `options.memory`, apart from some copies of the network's own tables and some 10 MB;
/// solving stops where that is not enough.
MinimiseResult minimise(const CostNetwork& network, const MinimiseOptions& options = {});

}  // namespace entente
