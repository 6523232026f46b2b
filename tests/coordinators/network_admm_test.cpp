// SPDX-License-Identifier: MIT
// Direct-current networks: by hand, against one program over generations and angles, and where loads cannot be met.
#include <gtest/gtest.h>

#include <random>

#include "entente/coordinators/resource_admm.hpp"
#include "kernel/quadratic/proximal_qp.hpp"

namespace entente {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

ResourceAgent bus(const std::string& id, double quadratic, double linear, double upper, double load) {
  return {.id = id,
          .quadratic = {quadratic},
          .linear = {linear},
          .constant = 0,
          .l1 = 0,
          .measurement = {},
          .measured = {},
          .lower = {0},
          .upper = {upper},
          .equality = {},
          .equality_rhs = {},
          .inequality = {},
          .inequality_rhs = {},
          .load = load};
}

ResourceProblem network(std::vector<ResourceAgent> buses, std::vector<ResourceLine> lines) {
  return {.name = "network",
          .kind = ResourceKind::network,
          .dimension = 1,
          .agents = std::move(buses),
          .coupling = Coupling::equality,
          .rhs = {},
          .weights = {},
          .coupling_l1 = 0,
          .lines = std::move(lines)};
}

/// The least cost by one program over the angles and generations.
double reference(const ResourceProblem& problem) {
  const std::size_t n = problem.agents.size();
  DenseMatrix h(2 * n, 2 * n);
  std::vector<double> g(2 * n, 0);
  quadratic::LinearLimits limits{std::vector<double>(2 * n, -infinite),
                                 std::vector<double>(2 * n, infinite),
                                 DenseMatrix(n, 2 * n),
                                 {},
                                 DenseMatrix(2 * problem.lines.size(), 2 * n),
                                 {}};
  for (std::size_t b = 0; b < n; ++b) {
    h(b, b) = problem.agents[b].quadratic[0];
    g[b] = problem.agents[b].linear[0];
    limits.lower[b] = problem.agents[b].lower[0];
    limits.upper[b] = problem.agents[b].upper[0];
    limits.equality(b, b) = 1;
    limits.equality_rhs.push_back(problem.agents[b].load);
  }
  limits.lower[n] = limits.upper[n] = 0;
  for (std::size_t l = 0; l < problem.lines.size(); ++l) {
    const ResourceLine& line = problem.lines[l];
    for (const auto& [at, sign] : {std::pair{line.from, 1.0}, {line.to, -1.0}}) {
      limits.equality(at, n + line.from) -= sign / line.reactance;
      limits.equality(at, n + line.to) += sign / line.reactance;
      limits.inequality(2 * l, n + at) = sign / line.reactance;
      limits.inequality(2 * l + 1, n + at) = -sign / line.reactance;
    }
    limits.inequality_rhs.insert(limits.inequality_rhs.end(), 2, line.capacity);
  }
  const quadratic::ConvexSolution found = quadratic::minimise_convex(h, g, limits);
  if (found.status != quadratic::QpStatus::optimal) return infinite;
  double cost = 0;
  for (std::size_t b = 0; b < n; ++b) cost += g[b] * found.x[b] + 0.5 * h(b, b) * found.x[b] * found.x[b];
  return cost;
}

TEST(Network, sends_no_more_than_a_line_can_carry) {
  // The cheap unit's line to the load carries 3; the dear one supplies the rest.
  const ResourceProblem problem =
      network({bus("cheap", 0, 1, 10, 0), bus("dear", 0, 5, 10, 0), bus("load", 0, 0, 0, 5)},
              {{0, 2, 0.5, 3}, {1, 2, 0.25, 9}});
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.x[0], 3, 1e-8);
  EXPECT_NEAR(result.x[1], 2, 1e-8);
  EXPECT_NEAR(result.objective, 13, 1e-7);
  EXPECT_NEAR(result.bound, 13, 1e-6);
  EXPECT_NEAR(result.angles[0] - result.angles[2], 1.5, 1e-8);
  EXPECT_NEAR(result.angles[1] - result.angles[2], 0.5, 1e-8);
}

TEST(Network, costs_what_one_program_over_all_says) {
  std::mt19937_64 draw(41);
  std::uniform_real_distribution<double> uniform(0, 1);
  int feasible = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const auto n = static_cast<std::uint32_t>(2 + draw() % 10);
    std::vector<ResourceAgent> buses;
    std::vector<ResourceLine> lines;
    for (std::uint32_t b = 0; b < n; ++b) {
      const bool unit = b == 0 || uniform(draw) < 0.5;
      buses.push_back(bus("b" + std::to_string(b), unit ? uniform(draw) * 0.1 * (draw() % 2) : 0,
                          unit ? 5 + 20 * uniform(draw) : 0, unit ? 100 : 0, 30 * uniform(draw)));
      if (b > 0)
        lines.push_back({static_cast<std::uint32_t>(draw() % b), b, 0.05 + uniform(draw), 20 + 60 * uniform(draw)});
    }
    for (std::uint32_t extra = 0; extra < n / 2; ++extra) {
      const auto a = static_cast<std::uint32_t>(draw() % n), b = static_cast<std::uint32_t>(draw() % n);
      if (a != b) lines.push_back({a, b, 0.05 + uniform(draw), 20 + 60 * uniform(draw)});
    }
    const ResourceProblem problem = network(buses, lines);
    const double expected = reference(problem);
    const AdmmResult result = solve_resource_problem(problem);
    if (expected == infinite) {
      EXPECT_EQ(result.status, AdmmStatus::infeasible) << trial;
      EXPECT_FALSE(result.explanation.empty());
      continue;
    }
    ++feasible;
    ASSERT_EQ(result.status, AdmmStatus::finished) << trial << " " << result.explanation;
    EXPECT_NEAR(result.objective, expected, 1e-7 * (1 + expected)) << trial;
    EXPECT_LT(result.violation, 1e-6) << trial;
    EXPECT_LE(result.bound, expected + 1e-7);
    EXPECT_GT(result.bound, expected - 1e-6 * (1 + expected)) << trial;
  }
  EXPECT_GT(feasible, 20);
}

TEST(Network, names_the_lines_that_carry_too_little) {
  const ResourceProblem problem = network({bus("unit", 0, 1, 10, 0), bus("town", 0, 0, 0, 5)}, {{0, 1, 0.5, 3}});
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("town"), std::string::npos) << result.explanation;
}

TEST(Network, names_what_is_missing_where_loads_exceed_all_units) {
  const ResourceProblem problem =
      network({bus("a", 0, 1, 4, 2), bus("b", 0, 0, 3, 3), bus("c", 0, 0, 0, 4)}, {{0, 1, 0.5, 30}, {1, 2, 0.5, 30}});
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("generation"), std::string::npos) << result.explanation;
}

TEST(Network, may_fall_into_parts) {
  const ResourceProblem problem = network({bus("a", 1, 0, 9, 2), bus("b", 1, 0, 9, 3)}, {});
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.x[0], 2, 1e-9);
  EXPECT_NEAR(result.x[1], 3, 1e-9);
}

TEST(Network, counts_kinks_of_either_sign) {
  ResourceProblem problem = network({bus("a", 1, 0, 9, 0), bus("b", 1, 0, 9, 0)}, {{0, 1, 1, 5}});
  for (ResourceAgent& agent : problem.agents) agent.lower = {-9}, agent.linear = {-3}, agent.l1 = 1;
  problem.agents[1].linear = {1};  // a sends 2 to b, which takes them: costs fall by 2 + 0 a unit until they meet
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.x[0], 1, 1e-8);  // 0.5 x^2 - 3x + x + 0.5 x^2 - x + x, least at 1
  EXPECT_NEAR(result.x[1], -1, 1e-8);
}

}  // namespace
}  // namespace entente
