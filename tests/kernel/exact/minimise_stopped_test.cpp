// SPDX-License-Identifier: MIT
// What is known of a network whose solving ends early, and what is known beforehand.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "kernel/exact/minimise.hpp"
#include "network_samples.hpp"

namespace entente {
namespace {

using samples::brute_force;
using samples::random_network;
using samples::rounding;

constexpr double infinity = std::numeric_limits<double>::infinity();

void expect_valid(const CostNetwork& network, const MinimiseResult& result, double best) {
  EXPECT_LE(result.bound, best + rounding(best));
  EXPECT_LE(result.bound, result.cost);
  if (result.assignment.empty()) {
    EXPECT_EQ(result.cost, infinity);
  } else {
    EXPECT_EQ(result.cost, network_cost(network, result.assignment));
    EXPECT_GE(result.cost, best - rounding(best));
  }
  if (result.status == MinimiseResult::Status::optimal) {
    EXPECT_NEAR(result.cost, best, rounding(best));
  }
  if (result.status == MinimiseResult::Status::infeasible) {
    EXPECT_EQ(best, infinity);
  }
}

/// Binary, without hard costs, and too hard to be solved in a few nodes.
CostNetwork hard_network(std::uint64_t seed, std::uint32_t variables, ValueIndex values) {
  Random random(seed);
  CostNetwork network;
  network.sizes.assign(variables, values);
  for (std::uint32_t v = 0; v < variables; ++v)
    for (std::uint32_t w = v + 1; w < variables; ++w) {
      if (random.below(10) >= 6) continue;
      NetworkFunction& function = network.functions.emplace_back();
      function.scope = {v, w};
      for (ValueIndex i = 0; i < values * values; ++i) function.cells.push_back(static_cast<double>(random.below(100)));
    }
  return network;
}

TEST(Minimise, is_right_about_bound_and_cost_wherever_its_work_ends) {
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    const CostNetwork network = random_network(seed, {.functions = 20, .arity = 3});
    const double best = brute_force(network);
    for (std::uint64_t work = 1; work < 100000; work *= 7)
      expect_valid(network, minimise(network, {.work = work}), best);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Minimise, brings_bound_and_cost_together_as_it_may_work_more) {
  const CostNetwork network = hard_network(1, 16, 5);
  const MinimiseResult whole = minimise(network);
  ASSERT_EQ(whole.status, MinimiseResult::Status::optimal);
  bool stopped = false;
  for (std::uint64_t work = 1000; work < whole.work; work *= 2) {
    const MinimiseResult result = minimise(network, {.work = work});
    expect_valid(network, result, whole.cost);
    stopped |= result.status == MinimiseResult::Status::stopped;
  }
  EXPECT_TRUE(stopped);
}

TEST(Minimise, gives_the_same_result_again) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const CostNetwork network = hard_network(seed, 14, 4);
    const MinimiseResult one = minimise(network), two = minimise(network);
    EXPECT_EQ(one.assignment, two.assignment);
    EXPECT_EQ(one.nodes, two.nodes);
    EXPECT_EQ(one.work, two.work);
  }
}

TEST(Minimise, finds_the_optimum_with_hardly_any_memory) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(seed);
    const CostNetwork network = random_network(seed, {.functions = 20, .arity = 4});
    const double best = brute_force(network);
    const MinimiseResult result = minimise(network, {.memory = 1000});
    expect_valid(network, result, best);
    EXPECT_NE(result.status, MinimiseResult::Status::stopped);
  }
  const CostNetwork network = hard_network(5, 15, 4);
  const MinimiseResult result = minimise(network, {.memory = 1000});
  EXPECT_EQ(result.status, MinimiseResult::Status::optimal);
  EXPECT_EQ(result.cost, minimise(network).cost);
}

TEST(Minimise, stops_when_the_flag_is_raised) {
  const CostNetwork network = hard_network(2, 40, 8);
  const std::atomic<bool> flag = true;
  const MinimiseResult result = minimise(network, {.stop = {&flag, {}}});
  EXPECT_EQ(result.status, MinimiseResult::Status::stopped);
  EXPECT_GE(result.bound, 0);
}

TEST(Minimise, stops_at_the_deadline) {
  const CostNetwork network = hard_network(2, 60, 12);
  const auto begin = std::chrono::steady_clock::now();
  const MinimiseResult result = minimise(network, {.stop = {nullptr, begin + std::chrono::milliseconds(50)}});
  EXPECT_EQ(result.status, MinimiseResult::Status::stopped);
  EXPECT_FALSE(result.assignment.empty());
  EXPECT_GT(result.bound, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(Minimise, takes_the_start_for_its_first_assignment) {
  const CostNetwork network = hard_network(3, 30, 6);
  const MinimiseResult found = minimise(network, {.work = 3000000});
  ASSERT_EQ(found.status, MinimiseResult::Status::stopped);
  const MinimiseResult again = minimise(network, {.work = 1, .start = found.assignment});
  EXPECT_EQ(again.cost, found.cost);
}

TEST(Minimise, ends_when_the_start_reaches_a_bound_proven_elsewhere) {
  const CostNetwork network = hard_network(4, 13, 4);
  const MinimiseResult best = minimise(network);
  const MinimiseResult again = minimise(network, {.start = best.assignment, .known_bound = best.cost});
  EXPECT_EQ(again.status, MinimiseResult::Status::optimal);
  EXPECT_EQ(again.assignment, best.assignment);
  EXPECT_LE(again.nodes, 1u);
}

TEST(Minimise, ends_within_the_gap_asked_for) {
  const CostNetwork network = hard_network(6, 18, 5);
  const MinimiseResult exact = minimise(network), rough = minimise(network, {.gap = 0.2});
  EXPECT_LT(rough.work, exact.work);
  EXPECT_LE(rough.cost - rough.bound, 0.2 * rough.cost);
  expect_valid(network, rough, exact.cost);
}

TEST(Minimise, tells_its_progress_from_both_sides) {
  const CostNetwork network = hard_network(7, 18, 6);
  double bound = -infinity, cost = infinity;
  int calls = 0;
  MinimiseOptions options;
  options.on_progress = [&](const MinimiseProgress& progress) {
    ++calls;
    EXPECT_GE(progress.bound, bound);
    EXPECT_LE(progress.cost, cost);
    bound = progress.bound;
    cost = progress.cost;
    if (!progress.assignment.empty()) {
      EXPECT_EQ(network_cost(network, progress.assignment), progress.cost);
    }
  };
  const MinimiseResult result = minimise(network, options);
  EXPECT_GT(calls, 0);
  EXPECT_LE(bound, result.cost);
  EXPECT_GE(cost, result.cost);
}

}  // namespace
}  // namespace entente
