// SPDX-License-Identifier: MIT
// A scripted agent answers as the runtime does, and fails a test that asks for what its script does not say.
#include "entente/algorithm/scripted_agent.hpp"

#include <gtest/gtest.h>

#include "entente/problem/builder.hpp"

namespace entente {
namespace {

/// Two phases, the second sparse: whoever could gain asks its first neighbour, and moves when it is asked.
struct Asker {
  static constexpr Info info{.name = "asker", .summary = "asks", .source = "none"};
  struct Params {
    double least_gain = 0;
  };
  static constexpr auto parameters = std::tuple{real("least_gain", &Params::least_gain, 0, 10, "to ask")};
  struct Value {
    ValueIndex value;
  };
  struct Ask {
    double gain;
  };
  using Cycle = Phases<Value, Sparse<Ask>>;

  ValueIndex value = 0;

  void start(Agent auto& self) {
    value = self.initial_value();
    self.broadcast(Value{value});
  }
  void step(Agent auto& self, Inbox<Value> heard) {
    const Move move = self.best_response(value);
    if (move.gain <= self.params().least_gain) return;
    for (Neighbour k = 0; k < heard.size(); ++k)
      if (heard[k].value == value) return self.send(k, Ask{move.gain});
  }
  void step(Agent auto& self, Mail<Ask> asked) {
    asked.each([&](Neighbour k, const Ask& ask) {
      if (self.id(k) > 4 && ask.gain > 1) value = 1;
    });
    self.broadcast(Value{value});
  }
  bool operator==(const Asker&) const = default;
};

TEST(ScriptedAgent, gives_the_initial_value_or_a_draw) {
  ScriptedAgent<Asker> given({.initial = 1}), drawn({.costs = {0, 0, 0}, .draws = {0.7}});
  Asker one, two;
  one.start(given);
  two.start(drawn);
  EXPECT_EQ(one.value, 1);
  EXPECT_EQ(given.drawn(), 0u);
  EXPECT_EQ(two.value, 2);
  EXPECT_EQ(drawn.sent<Asker::Value>()[0].to, everybody);
}

TEST(ScriptedAgent, answers_from_its_costs_and_keeps_what_is_sent) {
  ScriptedAgent<Asker> self({.id = 3, .neighbours = {2, 9}, .costs = {5, 1, 1}});
  Asker asker;
  asker.step(self, self.inbox<Asker::Value>({{1}, {0}}));
  ASSERT_EQ(self.sent<Asker::Ask>().size(), 1u);
  EXPECT_EQ(self.sent<Asker::Ask>()[0].to, 9u);  // the one with the same value
  EXPECT_EQ(self.last<Asker::Ask>().gain, 4);
  const Move move = self.best_response(0);
  EXPECT_EQ(move.value, 1);
  EXPECT_EQ(move.alternatives, 2u);
  EXPECT_EQ(self.sent_count(), 1u);
}

TEST(ScriptedAgent, parameters_are_the_scripts) {
  ScriptedAgent<Asker> self({.neighbours = {2}, .costs = {5, 1}, .params = {.least_gain = 4}});
  Asker asker;
  asker.step(self, self.inbox<Asker::Value>({{0}}));
  EXPECT_EQ(self.sent_count(), 0u);
}

TEST(ScriptedAgent, delivers_mail_from_some) {
  ScriptedAgent<Asker> self({.neighbours = {2, 9}});
  Asker asker;
  asker.step(self, self.mail<Asker::Ask>({{0, {2.0}}}));
  EXPECT_EQ(asker.value, 0);
  asker.step(self, self.mail<Asker::Ask>({{1, {2.0}}}));
  EXPECT_EQ(asker.value, 1);
  asker.value = 0;
  asker.step(self, self.mail<Asker::Ask>({}));
  EXPECT_EQ(asker.value, 0);
}

TEST(ScriptedAgent, picks_as_the_runtime_does) {
  ScriptedAgent<Asker> self({.costs = {4, 1, 1, 1}, .draws = {0.99, 0.0}});
  EXPECT_EQ(self.pick(self.best_response(2), 2), 3);  // 1 and 3 are as good
  EXPECT_EQ(self.pick(self.best_response(2), 2), 1);
  ScriptedAgent<Asker> wide({.costs = std::vector<double>(100, 7.0), .draws = {0.5}});
  EXPECT_EQ(wide.pick(wide.best_response(0), 0), 50);  // no bit set beyond 64 values
}

TEST(ScriptedAgent, fails_what_the_script_does_not_say) {
  ScriptedAgent<Asker> self({.neighbours = {2}, .draws = {0.5}});
  self.uniform();
  EXPECT_THROW(self.uniform(), std::logic_error);
  EXPECT_THROW(self.lot(0), std::logic_error);
  EXPECT_THROW(self.local_cost(2), std::logic_error);
  EXPECT_THROW(self.send(1, Asker::Ask{1}), std::logic_error);
  EXPECT_THROW(self.inbox<Asker::Value>({{0}, {1}}), std::logic_error);
  EXPECT_THROW(self.last<Asker::Value>(), std::logic_error);
  EXPECT_THROW(ScriptedAgent<Asker>({.draws = {1.0}}), std::logic_error);
  EXPECT_THROW(ScriptedAgent<Asker>({.neighbours = {3, 1}}), std::logic_error);
}

/// Passes a message that cannot be copied on to the next; says what it knows.
struct Passer {
  static constexpr Info info{.name = "passer", .timing = Timing::events, .source = "none"};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Parcel {
    std::vector<int> weights;
  };
  using Messages = Kinds<Parcel>;

  void start(Agent auto& self) { self.remind(); }
  void reminded(Agent auto& self) {
    self.select(self.random_value(), 2);
    self.report_bound(self.cost(0, std::vector<ValueIndex>{1}));
  }
  void receive(Agent auto& self, ComputationId from, Parcel&& parcel) {
    for (Neighbour k = 0; k < self.degree(); ++k)
      if (self.id(k) != from) return self.send(self.id(k), std::move(parcel));
    self.finish();
  }
};

TEST(ScriptedAgent, event_driven_handlers_are_called_one_by_one) {
  ProblemBuilder builder("one", Objective::maximise);
  const VariableId x = builder.add_variable("x", builder.add_domain("d", {0, 1, 2}));
  builder.add_table_constraint("c", std::vector{x}, std::vector<double>{7, 8, 9});
  const Problem problem = builder.build();
  ScriptedAgent<Passer> self({.neighbours = {4, 6}, .draws = {0.4}, .problem = &problem});
  Passer passer;
  passer.start(self);
  EXPECT_TRUE(self.reminding());
  passer.reminded(self);
  EXPECT_EQ(self.selected(), 1);                        // of three values, as the problem says
  EXPECT_EQ(self.bounds(), (std::vector<double>{-8}));  // to be minimised
  EXPECT_EQ(self.checks(), 1u);
  passer.receive(self, 4, Passer::Parcel{{1, 2}});
  EXPECT_EQ(self.sent<Passer::Parcel>()[0].to, 6u);
  EXPECT_EQ(self.last<Passer::Parcel>().weights, (std::vector{1, 2}));
  EXPECT_FALSE(self.finished());
  EXPECT_THROW(self.tree(), std::logic_error);
}

}  // namespace
}  // namespace entente
