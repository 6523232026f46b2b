// SPDX-License-Identifier: MIT
// Agents' steps by formula and by arrays against the general solver, their answers to changes, and their least costs.
#include "kernel/quadratic/agent_batch.hpp"

#include <gtest/gtest.h>

#include "kernel/quadratic/proximal_qp.hpp"
#include "kernel/quadratic/random_programs.hpp"

namespace entente::quadratic {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A random agent with `rows` rows; some bounds are missing or equal, some curvatures 0.
ResourceAgent random_agent(std::mt19937_64& draw, std::size_t n, std::size_t equalities, std::size_t inequalities,
                           double l1, std::size_t measured, double open = 0.1) {
  ProgramShape shape{
      .n = n, .equalities = equalities, .inequalities = inequalities, .rank = 0, .degenerate = 0.1, .infinite = open};
  const RandomProgram program = random_program(draw, shape);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::normal_distribution<double> normal;
  ResourceAgent agent{.id = "a",
                      .quadratic = {},
                      .linear = program.g,
                      .constant = normal(draw),
                      .l1 = l1,
                      .measurement = DenseMatrix(measured, n),
                      .measured = std::vector<double>(measured),
                      .lower = program.limits.lower,
                      .upper = program.limits.upper,
                      .equality = program.limits.equality,
                      .equality_rhs = program.limits.equality_rhs,
                      .inequality = program.limits.inequality,
                      .inequality_rhs = program.limits.inequality_rhs};
  for (std::size_t k = 0; k < n; ++k) agent.quadratic.push_back(uniform(draw) < 0.3 ? 0 : 2 * uniform(draw));
  for (double& value : agent.measurement.values) value = normal(draw);
  for (double& value : agent.measured) value = normal(draw);
  return agent;
}

/// The cost of a point, with the proximal term if `weight` is above 0.
double cost(const ResourceAgent& agent, std::span<const double> x, std::span<const double> centre, double weight) {
  double sum = agent.cost(x);
  for (std::size_t k = 0; k < x.size(); ++k) sum += 0.5 * weight * (x[k] - centre[k]) * (x[k] - centre[k]);
  return sum;
}

/// The proximal step by the general solver, |x| as an extra variable t with -t <= x <= t.
std::vector<double> reference_step(const ResourceAgent& agent, std::span<const double> centre, double weight) {
  const std::size_t n = centre.size(), all = agent.l1 > 0 ? 2 * n : n;
  DenseMatrix h(all, all);
  std::vector<double> g(all, agent.l1);
  LinearLimits limits;
  limits.lower.assign(all, -infinite);
  limits.upper.assign(all, infinite);
  for (std::size_t k = 0; k < n; ++k) {
    h(k, k) = agent.quadratic[k] + weight;
    g[k] = agent.linear[k] - weight * centre[k];
    limits.lower[k] = agent.lower[k];
    limits.upper[k] = agent.upper[k];
  }
  for (std::size_t r = 0; r < agent.measurement.rows; ++r) {
    for (std::size_t i = 0; i < n; ++i) {
      g[i] -= agent.measurement(r, i) * agent.measured[r];
      for (std::size_t j = 0; j < n; ++j) h(i, j) += agent.measurement(r, i) * agent.measurement(r, j);
    }
  }
  const auto widened = [&](const DenseMatrix& rows, std::size_t more) {
    DenseMatrix wide(rows.rows + more, all);
    for (std::size_t r = 0; r < rows.rows; ++r) {
      for (std::size_t k = 0; k < n; ++k) wide(r, k) = rows(r, k);
    }
    return wide;
  };
  limits.equality = widened(agent.equality, 0);
  limits.equality_rhs = agent.equality_rhs;
  limits.inequality = widened(agent.inequality, all > n ? 2 * n : 0);
  limits.inequality_rhs = agent.inequality_rhs;
  if (all > n) {
    limits.inequality_rhs.resize(limits.inequality.rows, 0);
    for (std::size_t k = 0; k < n; ++k) {
      for (const int side : {0, 1}) {
        limits.inequality(agent.inequality.rows + 2 * k + side, k) = side == 0 ? 1 : -1;
        limits.inequality(agent.inequality.rows + 2 * k + side, n + k) = -1;
      }
    }
  }
  std::vector<double> x = minimise_convex(h, g, limits).x;
  x.resize(n);
  return x;
}

struct Kind {
  const char* name;
  std::size_t equalities, inequalities;
  double l1;
  std::size_t measured;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
class Steps : public testing::TestWithParam<Kind> {};

TEST_P(Steps, are_those_of_the_general_solver) {
  std::mt19937_64 draw(21);
  std::normal_distribution<double> normal;
  const Kind kind = GetParam();
  for (int trial = 0; trial < 150; ++trial) {
    const std::size_t n = 1 + draw() % 11;
    const ResourceAgent agent =
        random_agent(draw, n, std::min(kind.equalities, n), kind.inequalities, kind.l1, kind.measured);
    AgentBatch batch(n);
    batch.add(agent);
    std::vector<double> shift(batch.stride(), 0), x(batch.stride(), 0);
    for (int again = 0; again < 4; ++again) {
      const double weight = again < 2 ? 1.5 : 0.01;
      batch.set_weight(weight);
      for (std::size_t k = 0; k < n; ++k) shift[k] += normal(draw);
      ASSERT_TRUE(batch.step(nullptr, shift.data(), 0, 1, x.data())) << trial;
      const std::span<const double> own(x.data(), n), centre(shift.data(), n);
      EXPECT_LT(agent.violation(own), 1e-9) << trial;
      const std::vector<double> expected = reference_step(agent, centre, weight);
      const double best = cost(agent, expected, centre, weight);
      EXPECT_NEAR(cost(agent, own, centre, weight), best, 1e-9 * (1 + std::abs(best))) << trial << " " << again;
      for (std::size_t k = 0; k < n; ++k) EXPECT_NEAR(own[k], expected[k], 1e-6) << trial << " " << again;
    }
  }
}

TEST_P(Steps, cost_no_less_at_any_prices_than_their_bound_says) {
  std::mt19937_64 draw(22);
  std::normal_distribution<double> normal;
  const Kind kind = GetParam();
  for (int trial = 0; trial < 100; ++trial) {
    const std::size_t n = 1 + draw() % 6;
    ResourceAgent agent =
        random_agent(draw, n, std::min(kind.equalities, n), kind.inequalities, kind.l1, kind.measured, 0);
    AgentBatch batch(n);
    batch.add(agent);
    std::vector<double> prices(batch.stride(), 0), centre(batch.stride(), 0), x(batch.stride(), 0);
    for (std::size_t k = 0; k < n; ++k) prices[k] = normal(draw);
    for (std::size_t k = 0; k < n; ++k) agent.linear[k] += prices[k];
    // Many small proximal steps at these prices end at the least cost.
    batch.set_weight(0.01);
    for (int step = 0; step < 2000; ++step) {
      std::vector<double> shift(batch.stride(), 0);
      for (std::size_t k = 0; k < n; ++k) shift[k] = centre[k] - prices[k] / 0.01;
      ASSERT_TRUE(batch.step(nullptr, shift.data(), 0, 1, x.data()));
      SafeSum bound;
      batch.add_least(0, prices, x.data(), bound);
      EXPECT_LE(bound.safe(), agent.cost({x.data(), n}) + 1e-8);  // x keeps its rows up to rounding
      if (x == centre) {
        EXPECT_NEAR(bound.safe(), agent.cost({x.data(), n}), 1e-6 * (1 + std::abs(bound.value))) << trial;
        break;
      }
      centre = x;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Steps,
                         testing::Values(Kind{"box", 0, 0, 0, 0}, Kind{"kinked_box", 0, 0, 0.7, 0},
                                         Kind{"one_equality", 1, 0, 0, 0}, Kind{"one_inequality", 0, 1, 0, 0},
                                         Kind{"kinked_row", 1, 0, 0.4, 0}, Kind{"two_equalities", 2, 0, 0, 0},
                                         Kind{"two_inequalities", 0, 2, 0, 0}, Kind{"two_kinked_rows", 1, 1, 0.3, 0},
                                         Kind{"many_rows", 2, 6, 0, 0}, Kind{"many_kinked_rows", 1, 5, 0.5, 0},
                                         Kind{"measured", 0, 0, 0, 5}, Kind{"measured_kinked_rows", 1, 3, 0.2, 4}),
                         [](const auto& info) { return info.param.name; });

TEST(AgentBatch, answers_changes_of_its_centre_as_its_response_says) {
  std::mt19937_64 draw(23);
  std::normal_distribution<double> normal;
  int compared = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t n = 5, rows = trial % 3;
    AgentBatch batch(n);
    if (trial % 4 == 3) {
      std::vector<double> direction(n), cost(n);
      for (double& value : direction) value = normal(draw);
      batch.add_ray(direction, cost);
    } else {
      batch.add(random_agent(draw, n, rows / 2, rows - rows / 2, trial % 2 ? 0.3 : 0, 0));
    }
    batch.set_weight(0.8);
    std::vector<double> shift(batch.stride(), 0), x(batch.stride(), 0), moved(batch.stride(), 0);
    for (std::size_t k = 0; k < n; ++k) shift[k] = normal(draw);
    ASSERT_TRUE(batch.step(nullptr, shift.data(), 0, 1, x.data()));
    DenseMatrix response(n, n);
    batch.add_response(0, x.data(), response);
    for (std::size_t k = 0; k < n; ++k) {
      std::vector<double> there = shift, back = shift, before(batch.stride(), 0);
      there[k] += 1e-6;
      back[k] -= 1e-6;
      batch.step(nullptr, there.data(), 0, 1, moved.data());
      batch.step(nullptr, back.data(), 0, 1, before.data());
      for (std::size_t j = 0; j < n; ++j) {
        const double up = (moved[j] - x[j]) / 1e-6, down = (x[j] - before[j]) / 1e-6;
        if (std::abs(up - down) > 1e-4) continue;  // a kink
        EXPECT_NEAR(up, 0.8 * response(j, k), 1e-4) << trial;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 3000);
}

TEST(AgentBatch, steps_along_a_ray) {
  AgentBatch batch(3);
  batch.add_ray(std::vector<double>{1, 5, -10}, std::vector<double>{0.1, 0, 0});
  batch.set_weight(2);
  std::vector<double> shift(8, 0), x(8, 0);
  shift[1] = 2.5;
  ASSERT_TRUE(batch.step(nullptr, shift.data(), 0, 1, x.data()));
  // s = (2 * 2.5 * 5 - 0.1) / (2 * 126)
  EXPECT_NEAR(x[0], 24.9 / 252, 1e-15);
  EXPECT_NEAR(x[2], -10 * x[0], 1e-15);
}

TEST(AgentBatch, meets_a_row_by_the_same_shift_everywhere) {
  AgentBatch batch(9);
  batch.add(ResourceAgent{.id = "a",
                          .quadratic = std::vector<double>(9, 0),
                          .linear = std::vector<double>(9, 0),
                          .constant = 0,
                          .l1 = 0,
                          .measurement = {},
                          .measured = {},
                          .lower = std::vector<double>(9, -1),
                          .upper = std::vector<double>(9, 1),
                          .equality = DenseMatrix(1, 9, 1),
                          .equality_rhs = {0.3},
                          .inequality = {},
                          .inequality_rhs = {}});
  batch.set_weight(1);
  std::vector<double> shift(16, 0), x(16, 0);
  for (std::size_t k = 0; k < 9; ++k) shift[k] = 0.1 * static_cast<double>(k);
  ASSERT_TRUE(batch.step(nullptr, shift.data(), 0, 1, x.data()));
  for (std::size_t k = 0; k < 9; ++k) EXPECT_NEAR(x[k], shift[k] - 0.4 + 0.3 / 9, 1e-15);  // 0.4 is their mean
  for (std::size_t k = 9; k < 16; ++k) EXPECT_EQ(x[k], 0);                                 // what pads stays 0
}

TEST(AgentBatch, names_limits_that_contradict_each_other) {
  AgentBatch batch(2);
  ResourceAgent agent{.id = "a",
                      .quadratic = {0, 0},
                      .linear = {0, 0},
                      .constant = 0,
                      .l1 = 0,
                      .measurement = {},
                      .measured = {},
                      .lower = {0, 0},
                      .upper = {1, 1},
                      .equality = DenseMatrix(1, 2, 1),
                      .equality_rhs = {3},
                      .inequality = {},
                      .inequality_rhs = {}};
  batch.add(agent);
  batch.set_weight(1);
  std::vector<double> shift(8, 0), x(8, 0);
  EXPECT_FALSE(batch.step(nullptr, shift.data(), 0, 1, x.data()));
  ASSERT_TRUE(batch.conflict());
  EXPECT_EQ(batch.conflict()->agent, 0u);
  EXPECT_NE(batch.conflict()->why.find("x[0] <= 1"), std::string::npos) << batch.conflict()->why;
  EXPECT_NE(batch.conflict()->why.find("equality row 0"), std::string::npos) << batch.conflict()->why;
}

}  // namespace
}  // namespace entente::quadratic
