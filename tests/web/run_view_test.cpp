// SPDX-License-Identifier: MIT
// A run as JSON: what is there, what is cut, and what clients may say to ask for it.
#include "web/run_view.hpp"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "support/random_problem.hpp"

namespace entente::web {
namespace {

using nlohmann::json;

Problem some_problem(std::uint32_t variables) {
  return testing::make_random_problem({.variables = variables, .domain = 3, .degree = 2}, 1);
}
LiveState state_of(const Problem& problem, double seconds) {
  LiveState state;
  state.seconds = state.progress.seconds = seconds;
  state.values.assign(problem.variable_count(), 1);
  return state;
}
void update(RunView& view, const LiveState& state) { view.update(std::make_shared<const LiveState>(state)); }

TEST(RunView, SaysWhereTheRunStands) {
  const Problem problem = some_problem(6);
  RunView view(problem);
  EXPECT_EQ(json::parse(view.state_text())["status"], "WAITING");
  LiveState state = state_of(problem, 0.5);
  state.progress.cost = 12.5;
  state.progress.best_cost = std::numeric_limits<double>::infinity();
  state.progress.bound = 3;
  update(view, state);
  const json text = json::parse(view.state_text());
  EXPECT_EQ(text["status"], "RUNNING");
  EXPECT_EQ(text["cost"], 12.5);
  EXPECT_EQ(text["best_cost"], nullptr) << "JSON knows no infinity";
  EXPECT_EQ(text["bound"], 3);
  EXPECT_EQ(text["values"].size(), 6u);
  EXPECT_EQ(text["values"][problem.variable_name(0)], json(std::get<std::int64_t>(problem.domain(0).values[1])));
  view.end();
  EXPECT_EQ(json::parse(view.state_text())["status"], "FINISHED");
}

TEST(RunView, KeepsACurveOfLimitedLengthFromTheBeginning) {
  const Problem problem = some_problem(2);
  RunView view(problem);
  for (int i = 0; i < 100'000; ++i) update(view, state_of(problem, i));
  const json history = json::parse(view.state_text())["history"];
  ASSERT_GE(history.size(), 900u);
  EXPECT_LE(history.size(), 2000u);
  EXPECT_EQ(history[0][0], 0);
  const double step = history[1][0].get<double>();
  for (std::size_t i = 0; i < history.size(); ++i) EXPECT_EQ(history[i][0], double(i) * step);
  EXPECT_GT(history.back()[0], 98'000);
}

TEST(RunView, TellsNeighboursOnTheGraphOfTheRun) {
  const Problem problem = some_problem(8);
  RunView view(problem);
  view.begin({.algorithm = "maxsum",
              .parameters = {{"damping", "0.5"}},
              .graph = Graph::factor,
              .agents = {"one"},
              .host = std::vector<std::uint32_t>(problem.variable_count() + problem.constraint_count(), 0)});
  const json list = json::parse(view.computations_text());
  ASSERT_EQ(list["computations"].size(), problem.variable_count() + problem.constraint_count());
  EXPECT_EQ(list["left_out"], 0);
  const json& factor = list["computations"].back();
  EXPECT_EQ(factor["type"], "FactorComputation");
  EXPECT_EQ(factor["neighbors"].size(), problem.scope(problem.constraint_count() - 1).size());
  EXPECT_EQ(factor["algo"], json({{"name", "maxsum"}, {"params", {{"damping", "0.5"}}}}));
  EXPECT_EQ(factor["agent"], "one");
  EXPECT_EQ(list["computations"][0]["neighbors"].size(), problem.constraints_of(0).size());
}

TEST(RunView, CutsLongLists) {
  const Problem problem = some_problem(150'000);
  RunView view(problem);
  view.begin({.algorithm = "dsa", .agents = {"one"}, .host = std::vector<std::uint32_t>(150'000, 0)});
  update(view, state_of(problem, 1));
  const json state = json::parse(view.state_text());
  EXPECT_EQ(state["values"].size(), RunView::most_values);
  EXPECT_EQ(state["left_out"], 150'000 - RunView::most_values);
  const json list = json::parse(view.computations_text());
  EXPECT_LE(list["computations"].size(), RunView::most_computations);
  EXPECT_EQ(list["computations"].size() + list["left_out"].get<std::size_t>(), 150'000u);
  const json agent = json::parse(view.agent_text("one"));
  EXPECT_EQ(agent["agent"]["computations"].size(), RunView::most_names);
}

TEST(RunView, AnswersTheCommandsOfPyDcop) {
  const Problem problem = some_problem(3);
  RunView view(problem);
  view.begin({.algorithm = "dsa", .agents = {"a\"1", "a2"}, .host = {0, 0, 1}});
  EXPECT_EQ(json::parse(answer(view, R"({"cmd": "test"})"))["cmd"], "test");
  const json computations = json::parse(answer(view, R"({"cmd": "computations"})"));
  EXPECT_EQ(computations["cmd"], "computations");
  for (const char* key :
       {"id", "name", "type", "value", "neighbors", "algo", "msg_count", "msg_size", "cycles", "footprint"})
    EXPECT_TRUE(computations["computations"][0].contains(key)) << key;
  const json all = json::parse(answer(view, R"({"cmd": "agent"})"))["agent"];
  EXPECT_EQ(all["is_orchestrator"], true);
  const json one = json::parse(answer(view, R"({"cmd": "agent", "agent": "a\"1"})"))["agent"];
  EXPECT_EQ(one["computations"].size(), 2u);
  for (const char* key : {"name", "extra", "computations", "replicas", "address", "is_orchestrator"})
    EXPECT_TRUE(one.contains(key)) << key;
  EXPECT_EQ(json::parse(answer(view, R"({"cmd": "agent", "agent": "nobody"})"))["cmd"], "error");
}

TEST(RunView, ReplacesWhatIsNoText) {
  const Problem problem = some_problem(1);
  RunView view(problem);
  view.begin({.algorithm = "\xff\xfe", .agents = {"\xc3"}, .host = {0}});
  EXPECT_FALSE(json::parse(view.agents_text(), nullptr, false).is_discarded());
  EXPECT_FALSE(json::parse(view.computations_text(), nullptr, false).is_discarded());
}

RC_GTEST_PROP(RunView, AnswersAnythingWithAnObject, (const std::string& noise)) {
  static const RunView view(some_problem(3));
  const std::vector<std::string> texts = {noise,
                                          "{\"cmd\": \"" + noise + "\"}",
                                          "{\"cmd\": " + noise + "}",
                                          "[" + noise,
                                          std::string(4096, '['),
                                          "{\"cmd\": 1e999}",
                                          "{\"cmd\": \"agent\", \"agent\": [" + noise + "]}"};
  const std::string text = *rc::gen::elementOf(texts);
  const json said = json::parse(answer(view, text));
  RC_ASSERT(said.is_object() && said.contains("cmd"));
}

}  // namespace
}  // namespace entente::web
