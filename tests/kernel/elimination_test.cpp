// SPDX-License-Identifier: MIT
// Whole eliminations against brute force, along many trees and within little memory.
#include "kernel/elimination.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "entente/base/error.hpp"
#include "kernel_samples.hpp"

namespace entente {
namespace {

using samples::BucketTree;
using samples::infinity;

constexpr std::uint64_t plenty = std::uint64_t(1) << 32;

/// Up to seven variables, constraints of arity 0 to 4 (tables and sparse ones), unary costs, hard costs, both
/// objectives.
Problem random_problem(std::uint64_t seed) {
  Random random(seed);
  const bool maximise = random.below(2) == 1;
  ProblemBuilder builder("random", maximise ? Objective::maximise : Objective::minimise);
  if (random.below(3) == 0) builder.set_infinity(maximise ? -10000 : 10000);
  const double hard = random.below(2) == 0 ? infinity : maximise ? -10000 : 10000;
  if (hard != infinity) builder.set_infinity(hard);
  const auto cost = [&] { return random.below(8) == 0 ? hard : static_cast<double>(random.below(21)) - 10; };
  const auto n = static_cast<std::uint32_t>(1 + random.below(7));
  std::vector<ValueIndex> sizes(n);
  std::vector<VariableId> all(n);
  std::uint32_t domain_of_size[6] = {};
  for (ValueIndex size = 1; size <= 5; ++size) {
    std::vector<Value> values;
    for (ValueIndex i = 0; i < size; ++i) values.emplace_back(std::int64_t(i));
    domain_of_size[size] = builder.add_domain("d" + std::to_string(size), values);
  }
  for (VariableId v = 0; v < n; ++v) {
    sizes[v] = static_cast<ValueIndex>(1 + random.below(5));
    all[v] = builder.add_variable("", domain_of_size[sizes[v]]);
    if (random.below(3) != 0) continue;
    std::vector<double> costs(static_cast<std::size_t>(sizes[v]));
    for (double& c : costs) c = cost();
    builder.add_unary_costs(v, costs);
  }
  for (std::uint64_t c = random.below(2 * n + 1); c > 0; --c) {
    const auto scope = samples::random_subset(random, all, random.below(std::min<std::uint64_t>(n, 4) + 1));
    std::vector<Dimension> dimensions;
    for (const VariableId v : scope) dimensions.push_back({v, sizes[v]});
    std::vector<double> cells;
    SparseTable sparse{static_cast<std::uint32_t>(scope.size()), scope.empty() ? 3.0 : cost(), {}, {}};
    std::vector<ValueIndex> values(n);
    samples::each_combination(dimensions, values, [&] {
      cells.push_back(scope.empty() ? 3 : cost());
      if (random.below(3) != 0) return;
      for (const VariableId v : scope) sparse.tuples.push_back(values[v]);
      sparse.costs.push_back(scope.empty() ? 3 : cost());
    });
    if (random.below(3) == 0)
      builder.add_sparse_constraint("", scope, sparse);
    else
      builder.add_table_constraint("", scope, cells);
  }
  return builder.build();
}

struct Best {
  bool feasible = false;
  double cost = 0;
};

Best brute_force(const Problem& problem) {
  std::vector<Dimension> all;
  for (VariableId v = 0; v < problem.variable_count(); ++v) all.push_back({v, problem.domain_size(v)});
  std::vector<ValueIndex> values(problem.variable_count());
  Best best;
  samples::each_combination(all, values, [&] {
    const Evaluation evaluation = problem.evaluate(values);
    if (evaluation.violations > 0) return;
    const bool better =
        problem.objective() == Objective::minimise ? evaluation.cost < best.cost : evaluation.cost > best.cost;
    if (!best.feasible || better) best = {true, evaluation.cost};
  });
  return best;
}

TEST(Elimination, Finds_the_optimum_or_proves_that_there_is_none) {
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Problem problem = random_problem(seed);
    const Best best = brute_force(problem);
    infeasible += !best.feasible;
    Random random(seed);
    for (int tree = 0; tree < 2; ++tree) {
      MemoryBudget budget(plenty);
      const BucketTree order(problem, samples::random_order(random, problem.variable_count()));
      const Elimination result = eliminate(problem, order, budget);
      ASSERT_EQ(result.status, best.feasible ? Elimination::Status::optimal : Elimination::Status::infeasible)
          << "seed " << seed;
      EXPECT_EQ(budget.used(), 0u);
      if (!best.feasible) continue;
      const Evaluation evaluation = problem.evaluate(result.assignment);
      EXPECT_EQ(evaluation.violations, 0u) << "seed " << seed;
      EXPECT_EQ(evaluation.cost, best.cost) << "seed " << seed;  // whole costs: no rounding
      EXPECT_EQ(result.cost, best.cost) << "seed " << seed;
    }
  }
  EXPECT_GT(infeasible, 30);  // else the test says little about them
  EXPECT_LT(infeasible, 400);
}

/// A ring with chords of soft costs: wide enough for tables of a few thousand cells.
Problem ring(std::uint32_t variables, ValueIndex size, std::uint32_t reach) {
  ProblemBuilder builder("ring", Objective::minimise);
  std::vector<Value> values;
  for (ValueIndex i = 0; i < size; ++i) values.emplace_back(std::int64_t(i));
  const auto domain = builder.add_domain("d", values);
  for (VariableId v = 0; v < variables; ++v) builder.add_variable("", domain);
  Random random(variables);
  for (VariableId v = 0; v < variables; ++v)
    for (std::uint32_t step = 1; step <= reach; ++step) {
      const VariableId scope[] = {v, (v + step) % variables};
      std::vector<double> cells(static_cast<std::size_t>(size * size));
      for (double& cell : cells) cell = random.uniform();
      builder.add_table_constraint("", scope, cells);
    }
  return builder.build();
}

std::vector<VariableId> natural_order(const Problem& problem) {
  std::vector<VariableId> order(problem.variable_count());
  for (VariableId v = 0; v < order.size(); ++v) order[v] = v;
  return order;
}

TEST(Elimination, Gives_the_same_assignment_with_choices_as_with_all_tables) {
  const Problem problem = ring(24, 4, 2);
  const BucketTree tree(problem, natural_order(problem));
  const EliminationMemory memory = elimination_memory(problem, tree);
  ASSERT_LT(memory.keeping_choices, memory.keeping_inputs);
  MemoryBudget large(memory.keeping_inputs), small(memory.keeping_choices);
  const Elimination with_tables = eliminate(problem, tree, large), with_choices = eliminate(problem, tree, small);
  ASSERT_EQ(with_tables.status, Elimination::Status::optimal);
  EXPECT_EQ(with_tables.assignment, with_choices.assignment);
  EXPECT_EQ(large.peak(), memory.keeping_inputs);
  EXPECT_LE(small.peak(), memory.keeping_choices);
}

TEST(Elimination, Agrees_along_different_trees_on_fractional_costs) {
  const Problem problem = ring(14, 3, 2);
  Random random(5);
  MemoryBudget budget(plenty);
  const double expected = eliminate(problem, BucketTree(problem, natural_order(problem)), budget).cost;
  for (int i = 0; i < 10; ++i) {
    const BucketTree tree(problem, samples::random_order(random, problem.variable_count()));
    EXPECT_NEAR(eliminate(problem, tree, budget).cost, expected, 1e-12 * 28);  // 28 costs below 1 are added
  }
}

TEST(Elimination, Gives_the_same_assignment_on_every_instruction_set) {
  const Problem problem = ring(20, 5, 2);
  const BucketTree tree(problem, natural_order(problem));
  MemoryBudget budget(plenty);
  const Elimination expected = eliminate(problem, tree, budget, {}, InstructionSet::baseline);
  for (const InstructionSet set : {InstructionSet::v3, InstructionSet::v4})
    if (is_supported(set)) {
      EXPECT_EQ(eliminate(problem, tree, budget, {}, set).assignment, expected.assignment);
    }
}

TEST(Elimination, Lays_every_message_out_with_the_parent_first) {
  const Problem problem = ring(24, 4, 3);
  Random random(8);
  const BucketTree tree(problem, samples::random_order(random, 24));
  const EliminationView view(tree);
  const std::vector<VariableId> layouts = message_layouts(problem, tree);
  ASSERT_EQ(layouts.size(), tree.separator.items.size());
  for (VariableId v = 0; v < 24; ++v) {
    const IdRows rows{tree.separator.first, layouts};
    EXPECT_TRUE(std::ranges::is_permutation(rows[v], view.separator[v]));
    if (!rows[v].empty()) {
      EXPECT_EQ(rows[v][0], tree.parent[v]);
    }
  }
}

TEST(Elimination, Refuses_what_does_not_fit_and_names_width_and_bytes) {
  const Problem problem = ring(24, 4, 2);
  const BucketTree tree(problem, natural_order(problem));
  MemoryBudget budget(1000);
  try {
    eliminate(problem, tree, budget);
    FAIL() << "that does not fit";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
    const std::string text = error.what();
    EXPECT_NE(text.find("width 4"), std::string::npos) << text;
    EXPECT_NE(text.find(std::to_string(elimination_memory(problem, tree).keeping_choices) + " bytes"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("1000 bytes"), std::string::npos) << text;
  }
  EXPECT_EQ(budget.peak(), 0u);
}

TEST(Elimination, Refuses_a_width_whose_cells_cannot_be_counted) {
  ProblemBuilder builder("star", Objective::minimise);
  const auto domain = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  const VariableId centre = builder.add_variable("", domain);
  for (int i = 0; i < 100; ++i) {
    const VariableId scope[] = {centre, builder.add_variable("", domain)};
    builder.add_table_constraint("", scope, std::vector<double>(4, 1.0));
  }
  const Problem problem = builder.build();
  MemoryBudget budget(plenty);
  EXPECT_THROW(eliminate(problem, BucketTree(problem, natural_order(problem)), budget), Error);
  std::vector<VariableId> leaves_first = natural_order(problem);
  std::rotate(leaves_first.begin(), leaves_first.begin() + 1, leaves_first.end());
  EXPECT_EQ(eliminate(problem, BucketTree(problem, leaves_first), budget).cost, 100);
}

TEST(Elimination, Ends_early_when_it_is_told_to_stop) {
  const Problem problem = ring(20, 5, 2);
  const BucketTree tree(problem, natural_order(problem));
  MemoryBudget budget(plenty);
  const std::atomic<bool> flag = true;
  const Elimination result = eliminate(problem, tree, budget, {&flag, {}});
  EXPECT_EQ(result.status, Elimination::Status::stopped);
  EXPECT_TRUE(result.assignment.empty());
}

TEST(Elimination, Solves_a_chain_of_a_million_variables) {
  constexpr std::uint32_t n = 1000000;
  ProblemBuilder builder("chain", Objective::minimise);
  const auto domain = builder.add_domain("d", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  const double cells[] = {1, 0, 1, 1, 1, 0, 0, 1, 1};  // free of cost: one value up, cyclically
  const auto table = builder.add_table(cells);
  builder.reserve(n, n - 1, 9);
  for (VariableId v = 0; v < n; ++v) {
    builder.add_variable("", domain);
    const VariableId scope[] = {v - 1, v};
    if (v > 0) builder.add_table_constraint("", scope, table);
  }
  const double start[] = {1, 1, 0};
  builder.add_unary_costs(0, start);
  const Problem problem = builder.build();
  struct Chain {
    std::vector<VariableId> parent, elimination;
    BucketTree::Rows separator, constraints;
  } tree;  // rooted at variable 0
  for (VariableId v = 0; v < n; ++v) {
    tree.parent.push_back(v == 0 ? no_id : v - 1);
    tree.elimination.push_back(n - 1 - v);
    tree.separator.add(v == 0 ? std::vector<VariableId>{} : std::vector<VariableId>{v - 1});
    tree.constraints.add(v == 0 ? std::vector<ConstraintId>{} : std::vector<ConstraintId>{v - 1});
  }
  MemoryBudget budget(plenty);
  const Elimination result = eliminate(problem, tree, budget);
  ASSERT_EQ(result.status, Elimination::Status::optimal);
  EXPECT_EQ(result.cost, 0);
  for (VariableId v = 0; v < n; ++v) ASSERT_EQ(result.assignment[v], static_cast<ValueIndex>((v + 2) % 3));
}

}  // namespace
}  // namespace entente
