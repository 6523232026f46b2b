// SPDX-License-Identifier: MIT
// Sharing and consensus problems against one program over all agents; statuses and bounds.
#include "entente/coordinators/resource_admm.hpp"

#include <gtest/gtest.h>

#include "coordinators/random_resources.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace {

struct Case {
  const char* name;
  ResourceShape shape;
};
void PrintTo(const Case& each, std::ostream* out) { *out << each.name; }
class RandomResources : public testing::TestWithParam<Case> {};

TEST_P(RandomResources, are_solved_to_their_optimum_and_proven) {
  std::mt19937_64 draw(31);
  int solved = 0;
  for (int trial = 0; trial < 60; ++trial) {
    ResourceShape shape = GetParam().shape;
    shape.agents = 1 + draw() % shape.agents;
    shape.dimension = 1 + draw() % shape.dimension;
    if (shape.equalities >= shape.dimension) shape.equalities = 0;
    const ResourceProblem problem = random_resources(draw, shape);
    std::optional<double> optimum = stacked_optimum(problem);
    const AdmmResult result = solve_resource_problem(problem);
    if (!optimum) {  // the coupling's capacity and the agents' rows may be too much
      EXPECT_EQ(result.status, AdmmStatus::infeasible) << trial;
      continue;
    }
    ASSERT_EQ(result.status, AdmmStatus::finished) << trial << " " << result.explanation;
    EXPECT_NEAR(result.objective, *optimum, 1e-7 * (1 + std::abs(*optimum))) << trial;
    EXPECT_LT(result.violation, 1e-7) << trial;
    EXPECT_LE(result.bound, result.objective);
    EXPECT_GT(result.bound, *optimum - 1e-6 * (1 + std::abs(*optimum))) << trial;
    EXPECT_LE(result.bound, *optimum + 1e-8 * (1 + std::abs(*optimum))) << trial;
    ++solved;
  }
  EXPECT_GT(solved, 50);
}

TEST_P(RandomResources, come_near_their_optimum_without_polish) {
  std::mt19937_64 draw(32);
  for (int trial = 0; trial < 15; ++trial) {
    const ResourceProblem problem = random_resources(draw, GetParam().shape);
    const std::optional<double> optimum = stacked_optimum(problem);
    if (!optimum) continue;
    AdmmOptions options;
    options.polish = false;
    options.max_iterations = 50'000;
    const AdmmResult result = solve_resource_problem(problem, options);
    EXPECT_EQ(result.status, AdmmStatus::finished) << trial << " " << result.explanation;
    EXPECT_NEAR(result.objective, *optimum, 2e-4 * (1 + std::abs(*optimum))) << trial;
    EXPECT_LT(result.violation, 1e-4) << trial;
    EXPECT_LE(result.bound, *optimum + 1e-8 * (1 + std::abs(*optimum))) << trial;
  }
}

TEST_P(RandomResources, are_solved_by_neighbours_alone) {
  std::mt19937_64 draw(33);
  for (int trial = 0; trial < 6; ++trial) {
    const ResourceProblem problem = random_resources(draw, GetParam().shape);
    const std::optional<double> optimum = stacked_optimum(problem);
    if (!optimum) continue;
    AdmmOptions options;
    options.exchange = AdmmExchange::neighbours;
    options.max_iterations = 200'000;
    options.absolute_tolerance = 1e-6;
    options.relative_tolerance = 1e-5;
    const AdmmResult result = solve_resource_problem(problem, options);
    EXPECT_EQ(result.status, AdmmStatus::finished) << trial << " " << result.explanation;
    EXPECT_NEAR(result.objective, *optimum, 1e-3 * (1 + std::abs(*optimum))) << trial;
    EXPECT_LT(result.violation, 1e-3) << trial;
  }
}

constexpr ResourceKind sharing = ResourceKind::sharing, consensus = ResourceKind::consensus;
INSTANTIATE_TEST_SUITE_P(
    All, RandomResources,
    testing::Values(Case{"equality", {sharing, Coupling::equality, 6, 4}},
                    Case{"equality_linear", {sharing, Coupling::equality, 6, 4, 1, 2, 0, true}},
                    Case{"equality_kinked", {sharing, Coupling::equality, 5, 4, 1, 2, 0, false, 0.5}},
                    Case{"equality_measured", {sharing, Coupling::equality, 5, 4, 0, 1, 2}},
                    Case{"capacity", {sharing, Coupling::capacity, 6, 4}},
                    Case{"capacity_linear_boxes", {sharing, Coupling::capacity, 8, 5, 0, 0, 0, true}},
                    Case{"target_l2", {sharing, Coupling::target_l2, 6, 4, 2, 4}},
                    Case{"target_l1", {sharing, Coupling::target_l1, 6, 4}},
                    Case{"target_l1_linear", {sharing, Coupling::target_l1, 6, 4, 1, 1, 0, true}},
                    Case{"consensus_rows", {consensus, Coupling::equality, 5, 4, 0, 3}},
                    Case{"consensus_lasso", {consensus, Coupling::equality, 4, 5, 0, 0, 4, false, 1.5}},
                    Case{"consensus_linear", {consensus, Coupling::equality, 4, 3, 0, 2, 0, true}}),
    [](const auto& info) { return info.param.name; });

ResourceAgent unit(const std::string& id, double quadratic, double linear, double lower, double upper) {
  return {.id = id,
          .quadratic = {quadratic},
          .linear = {linear},
          .constant = 0,
          .l1 = 0,
          .measurement = {},
          .measured = {},
          .lower = {lower},
          .upper = {upper},
          .equality = {},
          .equality_rhs = {},
          .inequality = {},
          .inequality_rhs = {}};
}

ResourceProblem dispatch(double load) {
  return {.name = "two units",
          .kind = sharing,
          .dimension = 1,
          .agents = {unit("cheap", 1, 1, 0, 4), unit("dear", 1, 3, 0, 4)},
          .coupling = Coupling::equality,
          .rhs = {load},
          .weights = {},
          .coupling_l1 = 0,
          .lines = {}};
}

TEST(SolveResourceProblem, divides_a_load_at_equal_marginal_costs) {
  const AdmmResult result = solve_resource_problem(dispatch(4));
  ASSERT_EQ(result.status, AdmmStatus::finished);
  EXPECT_NEAR(result.x[0], 3, 1e-9);  // 1 + 3 = 3 + 1
  EXPECT_NEAR(result.x[1], 1, 1e-9);
  EXPECT_NEAR(result.prices[0], -4, 1e-8);
}

TEST(SolveResourceProblem, says_how_much_is_short) {
  const AdmmResult result = solve_resource_problem(dispatch(10));
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("2 short"), std::string::npos) << result.explanation;
  EXPECT_TRUE(result.x.empty());
}

TEST(SolveResourceProblem, says_how_much_is_short_where_rows_are_in_the_way) {
  ResourceProblem problem = dispatch(7);
  problem.agents[0].inequality = DenseMatrix(1, 1, 2);
  problem.agents[0].inequality_rhs = {4};  // at most 2
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("x[0] of 6 instead of 7 (1 short)"), std::string::npos) << result.explanation;
}

TEST(SolveResourceProblem, names_the_agent_whose_limits_contradict_each_other) {
  ResourceProblem problem = dispatch(4);
  problem.agents[1].equality = DenseMatrix(1, 1, 1);
  problem.agents[1].equality_rhs = {9};
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("agent dear"), std::string::npos) << result.explanation;
}

TEST(SolveResourceProblem, names_those_who_cannot_agree) {
  ResourceProblem problem = dispatch(0);
  problem.kind = consensus;
  problem.rhs.clear();
  problem.agents[0].upper = {1};
  problem.agents[1].lower = {2};
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::infeasible);
  EXPECT_NE(result.explanation.find("agent dear's x[0] >= 2"), std::string::npos) << result.explanation;
  EXPECT_NE(result.explanation.find("agent cheap's x[0] <= 1"), std::string::npos) << result.explanation;
}

TEST(SolveResourceProblem, says_that_a_cost_falls_without_end) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  ResourceProblem problem = dispatch(1);
  problem.agents = {unit("up", 0, -1, -infinite, infinite), unit("down", 0, 0, -infinite, infinite)};
  const AdmmResult result = solve_resource_problem(problem);
  EXPECT_EQ(result.status, AdmmStatus::unbounded) << result.explanation;
  problem.kind = consensus;
  problem.rhs.clear();
  EXPECT_EQ(solve_resource_problem(problem).status, AdmmStatus::unbounded);
}

TEST(SolveResourceProblem, solves_without_bounds_what_curvature_holds) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  ResourceProblem problem = dispatch(4);
  for (ResourceAgent& agent : problem.agents) agent.lower = {-infinite}, agent.upper = {infinite};
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished);
  EXPECT_NEAR(result.x[0], 3, 1e-9);
  EXPECT_NEAR(result.bound, result.objective, 1e-8);
}

TEST(SolveResourceProblem, gives_the_same_numbers_on_any_number_of_threads) {
  std::mt19937_64 draw(35);
  ResourceProblem problem = random_resources(draw, {sharing, Coupling::target_l1, 3000, 9, 0, 2});
  AdmmOptions options;
  options.polish = false;
  options.max_iterations = 60;
  const AdmmResult one = solve_resource_problem(problem, options);
  options.threads = 3;
  const AdmmResult three = solve_resource_problem(problem, options);
  EXPECT_EQ(one.x, three.x);
  EXPECT_EQ(one.bound, three.bound);
  EXPECT_EQ(one.status, AdmmStatus::not_converged);
  EXPECT_NE(one.explanation.find("primal residual"), std::string::npos);
}

TEST(SolveResourceProblem, ends_when_told_to) {
  std::atomic<bool> stop{true};
  AdmmOptions options;
  options.interrupt = &stop;
  const AdmmResult interrupted = solve_resource_problem(dispatch(4), options);
  EXPECT_EQ(interrupted.status, AdmmStatus::interrupted);
  EXPECT_EQ(interrupted.x.size(), 2u);
  options.interrupt = nullptr;
  options.deadline = 0;
  EXPECT_EQ(solve_resource_problem(dispatch(4), options).status, AdmmStatus::timeout);
}

TEST(SolveResourceProblem, refuses_options_out_of_range) {
  AdmmOptions options;
  options.over_relaxation = 2.5;
  EXPECT_THROW(solve_resource_problem(dispatch(4), options), Error);
  options = {};
  options.penalty = -1;
  EXPECT_THROW(solve_resource_problem(dispatch(4), options), Error);
  options = {};
  options.exchange = AdmmExchange::neighbours;
  options.topology = {{0, 7}};
  EXPECT_THROW(solve_resource_problem(dispatch(4), options), Error);
  options.topology = {{0, 0}};
  EXPECT_THROW(solve_resource_problem(dispatch(4), options), Error);  // leaves an agent out
}

}  // namespace
}  // namespace entente
