// SPDX-License-Identifier: MIT
// The code of docs/admm.md; tests/docs/docs_test.py sees to it that it is the same.
#include <gtest/gtest.h>

#include <iostream>

#include "entente/carriers/in_process.hpp"
#include "entente/coordinators/admm_variants.hpp"
#include "entente/coordinators/flex_admm.hpp"
#include "entente/coordinators/neighbour_admm.hpp"
#include "entente/coordinators/resource_admm.hpp"

namespace entente {
namespace {

ResourceProblem two_plants() {
  // clang-format off
ResourceProblem problem;
problem.kind = ResourceKind::sharing;
problem.dimension = 2;  // two hours
problem.coupling = Coupling::equality;
problem.rhs = {4, 6};   // the load
for (const auto& [id, price] : {std::pair{"cheap", 1.0}, std::pair{"dear", 3.0}}) {
  ResourceAgent agent;
  agent.id = id;
  agent.quadratic = {1, 1};
  agent.linear = {price, price};
  agent.lower = {0, 0};
  agent.upper = {4, 4};
  problem.agents.push_back(agent);
}
  // clang-format on
  return problem;
}

TEST(AdmmDocumentation, whole_problems_are_solved) {
  const ResourceProblem problem = two_plants();
  // clang-format off
const AdmmResult result = solve_resource_problem(problem);
if (result.status == AdmmStatus::finished) {
  std::cout << "costs " << result.objective << ", nothing costs less than " << result.bound << '\n';
} else {
  std::cout << result.explanation << '\n';
}
  // clang-format on
  EXPECT_NEAR(result.x[0], 3, 1e-8);
  EXPECT_NEAR(result.x[1], 4, 1e-8);
}

TEST(AdmmDocumentation, flexible_actors_answer_a_coordinator) {
  // clang-format off
const std::vector<double> eta{0.1, 0.5, -1};  // one input, two outputs, all driven by one utilisation
std::vector<FlexActor> units;
for (const double capacity : {10.0, 15.0, 10.0}) units.push_back(FlexActor::one_to_many(capacity, eta));
std::vector<Participant*> participants;
for (FlexActor& unit : units) participants.push_back(&unit);

AdmmCoordinator coordinator = sharing_target_distance_coordinator();
const AdmmOutcome outcome = start_coordinated_optimization<AdmmOutcome>(
    participants, coordinator, create_admm_start(create_admm_sharing_data({0.2, 1, -2})));
if (!outcome.converged) std::cout << outcome.explanation << '\n';
std::cout << "the first unit's flows: " << result(units[0])[0] << ", " << result(units[0])[1] << '\n';
  // clang-format on
  EXPECT_TRUE(outcome.converged);
  double sum = 0;
  for (const FlexActor& unit : units) sum += result(unit)[1];
  EXPECT_NEAR(sum, 1, 1e-2);
}

TEST(AdmmDocumentation, neighbours_need_no_coordinator) {
  const ResourceProblem problem = two_plants();
  // clang-format off
std::vector<std::unique_ptr<NeighbourAdmmParticipant>> plants;
std::vector<Participant*> participants;
for (std::size_t i = 0; i < problem.agents.size(); ++i) {
  const bool knows_the_load = i == 0;
  plants.push_back(std::make_unique<NeighbourAdmmParticipant>(problem, i, problem.agents.size(), knows_the_load));
  participants.push_back(plants.back().get());
}
start_distributed_optimization(participants, NeighbourAdmmStart{});
  // clang-format on
  EXPECT_TRUE(plants[0]->converged());
  EXPECT_NEAR(plants[0]->x()[0], 3, 1e-4);
  EXPECT_NEAR(plants[1]->x()[0], 1, 1e-4);
}

TEST(AdmmDocumentation, many_actors_run_at_array_speed) {
  const std::vector<double> eta{0.1, 0.5, -1};
  std::vector<FlexActor> units;
  for (int i = 0; i < 300; ++i) units.push_back(FlexActor::one_to_many(10, eta));
  // clang-format off
AdmmOptions options;
options.threads = 0;  // all cores; the numbers do not depend on it
const AdmmResult result = solve_flex_sharing(units, create_admm_sharing_data({20, 100, -200}), options);
  // clang-format on
  EXPECT_EQ(result.status, AdmmStatus::finished);
  EXPECT_NEAR(result.objective, 0, 1e-7);
}

}  // namespace
}  // namespace entente
