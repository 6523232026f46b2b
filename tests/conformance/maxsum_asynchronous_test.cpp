// SPDX-License-Identifier: MIT
// Asynchronous Max-Sum: exact on trees whoever starts, follows its seed, and falls silent.
#include <gtest/gtest.h>

#include "conformance/maxsum_variants.hpp"
#include "runtime/factor_samples.hpp"

namespace entente {
namespace {

using samples::random_pairs;
using samples::Shape;
using samples::solved;

TEST(AMaxSum, solves_trees_of_any_arity_with_every_setting) {
  const std::vector<std::vector<Setting>> all = {{},
                                                 {{"start_messages", "leafs_vars"}, {"damping_nodes", "vars"}},
                                                 {{"start_messages", "all"}, {"damping_nodes", "factors"}},
                                                 {{"damping", "0"}},
                                                 {{"damping_nodes", "none"}},
                                                 {{"damping", "0.9"}}};
  for (std::size_t s = 0; s < all.size(); ++s)
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      Shape shape;
      shape.variables = 7;
      shape.high_arity = 4;
      shape.isolated = 1;
      shape.hard_share = seed % 3 ? 0 : 0.1;
      shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
      const Problem problem = samples::random_problem(shape, seed);
      std::vector<Setting> settings = all[s];
      settings.insert(settings.end(), {{"stability", "0"}, {"noise", "0.0001"}});
      const Outcome found = solved(problem, "amaxsum", settings);
      const Evaluation best = samples::optimum(problem);
      EXPECT_EQ(found.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
      if (best.violations) continue;
      EXPECT_EQ(found.violations, 0u) << "settings " << s << ", seed " << seed;
      EXPECT_NEAR(found.cost, best.cost, 0.001) << "settings " << s << ", seed " << seed;
      EXPECT_LT(found.cycles, 2000u) << "does not fall silent: settings " << s << ", seed " << seed;
    }
}

/// A ring of `n` variables, each of which wants another value than the next; the third prefers the first value.
Problem ring(std::uint32_t n) {
  ProblemBuilder builder("ring", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  std::vector<VariableId> v;
  for (std::uint32_t i = 0; i < n; ++i) v.push_back(builder.add_variable("", d));
  builder.add_unary_costs(v[2], std::vector<double>{0, 1});
  for (std::uint32_t i = 0; i < n; ++i)
    builder.add_table_constraint("", std::vector{v[i], v[(i + 1) % n]}, std::vector<double>{5, 0, 0, 5});
  return builder.build();
}

TEST(AMaxSum, speaks_on_graphs_without_leaves) {
  for (const char* who : {"leafs", "leafs_vars", "all"}) {
    const Outcome found = solved(ring(6), "amaxsum", {{"start_messages", who}});
    EXPECT_EQ(found.cost, 0) << who;
    EXPECT_GT(found.messages, 0u) << who;
    EXPECT_LT(found.cycles, 2000u) << who;
  }
}

TEST(AMaxSum, speaks_in_a_part_without_leaves_beside_one_that_has_some) {
  ProblemBuilder builder("parts", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  std::vector<VariableId> v;
  for (int i = 0; i < 7; ++i) v.push_back(builder.add_variable("", d));
  builder.add_unary_costs(v[0], std::vector<double>{1, 0});
  for (const auto& [a, b] : {std::pair(0, 1), {1, 2}, {2, 3}, {3, 0}, {4, 5}, {5, 6}})
    builder.add_table_constraint("", std::vector{v[std::size_t(a)], v[std::size_t(b)]},
                                 std::vector<double>{5, 0, 0, 4});
  EXPECT_EQ(solved(builder.build(), "amaxsum").cost, 0);
}

TEST(AMaxSum, its_results_follow_the_seed) {
  const Problem problem = random_pairs(40, 5, 90, 1);
  SolveRequest request;
  request.algorithm = "amaxsum";
  request.stop_cycle = 40;
  request.seed = 5;
  const Outcome one = solve(problem, request), again = solve(problem, request);
  EXPECT_EQ(one.assignment, again.assignment);
  EXPECT_EQ(one.messages, again.messages);
  request.seed = 6;
  EXPECT_NE(solve(problem, request).messages, one.messages);
}

TEST(AMaxSum, is_as_good_as_the_synchronous_one_on_graphs_with_loops) {
  double with_cycles = 0, without = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = random_pairs(50, 5, 120, seed);
    with_cycles += solved(problem, "maxsum", {}, 200).cost;
    without += solved(problem, "amaxsum", {}, 200).cost;
  }
  EXPECT_LT(without, 1.03 * with_cycles);
}

TEST(AMaxSum, proves_that_there_is_no_solution_where_constraints_wipe_out_a_domain) {
  ProblemBuilder builder("none", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  const VariableId x = builder.add_variable("x", d), y = builder.add_variable("y", d), z = builder.add_variable("z", d);
  const double no = samples::infinite;
  builder.add_table_constraint("", std::vector{x, y}, std::vector<double>{0, no, no, 0});
  builder.add_table_constraint("", std::vector{y, z}, std::vector<double>{0, no, no, 0});
  builder.add_unary_costs(x, std::vector<double>{0, no});
  builder.add_unary_costs(z, std::vector<double>{no, 0});
  const Outcome found = solved(builder.build(), "amaxsum");
  EXPECT_EQ(found.status, Status::infeasible);
}

TEST(AMaxSum, no_problem_with_a_solution_is_called_infeasible) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Shape shape;
    shape.variables = 6;
    shape.extra = 3;
    shape.hard_share = 0.3;
    const Problem problem = samples::random_problem(shape, seed);
    if (solved(problem, "amaxsum", {}, 100).status == Status::infeasible) {
      EXPECT_GT(samples::optimum(problem).violations, 0u) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace entente
