// SPDX-License-Identifier: MIT
#include "entente/runtime/consensus_network.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

using Links = std::vector<ConsensusTopology::Link>;

std::vector<double> numbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> list(count);
  for (double& one : list) one = 20 * random.uniform() - 5;
  return list;
}
double mean(const std::vector<double>& list) {
  return std::accumulate(list.begin(), list.end(), 0.0) / double(list.size());
}

TEST(ConsensusNetwork, every_rule_leads_to_the_mean_on_every_shape) {
  for (const std::uint32_t n : {2u, 3u, 10u, 50u}) {
    for (const ConsensusTopology& graph : {complete_topology(n), ring_topology(n), chordal_ring_topology(n)}) {
      for (const WeightRule rule : {WeightRule::metropolis, WeightRule::hastings, WeightRule::mean_metropolis,
                                    WeightRule::uniform, WeightRule::averaging, WeightRule::relative_degree}) {
        ConsensusOptions options;
        options.weights = rule;
        options.alpha = 0.9;
        const auto initial = numbers(n, n);
        const ConsensusResult result = run_consensus(graph, initial, 1, options);
        EXPECT_TRUE(result.converged);
        EXPECT_LE(result.spread, 1e-9);
        for (const double value : result.values) EXPECT_NEAR(value, mean(initial), 1e-9);
      }
    }
  }
}

TEST(ConsensusNetwork, the_sum_is_kept_in_every_cycle) {
  const auto initial = numbers(300, 4);
  for (const std::uint64_t cycles : {1u, 2u, 5u, 50u, 500u}) {
    ConsensusOptions options;
    options.max_cycles = cycles;
    options.tolerance = 0;
    const auto result = run_consensus(random_regular_topology(300, 3, 9), initial, 1, options);
    EXPECT_NEAR(mean(result.values), mean(initial), 1e-13);
  }
}

TEST(ConsensusNetwork, distances_on_a_ring_shrink_as_its_second_eigenvalue_says) {
  // Weights 1/3 on a ring of n: the slowest mode is a cosine, multiplied by 1 - (2/3)(1 - cos(2 pi / n)) in a cycle.
  constexpr std::uint32_t n = 24;
  std::vector<double> mode(n);
  for (std::uint32_t i = 0; i < n; ++i) mode[i] = std::cos(2 * std::numbers::pi * i / n);
  ConsensusOptions options;
  options.max_cycles = 100;
  const auto result = run_consensus(ring_topology(n), mode, 1, options);
  const double factor = 1 - (1 - std::cos(2 * std::numbers::pi / n)) * 2 / 3;
  EXPECT_NEAR(result.values[0], std::pow(factor, 100), 1e-12);
}

TEST(ConsensusNetwork, a_complete_graph_agrees_in_one_cycle) {
  const auto result = run_consensus(complete_topology(40), numbers(40, 1), 1);
  EXPECT_EQ(result.cycles, 2u);  // the second sees that nothing moves any more
  EXPECT_EQ(result.messages, 2u * 40 * 39);
}

TEST(ConsensusNetwork, the_example_of_the_documentation_holds) {
  const ConsensusResult all = run_consensus(ring_topology(5), std::vector<double>{1, 2, 3, 4, 10}, 1);
  for (const double value : all.values) EXPECT_NEAR(value, 4, 1e-9);
  EXPECT_EQ(all.cycles, 40u);
}

TEST(ConsensusNetwork, vectors_are_averaged_as_their_numbers_would_be_one_by_one) {
  const auto initial = numbers(30 * 24, 2);
  ConsensusOptions options;
  options.max_cycles = 25;
  options.tolerance = 0;
  const auto graph = random_regular_topology(30, 4, 3);
  const auto rows = run_consensus(graph, initial, 24, options);
  for (std::size_t t = 0; t < 24; ++t) {
    std::vector<double> column;
    for (std::size_t i = 0; i < 30; ++i) column.push_back(initial[i * 24 + t]);
    const auto alone = run_consensus(graph, column, 1, options);
    for (std::size_t i = 0; i < 30; ++i) EXPECT_NEAR(rows.values[i * 24 + t], alone.values[i], 1e-13);
  }
}

TEST(ConsensusNetwork, nothing_depends_on_the_number_of_threads) {
  const auto gradient = [](std::uint32_t i, std::span<const double> x, std::span<double> g) { g[0] = x[0] - i % 7; };
  const auto graph = random_regular_topology(1000, 5 + 1, 3);
  const auto initial = numbers(1000, 3);
  for (const ConsensusMethod method : {ConsensusMethod::averaging, ConsensusMethod::push_sum,
                                       ConsensusMethod::adapt_then_combine, ConsensusMethod::exact_diffusion}) {
    ConsensusOptions options;
    options.method = method;
    options.loss = method == ConsensusMethod::push_sum ? 0.2 : 0;
    const bool sums = method == ConsensusMethod::averaging || method == ConsensusMethod::push_sum;
    const auto one = run_consensus(graph, initial, 1, options, sums ? ConsensusGradient() : gradient);
    options.threads = 3;
    const auto three = run_consensus(graph, initial, 1, options, sums ? ConsensusGradient() : gradient);
    EXPECT_EQ(one.values, three.values);
    EXPECT_EQ(one.cycles, three.cycles);
    EXPECT_TRUE(one.converged);
  }
}

TEST(ConsensusNetwork, components_agree_on_means_of_their_own_and_the_result_says_which) {
  const ConsensusTopology graph(6, Links{{0, 1}, {1, 2}, {3, 4}});
  const auto result = run_consensus(graph, std::vector<double>{1, 2, 6, 10, 20, 7}, 1);
  EXPECT_TRUE(result.converged);
  EXPECT_EQ(result.components, 3u);
  EXPECT_EQ(result.component, (std::vector<std::uint32_t>{0, 0, 0, 1, 1, 2}));
  const std::vector<double> expected{3, 3, 3, 15, 15, 7};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(result.values[i], expected[i], 1e-9);
}

TEST(ConsensusNetwork, nobody_and_one_alone_agree_at_once) {
  EXPECT_TRUE(run_consensus(ConsensusTopology(), {}, 1).converged);
  const auto one = run_consensus(complete_topology(1), std::vector<double>{3}, 1);
  EXPECT_TRUE(one.converged);
  EXPECT_EQ(one.cycles, 0u);
  EXPECT_EQ(one.values, std::vector<double>{3});
}

TEST(ConsensusNetwork, push_sum_finds_the_mean_over_directed_and_lossy_links) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    Links links;
    const std::uint32_t n = 3 + std::uint32_t(seed);
    for (std::uint32_t i = 0; i < n; ++i) links.emplace_back(i, (i + 1) % n);
    for (std::uint32_t k = 0; k < n; ++k) {
      const std::uint32_t a = std::uint32_t(random.below(n)), b = std::uint32_t(random.below(n));
      if (a != b) links.emplace_back(a, b);
    }
    const auto initial = numbers(n, seed);
    for (const double loss : {0.0, 0.3, 0.7}) {
      ConsensusOptions options;
      options.method = ConsensusMethod::push_sum;
      options.loss = loss;
      options.seed = seed;
      const auto result = run_consensus(ConsensusTopology(n, links, true), initial, 1, options);
      EXPECT_TRUE(result.converged);
      for (const double value : result.values) EXPECT_NEAR(value, mean(initial), 2e-9) << seed << " " << loss;
    }
  }
}

TEST(ConsensusNetwork, exact_diffusion_reaches_the_optimum_under_every_rule_where_the_others_stay_away) {
  const ConsensusTopology graph(5, Links{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {1, 4}});
  const double weight[] = {1, 2, 3, 4, 5}, goal[] = {5, 1, -2, 7, 3};
  const auto gradient = [&](std::uint32_t i, std::span<const double> x, std::span<double> g) {
    g[0] = weight[i] * (x[0] - goal[i]);
  };
  const double optimum = (5 + 2 - 6 + 28 + 15) / 15.0;
  for (const WeightRule rule : {WeightRule::metropolis, WeightRule::averaging, WeightRule::relative_degree}) {
    ConsensusOptions options;
    options.weights = rule;
    for (const ConsensusMethod method :
         {ConsensusMethod::exact_diffusion, ConsensusMethod::adapt_then_combine, ConsensusMethod::combine_then_adapt}) {
      options.method = method;
      const auto result = run_consensus(graph, std::vector<double>(5), 1, options, gradient);
      EXPECT_TRUE(result.converged);
      for (const double value : result.values) {
        if (method == ConsensusMethod::exact_diffusion)
          EXPECT_NEAR(value, optimum, 1e-7);
        else
          EXPECT_GT(std::abs(value - optimum), 1e-3);
      }
    }
  }
}

TEST(ConsensusNetwork, an_exception_of_a_gradient_reaches_the_caller_on_any_number_of_threads) {
  for (const int threads : {1, 4}) {
    ConsensusOptions options;
    options.method = ConsensusMethod::exact_diffusion;
    options.threads = threads;
    std::atomic<int> calls{0};
    EXPECT_THROW(run_consensus(ring_topology(600), std::vector<double>(600), 1, options,
                               [&](std::uint32_t i, std::span<const double>, std::span<double>) {
                                 if (++calls > 700 && i == 500) throw std::runtime_error("broken");
                               }),
                 std::runtime_error);
  }
}

TEST(ConsensusNetwork, a_step_that_is_too_long_ends_without_convergence) {
  ConsensusOptions options;
  options.method = ConsensusMethod::adapt_then_combine;
  options.step = 5;
  const auto result = run_consensus(ring_topology(3), std::vector<double>{1, 2, 3}, 1, options,
                                    [](std::uint32_t, std::span<const double> x, std::span<double> g) { g[0] = x[0]; });
  EXPECT_FALSE(result.converged);
}

TEST(ConsensusNetwork, wrong_use_is_refused) {
  const auto use = [](auto&& change, ConsensusGradient gradient = {}, ConsensusTopology graph = ring_topology(3)) {
    ConsensusOptions options;
    change(options);
    run_consensus(graph, std::vector<double>(3), 1, options, gradient);
  };
  EXPECT_NO_THROW(use([](auto&) {}));
  EXPECT_THROW(use([](auto& o) { o.alpha = 0; }), Error);
  EXPECT_THROW(use([](auto& o) { o.alpha = NAN; }), Error);
  EXPECT_THROW(use([](auto& o) { o.loss = 0.1; }), Error);
  EXPECT_THROW(use([](auto& o) { o.tolerance = NAN; }), Error);
  EXPECT_THROW(use([](auto& o) { o.method = ConsensusMethod::exact_diffusion; }), Error);
  EXPECT_THROW(use([](auto&) {}, [](auto&&...) {}), Error);
  EXPECT_THROW(use([](auto&) {}, {}, ConsensusTopology(3, Links{{0, 1}}, true)), Error);
  EXPECT_THROW(run_consensus(ring_topology(3), std::vector<double>(4), 1), Error);
  EXPECT_THROW(run_consensus(ring_topology(3), std::vector<double>{1, NAN, 2}, 1), Error);
}

}  // namespace
}  // namespace entente
