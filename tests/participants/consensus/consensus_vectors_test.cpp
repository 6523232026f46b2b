// SPDX-License-Identifier: MIT
// With `compat`, averaging, dispatch and diffusion give DRO's numbers, iterations and messages.
#include <gtest/gtest.h>

#include <array>

#include "consensus_testing.hpp"
#include "entente/participants/reservoir.hpp"

namespace entente {
namespace {

using consensus_testing::all_of;

constexpr double close = 1e-6;

std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> averaging(const std::vector<double>& initial,
                                                                    std::uint64_t max_iter,
                                                                    std::vector<std::uint64_t>& finished) {
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (const double number : initial)
    group.push_back(create_averaging_consensus_participant(
        [&](AveragingConsensusAlgorithm& one, Carrier&) { finished.push_back(one.k()); }, nullptr,
        averaging_as_in_dro({number}, 0.3, max_iter)));
  return group;
}

/// Notes each delivery: from, to, k and number of the message, then where the receiver stands afterwards.
class Traced : public Participant {
 public:
  using Row = std::array<double, 6>;
  Traced(AveragingConsensusAlgorithm& inner, std::vector<Row>& rows) : inner_(inner), rows_(rows) {}
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    inner_.on_message(carrier, content, meta);
    const auto& message = content.as<AveragingConsensusMessage>();
    rows_.push_back({double(meta.sender.number), double(carrier.address().number), double(message.k), message.lam[0],
                     double(inner_.k()), inner_.lam()[0]});
  }

 private:
  AveragingConsensusAlgorithm& inner_;
  std::vector<Row>& rows_;
};

TEST(ConsensusVectors, two_that_average_as_in_dro_end_after_five_cycles_with_its_numbers) {
  std::vector<std::uint64_t> finished;
  const auto group = averaging({0, 10}, 5, finished);
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(0.0));
  EXPECT_NEAR(group[0]->lam()[0], 4.347129, close);
  EXPECT_NEAR(group[1]->lam()[0], 4.3483531, close);
  EXPECT_EQ(finished, (std::vector<std::uint64_t>{5, 5}));
}

TEST(ConsensusVectors, three_that_average_as_in_dro_deliver_what_it_delivers) {
  std::vector<std::uint64_t> finished;
  const auto group = averaging({1, 5, 10}, 30, finished);
  std::vector<Traced::Row> rows;
  std::vector<Traced> traced;
  for (const auto& one : group) traced.emplace_back(*one, rows);
  const std::vector<Participant*> list{&traced[0], &traced[1], &traced[2]};
  const RunReport report = start_distributed_optimization(list, create_averaging_consensus_start(1.0));

  const std::vector<Traced::Row> expected{{1, 2, 0, 1.0, 0, 5.0},  {2, 1, 0, 5.0, 0, 1.0},  {2, 3, 0, 5.0, 0, 10.0},
                                          {1, 2, 0, 1.0, 1, 3.8},  {1, 3, 0, 1.0, 1, 7.9},  {3, 1, 0, 10.0, 1, 2.95},
                                          {3, 2, 0, 10.0, 1, 3.8}, {2, 1, 1, 3.8, 1, 2.95}, {2, 3, 1, 3.8, 1, 7.9},
                                          {3, 1, 1, 7.9, 2, 3.82}, {3, 2, 1, 7.9, 1, 3.8},  {1, 2, 1, 2.95, 2, 4.2875}};
  ASSERT_GE(rows.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    for (std::size_t c = 0; c < 6; ++c) EXPECT_NEAR(rows[i][c], expected[i][c], close) << i << " " << c;
  EXPECT_NEAR(group[0]->lam()[0], 4.883333276208528, close);
  EXPECT_NEAR(group[1]->lam()[0], 4.883333301323745, close);
  EXPECT_NEAR(group[2]->lam()[0], 4.883333422467729, close);
  EXPECT_EQ(finished, (std::vector<std::uint64_t>{30, 30, 30}));
  EXPECT_EQ(report.messages, 187u);  // 3 * 2 * (30 + 1) + 1
}

TEST(ConsensusVectors, as_in_dro_n_participants_send_n_times_n_minus_1_messages_a_cycle_and_a_start) {
  for (const std::size_t n : {3u, 4u, 7u}) {
    std::vector<std::uint64_t> finished;
    const auto group = averaging(consensus_testing::random_numbers(n, 0, 20, n), 12, finished);
    const RunReport report = start_distributed_optimization(all_of(group), create_averaging_consensus_start(1.0));
    EXPECT_EQ(report.messages, n * (n - 1) * 13 + 1);
    EXPECT_EQ(finished.size(), n);
  }
}

TEST(ConsensusVectors, three_that_diffuse_as_in_dro_end_at_its_biased_mean) {
  class Nothing : public DiffusionActor {
    std::vector<double> gradient(std::span<const double> lam, std::span<const double>, std::size_t) override {
      return std::vector<double>(lam.size(), 0.0);
    }
  };
  std::vector<std::shared_ptr<DiffusionAlgorithm>> group;
  std::vector<std::uint64_t> finished;
  for (const double initial : {1.0, 5.0, 10.0})
    group.push_back(
        create_diffusion_participant([&](DiffusionAlgorithm& one, Carrier&) { finished.push_back(one.k()); },
                                     std::make_shared<Nothing>(), diffusion_as_in_dro({initial}, 0.1, 30)));
  start_distributed_optimization(all_of(group), create_diffusion_start({1.0}));
  for (const auto& one : group) EXPECT_NEAR(one->lam()[0], 4.333333333333333, close);
  EXPECT_EQ(finished, (std::vector<std::uint64_t>{30, 30, 30}));
}

TEST(ConsensusVectors, equal_units_dispatched_as_in_dro_share_the_target) {
  std::vector<std::shared_ptr<AveragingConsensusAlgorithm>> group;
  for (int i = 0; i < 3; ++i)
    group.push_back(create_averaging_consensus_participant(
        {}, std::make_shared<LinearCostEconomicDispatchConsensusActor>(10, 100, 0.05, 0.1, 0, 3),
        averaging_as_in_dro({10}, 0.3, 100)));
  const std::vector<double> target{10, 30, 40, 45, 60, 10};
  start_distributed_optimization(all_of(group), create_averaging_consensus_start(10.0, target));
  const std::vector<double> price{10.333333333333332, 11, 11.333333333333332, 11.5, 12, 10.333333333333332};
  const std::vector<double> power{3.3333333333333215, 10, 13.333333333333321, 15, 20, 3.3333333333333215};
  for (const auto& one : group) {
    const auto& actor = dynamic_cast<const LinearCostEconomicDispatchConsensusActor&>(*one->actor());
    for (std::size_t t = 0; t < target.size(); ++t) {
      EXPECT_NEAR(one->lam()[t], price[t], close);
      EXPECT_NEAR(actor.power[t], power[t], close);
    }
  }
}

TEST(ConsensusVectors, the_gradient_of_a_unit_is_that_of_dro) {
  struct Case {
    double p_max, n_guess, lam;
    std::vector<double> target;
    double expected;
  };
  for (const Case& c :
       {Case{30, 3, 5, {30}, 0.5}, Case{30, 3, 11, {30}, 0}, Case{5, 3, 100, {30}, 0.25}, Case{30, 1, 11, {}, -0.5}}) {
    LinearCostEconomicDispatchConsensusActor actor(10, c.p_max, 0.05, 0.1, 0, c.n_guess);
    EXPECT_NEAR(actor.gradient_term(std::vector<double>{c.lam}, c.target)[0], c.expected, close);
  }
}

TEST(ConsensusVectors, a_reservoir_answers_prices_as_in_dro) {
  ReservoirOptions options;
  options.compat = true;
  ReservoirDiffusionActor actor(options);
  const std::vector<double> g =
      actor.gradient(std::vector<double>{0.1, -0.2, 0.5, -1, 0, 0.3}, std::vector<double>{12}, 0);
  const std::vector<double> power{1.1368421052631579, -2, 3, -2, 0, 3};
  const std::vector<double> energy{
      5.0, 3.947368421052632, 5.847368421052632, 2.689473684210527, 4.589473684210526, 4.589473684210526};
  for (std::size_t t = 0; t < 6; ++t) {
    EXPECT_NEAR(actor.power()[t], power[t], close);
    EXPECT_NEAR(actor.energy()[t], energy[t], close);
    EXPECT_NEAR(g[t], power[t] - 1.2, close);
  }
}

}  // namespace
}  // namespace entente
