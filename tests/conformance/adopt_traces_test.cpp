// SPDX-License-Identifier: MIT
// The four counter-examples of Noshiro & Hasebe, "Flaws of termination and optimality in ADOPT-based algorithms", IJCAI
// 2023: the instances and orders of delivery in which the published algorithms run for ever or end beside the optimum.
#include <gtest/gtest.h>

#include <functional>

#include "entente/algorithm/registry.hpp"
#include "support/random_problem.hpp"
#include "support/scripted_delivery.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::ScriptedDelivery;
using testing::tree_of;

struct Edge {
  VariableId a, b;
  std::function<double(int, int)> cost;
};

Problem problem_of(const std::vector<int>& domains, const std::vector<Edge>& edges) {
  ProblemBuilder builder("trace", Objective::minimise);
  for (std::size_t v = 0; v < domains.size(); ++v) {
    std::vector<Value> values;
    for (std::int64_t d = 0; d < domains[v]; ++d) values.emplace_back(d);
    builder.add_variable("", builder.add_domain("d" + std::to_string(v), values));
  }
  for (const Edge& edge : edges) {
    std::vector<double> table;
    for (int x = 0; x < domains[edge.a]; ++x)
      for (int y = 0; y < domains[edge.b]; ++y) table.push_back(edge.cost(x, y));
    builder.add_table_constraint("", std::vector<VariableId>{edge.a, edge.b}, table);
  }
  return builder.build();
}

/// `who` takes all messages sent up to `until` but those of `ignored`, in one go.
struct Step {
  ComputationId who;
  std::vector<ComputationId> ignored = {};
  std::optional<int> clock = {};  // set first; else it advances by 1
  std::optional<int> until = {};
};

void play(ScriptedDelivery& run, const std::vector<Step>& steps, bool highest_sender_first = false) {
  for (const Step& step : steps) {
    run.clock = step.clock ? *step.clock : run.clock + 1;
    run.deliver_to(step.who, step.ignored, step.until, highest_sender_first);
  }
}

void play_in_turn(ScriptedDelivery& run, ComputationId count, bool highest_sender_first) {
  for (int round = 0; round < 1000 && !run.all_finished(); ++round)
    for (ComputationId i = 0; i < count; ++i) run.deliver_to(i, {}, {}, highest_sender_first);
}

void expect_optimum(const ScriptedDelivery& run, const Problem& problem) {
  EXPECT_TRUE(run.all_finished());
  const double best = brute_force(problem).cost;
  EXPECT_EQ(problem.evaluate(run.decisions()).cost, best);
}

class AdoptTraces : public ::testing::TestWithParam<const char*> {
 protected:
  const Algorithm& algorithm() const { return find_algorithm(GetParam()); }
};

double nothing(int, int) { return 0; }
std::function<double(int, int)> by_first(double zero, double one) {
  return [=](int x, int) { return x == 0 ? zero : one; };
}

/// The tree of both traces to termination: two alike halves below the root.
const std::vector<VariableId> halves{no_id, 0, 0, 1, 3, 1, 5, 2, 7, 2, 9};

/// Variable `top` changes its value again and again while `left` below it hears of it late, at three times of its own.
std::vector<Step> flapping(ComputationId top, int clock, bool first) {
  const ComputationId left = top == 1 ? 3 : 7, right = left + 2;
  std::vector<Step> steps;
  if (first && top == 1) steps.push_back({1, {}, 0});
  if (first && top == 2) steps.push_back({2});
  for (const ComputationId i : {left + 1, left, top, right, left + 1, left}) steps.push_back({i});
  for (int time = clock; time <= clock + 200; time += 100) {
    steps.push_back({top, {}, time});
    if (time == clock + 200) break;
    steps.push_back({right + 1});
    steps.push_back({right});
  }
  steps.push_back({0});
  for (int time = clock; time <= clock + 200; time += 100) steps.push_back({left, {}, {}, time});
  steps.push_back({right});
  return steps;
}

TEST_P(AdoptTraces, BoundsThatComeLateDoNotKeepItFromEnding) {
  const Problem problem = problem_of({1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1}, {{0, 1, nothing},
                                                                         {0, 2, nothing},
                                                                         {1, 3, nothing},
                                                                         {3, 4, nothing},
                                                                         {1, 4, by_first(5, 6)},
                                                                         {1, 5, nothing},
                                                                         {5, 6, nothing},
                                                                         {1, 6, by_first(2, 3)},
                                                                         {2, 7, nothing},
                                                                         {7, 8, nothing},
                                                                         {2, 8, by_first(5, 6)},
                                                                         {2, 9, nothing},
                                                                         {9, 10, nothing},
                                                                         {2, 10, by_first(2, 3)}});
  const Pseudotree tree = tree_of(problem, halves);
  ScriptedDelivery run(problem, tree, algorithm());
  run.start_all();
  for (int round = 0; round < 100 && !run.all_finished(); ++round) {
    play(run, flapping(1, 100, true));
    play(run, {{1}, {0}});
    play(run, flapping(2, 400, true));
    play(run, {{2}, {0}});
  }
  expect_optimum(run, problem);
}

TEST_P(AdoptTraces, BoundsThatComeLateDoNotKeepItFromEndingWithoutRepeatedMessages) {
  const auto same = [](int x, int y) { return x == y ? 0.0 : 1000.0; };
  const auto five = [](int x, int y) { return y == 2 ? 1.0 : 5.0 + x + 3 * y; };
  const auto two = [](int x, int y) { return y == 2 ? 1.0 : 2.0 + x; };
  const Problem problem = problem_of({3, 2, 2, 1, 3, 1, 3, 1, 3, 1, 3}, {{0, 1, nothing},
                                                                         {0, 2, nothing},
                                                                         {0, 4, same},
                                                                         {0, 6, same},
                                                                         {0, 8, same},
                                                                         {0, 10, same},
                                                                         {1, 3, nothing},
                                                                         {3, 4, nothing},
                                                                         {1, 4, five},
                                                                         {1, 5, nothing},
                                                                         {5, 6, nothing},
                                                                         {1, 6, two},
                                                                         {2, 7, nothing},
                                                                         {7, 8, nothing},
                                                                         {2, 8, five},
                                                                         {2, 9, nothing},
                                                                         {9, 10, nothing},
                                                                         {2, 10, two}});
  const Pseudotree tree = tree_of(problem, halves);
  ScriptedDelivery run(problem, tree, algorithm());
  run.start_all();
  for (int round = 0; round < 100 && !run.all_finished(); ++round) {
    play(run, flapping(1, 100, true));
    play(run, {{1, {0}}, {0}});
    play(run, flapping(1, 400, false));
    play(run, {{1, {0}}, {0}});
    play(run, flapping(2, 700, true));
    play(run, {{2, {0}}, {0}});
    play(run, flapping(2, 1000, false));
    play(run, {{2, {0}}, {0}});
  }
  expect_optimum(run, problem);
}

TEST_P(AdoptTraces, AValueThatWasNeverHeardDoesNotCountAsFree) {
  // Variable 2 answers variable 1 before it has heard of the root, with which alone it has costs.
  const Problem problem = problem_of(
      {2, 1, 2}, {{0, 1, nothing}, {1, 2, nothing}, {0, 2, [](int x, int y) { return x && y ? 0.0 : 100.0; }}});
  const Pseudotree tree = tree_of(problem, {no_id, 0, 1});
  ScriptedDelivery run(problem, tree, algorithm());
  run.start_all();
  play(run, {{2, {0}}, {1}, {0}});
  play_in_turn(run, 3, false);
  expect_optimum(run, problem);
  EXPECT_EQ(run.decisions(), (std::vector<ValueIndex>{1, 0, 1}));
}

TEST_P(AdoptTraces, AVariableThatWentElsewhereComesBackWhenTheRootEnds) {
  const auto root_and_leaf = [](int x, int y) { return x != y ? 1000.0 : x ? 100.0 : 1.0; };
  const auto last_two = [](int x, int y) { return x == y ? 0.0 : x ? 10.0 : 100.0; };
  const Problem problem = problem_of(
      {2, 1, 2, 2, 1},
      {{0, 1, nothing}, {1, 2, nothing}, {2, 3, last_two}, {0, 4, by_first(0, 1000)}, {0, 3, root_and_leaf}});
  const Pseudotree tree = tree_of(problem, {no_id, 0, 1, 2, 0});
  ScriptedDelivery run(problem, tree, algorithm());
  run.start_all();
  play(run, {{4}, {3}, {2}, {3}, {2}, {1}, {0}, {3}, {4}, {0}, {1}}, true);
  if (algorithm().info.name == "adopt")
    play(run, {{2, {3}}, {2}, {3, {0}}, {2}, {1}, {2}, {3}}, true);
  else
    play(run, {{2, {1}}, {2}, {3}}, true);
  play_in_turn(run, 5, true);
  expect_optimum(run, problem);
}

INSTANTIATE_TEST_SUITE_P(Both, AdoptTraces, ::testing::Values("adopt", "bnb_adopt"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace entente
