// SPDX-License-Identifier: MIT
// The generic ADMM coordinator: agents minimise for themselves, a global actor moves the prices.
//
//   std::vector<FlexActor> units = ...;                       // answer AdmmMessage with AdmmAnswer
//   AdmmCoordinator coordinator = sharing_target_distance_coordinator();
//   AdmmOutcome outcome = start_coordinated_optimization<AdmmOutcome>(
//       participants, coordinator, create_admm_start(create_admm_sharing_data({0.2, 1, -2})));
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/task.hpp"
#include "entente/participants/flex_actor.hpp"

namespace entente {

/// z or u: one vector for all agents, or one for each.
struct AdmmVectors {
  bool common = true;
  std::vector<std::vector<double>> rows;

  const std::vector<double>& of(std::size_t agent) const { return rows[common ? 0 : agent]; }
};

/// An agent's x each.
using AdmmPoints = std::vector<std::vector<double>>;

/// What an optimisation begins with.
struct AdmmStart {
  Content data;                     ///< For the global actor: AdmmSharingData, AdmmExchangeData, …
  std::size_t solution_length = 0;  ///< Numbers in each x.
};

struct AdmmResiduals {
  double primal = 0, dual = 0, primal_tolerance = 0, dual_tolerance = 0;
};

/// Where an optimisation stands.
struct AdmmState {
  AdmmPoints x;        ///< The agents' answers.
  AdmmPoints relaxed;  ///< What updates and corrections see of them: x itself unless over-relaxed.
  AdmmVectors z, u;
  double rho = 1;
};

struct AdmmSettings {
  double rho = 1;  ///< > 0.
  std::uint64_t max_iters = 1000;
  double abs_tol = 1e-4, rel_tol = 1e-3;
  double over_relaxation = 1;  ///< In [1, 1.9].
  bool balancing = true;       ///< Double or halve rho where one residual is ten times the other (Boyd §3.4.1).
  /// Norms, residuals and tolerances of distributed-resource-optimization: they stop early (its dual residual is blind
  /// to agents that still move), and rho stays. Iteration counts and numbers are then its own.
  bool compat = false;
  double answer_deadline = std::numeric_limits<double>::infinity();  ///< Seconds an agent may take to answer.
  bool tell_agents = false;                                          ///< Send AdmmFinished at the end.
};

/// What one kind of coupling is, to ADMM. x below are `relaxed` points; n their number, m the numbers in each.
class AdmmGlobalActor {
 public:
  virtual ~AdmmGlobalActor();

  virtual AdmmVectors z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u,
                               const AdmmVectors& z, double rho, std::size_t n) = 0;
  /// With the new z.
  virtual AdmmVectors u_update(const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z, double rho,
                               std::size_t n) = 0;
  virtual AdmmVectors init_z(std::size_t n, std::size_t m) = 0;
  virtual AdmmVectors init_u(std::size_t n, std::size_t m) = 0;
  /// The v that agent i is asked with.
  virtual std::vector<double> actor_correction(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u,
                                               std::size_t i) = 0;
  /// Those of all agents, where they have work in common. By default one after the other.
  virtual AdmmPoints corrections(const AdmmPoints& x, const AdmmVectors& z, const AdmmVectors& u);
  /// How far x is from what z says.
  virtual double primal_residual(const AdmmPoints& x, const AdmmVectors& z) = 0;
  /// By default rho times how far z moved.
  virtual double dual_residual(const AdmmVectors& z, const AdmmVectors& z_old, double rho, bool compat);
  /// True or false decides; nothing leaves it to the residuals: both below their tolerances.
  virtual std::optional<bool> should_stop(double primal_res, double dual_res, std::span<const std::vector<double>> aux,
                                          double abs_tol);
  /// The rho and u to go on with, asked after every iteration but the last. By default those that there are; the loop
  /// itself balances the residuals if the settings ask for it.
  virtual std::pair<double, AdmmVectors> adapt_rho(double primal_res, double dual_res, double rho,
                                                   const AdmmVectors& u);
  /// Every agent's own copy of what its x is to agree with, `before` it answered: what over-relaxation mixes x with. By
  /// default z.
  virtual AdmmPoints anchors(const AdmmState& before);
  /// By default by the two hooks above. Those of this library give the Euclidean norms over all agents of Boyd et al.
  /// 2011, §3.3 and §7.3, unless the settings ask for compat.
  virtual AdmmResiduals residuals(const AdmmState& now, const AdmmState& before, const AdmmSettings& settings);
  /// Throws Error{bad_input} where data and length do not suit. By default everything does.
  virtual void check(const AdmmStart& start, std::size_t n);
};

/// What is wanted of all agents together, for reports.
class AdmmGlobalObjective {
 public:
  virtual ~AdmmGlobalObjective();
  virtual double objective(const Content& input_data, const AdmmPoints& x, const AdmmVectors& u, const AdmmVectors& z,
                           std::size_t n) = 0;
};

enum class AdmmEnd : std::uint8_t { converged, max_iterations };

/// The result of an optimisation.
struct AdmmOutcome {
  AdmmPoints x;
  AdmmVectors z, u;
  std::uint64_t iterations = 0;
  bool converged = false;
  std::vector<AdmmResiduals> residuals;  ///< One an iteration; after 10 000, every other one is dropped.
  AdmmEnd status = AdmmEnd::max_iterations;
  std::string explanation;                                      ///< What is missing, if it did not converge.
  double rho = 1;                                               ///< The last one.
  double objective = std::numeric_limits<double>::quiet_NaN();  ///< If the coordinator has an objective.
};

/// The loop without messages: ask every agent i with `correction(i)`, hand the answers to `accept`, until that is true.
class AdmmLoop {
 public:
  /// `warm`: go on from the x, z, u and rho of an earlier outcome with as many agents and numbers, or null.
  /// Errors  Error{wrong_use} for settings outside their range or a `warm` of another size.
  AdmmLoop(AdmmGlobalActor& actor, const AdmmSettings& settings, const AdmmStart& start, std::size_t agents,
           const AdmmOutcome* warm = nullptr);

  AdmmMessage correction(std::size_t i) const;
  /// True when it is over. Throws Error{bad_input} for an answer of another length or with numbers that are not finite.
  bool accept(std::vector<AdmmAnswer> answers);
  AdmmOutcome outcome() &&;

 private:
  void balance(const AdmmResiduals& found);

  AdmmGlobalActor& actor_;
  AdmmSettings settings_;
  AdmmStart start_;
  AdmmState state_;
  AdmmOutcome outcome_;
  AdmmPoints corrections_;
  std::uint64_t keep_every_ = 1, next_balance_ = 5;
};

/// Asks all agents of the carrier side by side, again and again, until the loop is over.
///
/// Errors  what an agent throws reaches the caller, named by its address, and so does a deadline that passes.
class AdmmCoordinator : public Coordinator {
 public:
  explicit AdmmCoordinator(std::shared_ptr<AdmmGlobalActor> actor, AdmmSettings settings = {},
                           std::shared_ptr<AdmmGlobalObjective> objective = nullptr);

  /// `start` holds an AdmmStart; the result an AdmmOutcome.
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta meta) override;
  /// Begin the next optimisation where this outcome ended.
  void warm_start(AdmmOutcome from) { warm_ = std::move(from); }

  AdmmSettings& settings() { return settings_; }
  AdmmGlobalActor& actor() { return *actor_; }

 private:
  std::shared_ptr<AdmmGlobalActor> actor_;
  AdmmSettings settings_;
  std::shared_ptr<AdmmGlobalObjective> objective_;
  std::optional<AdmmOutcome> warm_;
};

/// The same without a carrier, by calling the actors.
AdmmOutcome optimise_directly(AdmmGlobalActor& actor, std::span<FlexActor* const> agents, const AdmmStart& start,
                              const AdmmSettings& settings = {}, const AdmmOutcome* warm = nullptr);

}  // namespace entente
