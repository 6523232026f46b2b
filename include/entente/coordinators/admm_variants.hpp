// SPDX-License-Identifier: MIT
// Couplings for the ADMM coordinator: sharing with a target, exchange, and true consensus.
#pragma once

#include <optional>
#include <vector>

#include "entente/coordinators/admm.hpp"

namespace entente {

/// Sharing: sum of priorities[t] |sum of x[t] - target[t]| is added to the agents' own costs.
struct AdmmSharingData {
  static constexpr std::string_view content_name = "admm.sharing_data";
  std::vector<double> target;
  std::vector<double> priorities;  ///< Not negative.
};
/// All priorities 1 where none are given. Throws Error{bad_input} for sizes that differ, and priorities that are
/// negative or not finite.
AdmmSharingData create_admm_sharing_data(std::vector<double> target, std::vector<double> priorities = {});

/// Exchange: the x add up to the target.
struct AdmmExchangeData {
  static constexpr std::string_view content_name = "admm.exchange_data";
  std::vector<double> target;
};

/// True consensus: all x are the same, at a cost of `l1` times its 1-norm besides the agents' own.
struct AdmmConsensusData {
  static constexpr std::string_view content_name = "admm.consensus_data";
  double l1 = 0;
};

/// The length is that of the target.
AdmmStart create_admm_start(AdmmSharingData data);
/// The length must be given where data has no target: Error{wrong_use} if it is 0 and cannot be told.
AdmmStart create_admm_start(Content data, std::size_t length = 0);
AdmmStart create_admm_start_exchange(std::vector<double> target);
AdmmStart create_admm_start_consensus(std::size_t length, double l1 = 0);

/// Sharing ADMM (Boyd et al. 2011, §7.3): z is the mean that the coupling wants, u one price for all.
class AdmmSharingGlobalActor : public AdmmGlobalActor {
 public:
  AdmmVectors z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                       double rho, std::size_t n) override;
  AdmmVectors u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double rho,
                       std::size_t n) override;
  AdmmVectors init_z(std::size_t n, std::size_t m) override;  ///< Ones.
  AdmmVectors init_u(std::size_t n, std::size_t m) override;  ///< Zeros.
  std::vector<double> actor_correction(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u,
                                       std::size_t i) override;
  AdmmPoints corrections(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u) override;
  double primal_residual(const AdmmPoints& x, const AdmmVectors& z) override;
  AdmmPoints anchors(const AdmmState& before) override;
  AdmmResiduals residuals(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings) override;
  void check(const AdmmStart& start, std::size_t n) override;
};

/// Exchange ADMM (Boyd et al. 2011, §7.3.2), with a target: what distributed-resource-optimization calls consensus.
///
/// Without `alpha` the sum of all x is the target exactly; with it, missing the target costs alpha/2 times the missing
/// squared. `compat` uses the other library's formula, where a larger alpha weighs less (rho^2 / alpha), and its
/// default of 100 where alpha is absent.
class AdmmExchangeGlobalActor : public AdmmGlobalActor {
 public:
  explicit AdmmExchangeGlobalActor(std::optional<double> alpha = {}, bool compat = false);
  std::optional<double> alpha;
  bool compat = false;

  AdmmVectors z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                       double rho, std::size_t n) override;
  AdmmVectors u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double rho,
                       std::size_t n) override;
  AdmmVectors init_z(std::size_t n, std::size_t m) override;  ///< Ones.
  AdmmVectors init_u(std::size_t n, std::size_t m) override;  ///< Zeros.
  std::vector<double> actor_correction(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u,
                                       std::size_t i) override;
  double primal_residual(const AdmmPoints& x, const AdmmVectors& z) override;
  AdmmResiduals residuals(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings) override;
  void check(const AdmmStart& start, std::size_t n) override;
};

/// Global consensus (Boyd et al. 2011, §7.1): at the end all x are the same.
class AdmmTrueConsensusGlobalActor : public AdmmGlobalActor {
 public:
  AdmmVectors z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                       double rho, std::size_t n) override;
  AdmmVectors u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double rho,
                       std::size_t n) override;
  AdmmVectors init_z(std::size_t n, std::size_t m) override;  ///< Zeros.
  AdmmVectors init_u(std::size_t n, std::size_t m) override;  ///< Zeros.
  std::vector<double> actor_correction(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u,
                                       std::size_t i) override;
  double primal_residual(const AdmmPoints& x, const AdmmVectors& z) override;
  AdmmResiduals residuals(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings) override;
};

/// The weighted distance of the sum of all x from the target; with `compat`, what distributed-resource-optimization
/// computes under this name, the squared distance of z from the mean x.
class AdmmTargetDistanceObjective : public AdmmGlobalObjective {
 public:
  explicit AdmmTargetDistanceObjective(bool compat = false) : compat_(compat) {}
  double objective(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                   std::size_t n) override;

 private:
  bool compat_;
};

AdmmCoordinator sharing_target_distance_coordinator(AdmmSettings settings = {});
AdmmCoordinator sharing_coordinator(std::shared_ptr<AdmmGlobalObjective> objective, AdmmSettings settings = {});
/// Exchange; `settings.compat` is the actor's too.
AdmmCoordinator exchange_target_coordinator(std::optional<double> alpha = {}, AdmmSettings settings = {});
AdmmCoordinator true_consensus_coordinator(AdmmSettings settings = {});

}  // namespace entente
