// SPDX-License-Identifier: MIT
// The order of a factor graph's nodes: which variables come before a factor, and how long paths are.
#include "runtime/factor_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "kernel/factor_tables.hpp"
#include "runtime/factor_samples.hpp"

namespace entente::runtime {
namespace {

TEST(FactorOrder, the_first_half_of_the_variables_comes_before_their_factor) {
  const std::vector<VariableId> pair = {7, 3}, three = {9, 2, 5}, five = {4, 8, 1, 6, 3};
  EXPECT_EQ(last_early(pair), 3u);
  EXPECT_EQ(last_early(three), 5u);
  EXPECT_EQ(last_early(five), 4u);
}

std::uint64_t longest(const Problem& problem, std::vector<std::vector<std::uint8_t>>* early = nullptr) {
  const auto never = [] { return false; };
  const FactorCosts costs = measure_costs(problem, 0, never);
  const std::function<bool()> stop = never;
  FactorLayout layout(
      problem, costs, kernel::cost_kernels(costs.single), [](auto...) {}, stop);
  const std::uint64_t longest_path = order_nodes(problem, layout);
  if (!early) return longest_path;
  early->resize(problem.constraint_count());
  for (const FactorClass& factors : layout.factor_classes())
    for (std::size_t f = 0; f < factors.constraints.size(); ++f)
      for (std::uint32_t k = 0; k < factors.arity(); ++k)
        (*early)[factors.constraints[f]].push_back(
            factors.early[factors.edge(f / factors.factors(), k, std::uint32_t(f % factors.factors()))]);
  return longest_path;
}

Problem problem_of(std::uint32_t variables, const std::vector<std::vector<VariableId>>& scopes) {
  ProblemBuilder builder("scopes", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", d);
  for (const auto& scope : scopes)
    builder.add_table_constraint("", scope, std::vector<double>(std::size_t(1) << scope.size(), 1));
  return builder.build();
}

TEST(FactorOrder, a_path_counts_the_factors_it_passes) {
  EXPECT_EQ(longest(problem_of(3, {})), 0u);
  EXPECT_EQ(longest(problem_of(4, {{0, 1}, {2, 1}, {3, 2}})), 3u);
  EXPECT_EQ(longest(problem_of(4, {{0, 3}, {3, 1}, {2, 3}})), 1u);     // all others point at the last
  EXPECT_EQ(longest(problem_of(5, {{0, 1, 2}, {2, 3, 4}, {1}})), 2u);  // 0, 1 | 2, 3 | 4
}

TEST(FactorOrder, every_edge_knows_on_which_side_its_variable_is) {
  std::vector<std::vector<std::uint8_t>> early;
  longest(problem_of(5, {{3, 1}, {0, 4}, {4, 0, 2}, {1, 2, 3, 4}}), &early);
  EXPECT_EQ(early[0], (std::vector<std::uint8_t>{0, 1}));
  EXPECT_EQ(early[1], (std::vector<std::uint8_t>{1, 0}));
  EXPECT_EQ(early[2], (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_EQ(early[3], (std::vector<std::uint8_t>{1, 1, 0, 0}));
}

TEST(FactorOrder, kernels_add_and_scale_alike_at_every_width) {
  for (const InstructionSet set : {InstructionSet::baseline, best_instruction_set()}) {
    const kernel::CostKernels& kernels = kernel::cost_kernels(false, set);
    alignas(64) double a[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    alignas(64) const double b[8] = {8, 7, 6, 5, 4, 3, 2, 1};
    kernels.accumulate(8, a, b);
    kernels.scale(8, 0.5, a);
    for (const double x : a) EXPECT_EQ(x, 4.5);
  }
}

}  // namespace
}  // namespace entente::runtime
