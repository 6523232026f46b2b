// SPDX-License-Identifier: MIT
// Places of variables in rows and trees, and what their values cost there.
#include <gtest/gtest.h>

#include "algorithm/child_bounds.hpp"
#include "algorithm/seats.hpp"
#include "algorithm/tree_place.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

Problem two_parts() {
  ProblemBuilder builder("two parts", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  for (int v = 0; v < 5; ++v) builder.add_variable("", two);
  const std::vector<double> costs{0, 1, 2, 3};
  builder.add_table_constraint("", std::vector<VariableId>{3, 0}, costs);
  builder.add_table_constraint("", std::vector<VariableId>{1, 4}, costs);
  builder.add_table_constraint("", std::vector<VariableId>{4, 2}, costs);
  return builder.build();
}

TEST(Seats, RowsAreCutWhereNoConstraintLinksThem) {
  const std::vector<VariableId> order{4, 3, 2, 1, 0};
  const auto rows = separate_rows(two_parts(), order);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0], (std::vector<VariableId>{4, 2, 1}));
  EXPECT_EQ(rows[1], (std::vector<VariableId>{3, 0}));
}

TEST(Seats, TellEachItsPlaceAndThoseOfItsNeighboursById) {
  const std::vector<VariableId> row{2, 4, 1};
  const std::vector<Seat> seats = seats_along(two_parts(), row);
  ASSERT_EQ(seats.size(), 3u);
  EXPECT_EQ(seats[0].previous, no_id);
  EXPECT_EQ(seats[0].next, 4u);
  EXPECT_EQ(seats[1].position, 1u);
  EXPECT_EQ(seats[1].size, 3u);
  EXPECT_EQ(seats[1].neighbours, (std::vector<std::uint32_t>{2, 0})) << "those of 1, then 2";
  EXPECT_EQ(seats[2].next, no_id);
}

TEST(TreePlace, HandsEachDescendantTheValuesOfItsSeparator) {
  for (const TreeHeuristic heuristic : {TreeHeuristic::dfs_max_degree, TreeHeuristic::min_fill}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Problem problem = make_random_problem({.variables = 12, .degree = 2.5, .wide = 2}, seed);
      const Pseudotree tree = make_pseudotree(problem, heuristic);
      // Every variable's value is its own id.
      std::vector<std::vector<ValueIndex>> contexts(12);
      for (auto v = tree.elimination.rbegin(); v != tree.elimination.rend(); ++v) {
        const auto separator = tree.separator[*v];
        ASSERT_EQ(contexts[*v], std::vector<ValueIndex>(separator.begin(), separator.end())) << "seed " << seed;
        std::vector<VariableId> earlier;
        for (const VariableId u : separator)
          for (const ConstraintId c : problem.constraints_of(*v))
            for (const VariableId w : problem.scope(c))
              if (w == u && (earlier.empty() || earlier.back() != u)) earlier.push_back(u);
        const TreePlace place(problem, tree, *v, earlier);
        std::vector<ValueIndex> known;
        place.read_context(contexts[*v], known);
        EXPECT_EQ(known, std::vector<ValueIndex>(earlier.begin(), earlier.end()));
        for (std::uint32_t k = 0; k < earlier.size(); ++k) {
          place.read_context_of(k, contexts[earlier[k]], known);
          EXPECT_EQ(known, std::vector<ValueIndex>(earlier.begin(), earlier.begin() + k));
        }
        for (std::uint32_t c = 0; c < place.children().size(); ++c)
          contexts[place.children()[c]] = place.context(c, contexts[*v], ValueIndex(*v));
        for (const TreePlace::Below& below : place.below()) EXPECT_EQ(place.branch(below.variable), below.child);
      }
    }
  }
}

TEST(TreePlace, WalksATreeDepthFirst) {
  const Problem problem = make_random_problem({.variables = 30, .degree = 3}, 3);
  const Pseudotree tree = make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
  VariableId root = 0;
  while (tree.parent[root] != no_id) root = tree.parent[root];
  const std::vector<VariableId> walk = depth_first(tree, root);
  EXPECT_EQ(walk.front(), root);
  for (std::size_t i = 1; i < walk.size(); ++i) {
    // Either a child of the one before, or of one of that one's ancestors.
    VariableId above = walk[i - 1];
    while (above != no_id && above != tree.parent[walk[i]]) above = tree.parent[above];
    EXPECT_NE(above, no_id);
  }
}

TEST(ChildBounds, AddUpAndLeaveTheRestToEachChild) {
  ChildBounds bounds(2, 2);
  bounds.shares()[0] = 3;
  bounds.shares()[1] = 1;
  bounds.reset();
  EXPECT_TRUE(bounds.raise(1, 0, 4));
  EXPECT_FALSE(bounds.raise(1, 0, 2)) << "a bound is never lowered";
  bounds.raise(1, 1, 5);
  EXPECT_EQ(bounds.total(1), 10);
  EXPECT_EQ(bounds.lowest_total(), 3);
  EXPECT_EQ(bounds.left_for(12, 1, 0), 6);
  const auto any = [](std::size_t) { return true; };
  EXPECT_EQ(bounds.cheapest(12, any), 0u);
  EXPECT_EQ(bounds.cheapest(12, [](std::size_t v) { return v == 1; }), 1u);
  EXPECT_EQ(bounds.cheapest(3, any), ChildBounds::none) << "not below 3";
}

}  // namespace
}  // namespace entente
