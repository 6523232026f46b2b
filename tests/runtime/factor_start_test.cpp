// SPDX-License-Identifier: MIT
// Who wakes when on a factor graph.
#include "runtime/factor_start.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "entente/problem/builder.hpp"

namespace entente::runtime {
namespace {

using Cycles = std::vector<std::uint32_t>;

Problem graph(std::uint32_t variables, const std::vector<std::vector<VariableId>>& scopes) {
  ProblemBuilder builder("graph", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", d);
  for (const auto& scope : scopes)
    builder.add_table_constraint("", scope, std::vector<double>(std::size_t(1) << scope.size(), 0));
  return builder.build();
}

TEST(WakeUp, reaches_the_middle_of_a_path_from_both_ends) {
  const WakeUp wake = wake_up(graph(5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}}), Speakers::leaves);
  EXPECT_EQ(wake.variables, (Cycles{1, 2, 3, 2, 1}));
  EXPECT_EQ(wake.factors, (Cycles{1, 2, 2, 1}));
  EXPECT_EQ(wake.last, 3u);
}

TEST(WakeUp, starts_a_ring_as_a_whole) {
  const WakeUp wake = wake_up(graph(3, {{0, 1}, {1, 2}, {2, 0}}), Speakers::leaves);
  EXPECT_EQ(wake.variables, (Cycles{1, 1, 1}));
  EXPECT_EQ(wake.factors, (Cycles{1, 1, 1}));
  EXPECT_EQ(wake.last, 1u);
}

TEST(WakeUp, starts_a_ring_beside_a_path_as_a_whole) {
  const WakeUp wake = wake_up(graph(6, {{0, 1}, {1, 2}, {2, 0}, {3, 4, 5}}), Speakers::leaves);
  EXPECT_EQ(wake.variables, (Cycles{1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(wake.factors, (Cycles{1, 1, 1, 1}));
}

TEST(WakeUp, reaches_a_ring_through_its_tail) {
  const WakeUp wake = wake_up(graph(4, {{0, 1}, {1, 2}, {2, 3}, {3, 1}}), Speakers::leaves);
  EXPECT_EQ(wake.variables, (Cycles{1, 2, 3, 3}));
  EXPECT_EQ(wake.factors, (Cycles{1, 2, 3, 2}));
}

TEST(WakeUp, counts_a_variable_with_a_constraint_of_its_own_as_a_leaf) {
  const WakeUp wake = wake_up(graph(3, {{0, 1}, {1, 2}, {2, 0}, {1}}), Speakers::leaves);
  EXPECT_EQ(wake.variables, (Cycles{2, 1, 2}));
  EXPECT_EQ(wake.factors, (Cycles{1, 1, 2, 0}));
}

TEST(WakeUp, lets_everybody_speak_where_all_variables_do) {
  const Problem path = graph(3, {{0, 1}, {1, 2}});
  EXPECT_TRUE(wake_up(path, Speakers::all).variables.empty());
  EXPECT_TRUE(wake_up(path, Speakers::leaves_and_variables).variables.empty());
}

}  // namespace
}  // namespace entente::runtime
