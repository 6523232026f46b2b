// SPDX-License-Identifier: MIT
// Single turns of my_patrol, without a runtime or a clock.
#include "my_patrol.cpp"

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

TEST(MyPatrol, LooksOncePerPeriodAndMovesWhereItIsCheaper) {
  const Problem problem = two_that_differ();
  ScriptedAgent<MyPatrol> self(
      {.id = 0, .neighbours = {1}, .initial = 0, .draws = {0.5}, .params = {.rounds = 1}, .problem = &problem});
  MyPatrol computation = MyPatrol::make({.neighbours = 1, .domain = 2}, self.params());
  computation.start(self);
  ASSERT_TRUE(self.period());
  EXPECT_EQ(self.period()->seconds, 0.5);
  EXPECT_EQ(self.period()->first, 0.25);
  EXPECT_EQ(self.selected(), 0);

  computation.receive(self, 1, MyPatrol::Value{0});
  computation.tick(self);
  EXPECT_EQ(self.selected(), 1);  // 2 instead of 5
  EXPECT_EQ(self.last<MyPatrol::Value>().value, 1);
  EXPECT_FALSE(self.period());  // one round was asked for
  EXPECT_TRUE(self.finished());
}

}  // namespace
}  // namespace entente::algorithms
