// SPDX-License-Identifier: MIT
// Maximum spanning trees of factor graphs: which links stay, and how the trees hang.
#include "graph/spanning_tree.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "entente/problem/builder.hpp"

namespace entente {
namespace {

Problem problem_of(std::uint32_t variables, const std::vector<std::vector<VariableId>>& scopes) {
  ProblemBuilder builder("scopes", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", d);
  for (const auto& scope : scopes)
    builder.add_table_constraint("", scope, std::vector<double>(std::size_t(1) << scope.size(), 1));
  return builder.build();
}

TEST(SpanningTree, the_lightest_link_of_a_loop_is_cut) {
  const Problem problem = problem_of(3, {{0, 1}, {1, 2}, {2, 0}});  // nodes 3, 4 and 5
  const FactorGraph graph = make_factor_graph(problem);
  const Pseudotree tree = maximum_spanning_tree(problem, graph, std::vector<double>{5, 4, 6, 1, 3, 7});
  // Without the link between constraint 4 and variable 2: 0 has 3 and 5, 3 has 1, 1 has 4, 5 has 2.
  EXPECT_EQ(tree.parent, (std::vector<VariableId>{no_id, 3, 5, 0, 1, 0}));
  EXPECT_EQ(tree.depth, (std::vector<std::uint32_t>{0, 2, 2, 1, 3, 1}));
  const auto children = tree.children[0];
  EXPECT_EQ(std::vector<std::uint32_t>(children.begin(), children.end()), (std::vector<std::uint32_t>{3, 5}));
  EXPECT_TRUE(tree.children[4].empty());
  ASSERT_EQ(tree.elimination.size(), 6u);
  EXPECT_EQ(tree.elimination.back(), 0u);
}

TEST(SpanningTree, of_equal_links_the_last_is_cut_and_every_part_hangs_at_its_first_variable) {
  const Problem problem = problem_of(5, {{4, 3}, {1, 2}, {2, 1}, {}});
  const Pseudotree tree = maximum_spanning_tree(problem, make_factor_graph(problem), std::vector<double>(6, 1));
  EXPECT_EQ(tree.parent, (std::vector<VariableId>{no_id, no_id, 6, no_id, 5, 3, 1, 2, no_id}));
}

}  // namespace
}  // namespace entente
