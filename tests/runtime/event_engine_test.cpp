// SPDX-License-Identifier: MIT
// The event engine as algorithms see it: what `self` answers, determinism, and what a result says.
#include "runtime/event_engine.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <limits>

#include "runtime/event_log.hpp"
#include "runtime/event_support.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)
#include <malloc.h>
#define ENTENTE_HEAP_CAN_BE_MEASURED 1
#endif

namespace entente::event_tests {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

RC_GTEST_PROP(EventEngine, asynchronous_dsa_ends_where_no_variable_alone_can_improve, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(3, 30);
  const auto colours = *rc::gen::inRange(1, 4);
  const auto edges = random_edges(count, *rc::gen::inRange<std::uint32_t>(0, 60), *rc::gen::arbitrary<std::uint64_t>());
  const Problem problem = colouring(count, edges, colours);
  const Neighbours neighbours(count, edges);
  const std::vector<Setting> settings{{"probability", "0.5"}};
  const RunControl control = on_threads(1, *rc::gen::arbitrary<std::uint64_t>());
  const RunResult result = run_events(problem, algorithm_of<AsyncDsa>(), neighbours.topology(), control, settings);
  RC_ASSERT(result.end == RunEnd::by_itself);
  RC_ASSERT(!result.optimal);
  const double cost = problem.evaluate(result.last).cost;
  RC_ASSERT(problem.evaluate(result.best).cost <= cost);
  for (VariableId v = 0; v < count; ++v)
    for (ValueIndex other = 0; other < colours; ++other) {
      auto changed = result.last;
      changed[v] = other;
      RC_ASSERT(problem.evaluate(changed).cost >= cost);
    }
}

TEST(EventEngine, a_seed_fixes_the_result_whatever_the_number_of_threads) {
  const std::uint32_t count = 200;
  const auto edges = random_edges(count, 400, 5);
  const Problem problem = colouring(count, edges, 3);
  const Neighbours neighbours(count, edges);
  const auto run = [&](int threads, std::uint64_t seed) {
    const RunControl control = on_threads(threads, seed);
    return run_events(problem, algorithm_of<AsyncDsa>(), neighbours.topology(), control, {});
  };
  const RunResult once = run(1, 7), again = run(1, 7), on_four = run(4, 7), other = run(1, 8);
  EXPECT_EQ(once.last, again.last);
  EXPECT_EQ(once.last, on_four.last);
  EXPECT_EQ(once.messages_out, on_four.messages_out);
  EXPECT_NE(once.last, other.last);
  EXPECT_EQ(once.busy_seconds > 0, true);
}

/// Writes down what `self` says.
struct Curious {
  static constexpr Info info{.name = "curious", .timing = Timing::events};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Hello {
    double lowest;
  };
  using Messages = Kinds<Hello>;
  struct Answers {
    std::vector<double> lowest;
    std::vector<std::uint32_t> reach, degree, strangers;
    std::vector<ValueIndex> domain, initial;
    std::vector<std::string> order;
  };
  ValueIndex value = 0;
  void start(Agent auto& self) {
    auto& answers = self.template workspace<Answers>();
    answers.lowest.push_back(self.lowest_cost());
    answers.reach.push_back(self.reach());
    answers.degree.push_back(self.degree());
    answers.strangers.push_back(self.position(self.id()));
    answers.domain.push_back(self.domain());
    answers.initial.push_back(self.initial_value());
    for (Neighbour k = 0; k < self.degree(); ++k)
      if (self.position(self.id(k)) != k) answers.order.push_back("position is wrong");
    if (self.id() == 1) {
      self.remind();
      self.remind();
      self.send(1, Hello{1});
      self.send(0, Hello{2});
    }
  }
  void receive(Agent auto& self, ComputationId from, Hello m) {
    self.template workspace<Answers>().order.push_back(std::to_string(from) + ">" + std::to_string(self.id()) + ":" +
                                                       std::to_string(int(m.lowest)));
    if (m.lowest == 1) self.remind();
  }
  void reminded(Agent auto& self) {
    self.template workspace<Answers>().order.push_back("remind " + std::to_string(self.id()));
  }
};

Problem mixed_problem(Objective objective) {
  ProblemBuilder builder("mixed", objective);
  const auto two = builder.add_domain("two", {0, 1}), three = builder.add_domain("three", {0, 1, 2});
  builder.add_variable("a", two, 1);
  builder.add_variable("b", three);
  builder.add_variable("c", two, 0);
  builder.add_variable("d", two);
  const VariableId ab[] = {0, 1}, abc[] = {0, 1, 2};
  builder.add_table_constraint("", ab, std::vector<double>{5, 4, inf, 7, 8, 9});
  SparseTable sparse{3, 2, {0, 0, 0, 1, 2, 1}, {-1, 10}};
  builder.add_sparse_constraint("", abc, sparse);
  builder.add_unary_costs(0, std::vector<double>{0.5, 0.25});
  return builder.build();
}

TEST(EventEngine, self_knows_domain_initial_value_reach_and_a_lower_bound_of_the_cost) {
  const Neighbours neighbours(4, {{0, 1}, {0, 2}, {1, 2}});
  for (const bool maximise : {false, true}) {
    const Problem problem = mixed_problem(maximise ? Objective::maximise : Objective::minimise);
    Curious::Answers answers;
    run_events(problem, algorithm_of<Curious>(), neighbours.topology(), on_threads(1), {}, &answers);
    EXPECT_EQ(answers.domain, (std::vector<ValueIndex>{2, 3, 2, 2}));
    EXPECT_EQ(answers.reach, (std::vector<std::uint32_t>{3, 3, 2, 0}));
    EXPECT_EQ(answers.degree, (std::vector<std::uint32_t>{2, 2, 2, 0}));
    EXPECT_EQ(answers.strangers, answers.degree);  // nobody is a neighbour of itself
    EXPECT_EQ(answers.initial[0], 1);
    EXPECT_EQ(answers.initial[2], 0);
    // Best of the table: 4 (or 9, as cost -9); of the sparse one: -1 (or 10); own: 0.25 (or 0.5). inf is no cost.
    const std::vector<double> low =
        maximise ? std::vector<double>{-19.5, -19, -10, 0} : std::vector<double>{3.25, 3, -1, 0};
    EXPECT_EQ(answers.lowest, low);
    EXPECT_EQ(answers.order, (std::vector<std::string>{"remind 1", "1>1:1", "1>0:2", "remind 1"}));
  }
}

/// Decides by itself, proven or not.
template <bool complete, ValueIndex decision>
struct Fixed {
  static constexpr Info info{.name = "fixed", .timing = Timing::events, .complete = complete};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Nothing {};
  using Messages = Kinds<Nothing>;
  ValueIndex value = no_value;
  void start(Agent auto&) { value = decision; }
  void receive(Agent auto&, ComputationId, Nothing) {}
};

template <class A>
RunResult run_on_hard_pair() {
  ProblemBuilder builder("hard", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1});
  builder.add_variable("a", domain);
  builder.add_variable("b", domain);
  const VariableId scope[] = {0, 1};
  builder.add_table_constraint("", scope, std::vector<double>{0, inf, inf, inf});
  const Neighbours neighbours(2, {{0, 1}});
  return run_events(builder.build(), algorithm_of<A>(), neighbours.topology(), on_threads(1), {});
}

TEST(EventEngine, a_complete_algorithm_that_ends_by_itself_proves_an_optimum_or_that_there_is_none) {
  const RunResult good = run_on_hard_pair<Fixed<true, 0>>();
  EXPECT_TRUE(good.optimal);
  EXPECT_EQ(good.end, RunEnd::by_itself);
  const RunResult impossible = run_on_hard_pair<Fixed<true, 1>>();
  EXPECT_EQ(impossible.end, RunEnd::infeasible);
  const RunResult unproven = run_on_hard_pair<Fixed<false, 1>>();
  EXPECT_FALSE(unproven.optimal);
  EXPECT_EQ(unproven.end, RunEnd::by_itself);
}

TEST(EventEngine, an_assignment_with_undecided_or_impossible_values_is_not_the_best) {
  EXPECT_TRUE((run_on_hard_pair<Fixed<true, no_value>>().best.empty()));
  EXPECT_FALSE((run_on_hard_pair<Fixed<true, no_value>>().optimal));
  EXPECT_TRUE((run_on_hard_pair<Fixed<false, 2>>().best.empty()));
  EXPECT_EQ((run_on_hard_pair<Fixed<false, 2>>().last), (std::vector<ValueIndex>{2, 2}));
}

TEST(EventLog, grows_without_losing_anything_and_is_walked_record_by_record) {
  Log log{};
  const std::uint32_t sizes[] = {0, 1, 8, 9, 5000, 16};
  for (const std::uint32_t size : sizes) {
    const std::size_t need = sizeof(Record) + detail::padded(size);
    if (std::size_t(log.end - log.at) < need) runtime::grow_log(log, need);
    const Record record{size, 1, 2, size, 0};
    std::memcpy(log.at, &record, sizeof record);
    log.at += need;
  }
  const std::byte* at = log.begin;
  for (const std::uint32_t size : sizes) {
    Record record;
    std::memcpy(&record, at, sizeof record);
    EXPECT_EQ(record.to, size);
    EXPECT_EQ(record.kind, 2u);
    at = runtime::skip_records(at, log.at, 1);
  }
  EXPECT_EQ(at, log.at);
  EXPECT_EQ(runtime::skip_records(log.begin, log.at, 6), log.at);
  EXPECT_EQ(runtime::skip_records(log.begin, log.at, 1000), log.at);
  runtime::free_log(log);
  EXPECT_EQ(log.begin, nullptr);
}

#ifdef ENTENTE_HEAP_CAN_BE_MEASURED
std::size_t heap_bytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// A burst of a million messages, then one at a time.
struct Burst {
  static constexpr Info info{.name = "burst", .timing = Timing::events};
  struct Params {};
  static constexpr std::tuple<> parameters{};
  struct Noise {
    std::array<std::uint64_t, 2> text;
  };
  struct Step {
    int left;
  };
  using Messages = Kinds<Noise, Step>;
  struct Seen {
    std::size_t at_the_peak, at_the_end;
  };
  ValueIndex value = 0;
  void start(Agent auto& self) {
    for (int i = 0; i < 1'000'000; ++i) self.send(self.id(), Noise{});
    self.send(self.id(), Step{500});
    self.template workspace<Seen>().at_the_peak = heap_bytes();
  }
  void receive(Agent auto&, ComputationId, const Noise&) {}
  void receive(Agent auto& self, ComputationId, Step m) {
    if (m.left > 0) return self.send(self.id(), Step{m.left - 1});
    self.template workspace<Seen>().at_the_end = heap_bytes();
  }
};

TEST(EventLog, memory_of_a_burst_is_given_back_while_the_run_goes_on) {
  const Neighbours neighbours(1, {});
  const Problem problem = free_variables(1);
  Burst::Seen seen{};
  const std::size_t before = heap_bytes();
  run_events(problem, algorithm_of<Burst>(), neighbours.topology(), on_threads(1), {}, &seen);
  EXPECT_GT(seen.at_the_peak, before + 32'000'000);  // a million records of 32 bytes
  EXPECT_LT(seen.at_the_end, before + 300'000);
}
#endif

}  // namespace
}  // namespace entente::event_tests
