// SPDX-License-Identifier: MIT
// SimulatedNetwork: participants of one process over links that are as slow and as bad as asked for, in virtual time.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "entente/base/latency.hpp"
#include "entente/carriers/network.hpp"

namespace entente {

/// What the links are like. Times are seconds of the network's clock, probabilities in [0, 1).
struct SimulatedOptions {
  /// One direction of a link whose latency is another.
  struct Link {
    Address from, to;
    Latency latency;
  };
  /// The participant is out of reach from `at` until `until`, and keeps what it has: what reaches it meanwhile is lost.
  /// Its own timers go on.
  struct Outage {
    Address who;
    double at = 0;
    double until = std::numeric_limits<double>::infinity();
  };

  Topology topology;
  Latency latency;          ///< Of all other links.
  std::vector<Link> links;  ///< A later one replaces an earlier one.
  double loss = 0;          ///< Chance that a packet never arrives.
  double duplicate = 0;     ///< Chance that a packet that arrives does so twice.
  bool reorder = false;     ///< Packets of a link may overtake each other; else they keep their order.
  /// Messages are numbered, acknowledged, sent again until they arrive, and handed on once and in order, whatever the
  /// links do. Else each message is one packet, for better or worse.
  bool reliable = false;
  std::vector<Outage> outages;
  std::uint64_t seed = 0;  ///< All that happens follows from it.
  RunLimits limits;
  Address start_from = {}, start_to = {};  ///< As in InProcessOptions.
};

/// A clock that stands still while somebody works, and jumps to what happens next: the next arrival or timer. So who
/// waits by the carrier (ask, sleep, wait_for) waits no real time and cannot block others, and a run is at its end
/// exactly when nothing can happen any more. What somebody sends to itself takes no time and is not lost.
///
/// Errors  Error{wrong_use} for options outside what is said above, and for joining after the first message.
/// Cost    O(log messages under way) a message, about 1 us.
class SimulatedNetwork : public Network {
 public:
  explicit SimulatedNetwork(SimulatedOptions options = {});
};

RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         SimulatedOptions options);
Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, SimulatedOptions options);

}  // namespace entente
