// SPDX-License-Identifier: MIT
// Single messages of my_relay, without a runtime.
#include "my_relay.cpp"

#include <gtest/gtest.h>

#include "entente/algorithm/scripted_agent.hpp"
#include "entente/problem/builder.hpp"

namespace entente::algorithms {
namespace {

/// Two variables of two values that pay 5 when equal.
Problem two_that_differ() {
  ProblemBuilder builder("two", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1});
  const VariableId a = builder.add_variable("a", domain), b = builder.add_variable("b", domain);
  builder.add_table_constraint("differ", std::vector{a, b}, std::vector<double>{5, 1, 2, 5});
  return builder.build();
}

TEST(MyRelay, TheFirstDecidesAloneAndHandsOn) {
  const Problem problem = two_that_differ();
  const OrderedGraph row{{0, 1}, {0, 1}};
  ScriptedAgent<MyRelay> self({.id = 0, .neighbours = {1}, .problem = &problem, .row = &row});
  MyRelay computation;
  computation.start(self);
  EXPECT_EQ(computation.value, 0);
  ASSERT_EQ(self.sent<MyRelay::Baton>().size(), 1u);
  EXPECT_EQ(self.sent<MyRelay::Baton>()[0].to, 1u);
  EXPECT_EQ(self.last<MyRelay::Baton>().values, (std::vector<ValueIndex>{0, no_value}));
  EXPECT_TRUE(self.bounds().empty());
  EXPECT_TRUE(self.finished());
}

TEST(MyRelay, TheLastPaysForTheConstraintAndReportsTheBound) {
  const Problem problem = two_that_differ();
  const OrderedGraph row{{0, 1}, {0, 1}};
  ScriptedAgent<MyRelay> self({.id = 1, .neighbours = {0}, .problem = &problem, .row = &row});
  MyRelay computation;
  computation.receive(self, 0, {{1, no_value}, 0});
  EXPECT_EQ(computation.value, 0);                       // 2 there, 5 at value 1
  EXPECT_EQ(self.bounds(), (std::vector<double>{1.0}));  // the cheapest cell of the table
  EXPECT_EQ(self.checks(), 6u);                          // two values, then four cells
}

}  // namespace
}  // namespace entente::algorithms
