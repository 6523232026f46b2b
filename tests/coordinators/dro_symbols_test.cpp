// SPDX-License-Identifier: MIT
// Every public symbol of DRO's algorithm.admm, used by its name here. Each comment says theirs, then ours;
// docs/coming-from-dro.md has the table.
#include <gtest/gtest.h>

#include <type_traits>

#include "entente/carriers/in_process.hpp"
#include "entente/coordinators/admm_variants.hpp"

namespace entente {
namespace {

using Numbers = std::vector<double>;

/// Implements every hook, to show their names.
class EveryHook : public AdmmGlobalActor {  // algorithm.admm.core.ADMMGlobalActor: AdmmGlobalActor
 public:
  // ADMMGlobalActor.z_update(input_data, x, u, z, rho, n): AdmmGlobalActor::z_update
  AdmmVectors z_update(const Content& input_data, const AdmmPoints& x, const AdmmVectors&, const AdmmVectors&, double,
                       std::size_t) override {
    EXPECT_EQ(input_data.as<int>(), 5);
    return {false, x};
  }
  // ADMMGlobalActor.u_update(x, u, z, rho, n): AdmmGlobalActor::u_update
  AdmmVectors u_update(const AdmmPoints&, const AdmmVectors& u, const AdmmVectors&, double, std::size_t) override {
    return u;
  }
  // ADMMGlobalActor.init_z(n, m): AdmmGlobalActor::init_z
  AdmmVectors init_z(std::size_t n, std::size_t m) override { return {false, AdmmPoints(n, Numbers(m, 1))}; }
  // ADMMGlobalActor.init_u(n, m): AdmmGlobalActor::init_u
  AdmmVectors init_u(std::size_t n, std::size_t m) override { return {false, AdmmPoints(n, Numbers(m, 0))}; }
  // ADMMGlobalActor.actor_correction(x, z, u, i): AdmmGlobalActor::actor_correction
  Numbers actor_correction(const AdmmPoints& x, const AdmmVectors&, const AdmmVectors&, std::size_t i) override {
    return x[i];
  }
  // ADMMGlobalActor.primal_residual(x, z): AdmmGlobalActor::primal_residual
  double primal_residual(const AdmmPoints&, const AdmmVectors&) override { return 0; }
  // ADMMGlobalActor.dual_residual(z, z_old, rho): AdmmGlobalActor::dual_residual
  double dual_residual(const AdmmVectors&, const AdmmVectors&, double, bool) override { return 0; }
  // ADMMGlobalActor.should_stop(primal_res, dual_res, aux, abs_tol): AdmmGlobalActor::should_stop
  std::optional<bool> should_stop(double, double, std::span<const Numbers> aux, double) override {
    heard = aux[0];
    return ++rounds == 3;
  }
  // ADMMGlobalActor.adapt_rho(primal_res, dual_res, rho, u): AdmmGlobalActor::adapt_rho
  std::pair<double, AdmmVectors> adapt_rho(double, double, double rho, const AdmmVectors& u) override {
    return {2 * rho, u};
  }
  int rounds = 0;
  Numbers heard;
};

class Answers : public Participant {
 public:
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    const auto& message = content.as<AdmmMessage>();  // ADMMMessage(v, rho): AdmmMessage
    last = message.rho;                               // ADMMMessage.rho: AdmmMessage::rho
    AdmmAnswer answer;                                // ADMMAnswer(x, aux): AdmmAnswer
    answer.x = message.v;                             // ADMMAnswer.x, ADMMMessage.v: AdmmAnswer::x, AdmmMessage::v
    answer.aux = {42};                                // ADMMAnswer.aux: AdmmAnswer::aux
    carrier.reply(meta, answer);
  }
  double last = 0;
};

TEST(DroSymbols, of_admm_core_have_counterparts) {
  const auto actor = std::make_shared<EveryHook>();
  // ADMMGenericCoordinator(global_actor, rho, max_iters, abs_tol, rel_tol): AdmmCoordinator with AdmmSettings
  AdmmCoordinator coordinator(actor, {.rho = 1, .max_iters = 1000, .abs_tol = 1e-4, .rel_tol = 1e-3});
  Answers answers;
  Participant* participants[] = {&answers};
  // create_admm_start(data, length): create_admm_start
  const AdmmStart start = create_admm_start(Content(5), 2);
  EXPECT_EQ(start.data.as<int>(), 5);    // ADMMStart.data: AdmmStart::data
  EXPECT_EQ(start.solution_length, 2u);  // ADMMStart.solution_length: AdmmStart::solution_length
  // ADMMGenericCoordinator.start_optimization: AdmmCoordinator::start_optimization, called by the carrier
  const auto outcome = start_coordinated_optimization<AdmmOutcome>(participants, coordinator, start);
  EXPECT_EQ(outcome.iterations, 3u);
  EXPECT_EQ(actor->heard, (Numbers{42}));
  EXPECT_EQ(answers.last, 4);
}

/// ADMMGlobalObjective.objective(x, u, z, n): AdmmGlobalObjective::objective
class Objective : public AdmmGlobalObjective {
 public:
  double objective(const Content&, const AdmmPoints& x, const AdmmVectors&, const AdmmVectors&, std::size_t) override {
    return x[0][0];
  }
};

TEST(DroSymbols, of_flex_actors_and_sharing_have_counterparts) {
  const Numbers eta{.1, .5, -1}, P{0, 0, 0};
  // create_admm_flex_actor_one_to_many(in_capacity, eta, P): FlexActor::one_to_many
  FlexActor converter = FlexActor::one_to_many(10, eta, P);
  // ADMMFlexActor(lb, u, C, d, S): FlexActor
  FlexActor made(converter.lower(), converter.upper(), converter.C(), converter.d(), converter.S());
  // create_admm_flex_actor_box_bounded(lb, u, S): FlexActor::box_bounded
  FlexActor box = FlexActor::box_bounded({0, 0, -9}, {9, 9, 0}, {1, 1, 1});
  // ADMMFlexActor.on_exchange_message: FlexActor::on_message, called by the carrier
  Participant* participants[] = {&converter, &made, &box};
  // create_admm_sharing_data(target, priorities): create_admm_sharing_data
  const AdmmSharingData data = create_admm_sharing_data({.2, 1, -2}, {1, 1, 1});
  EXPECT_EQ(data.target, (Numbers{.2, 1, -2}));    // ADMMSharingData.target: AdmmSharingData::target
  EXPECT_EQ(data.priorities, (Numbers{1, 1, 1}));  // ADMMSharingData.priorities: AdmmSharingData::priorities
  // create_sharing_target_distance_admm_coordinator(): sharing_target_distance_coordinator
  AdmmCoordinator coordinator = sharing_target_distance_coordinator();
  // create_admm_start(sharing data): create_admm_start
  const auto outcome = start_coordinated_optimization<AdmmOutcome>(participants, coordinator, create_admm_start(data));
  EXPECT_EQ(result(converter), outcome.x[0]);  // result(actor): result
  // ADMMTargetDistanceObjective.objective: AdmmTargetDistanceObjective::objective
  EXPECT_EQ(outcome.objective, AdmmTargetDistanceObjective().objective(data, outcome.x, outcome.u, outcome.z, 3));
  // create_sharing_admm_coordinator(objective): sharing_coordinator
  AdmmCoordinator other = sharing_coordinator(std::make_shared<Objective>());
  const auto again = start_coordinated_optimization<AdmmOutcome>(participants, other, create_admm_start(data));
  EXPECT_EQ(again.objective, again.x[0][0]);
  // ADMMSharingGlobalActor and its hooks: AdmmSharingGlobalActor
  AdmmSharingGlobalActor actor;
  const AdmmPoints x{{1, 2}, {3, 4}};
  const AdmmVectors z = actor.init_z(2, 2), u = actor.init_u(2, 2);
  EXPECT_EQ(z.rows[0], (Numbers{1, 1}));
  EXPECT_EQ(actor.actor_correction(x, z, u, 0), (Numbers{0, 0}));  // -x + mean - z + u
  EXPECT_EQ(actor.primal_residual(x, z), 2);
  const AdmmVectors next = actor.z_update(create_admm_sharing_data({1, 1}), x, u, z, 1, 2);
  EXPECT_EQ(next.rows[0], (Numbers{1, 2}));
  EXPECT_EQ(actor.u_update(x, u, next, 1, 2).rows[0], (Numbers{1, 1}));
}

TEST(DroSymbols, of_the_exchange_that_is_called_consensus_have_counterparts) {
  // ADMMConsensusGlobalActor(alpha): AdmmExchangeGlobalActor
  AdmmExchangeGlobalActor actor(100, true);
  EXPECT_EQ(actor.alpha, 100);  // ADMMConsensusGlobalActor.alpha: AdmmExchangeGlobalActor::alpha
  // ADMMConsensusGlobalActor.z_update, u_update, init_z, init_u, actor_correction, primal_residual: the same names
  const AdmmPoints x{{1}, {2}};
  const AdmmVectors z = actor.init_z(2, 1), u = actor.init_u(2, 1);
  EXPECT_EQ(actor.actor_correction(x, z, u, 1), (Numbers{-1}));
  const AdmmStart start = create_admm_start_exchange({207});  // create_admm_start_consensus(target)
  const AdmmVectors next = actor.z_update(start.data, x, u, z, 1, 2);
  EXPECT_DOUBLE_EQ(next.rows[0][0], 3);  // 1 + (207 - 3) / (2 + 100 / 1)
  EXPECT_DOUBLE_EQ(actor.u_update(x, u, next, 1, 2).rows[1][0], -2);
  EXPECT_DOUBLE_EQ(actor.primal_residual(x, next), 2);
  // create_consensus_target_reach_admm_coordinator(): exchange_target_coordinator
  AdmmCoordinator coordinator = exchange_target_coordinator();
  FlexActor box = FlexActor::box_bounded({0}, {300}, {0});
  Participant* participants[] = {&box};
  const auto outcome = start_coordinated_optimization<AdmmOutcome>(participants, coordinator, start);
  EXPECT_NEAR(outcome.x[0][0], 207, 0.5);
}

}  // namespace
}  // namespace entente
