// SPDX-License-Identifier: MIT
// Max-Sum in its engine: exact on trees, sound elsewhere, the same everywhere.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "runtime/factor_engine.hpp"
#include "runtime/factor_samples.hpp"

namespace entente::algorithms {
Algorithm maxsum();
}

namespace entente::runtime {
namespace {

using samples::Shape;

RunResult run(const Problem& problem, const std::vector<Setting>& settings, std::uint64_t stop_cycle = 2000,
              int threads = 1) {
  RunControl control;
  control.seed = 11;
  control.stop_cycle = stop_cycle;
  control.threads = threads;
  return run_factors(problem, algorithms::maxsum(), control, settings);
}

/// Least cost of a tree of binary factors over variables of `d` values; variable i hangs on parent[i] < i.
struct BinaryTree {
  std::vector<VariableId> parent;
  std::vector<std::vector<double>> costs;  // by child: parent's value times d plus its own
  std::uint32_t d;

  BinaryTree(std::uint32_t variables, std::uint32_t values, std::uint64_t seed) : parent(1), costs(1), d(values) {
    Random random(seed);
    for (std::uint32_t v = 1; v < variables; ++v) {
      parent.push_back(VariableId(random.below(v)));
      costs.emplace_back();
      for (std::uint32_t c = 0; c < d * d; ++c) costs.back().push_back(double(random.below(1000)));
    }
  }
  Problem problem() const {
    ProblemBuilder builder("tree", Objective::minimise);
    std::vector<Value> values;
    for (std::int64_t v = 0; v < d; ++v) values.emplace_back(v);
    const auto domain = builder.add_domain("d", values);
    for (std::size_t v = 0; v < parent.size(); ++v) builder.add_variable("", domain);
    for (VariableId v = 1; v < parent.size(); ++v)
      builder.add_table_constraint("", std::vector{parent[v], v}, costs[v]);
    return builder.build();
  }
  double optimum() const {
    std::vector<std::vector<double>> below(parent.size(), std::vector<double>(d, 0));
    for (std::size_t v = parent.size() - 1; v > 0; --v)
      for (std::uint32_t up = 0; up < d; ++up) {
        double low = samples::infinite;
        for (std::uint32_t own = 0; own < d; ++own) low = std::min(low, costs[v][up * d + own] + below[v][own]);
        below[parent[v]][up] += low;
      }
    return *std::min_element(below[0].begin(), below[0].end());
  }
};

TEST(MaxSumRuns, solves_large_trees_of_every_domain_size) {
  for (std::uint32_t d = 2; d <= 10; ++d) {
    const BinaryTree tree(300, d, d);
    const Problem problem = tree.problem();
    const RunResult result = run(problem, {{"stability", "0"}, {"noise", "0.001"}});
    EXPECT_EQ(problem.evaluate(result.best).cost, tree.optimum()) << "domain size " << d;
    EXPECT_EQ(problem.evaluate(result.last).cost, tree.optimum()) << "domain size " << d;
    EXPECT_EQ(result.end, RunEnd::by_itself);
  }
}

TEST(MaxSumRuns, solves_trees_of_any_arity_with_every_setting) {
  const std::vector<std::vector<Setting>> all = {
      {{"damping_nodes", "none"}},
      {{"damping_nodes", "vars"}, {"start_messages", "all"}},
      {{"damping_nodes", "factors"}, {"start_messages", "leafs_vars"}},
      {{"damping", "0.9"}},
      {{"damping", "0"}, {"start_messages", "leafs_vars"}},
      {{"noise", "0.0001"}, {"start_messages", "leafs"}},
  };
  for (std::size_t s = 0; s < all.size(); ++s)
    for (std::uint64_t seed = 0; seed < 25; ++seed) {
      Shape shape;
      shape.high_arity = 4;
      shape.high_domain = 5;
      shape.isolated = 1;
      shape.hard_share = seed % 3 ? 0 : 0.2;
      shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
      const Problem problem = samples::random_problem(shape, seed);
      std::vector<Setting> settings = all[s];
      settings.emplace_back("stability", "0");
      const RunResult result = run(problem, settings);
      const Evaluation found = problem.evaluate(result.best), best = samples::optimum(problem);
      EXPECT_EQ(found.violations, best.violations) << "settings " << s << ", seed " << seed;
      EXPECT_NEAR(found.cost, best.cost, 0.08) << "settings " << s << ", seed " << seed;  // noise of 8 variables
      EXPECT_EQ(result.end, RunEnd::by_itself) << "settings " << s << ", seed " << seed;
    }
}

TEST(MaxSumRuns, its_defaults_end_by_themselves_near_the_optimum_of_trees) {
  double found = 0, best = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const BinaryTree tree(200, 3, seed);
    const Problem problem = tree.problem();
    const RunResult result = run(problem, {});
    EXPECT_EQ(result.end, RunEnd::by_itself);
    found += problem.evaluate(result.best).cost;
    best += tree.optimum();
  }
  EXPECT_LE(found, 1.001 * best);
}

TEST(MaxSumRuns, start_messages_change_the_way_but_not_the_end) {
  const BinaryTree tree(60, 4, 5);
  const Problem problem = tree.problem();
  std::map<std::string, RunResult> results;
  for (const char* who : {"leafs", "leafs_vars", "all"})
    results[who] = run(problem, {{"start_messages", who}, {"stability", "0"}});
  EXPECT_EQ(results["leafs"].last, results["all"].last);
  EXPECT_EQ(results["leafs_vars"].last, results["all"].last);
  // After one cycle only leaves and their neighbours have said anything.
  EXPECT_NE(run(problem, {{"start_messages", "leafs"}}, 1).last, run(problem, {{"start_messages", "all"}}, 1).last);
}

TEST(MaxSumRuns, speaks_on_graphs_without_leaves) {
  // A ring on which neighbours want different colours, and one variable prefers the first.
  ProblemBuilder builder("ring", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  std::vector<VariableId> v;
  for (int i = 0; i < 6; ++i) v.push_back(builder.add_variable("", d));
  builder.add_unary_costs(v[2], std::vector<double>{1, 0});
  for (std::size_t i = 0; i < 6; ++i)
    builder.add_table_constraint("", std::vector{v[i], v[(i + 1) % 6]}, std::vector<double>{5, 0, 0, 5});
  const RunResult result = run(builder.build(), {});
  EXPECT_EQ(result.best, (std::vector<ValueIndex>{1, 0, 1, 0, 1, 0}));
}

TEST(MaxSumRuns, never_reports_noise) {
  Shape shape;
  shape.variables = 200;
  shape.extra = 200;
  const Problem problem = samples::random_problem(shape, 4);
  std::vector<CycleReport> reports;
  RunControl control;
  control.stop_cycle = 30;
  control.on_cycle = [&](const CycleReport& report) { reports.push_back(report); };
  const std::vector<Setting> settings = {{"noise", "5"}, {"damping_nodes", "none"}};
  const RunResult result = run_factors(problem, algorithms::maxsum(), control, settings);
  EXPECT_EQ(reports.back().now.cost, problem.evaluate(result.last).cost);  // whole costs: exact
  EXPECT_EQ(reports.back().best.cost, problem.evaluate(result.best).cost);
  for (const CycleReport& report : reports) {
    EXPECT_EQ(report.now.cost, std::floor(report.now.cost));
    EXPECT_LE(reports.back().best.cost, report.now.cost);
  }
}

TEST(MaxSumRuns, several_threads_find_what_one_finds) {
  for (const std::uint64_t seed : {1, 2}) {
    Shape shape;
    shape.variables = 1500;
    shape.extra = 1500;
    shape.high_arity = seed == 1 ? 2 : 4;
    shape.whole = seed == 1;
    const Problem problem = samples::random_problem(shape, seed);
    const RunResult one = run(problem, {}, 25, 1), two = run(problem, {}, 25, 2);
    EXPECT_EQ(one.last, two.last);
    EXPECT_EQ(one.best, two.best);
    EXPECT_EQ(one.best_cycle, two.best_cycle);
    EXPECT_EQ(one.cycles, two.cycles);
  }
}

}  // namespace
}  // namespace entente::runtime
