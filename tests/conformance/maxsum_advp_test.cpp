// SPDX-License-Identifier: MIT
// Max-Sum on an alternating directed acyclic graph: exact on trees, settles elsewhere.
#include <gtest/gtest.h>

#include "conformance/maxsum_variants.hpp"
#include "runtime/factor_samples.hpp"

namespace entente {
namespace {

using samples::random_pairs;
using samples::solved;

TEST(MaxSumAdvp, solves_trees_of_any_arity_whatever_the_order_of_their_variables) {
  for (const char* phases : {"7", "20"})  // seven variables: the way to any of them turns less often than that
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
      samples::Shape shape;
      shape.variables = 7;
      shape.high_arity = 4;
      shape.isolated = 1;
      shape.hard_share = seed % 3 ? 0 : 0.15;
      shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
      const Problem problem = samples::random_problem(shape, seed);
      const Outcome found = solved(problem, "maxsum_advp", {{"value_propagation", phases}, {"noise", "0.0001"}});
      const Evaluation best = samples::optimum(problem);
      EXPECT_EQ(found.violations, best.violations) << "seed " << seed;
      EXPECT_NEAR(found.cost, best.cost, 0.001) << "seed " << seed << ", values after " << phases << " phases";
      EXPECT_LT(found.cycles, 2000u) << "seed " << seed;
    }
}

TEST(MaxSumAdvp, needs_a_phase_each_way_on_a_chain_and_no_more) {
  ProblemBuilder builder("chain", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1, 2});
  std::vector<VariableId> v;
  for (int i = 0; i < 20; ++i) v.push_back(builder.add_variable("", d));
  Random random(1);
  for (std::size_t i = 0; i + 1 < v.size(); ++i) {
    std::vector<double> costs;
    for (int c = 0; c < 9; ++c) costs.push_back(double(random.below(1000)));
    builder.add_table_constraint("", std::vector{v[i + 1], v[i]}, costs);
  }
  const Problem problem = builder.build();
  const double best = solved(problem, "dpop").cost;
  const Outcome whole = solved(problem, "maxsum_advp", {{"noise", "0"}}, 2 * 19);
  EXPECT_EQ(whole.cost, best);
  // One phase tells only later variables: decided too early.
  EXPECT_GT(solved(problem, "maxsum_advp", {{"noise", "0"}}, 19).cost, best);
}

TEST(MaxSumAdvp, settles_by_itself_on_graphs_with_loops) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Outcome found = solved(random_pairs(60, 6, 180, seed), "maxsum_advp", {}, 5000);
    EXPECT_LT(found.cycles, 5000u) << "seed " << seed;
  }
}

TEST(MaxSumAdvp, finds_less_than_undamped_maxsum_on_average) {
  double plain = 0, alternating = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = random_pairs(60, 6, 180, seed);
    plain += solved(problem, "maxsum", {{"damping", "0"}}, 200).cost;
    alternating += solved(problem, "maxsum_advp", {}, 200).cost;
  }
  EXPECT_LT(alternating, 0.95 * plain);
}

TEST(MaxSumAdvp, values_make_the_end_no_worse_for_any_variable_alone) {
  // With value propagation settled, hardly any variable can improve the assignment alone.
  int improvable = 0, variables = 0;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Problem problem = random_pairs(40, 4, 80, seed);
    const Outcome found = solved(problem, "maxsum_advp", {{"noise", "0"}}, 5000);
    std::vector<ValueIndex> x = found.assignment;
    for (VariableId v = 0; v < problem.variable_count(); ++v, ++variables) {
      const ValueIndex own = x[v];
      bool better = false;
      for (x[v] = 0; x[v] < problem.domain_size(v); ++x[v]) better |= problem.evaluate(x).cost < found.cost;
      improvable += better;
      x[v] = own;
    }
  }
  EXPECT_LE(improvable, variables / 20);
}

TEST(MaxSumAdvp, several_threads_find_what_one_finds) {
  const Problem problem = random_pairs(1500, 4, 4000, 3);
  const std::vector<Setting> settings = {{"phase", "5"}, {"value_propagation", "2"}, {"damping", "0.3"}};
  const Outcome one = solved(problem, "maxsum_advp", settings, 40, 1);
  const Outcome two = solved(problem, "maxsum_advp", settings, 40, 2);
  EXPECT_EQ(one.assignment, two.assignment);
  EXPECT_EQ(one.best_cost_cycle, two.best_cost_cycle);
}

TEST(MaxSumAdvp, sends_one_message_on_every_edge_in_a_cycle) {
  const Outcome found = solved(random_pairs(30, 5, 60, 1, true), "maxsum_advp", {}, 10);
  EXPECT_EQ(found.messages, 2u * 60 * 10);
  EXPECT_EQ(found.message_bytes, found.messages * 5 * 8);
}

}  // namespace
}  // namespace entente
