// SPDX-License-Identifier: MIT
// What participants that average or diffuse say to each other.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace entente {

class ConsensusActor;
class ContentTypes;

/// What participants find out together while they average: how many they are, how far apart, and whether all agree. See
/// src/participants/consensus/census.hpp.
struct ConsensusCensus {
  std::uint32_t leader = 0;             ///< Highest address that the sender has heard of.
  std::uint32_t parent = 0;             ///< From whom; 0: the sender leads.
  bool complete = false;                ///< Everybody who heard of the leader through the sender has reported.
  std::uint32_t height = 0, count = 0;  ///< Of these: how far away the furthest is, and how many, the sender included.
  double largest = 0;                   ///< And the largest curvature of their costs.
  /// What the leader found: in which cycle (0: nothing yet), how far the furthest is, how many all are, the largest
  /// curvature.
  std::uint64_t since = 0;
  std::uint32_t radius = 0, total = 0;
  double curvature = 0;
  double worst = 0;  ///< The largest disagreement that the sender has heard of since this window began.
};

/// Where the sender stands after k cycles.
struct AveragingConsensusMessage {
  static constexpr std::string_view content_name = "entente.consensus";

  std::vector<double> lam;
  std::uint64_t k = 0;
  std::vector<double> data;  ///< What the run is about, a target say; empty if nothing. Comes with k = 0 and 1.
  bool initial = false;      ///< Starts a run. The numbers of such a message are nobody's: they are not averaged.
  std::uint64_t run = 0;     ///< Which run this belongs to: a higher number is a later run.
  std::uint32_t degree = 0;  ///< How many neighbours the sender has.
  ConsensusCensus census;
  /// The same of one cycle before, empty for k = 0: who has missed that message finds it here.
  std::vector<double> lam_before;
  ConsensusCensus census_before;
};

/// What averaging, diffusion and push-sum send, for networks that leave the process.
void add_consensus_messages(ContentTypes& types);

/// How a participant ended. Sent to whoever the options name, and kept by the participant.
struct ConsensusFinishedMessage {
  std::vector<double> lam;
  std::uint64_t k = 0;
  std::shared_ptr<ConsensusActor> actor;
  bool converged = false;  ///< All agree within the tolerance; false: the limit of cycles was reached first.
};

/// Starts a run: whoever receives it begins, and all others follow. `lam` is as long as the vectors that are averaged
/// (its numbers are not used), unless `data` is longer.
AveragingConsensusMessage create_averaging_consensus_start(std::vector<double> lam, std::vector<double> data = {});
AveragingConsensusMessage create_averaging_consensus_start(double lam, std::vector<double> data = {});

}  // namespace entente
