// SPDX-License-Identifier: MIT
#include "entente/runtime/economic_dispatch.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

DispatchProblem random_problem(std::size_t agents, std::size_t steps, std::uint64_t seed) {
  Random random(seed);
  DispatchProblem p;
  p.agents = agents;
  p.steps = steps;
  std::vector<double> low(steps), high(steps);
  for (std::size_t i = 0; i < agents * steps; ++i) {
    p.quadratic.push_back(0.1 + 2 * random.uniform());
    p.linear.push_back(10 * random.uniform());
    p.lower.push_back(-5 * random.uniform());
    p.upper.push_back(1 + 30 * random.uniform());
    low[i % steps] += p.lower.back();
    high[i % steps] += p.upper.back();
  }
  for (std::size_t t = 0; t < steps; ++t)
    p.target.push_back(low[t] + (high[t] - low[t]) * (0.02 + 0.96 * random.uniform()));
  return p;
}

/// By what the conditions of Karush, Kuhn and Tucker are missed at this price: production off the own best.
double optimality_error(const DispatchProblem& p, const DispatchResult& result) {
  double most = 0;
  for (std::size_t i = 0; i < p.agents; ++i) {
    for (std::size_t t = 0; t < p.steps; ++t) {
      const std::size_t at = i * p.steps + t;
      const double marginal = p.quadratic[at] * result.power[at] + p.linear[at] - result.price[t];
      if (result.power[at] > p.lower[at]) most = std::max(most, marginal);
      if (result.power[at] < p.upper[at]) most = std::max(most, -marginal);
    }
  }
  return most;
}

TEST(EconomicDispatch, equals_the_optimum_on_random_instances) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const DispatchProblem p = random_problem(1 + seed, 1 + seed % 24, seed);
    const ConsensusTopology graph =
        seed % 2 ? ring_topology(std::uint32_t(p.agents)) : chordal_ring_topology(std::uint32_t(p.agents));
    const DispatchResult result = economic_dispatch(p, graph), best = central_dispatch(p);
    EXPECT_TRUE(result.converged) << "seed " << seed;
    EXPECT_LT(result.balance_error, 1e-10);
    EXPECT_LT(result.price_spread, 1e-7);
    EXPECT_LT(optimality_error(p, result), 1e-11);
    EXPECT_NEAR(result.cost, best.cost, 1e-8 * (1 + std::abs(best.cost)));
    for (std::size_t at = 0; at < result.power.size(); ++at) EXPECT_NEAR(result.power[at], best.power[at], 1e-6);
    EXPECT_EQ(result.messages, result.cycles * graph.heard().size());
  }
}

TEST(EconomicDispatch, the_central_optimum_meets_its_conditions) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const DispatchProblem p = random_problem(1 + seed % 30, 5, seed);
    const DispatchResult best = central_dispatch(p);
    EXPECT_LT(best.balance_error, 1e-10);
    EXPECT_LT(optimality_error(p, best), 1e-12);
  }
}

TEST(EconomicDispatch, agents_without_limits_share_by_curvature) {
  const double far = INFINITY;
  const DispatchProblem p{2, 1, {1, 3}, {0, 0}, {-far, -far}, {far, far}, {8}};
  const DispatchResult result = economic_dispatch(p);
  EXPECT_NEAR(result.price[0], 6, 1e-8);
  EXPECT_NEAR(result.power[0], 6, 1e-8);
  EXPECT_NEAR(result.power[1], 2, 1e-8);
}

TEST(EconomicDispatch, steps_that_cannot_be_met_are_named_and_nothing_is_run) {
  const DispatchProblem p{2,          3, {1, 1, 1, 1, 1, 1}, {0, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}, {5, 5, 5, 5, 5, 5},
                          {3, 11, -1}};
  const DispatchResult result = economic_dispatch(p);
  EXPECT_EQ(result.infeasible_steps, (std::vector<std::size_t>{1, 2}));
  EXPECT_FALSE(result.converged);
  EXPECT_EQ(result.cycles, 0u);
  EXPECT_EQ(result.power[1], 5);
}

TEST(EconomicDispatch, a_target_at_the_very_limit_is_met) {
  const DispatchProblem p{3, 1, {1, 1, 1}, {1, 2, 3}, {0, 0, 0}, {5, 6, 7}, {18}};
  const DispatchResult result = economic_dispatch(p);
  EXPECT_TRUE(result.converged);
  EXPECT_NEAR(result.balance_error, 0, 1e-8);
}

TEST(EconomicDispatch, nothing_depends_on_the_number_of_threads) {
  const DispatchProblem p = random_problem(700, 3, 1);
  DispatchOptions options;
  const DispatchResult one = economic_dispatch(p, options);
  options.threads = 3;
  const DispatchResult three = economic_dispatch(p, options);
  EXPECT_EQ(one.power, three.power);
  EXPECT_EQ(one.cycles, three.cycles);
}

TEST(EconomicDispatch, a_resource_problem_becomes_a_dispatch_or_says_why_not) {
  ResourceProblem problem;
  problem.dimension = 2;
  problem.rhs = {3, 4};
  ResourceAgent agent;
  agent.id = "pump";
  agent.quadratic = {1, 2};
  agent.linear = {0, 1};
  agent.lower = {0, 0};
  agent.upper = {9, 9};
  problem.agents = {agent, agent};
  const DispatchProblem p = dispatch_problem(problem);
  EXPECT_EQ(p.quadratic, (std::vector<double>{1, 2, 1, 2}));
  EXPECT_TRUE(economic_dispatch(p).converged);
  problem.agents[1].l1 = 1;
  try {
    dispatch_problem(problem);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("pump"), std::string::npos);
  }
}

TEST(EconomicDispatch, wrong_use_is_refused) {
  const DispatchProblem good = random_problem(4, 2, 0);
  const auto use = [&](auto&& change) {
    DispatchProblem p = good;
    change(p);
    economic_dispatch(p);
  };
  EXPECT_NO_THROW(use([](auto&) {}));
  EXPECT_THROW(use([](auto& p) { p.quadratic[1] = 0; }), Error);
  EXPECT_THROW(use([](auto& p) { p.linear[1] = NAN; }), Error);
  EXPECT_THROW(use([](auto& p) { p.lower[1] = 99; }), Error);
  EXPECT_THROW(use([](auto& p) { p.target[0] = INFINITY; }), Error);
  EXPECT_THROW(use([](auto& p) { p.upper.pop_back(); }), Error);
  EXPECT_THROW(economic_dispatch(good, ring_topology(3)), Error);
  EXPECT_THROW(economic_dispatch(good, ConsensusTopology(4, std::vector<ConsensusTopology::Link>{{0, 1}})), Error);
}

}  // namespace
}  // namespace entente
