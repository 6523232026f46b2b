// SPDX-License-Identifier: MIT
// What one variable of a search keeps: the bounds that its context supports, and no others.
#include <gtest/gtest.h>

#include "entente/problem/builder.hpp"
#include "kernel/kernel_samples.hpp"
#include "kernel/search_node.hpp"

namespace entente {
namespace {

/// As much of a pseudo-tree as a node looks at.
struct Tree {
  struct Lists {
    std::vector<std::vector<std::uint32_t>> rows;
    std::span<const std::uint32_t> operator[](std::uint32_t row) const { return rows[row]; }
  };
  std::vector<VariableId> parent;
  std::vector<std::uint32_t> depth;
  Lists children, separator, constraints;
};

/// The chain 0 - 1 - 2 with x0 + x1 - 5 between the first two and a ternary constraint of the last one.
struct Chain {
  Problem problem = make();
  Tree tree{{no_id, 0, 1}, {0, 1, 2}, {{{1}, {2}, {}}}, {{{}, {0}, {0, 1}}}, {{{}, {0}, {1}}}};
  SearchNode node;

  explicit Chain(VariableId self) {
    node.set_up(problem, tree, self);
    sum_up();
  }
  void sum_up() {
    node.sum_up(problem, [&](ConstraintId c, std::span<const ValueIndex> tuple) { return problem.cost(c, tuple); });
  }
  static Problem make() {
    ProblemBuilder builder("chain", Objective::minimise);
    const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
    for (const char* name : {"a", "b", "c"}) builder.add_variable(name, two);
    builder.add_table_constraint("pair", std::vector<VariableId>{0, 1}, std::vector<double>{-5, -4, -4, -3});
    builder.add_table_constraint("triple", std::vector<VariableId>{2, 0, 1},
                                 std::vector<double>{1, 2, 3, 4, 5, 6, 7, samples::infinity});
    builder.add_unary_costs(1, std::vector<double>{7, 3});
    return builder.build();
  }
};

TEST(SearchNode, CostsWhatItsConstraintsCostAboveTheirLeast) {
  Chain chain(1);
  EXPECT_EQ(chain.node.floor(), -2);     // -5 of the pair, 3 of its own
  EXPECT_EQ(chain.node.own_cost(0), 4);  // -5 + 7 + 2
  EXPECT_EQ(chain.node.own_cost(1), 1);  // -4 + 3 + 2
  EXPECT_TRUE(chain.node.assign(0, 1));
  chain.sum_up();
  EXPECT_EQ(chain.node.own_cost(0), 5);
}

TEST(SearchNode, SpeaksToTheDeepestMembersOfItsConstraintsAndToItsChildren) {
  const Chain root(0), last(2);
  EXPECT_EQ(std::vector<VariableId>(root.node.listeners().begin(), root.node.listeners().end()),
            (std::vector<VariableId>{1, 2}));
  EXPECT_TRUE(last.node.listeners().empty());
  EXPECT_TRUE(last.node.told_by_itself(0));
}

TEST(SearchNode, KeepsTheTightestBoundsUnderOneContext) {
  Chain chain(1);
  EXPECT_EQ(chain.node.high(), SearchNode::unlimited);
  chain.node.add_bounds(0, 1, 2, 9);
  chain.node.add_bounds(0, 1, 1, 10);
  chain.sum_up();
  EXPECT_EQ(chain.node.lower(1), 3);
  EXPECT_EQ(chain.node.upper(1), 10);
  EXPECT_EQ(chain.node.low(), 3);
  EXPECT_EQ(chain.node.surest(), 1);
}

TEST(SearchNode, ForgetsABoundWhenAnAncestorItDependsOnMoves) {
  Chain chain(1);
  chain.node.add_bounds(0, 1, 2, 9);
  EXPECT_FALSE(chain.node.forgot(0));
  EXPECT_FALSE(chain.node.assign(0, 0)) << "it is believed to be there already";
  EXPECT_TRUE(chain.node.assign(0, 1));
  EXPECT_TRUE(chain.node.forgot(0));
  chain.sum_up();
  EXPECT_EQ(chain.node.upper(1), SearchNode::unlimited);
}

TEST(SearchNode, AHardCellCostsInfinitelyMuch) {
  Chain chain(2);
  chain.node.assign(0, 1);
  chain.node.assign(1, 1);
  chain.sum_up();
  EXPECT_EQ(chain.node.own_cost(0), 3);  // 4 - 1
  EXPECT_EQ(chain.node.own_cost(1), SearchNode::unlimited);
  EXPECT_EQ(chain.node.high(), 3);
}

}  // namespace
}  // namespace entente
