// SPDX-License-Identifier: MIT
// The generic coordinator: its hooks, warm starts, ends, and errors of agents.
#include <gtest/gtest.h>

#include "entente/carriers/in_process.hpp"
#include "entente/coordinators/admm_variants.hpp"

namespace entente {
namespace {

using Numbers = std::vector<double>;

struct Units {
  explicit Units(std::vector<FlexActor> made) : actors(std::move(made)) {
    for (FlexActor& actor : actors) participants.push_back(&actor);
    for (FlexActor& actor : actors) pointers.push_back(&actor);
  }
  std::vector<FlexActor> actors;
  std::vector<Participant*> participants;
  std::vector<FlexActor*> pointers;
};

std::vector<FlexActor> boxes(double price_of_first = 0) {
  std::vector<FlexActor> made;
  made.push_back(FlexActor::box_bounded({0, 0}, {4, 4}, {price_of_first, price_of_first}));
  made.push_back(FlexActor::box_bounded({0, 0}, {4, 4}, {0.1, 0.1}));
  return made;
}

TEST(AdmmCoordinator, reaches_the_target_exactly_when_alpha_is_absent) {
  Units units(boxes(0.5));
  AdmmCoordinator coordinator = exchange_target_coordinator({}, {.abs_tol = 1e-8, .rel_tol = 1e-8});
  const auto outcome =
      start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, create_admm_start_exchange({5, 3}));
  ASSERT_TRUE(outcome.converged) << outcome.explanation;
  EXPECT_EQ(outcome.status, AdmmEnd::converged);
  EXPECT_NEAR(outcome.x[0][0], 1, 1e-6);  // the second, cheaper one gives its 4 first
  EXPECT_NEAR(outcome.x[1][0], 4, 1e-6);
  EXPECT_NEAR(outcome.x[1][1], 3, 1e-6);
}

TEST(AdmmCoordinator, tracks_the_target_the_better_the_larger_alpha) {
  // One flow at price 0.1 from two equal units: alpha (t - s) = 0.1 at the optimum.
  for (const double alpha : {1.0, 10.0, 100.0}) {
    std::vector<FlexActor> made;
    for (int i = 0; i < 2; ++i) made.push_back(FlexActor::box_bounded({0}, {4}, {0.1}));
    Units units(std::move(made));
    AdmmExchangeGlobalActor actor(alpha);
    const AdmmOutcome outcome = optimise_directly(actor, units.pointers, create_admm_start_exchange({5}),
                                                  {.max_iters = 100'000, .abs_tol = 1e-9, .rel_tol = 1e-9});
    EXPECT_NEAR(outcome.x[0][0] + outcome.x[1][0], 5 - 0.1 / alpha, 1e-5) << alpha;
  }
}

TEST(AdmmCoordinator, brings_all_to_one_point_under_the_name_of_true_consensus) {
  std::vector<FlexActor> made;
  made.push_back(FlexActor::box_bounded({0, 0}, {3, 3}, {-1, 1}));
  made.push_back(FlexActor::box_bounded({1, 1}, {2, 2}, {0, 0}));
  Units units(std::move(made));
  AdmmCoordinator coordinator = true_consensus_coordinator({.abs_tol = 1e-9, .rel_tol = 1e-9});
  const auto outcome =
      start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, create_admm_start_consensus(2));
  ASSERT_TRUE(outcome.converged);
  for (const Numbers& x : outcome.x) {
    EXPECT_NEAR(x[0], 2, 1e-6);
    EXPECT_NEAR(x[1], 1, 1e-6);
  }
}

TEST(AdmmCoordinator, goes_on_until_agents_stand_still_by_default) {
  // With compat the dual residual is blind to agents that still move: it stops far from the optimum.
  const auto cost = [](bool compat) {
    std::vector<FlexActor> made;
    for (int i = 0; i < 30; ++i) {
      const double eta[] = {0.1 + 0.02 * i, -0.5, 0.3 - 0.01 * i}, price[] = {0.2 * (i % 7), -0.1 * (i % 3), 0.3};
      made.push_back(FlexActor::one_to_many(10, eta, price));
    }
    Units units(std::move(made));
    AdmmSharingGlobalActor actor;
    const AdmmStart start = create_admm_start(create_admm_sharing_data({20, -20, 10}));
    const AdmmOutcome outcome =
        optimise_directly(actor, units.pointers, start, {.max_iters = 20'000, .compat = compat});
    EXPECT_TRUE(outcome.converged);
    double sum = AdmmTargetDistanceObjective().objective(start.data, outcome.x, outcome.u, outcome.z, 30);
    for (std::size_t i = 0; i < 30; ++i) {
      for (std::size_t k = 0; k < 3; ++k) sum += units.actors[i].S()[k] * outcome.x[i][k];
    }
    return sum;
  };
  EXPECT_LT(cost(false), cost(true));
}

TEST(AdmmCoordinator, reports_that_it_has_not_converged) {
  Units units(boxes());
  AdmmCoordinator coordinator = exchange_target_coordinator({}, {.max_iters = 50});
  const auto outcome = start_coordinated_optimization<AdmmOutcome>(
      units.participants, coordinator, create_admm_start_exchange({50, 3}));  // 8 is all they have
  EXPECT_FALSE(outcome.converged);
  EXPECT_EQ(outcome.status, AdmmEnd::max_iterations);
  EXPECT_EQ(outcome.iterations, 50u);
  EXPECT_NE(outcome.explanation.find("primal residual"), std::string::npos) << outcome.explanation;
}

TEST(AdmmCoordinator, goes_on_where_an_earlier_outcome_ended) {
  Units units(boxes(0.5));
  AdmmCoordinator coordinator = exchange_target_coordinator({}, {.abs_tol = 1e-8, .rel_tol = 1e-8});
  const Content start = create_admm_start_exchange({5, 3});
  const auto cold = start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, start);
  coordinator.warm_start(cold);
  const auto warm = start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, start);
  EXPECT_LE(warm.iterations, 3u);
  EXPECT_GT(cold.iterations, 5u);
  AdmmOutcome other = cold;
  other.x.pop_back();
  coordinator.warm_start(other);
  EXPECT_THROW(start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, start), Error);
}

TEST(AdmmCoordinator, finds_the_same_when_relaxed) {
  for (const double over_relaxation : {1.0, 1.3, 1.8}) {
    Units units(boxes(0.5));
    AdmmSharingGlobalActor sharing;
    const AdmmOutcome shared =
        optimise_directly(sharing, units.pointers, create_admm_start(create_admm_sharing_data({5, 3}, {3, 3})),
                          {.max_iters = 5000, .abs_tol = 1e-9, .rel_tol = 1e-9, .over_relaxation = over_relaxation});
    EXPECT_TRUE(shared.converged) << over_relaxation;
    AdmmExchangeGlobalActor exchange;
    const AdmmOutcome exchanged =
        optimise_directly(exchange, units.pointers, create_admm_start_exchange({5, 3}),
                          {.max_iters = 5000, .abs_tol = 1e-9, .rel_tol = 1e-9, .over_relaxation = over_relaxation});
    EXPECT_TRUE(exchanged.converged) << over_relaxation;
    for (const AdmmOutcome* outcome : {&shared, &exchanged}) {
      EXPECT_NEAR(outcome->x[0][0], 1, 1e-6) << over_relaxation;
      EXPECT_NEAR(outcome->x[1][0], 4, 1e-6) << over_relaxation;
      EXPECT_NEAR(outcome->x[1][1], 3, 1e-6) << over_relaxation;
    }
  }
}

class StopsWhenAgentsSay : public AdmmExchangeGlobalActor {
 public:
  std::optional<bool> should_stop(double, double, std::span<const Numbers> aux, double) override {
    ++asked;
    return aux[0].at(0) >= 7;
  }
  std::pair<double, AdmmVectors> adapt_rho(double, double, double rho, const AdmmVectors& u) override {
    return {rho * 1.5, u};
  }
  int asked = 0;
};

class Counts : public Participant {
 public:
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    rho = content.as<AdmmMessage>().rho;
    carrier.reply(meta, AdmmAnswer{{1.0}, {double(++times)}});
  }
  int times = 0;
  double rho = 0;
};

TEST(AdmmCoordinator, asks_its_hooks_when_to_stop_and_which_rho_to_take) {
  Counts first, second;
  Participant* participants[] = {&first, &second};
  const auto actor = std::make_shared<StopsWhenAgentsSay>();
  AdmmCoordinator coordinator(actor);
  const auto outcome =
      start_coordinated_optimization<AdmmOutcome>(participants, coordinator, create_admm_start_exchange({2}));
  EXPECT_EQ(outcome.iterations, 7u);
  EXPECT_EQ(actor->asked, 7);
  EXPECT_TRUE(outcome.converged);
  EXPECT_DOUBLE_EQ(first.rho, std::pow(1.5, 6));
}

class Breaks : public Participant {
 public:
  void on_message(Carrier&, const Content&, const Meta&) override { throw std::runtime_error("the boiler is cold"); }
};
class Silent : public Participant {
 public:
  void on_message(Carrier&, const Content&, const Meta&) override {}
};
class Confused : public Participant {
 public:
  void on_message(Carrier& carrier, const Content&, const Meta& meta) override {
    carrier.reply(meta, AdmmAnswer{{1, 2, 3}, {}});
  }
};

TEST(AdmmCoordinator, lets_the_caller_know_what_went_wrong_in_an_agent) {
  Units units(boxes());
  AdmmCoordinator coordinator = exchange_target_coordinator();
  const Content start = create_admm_start_exchange({5, 3});
  Breaks breaks;
  units.participants.push_back(&breaks);
  try {
    start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, start);
    ADD_FAILURE() << "the exception was lost";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("the boiler is cold"), std::string::npos);
  }
}

TEST(AdmmCoordinator, does_not_wait_for_ever_for_an_agent_that_does_not_answer) {
  Units units(boxes());
  Silent silent;
  units.participants.push_back(&silent);
  AdmmCoordinator coordinator = exchange_target_coordinator();
  EXPECT_THROW(
      start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, create_admm_start_exchange({5, 3})),
      Error);
  coordinator.settings().answer_deadline = 2;
  EXPECT_THROW(
      start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, create_admm_start_exchange({5, 3})),
      AskError);
}

TEST(AdmmCoordinator, refuses_answers_of_another_length) {
  Confused confused;
  Participant* participants[] = {&confused};
  AdmmCoordinator coordinator = exchange_target_coordinator();
  EXPECT_THROW(start_coordinated_optimization<AdmmOutcome>(participants, coordinator, create_admm_start_exchange({5})),
               Error);
}

TEST(AdmmCoordinator, tells_agents_what_came_of_it_if_asked_to) {
  Units units(boxes(0.5));
  AdmmCoordinator coordinator = exchange_target_coordinator({}, {.tell_agents = true});
  const auto outcome =
      start_coordinated_optimization<AdmmOutcome>(units.participants, coordinator, create_admm_start_exchange({5, 3}));
  EXPECT_EQ(result(units.actors[1]), outcome.x[1]);
}

TEST(AdmmStart, needs_a_length_that_it_can_tell) {
  EXPECT_EQ(create_admm_start(Content(Numbers{1, 2, 3})).solution_length, 3u);
  EXPECT_EQ(create_admm_start(Content(std::string("mine")), 4).solution_length, 4u);
  EXPECT_THROW(create_admm_start(Content(std::string("mine"))), Error);
  EXPECT_THROW(create_admm_sharing_data({1, 2}, {1}), Error);
  EXPECT_THROW(create_admm_sharing_data({1, 2}, {1, -1}), Error);
}

TEST(FlexActor, is_refused_when_made_if_its_limits_contradict_each_other) {
  try {
    FlexActor({0, 0}, {1, 1}, DenseMatrix(1, 2, -1), {-5}, {0, 0});
    ADD_FAILURE() << "it was made";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_NE(std::string(error.what()).find("inequality row 0"), std::string::npos) << error.what();
  }
  EXPECT_THROW(FlexActor::box_bounded({1}, {0}, {0}), Error);
  EXPECT_THROW(FlexActor::box_bounded({0, 0}, {1}, {0, 0}), Error);
}

TEST(FlexActor, avoids_what_has_a_price_and_likes_it_with_compat) {
  const Numbers eta{0.5}, price{1};
  AdmmMessage nearly_free{{0.0}, 1e-3};
  FlexActor avoids = FlexActor::one_to_many(10, eta, price);
  EXPECT_NEAR(avoids.answer(nearly_free)[0], 0, 1e-12);
  FlexActor likes = FlexActor::one_to_many(10, eta, price, PriceSign::compat);
  EXPECT_NEAR(likes.answer(nearly_free)[0], 5, 1e-12);
}

TEST(FlexActor, ties_all_flows_together_whatever_their_order) {
  const Numbers last_is_zero{0.5, -1, 0}, first_is_zero{0, 0.5, -1};
  FlexActor one = FlexActor::one_to_many(10, last_is_zero), other = FlexActor::one_to_many(10, first_is_zero);
  const Numbers a = one.answer({{-2, 0, 0}, 1}), b = other.answer({{0, -2, 0}, 1});
  EXPECT_NEAR(a[0], b[1], 1e-12);
  EXPECT_NEAR(a[1], -2 * a[0], 1e-12);
  FlexActor loose = FlexActor::one_to_many(10, last_is_zero, {}, PriceSign::compat);
  EXPECT_NEAR(loose.answer({{-2, 0, 0}, 1})[1], 0, 1e-12);  // as the other library: nothing is tied
}

TEST(FlexActor, answers_by_its_rows_as_by_its_ray) {
  const Numbers eta{.1, .5, -1};
  FlexActor ray = FlexActor::one_to_many(10, eta);
  FlexActor rows(ray.lower(), ray.upper(), ray.C(), ray.d(), ray.S());
  for (const Numbers& v : {Numbers{-1, -2, 3}, Numbers{0.5, 0.1, 0}, Numbers{-9, -9, 9}}) {
    const Numbers expected = ray.answer({v, 0.7}), found = rows.answer({v, 0.7});
    for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(found[k], expected[k], 1e-9);
  }
}

}  // namespace
}  // namespace entente
