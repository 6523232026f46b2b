// SPDX-License-Identifier: MIT
// The view kernels against costs recomputed one tuple at a time.
#include "kernel/local_costs.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "support/random_problem.hpp"

namespace entente::kernel {
namespace {

using testing::make_random_problem;
using testing::RandomProblem;

std::vector<RandomProblem> shapes() {
  return {{.variables = 40},
          {.variables = 40, .domain = 2, .fractional = true},
          {.variables = 40, .domain = 10, .own_costs = 0.5, .objective = Objective::maximise},
          {.variables = 30, .domain = 20, .unary = 10, .fractional = true},
          {.variables = 30, .domain = 70},
          {.variables = 20, .domain = 300, .degree = 2},
          {.variables = 40, .hard = 0.2},
          {.variables = 40, .own_costs = 0.5, .hard = 0.2, .fractional = true, .objective = Objective::maximise},
          {.variables = 30, .mixed_domains = true, .wide = 10, .unary = 5, .own_costs = 0.3, .hard = 0.1},
          {.variables = 30, .wide = 20, .fractional = true, .objective = Objective::maximise}};
}

std::vector<ValueIndex> random_assignment(const Problem& problem, Random& random) {
  std::vector<ValueIndex> x(problem.variable_count());
  for (VariableId v = 0; v < x.size(); ++v) x[v] = ValueIndex(random.below(std::uint64_t(problem.domain_size(v))));
  return x;
}

std::vector<std::byte> pack(const std::vector<ValueIndex>& x, std::uint32_t width) {
  std::vector<std::byte> values(x.size() * width);
  for (std::size_t i = 0; i < x.size(); ++i) std::memcpy(values.data() + i * width, &x[i], width);
  return values;
}

/// Violations and finite working costs around `v` at `x`.
std::pair<int, double> around(const Problem& problem, VariableId v, const std::vector<ValueIndex>& x) {
  int violations = 0;
  double cost = 0;
  const auto add = [&](double c) { problem.is_hard(c) ? void(++violations) : void(cost += c); };
  for (const ConstraintId c : problem.constraints_of(v)) {
    std::vector<ValueIndex> tuple;
    for (const VariableId u : problem.scope(c)) tuple.push_back(x[u]);
    add(problem.cost(c, tuple));
  }
  if (const auto own = problem.unary_costs(v); !own.empty()) add(own[std::size_t(x[v])]);
  return {violations, problem.objective() == Objective::maximise ? -cost : cost};
}

TEST(LocalCosts, RowsHoldTheCostOfEachValueAgainstTheNeighbours) {
  for (std::size_t s = 0; s < shapes().size(); ++s) {
    const Problem problem = make_random_problem(shapes()[s], 7 + s);
    const LocalCosts costs(problem);
    const LocalTables& t = costs.tables();
    const LocalKernels& kernels = local_kernels(t, costs.value_bytes());
    Random random(s);
    auto x = random_assignment(problem, random);
    std::vector<double> rows(costs.row_cells() + 64);
    std::vector<RowBest> best(problem.variable_count());
    DoubledCost sum;
    kernels.gather(t, pack(x, costs.value_bytes()).data(), 0, problem.variable_count(), rows.data(), best.data(), &sum);
    const Evaluation expected = problem.evaluate(x), found = costs.decode(sum);
    EXPECT_EQ(found.violations, expected.violations) << "shape " << s;
    EXPECT_NEAR(found.cost, expected.cost, 1e-9 * (1 + std::abs(expected.cost))) << "shape " << s;
    for (VariableId v = 0; v < problem.variable_count(); ++v) {
      double lowest = std::numeric_limits<double>::infinity();
      const ValueIndex kept = x[v];
      for (x[v] = 0; x[v] < problem.domain_size(v); ++x[v]) {
        const std::size_t at = costs.row_offset(v) + std::size_t(x[v]);
        const double cell = t.single ? double(reinterpret_cast<float*>(rows.data())[at]) : rows[at];
        const auto [violations, cost] = around(problem, v, x);
        EXPECT_NEAR(cell, violations * t.hard_weight + cost, 1e-9 * (1 + std::abs(cell))) << "shape " << s;
        EXPECT_LT(std::abs(cost) * 8, violations ? t.hard_weight : 1e300);
        EXPECT_GE(cell, costs.lowest()[v]);
        lowest = std::min(lowest, cell);
        if (problem.domain_size(v) <= 64) {
          EXPECT_EQ(bool(best[v].ties >> x[v] & 1), cell == best[v].cost);
        }
      }
      x[v] = kept;
      EXPECT_EQ(best[v].cost, lowest) << "shape " << s;
    }
  }
}

TEST(LocalCosts, BackEdgesPointAtEachOther) {
  for (std::size_t s = 0; s < shapes().size(); ++s) {
    const Problem problem = make_random_problem(shapes()[s], 99 + s);
    const LocalCosts costs(problem);
    for (VariableId v = 0; v < problem.variable_count(); ++v)
      for (std::uint32_t e = costs.first()[v]; e < costs.first()[v + 1]; ++e) {
        EXPECT_EQ(costs.neighbours()[costs.back()[e]], v);
        EXPECT_EQ(costs.back()[costs.back()[e]], e);
        if (e > costs.first()[v]) {
          EXPECT_LT(costs.neighbours()[e - 1], costs.neighbours()[e]);
        }
      }
  }
}

TEST(LocalCosts, MovingRowsInPlaceEqualsGatheringThemAgain) {
  const Problem problem = make_random_problem({.variables = 200, .domain = 5, .own_costs = 0.3, .hard = 0.1}, 3);
  const LocalCosts costs(problem);
  const LocalTables& t = costs.tables();
  ASSERT_TRUE(t.exact);
  const LocalKernels& kernels = local_kernels(t, 1);
  Random random(1);
  const auto before = random_assignment(problem, random);
  auto after = before;
  std::vector<std::uint32_t> senders;
  for (VariableId v = 0; v < 200; v += 3) {
    after[v] = (after[v] + 1) % 5;
    senders.push_back(v);
  }
  std::vector<double> moved(costs.row_cells() + 64), fresh(costs.row_cells() + 64);
  std::vector<RowBest> best(200), picked(200);
  std::vector<std::uint8_t> awake(200);
  DoubledCost sum;
  const auto old_values = pack(before, 1), new_values = pack(after, 1);
  kernels.gather(t, old_values.data(), 0, 200, moved.data(), best.data(), &sum);
  kernels.apply(t, senders.data(), std::uint32_t(senders.size()), old_values.data(), new_values.data(), 0, 200,
                moved.data(), awake.data());
  kernels.gather(t, new_values.data(), 0, 200, fresh.data(), best.data(), &sum);
  EXPECT_EQ(0, std::memcmp(moved.data(), fresh.data(), costs.row_cells() * (t.single ? 4 : 8)));
  DoubledCost parts;
  for (VariableId v = 0; v < 200; ++v) {
    const double doubled = kernels.pick(
        t, v, std::uint32_t(after[v]),
        reinterpret_cast<const std::byte*>(moved.data()) + costs.row_offset(v) * (t.single ? 4 : 8), &picked[v]);
    add_share(t.hard_weight, doubled, 1, &parts);
    EXPECT_EQ(picked[v].ties, best[v].ties);
  }
  EXPECT_EQ(costs.decode(parts).violations, problem.evaluate(after).violations);
  EXPECT_EQ(costs.decode(parts).cost, problem.evaluate(after).cost);
}

}  // namespace
}  // namespace entente::kernel
