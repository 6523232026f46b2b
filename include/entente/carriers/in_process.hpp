// SPDX-License-Identifier: MIT
// InProcessNetwork: participants of one process exchange messages without delay, one after the other.
#pragma once

#include "entente/carriers/network.hpp"

namespace entente {

/// What a message that has not been delivered yet does when a newer one of the same link follows.
enum class Delivery : std::uint8_t {
  snapshots,  ///< Both are delivered.
  latest,     ///< The newer takes the older's place. Only messages of the same type; never requests and replies.
};

/// What a second is.
enum class NetworkClock : std::uint8_t {
  /// Every delivery takes `delivery_seconds`, and waiting takes no real time: when nothing is under way, the clock
  /// jumps
  /// to the next timer. Runs are reproducible.
  counted,
  real,  ///< Seconds since the network was made; waits as long as timers say.
};

struct InProcessOptions {
  Topology topology;
  Delivery delivery = Delivery::snapshots;
  NetworkClock clock = NetworkClock::counted;
  double delivery_seconds = 1e-6;  ///< >= 0.
  bool through_bytes = false;      ///< Messages are written to bytes and read back, as between processes. For tests.
  RunLimits limits;
  /// Of `start_distributed_optimization`: who sends the start message to whom. 0: the first to the second; one who is
  /// alone sends it to itself.
  Address start_from = {}, start_to = {};
};

/// One queue for all: messages are delivered in the order in which they were sent, so that runs are reproducible. Not
/// lost, not repeated.
///
/// Cost    About 50 ns a message that shares its content, besides what handlers do. 64 bytes a message under way.
/// Memory  A list of all others for each participant that asks for its `others`, if the topology is complete.
class InProcessNetwork : public Network {
 public:
  explicit InProcessNetwork(InProcessOptions options = {});
};

/// Joins the participants, lets one send the start message, and runs until nothing is under way.
///
/// Errors  Error{wrong_use} without participants; and what Network::run throws.
RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         InProcessOptions options = {});

/// Joins the participants (addresses 1 ... N) and the coordinator (N + 1), and runs it; returns its result.
Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, InProcessOptions options = {});
/// Participants and the coordinator that leads them. Owns neither.
struct CoordinatedGroup {
  std::vector<Participant*> participants;
  Coordinator* coordinator = nullptr;
};
Content start_coordinated_optimization(const CoordinatedGroup& group, Content start, InProcessOptions options = {});

/// The same, for a coordinator whose result is a Result.
template <class Result>
Result start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                      Content start, InProcessOptions options = {}) {
  const Content result =
      start_coordinated_optimization(participants, coordinator, std::move(start), std::move(options));
  return result.as<Result>();
}

}  // namespace entente
