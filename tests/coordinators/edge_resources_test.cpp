// SPDX-License-Identifier: MIT
// Resource problems whose optimum lies where limits leave next to no room: prices there may grow without end, and
// curvature may be lost to rounding.
#include <gtest/gtest.h>

#include "entente/coordinators/resource_admm.hpp"

namespace entente {
namespace {

ResourceProblem one_number(double linear, double lower, double upper, const std::vector<double>& rows,
                           const std::vector<double>& row_limits) {
  ResourceAgent agent;
  agent.id = "a";
  agent.quadratic = {0};
  agent.linear = {linear};
  agent.lower = {lower};
  agent.upper = {upper};
  agent.inequality = DenseMatrix(rows.size(), 1);
  for (std::size_t r = 0; r < rows.size(); ++r) agent.inequality(r, 0) = rows[r];
  agent.inequality_rhs = row_limits;
  ResourceProblem problem;
  problem.dimension = 1;
  problem.agents = {agent};
  return problem;
}

TEST(EdgeResources, an_equality_that_the_rows_allow_by_a_billionth_is_met) {
  ResourceProblem problem =
      one_number(3.08, 3.6251, 5.293, {.18, -.67, -.61, -.39}, {1.549772001, -2.918117999, -2.656793999, -0.734905999});
  problem.coupling = Coupling::equality;
  problem.rhs = {4.3554};
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.x[0], 4.3554, 1e-6);
  EXPECT_NEAR(result.objective, 3.08 * 4.3554, 1e-5);
  EXPECT_NEAR(result.bound, 3.08 * 4.3554, 1e-4);
}

TEST(EdgeResources, a_target_at_the_end_of_an_agents_reach_is_met_without_any_curvature) {
  ResourceProblem problem = one_number(-.38, 66.4665, 167.9383, {.26}, {39.243906001});
  problem.coupling = Coupling::target_l1;
  problem.weights = {1.65};
  problem.rhs = {150.9381};
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.x[0], 150.9381, 1e-5);
  EXPECT_NEAR(result.objective, -.38 * 150.9381, 1e-5);
  EXPECT_NEAR(result.bound, -.38 * 150.9381, 1e-4);
}

TEST(EdgeResources, the_same_agents_in_units_a_million_times_larger_have_the_same_optimum) {
  ResourceProblem problem = one_number(3.08e6, 3.6251e6, 5.293e6, {.18, -.67, -.61, -.39},
                                       {1549772.001, -2918117.999, -2656793.999, -734905.999});
  problem.coupling = Coupling::equality;
  problem.rhs = {4355400};
  const AdmmResult result = solve_resource_problem(problem);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  EXPECT_NEAR(result.objective / (3.08e6 * 4355400), 1, 1e-6);
  EXPECT_NEAR(result.bound / (3.08e6 * 4355400), 1, 1e-5);
}

}  // namespace
}  // namespace entente
