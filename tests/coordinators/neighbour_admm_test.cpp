// SPDX-License-Identifier: MIT
// Agents that find the optimum among neighbours, on carriers with and without delays.
#include "entente/coordinators/neighbour_admm.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "coordinators/random_resources.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"
#include "entente/coordinators/resource_admm.hpp"

namespace entente {
namespace {

struct Group {
  Group(const ResourceProblem& problem, double penalty) {
    const std::size_t count = problem.agents.size();
    for (std::size_t i = 0; i < count; ++i) {
      agents.emplace_back(problem, i, count, i == 0,
                          NeighbourAdmmSettings{.penalty = penalty, .tolerance = 1e-8, .relative_tolerance = 1e-8});
      participants.push_back(&agents.back());
    }
  }
  std::vector<double> x() const {
    std::vector<double> all;
    for (const auto& agent : agents) all.insert(all.end(), agent.x().begin(), agent.x().end());
    return all;
  }
  std::deque<NeighbourAdmmParticipant> agents;
  std::vector<Participant*> participants;
};

void expect_optimal(const ResourceProblem& problem, const Group& group) {
  const std::optional<double> optimum = stacked_optimum(problem);
  ASSERT_TRUE(optimum);
  for (const auto& agent : group.agents) EXPECT_TRUE(agent.converged());
  EXPECT_NEAR(problem.cost(group.x()), *optimum, 1e-4 * (1 + std::abs(*optimum)));
  EXPECT_LT(problem.violation(group.x()), 1e-4);
}

const NeighbourAdmmStart go;

InProcessOptions over(const Topology& topology) {
  InProcessOptions options;
  options.topology = topology;
  return options;
}

TEST(NeighbourAdmm, shares_a_load_around_a_ring) {
  std::mt19937_64 draw(51);
  for (int trial = 0; trial < 4; ++trial) {
    const ResourceProblem problem = random_resources(draw, {.agents = 5, .dimension = 2, .equalities = 0});
    Group group(problem, 0.3);
    const RunReport report = start_distributed_optimization(group.participants, go, over(Topology::ring(5)));
    expect_optimal(problem, group);
    // Ten messages a round, the start and the last ones besides.
    EXPECT_LE(report.messages, 10 * (group.agents[0].rounds() + 8) + 1);
  }
}

TEST(NeighbourAdmm, agrees_on_a_point_along_a_line) {
  std::mt19937_64 draw(52);
  const ResourceProblem problem = random_resources(
      draw, {.kind = ResourceKind::consensus, .agents = 4, .dimension = 3, .equalities = 0, .measured = 4, .l1 = 0.5});
  Group group(problem, 1);
  const std::pair<std::uint32_t, std::uint32_t> line[] = {{0, 1}, {1, 2}, {2, 3}};
  start_distributed_optimization(group.participants, go, over(Topology::from_links(4, line)));
  expect_optimal(problem, group);
}

TEST(NeighbourAdmm, gives_the_same_numbers_whatever_delays_and_reordering_do) {
  std::mt19937_64 draw(53);
  const ResourceProblem problem =
      random_resources(draw, {.coupling = Coupling::target_l1, .agents = 5, .dimension = 2, .equalities = 0});
  Group calm(problem, 0.3);
  start_distributed_optimization(calm.participants, go, over(Topology::ring(5)));
  expect_optimal(problem, calm);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Group rough(problem, 0.3);
    SimulatedOptions options;
    options.topology = Topology::ring(5);
    options.latency = Latency::uniform(0.001, 0.1);
    options.duplicate = 0.2;
    options.reorder = true;
    options.seed = seed;
    start_distributed_optimization(rough.participants, go, options);
    expect_optimal(problem, rough);
    // Who ends first, and so who does one round more, may differ; what they find does not.
    const std::vector<double> expected = calm.x(), found = rough.x();
    for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(found[k], expected[k], 1e-6);
  }
}

TEST(NeighbourAdmm, gives_the_same_numbers_as_the_loop_without_messages) {
  std::mt19937_64 draw(54);
  const ResourceProblem problem = random_resources(draw, {.agents = 4, .dimension = 2, .equalities = 0});
  Group group(problem, 0.25);
  start_distributed_optimization(group.participants, go, over(Topology::ring(4)));
  AdmmOptions options;
  options.exchange = AdmmExchange::neighbours;
  options.penalty = 1;  // 1 / (2 * 2 neighbours * 1) = 0.25
  options.absolute_tolerance = options.relative_tolerance = 1e-8;
  options.max_iterations = 200'000;
  const AdmmResult result = solve_resource_problem(problem, options);
  ASSERT_EQ(result.status, AdmmStatus::finished) << result.explanation;
  const std::vector<double> found = group.x();
  for (std::size_t k = 0; k < found.size(); ++k) EXPECT_NEAR(found[k], result.x[k], 1e-5);
}

TEST(NeighbourAdmm, works_for_one_who_is_alone) {
  std::mt19937_64 draw(55);
  const ResourceProblem problem =
      random_resources(draw, {.coupling = Coupling::target_l2, .agents = 1, .dimension = 2});
  Group group(problem, 0.3);
  start_distributed_optimization(group.participants, go);
  expect_optimal(problem, group);
}

TEST(NeighbourAdmm, names_an_agent_whose_limits_contradict_each_other) {
  std::mt19937_64 draw(56);
  ResourceProblem problem = random_resources(draw, {.agents = 3, .dimension = 2, .equalities = 0, .inequalities = 0});
  problem.agents[1].equality = DenseMatrix(1, 2, 1);
  problem.agents[1].equality_rhs = {1e3};
  Group group(problem, 0.3);
  try {
    start_distributed_optimization(group.participants, go, over(Topology::ring(3)));
    ADD_FAILURE() << "nobody said anything";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("agent a1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace entente
