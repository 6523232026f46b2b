// SPDX-License-Identifier: MIT
// Single steps of my_dsa, without a runtime. The algorithm's file is included, because nothing else sees what is in it.
#include "my_dsa.cpp"

#include <gtest/gtest.h>

#include "entente/algorithm/scripted_agent.hpp"

namespace entente::algorithms {
namespace {

/// Two neighbours at value 0; its own value 0 costs 2, value 1 nothing.
CycleScript<MyDsa> conflict() { return {.neighbours = {1, 2}, .costs = {2, 0}}; }

TEST(MyDsa, MovesToItsBestReplyWhenTheDrawIsBelowTheProbability) {
  CycleScript<MyDsa> script = conflict();
  script.draws = {0.69};
  ScriptedAgent<MyDsa> self(script);
  MyDsa computation;
  computation.step(self, self.inbox<MyDsa::Value>({{0}, {0}}));
  EXPECT_EQ(computation.value, 1);
  EXPECT_EQ(self.last<MyDsa::Value>().value, 1);
}

TEST(MyDsa, StaysWhenTheDrawIsNotBelowTheProbability) {
  CycleScript<MyDsa> script = conflict();
  script.draws = {0.7};
  ScriptedAgent<MyDsa> self(script);
  MyDsa computation;
  computation.step(self, self.inbox<MyDsa::Value>({{0}, {0}}));
  EXPECT_EQ(computation.value, 0);
}

TEST(MyDsa, VariantADrawsNothingWithoutAGain) {
  CycleScript<MyDsa> script = conflict();
  script.costs = {1, 1};  // value 1 is as good, and a conflict remains
  script.params.variant = MyDsa::Variant::A;
  ScriptedAgent<MyDsa> self(script);
  MyDsa computation;
  computation.step(self, self.inbox<MyDsa::Value>({{0}, {0}}));
  EXPECT_EQ(computation.value, 0);
  EXPECT_EQ(self.drawn(), 0u);
}

}  // namespace
}  // namespace entente::algorithms
