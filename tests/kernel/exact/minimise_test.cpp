// SPDX-License-Identifier: MIT
// Exact minimisation against trying everything.
#include "kernel/exact/minimise.hpp"

#include <gtest/gtest.h>

#include "network_samples.hpp"

namespace entente {
namespace {

using samples::brute_force;
using samples::NetworkShape;
using samples::Numbers;
using samples::random_network;
using samples::rounding;

constexpr double infinity = std::numeric_limits<double>::infinity();

void expect_optimum(const CostNetwork& network, const MinimiseResult& result) {
  const double best = brute_force(network);
  if (best == infinity) {
    EXPECT_EQ(result.status, MinimiseResult::Status::infeasible);
    EXPECT_TRUE(result.assignment.empty());
    EXPECT_EQ(result.cost, infinity);
    return;
  }
  ASSERT_EQ(result.status, MinimiseResult::Status::optimal);
  EXPECT_NEAR(result.cost, best, rounding(best));
  EXPECT_EQ(result.cost, network_cost(network, result.assignment));
  EXPECT_EQ(result.bound, result.cost);
}

void expect_optima(const NetworkShape& shape, std::uint64_t seeds) {
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE(seed);
    const CostNetwork network = random_network(seed, shape);
    expect_optimum(network, minimise(network));
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Minimise, finds_the_optimum_of_binary_networks) { expect_optima({.functions = 20, .arity = 2}, 400); }

TEST(Minimise, finds_the_optimum_of_networks_without_hard_costs) {
  expect_optima({.functions = 20, .arity = 2, .hard_in = 0}, 400);
}

TEST(Minimise, finds_the_optimum_of_networks_of_arity_up_to_four) { expect_optima({}, 400); }

TEST(Minimise, finds_the_optimum_of_dense_ternary_networks) {
  expect_optima({.values = 3, .functions = 30, .arity = 3, .hard_in = 0, .sparse_in = 0}, 300);
}

TEST(Minimise, finds_the_optimum_where_most_combinations_are_forbidden) {
  expect_optima({.functions = 25, .arity = 3, .hard_in = 2}, 400);
}

TEST(Minimise, finds_the_optimum_of_decimal_costs) { expect_optima({.numbers = Numbers::decimal}, 300); }

TEST(Minimise, finds_the_optimum_of_fractional_costs) { expect_optima({.numbers = Numbers::fractional}, 300); }

TEST(Minimise, finds_the_optimum_of_large_costs) { expect_optima({.numbers = Numbers::large}, 300); }

TEST(Minimise, takes_a_network_without_variables) {
  CostNetwork network;
  EXPECT_EQ(minimise(network).status, MinimiseResult::Status::optimal);
  EXPECT_EQ(minimise(network).cost, 0);
  network.functions.push_back({.scope = {}, .cells = {2.5}});
  network.functions.push_back({.scope = {}, .cells = {-4}});
  EXPECT_EQ(minimise(network).cost, -1.5);
  network.functions.push_back({.scope = {}, .cells = {infinity}});
  EXPECT_EQ(minimise(network).status, MinimiseResult::Status::infeasible);
}

TEST(Minimise, accepts_only_what_costs_less_than_the_limit) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    CostNetwork network = random_network(seed, {.arity = 3});
    const double best = brute_force(network);
    if (best == infinity) continue;
    network.limit = best;
    EXPECT_EQ(minimise(network).status, MinimiseResult::Status::infeasible);
    network.limit = best + 1;
    expect_optimum(network, minimise(network));
  }
}

}  // namespace
}  // namespace entente
