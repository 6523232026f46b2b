// SPDX-License-Identifier: MIT
// Averaging consensus: participants that come to the mean of what they began with, or agree on a price.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "entente/participants/consensus_actor.hpp"
#include "entente/participants/cycle_participant.hpp"

namespace entente {

struct AveragingOptions {
  std::vector<double> initial{10.0};  ///< Where the participant begins: one number for all steps, or one for each.
  double alpha = 1;                   ///< How far to go towards the combined number in a cycle, in (0, 1].
  std::uint64_t max_iter = 100'000;   ///< Cycles.
  /// The run is over when no two participants are further apart in any number; with an actor, when no number moves
  /// further in a cycle; see EconomicDispatch for prices.
  double tolerance = 1e-9;
  WeightRule weights = WeightRule::metropolis;
  std::optional<Address> report_to = {};  ///< Who is told the end, by a ConsensusFinishedMessage.
  /// Runs as DRO does, number for number and message for message: the mean of the neighbours' numbers without one's
  /// own; the start message counts as one of them; a participant that lags goes on with what it has; nothing but
  /// `max_iter` ends the run, which then has to be agreed upon. Only for comparison.
  bool compat = false;
};

/// DRO's defaults: initial 10, alpha 0.3, 50 cycles, and `compat`.
AveragingOptions averaging_as_in_dro(std::vector<double> initial = {10.0}, double alpha = 0.3,
                                     std::uint64_t max_iter = 50);

/// Averages with its neighbours until all agree; see CycleParticipant for how cycles, start and end are kept.
///
/// Without an actor   all come to the mean, to `tolerance`, whatever the (undirected) topology.
/// With an actor      its gradient term is added in each cycle. Where the actor has a convex cost (DiffusionActor, as
///                    economic dispatch has), all agree exactly, on the numbers that minimise the sum of all costs:
///                    that is done by exact diffusion, and the gradient term is not used.
/// The callback       is called once a run, when this participant has finished.
class AveragingConsensusAlgorithm : public CycleParticipant {
 public:
  using FinishCallback = std::function<void(AveragingConsensusAlgorithm&, Carrier&)>;

  /// Errors  Error{wrong_use} for options outside their range. An actor may be null.
  explicit AveragingConsensusAlgorithm(FinishCallback finish_callback, std::shared_ptr<ConsensusActor> actor = nullptr,
                                       AveragingOptions options = {});
  ~AveragingConsensusAlgorithm() override;

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;
  const std::shared_ptr<ConsensusActor>& actor() const { return actor_; }
  const AveragingOptions& options() const { return options_; }

 protected:
  std::vector<double> begin() override;
  std::vector<double> step() override;
  void finish(Carrier& carrier) override;
  double curvature() const override;
  std::shared_ptr<ConsensusActor> consensus_actor() const override { return actor_; }

 private:
  class AsInDro;
  std::vector<double> average();

  FinishCallback finish_callback_;
  std::shared_ptr<ConsensusActor> actor_;
  DiffusionActor* cost_ = nullptr;  ///< The same, if it has one.
  const AveragingOptions options_;
  std::vector<double> before_;  ///< Of exact diffusion; empty before its first step.
  std::unique_ptr<AsInDro> as_in_dro_;
};

std::shared_ptr<AveragingConsensusAlgorithm> create_averaging_consensus_participant(
    AveragingConsensusAlgorithm::FinishCallback finish_callback, std::shared_ptr<ConsensusActor> actor = nullptr,
    AveragingOptions options = {});

}  // namespace entente
