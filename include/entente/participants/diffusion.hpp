// SPDX-License-Identifier: MIT
// Diffusion: participants with convex costs that come to the numbers which minimise the sum of all.
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

enum class DiffusionVariant : std::uint8_t {
  /// Each takes a step against its own gradient, then combines. What is left of distance from the optimum is of the
  /// order of epsilon. Cattivelli & Sayed, IEEE TSP 58 (2010) 1035-1048.
  adapt_then_combine,
  combine_then_adapt,  ///< The other way round; likewise.
  /// With a correction that takes the distance away. Yuan, Ying, Zhao & Sayed, IEEE TSP 67 (2019) 708-723.
  exact,
};

struct DiffusionOptions {
  DiffusionVariant variant = DiffusionVariant::exact;
  std::vector<double> initial{10.0};
  /// What a gradient is multiplied with. Exact diffusion takes less where actors know their curvature and its inverse
  /// is less: below twice that it always comes to an end.
  double epsilon = 0.1;
  std::uint64_t max_iter = 100'000;
  /// The run is over when no number moves further in a cycle and, where it is exact, no two participants are further
  /// apart.
  double tolerance = 1e-9;
  WeightRule weights = WeightRule::metropolis;
  std::optional<Address> report_to = {};
  /// Runs as DRO does: adapt_then_combine with equal weights for all neighbours and oneself, the start message counted
  /// as a neighbour's, a guess in place of the number of participants, the end after `max_iter` only.
  bool compat = false;
};

/// DRO's defaults: initial 10, epsilon 0.1, 300 cycles, and `compat`.
DiffusionOptions diffusion_as_in_dro(std::vector<double> initial = {10.0}, double epsilon = 0.1,
                                     std::uint64_t max_iter = 300);

/// One participant of a diffusion; see CycleParticipant for how cycles, start and end are kept. Nobody adapts before
/// all know how many they are, so that an actor's share of a common target is the right one.
class DiffusionAlgorithm : public CycleParticipant {
 public:
  using FinishCallback = std::function<void(DiffusionAlgorithm&, Carrier&)>;

  /// Errors  Error{wrong_use} for options outside their range, or without an actor.
  DiffusionAlgorithm(FinishCallback finish_callback, std::shared_ptr<DiffusionActor> actor,
                     DiffusionOptions options = {});
  ~DiffusionAlgorithm() override;

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override;
  const std::shared_ptr<DiffusionActor>& actor() const { return actor_; }
  const DiffusionOptions& options() const { return options_; }

 protected:
  std::vector<double> begin() override;
  std::vector<double> step() override;
  void finish(Carrier& carrier) override;
  double curvature() const override { return actor_->curvature(); }

 private:
  class AsInDro;
  std::vector<double> slope(const std::vector<double>& at);

  FinishCallback finish_callback_;
  std::shared_ptr<DiffusionActor> actor_;
  const DiffusionOptions options_;
  std::vector<double> before_;
  std::unique_ptr<AsInDro> as_in_dro_;
};

std::shared_ptr<DiffusionAlgorithm> create_diffusion_participant(DiffusionAlgorithm::FinishCallback finish_callback,
                                                                 std::shared_ptr<DiffusionActor> actor,
                                                                 DiffusionOptions options = {});
AveragingConsensusMessage create_diffusion_start(std::vector<double> lam, std::vector<double> data = {});

}  // namespace entente
