// SPDX-License-Identifier: MIT
// What is news to a client, without any network: nothing twice, nothing lost, nothing without bound.
#include "web/follower.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "support/random_problem.hpp"

namespace entente::web {
namespace {

using nlohmann::json;

Problem some_problem(std::uint32_t variables) {
  return testing::make_random_problem({.variables = variables, .domain = 5, .degree = 2}, 1);
}
RunPlan plan_for(const Problem& problem) {
  RunPlan plan{.algorithm = "dsa", .agents = {"a1", "a2"}};
  for (VariableId v = 0; v < problem.variable_count(); ++v) plan.host.push_back(v % 2);
  return plan;
}
std::shared_ptr<const LiveState> state_of(const Problem& problem, std::uint64_t cycle, ValueIndex value) {
  LiveState state;
  state.cycle = state.progress.cycle = cycle;
  state.values.assign(problem.variable_count(), value);
  state.progress.messages = 10 * cycle;
  state.progress.message_bytes = 40 * cycle;
  return std::make_shared<const LiveState>(state);
}
std::map<std::string, int> count_events(const std::vector<std::string>& news) {
  std::map<std::string, int> count;
  for (const std::string& text : news) {
    const json message = json::parse(text);
    ++count[message.value("evt", message.value("cmd", "?"))];
  }
  return count;
}
using Counts = std::map<std::string, int>;

TEST(Follower, TellsWhatChangedAndNothingElse) {
  const Problem problem = some_problem(4);
  RunView view(problem);
  view.begin(plan_for(problem));
  Follower follower;
  EXPECT_TRUE(follower.news(view).empty());
  view.update(state_of(problem, 1, 0));
  EXPECT_EQ(count_events(follower.news(view)),
            (Counts{{"state", 1}, {"msg_snd", 1}, {"msg_rcv", 1}, {"value", 4}, {"cycle", 4}}));
  EXPECT_TRUE(follower.news(view).empty());

  LiveState state = *state_of(problem, 2, 0);
  state.values[2] = 3;
  view.update(std::make_shared<const LiveState>(state));
  const std::vector<std::string> news = follower.news(view);
  EXPECT_EQ(count_events(news), (Counts{{"state", 1}, {"msg_snd", 1}, {"msg_rcv", 1}, {"value", 1}, {"cycle", 1}}));
  const json sent = json::parse(news[1]), value = json::parse(news[3]), cycle = json::parse(news[4]);
  EXPECT_EQ(sent, json({{"evt", "msg_snd"}, {"computation", nullptr}, {"msg_count", 10}, {"msg_size", 40}}));
  EXPECT_EQ(value["computation"], problem.variable_name(2));
  EXPECT_EQ(value["value"], json(std::get<std::int64_t>(problem.domain(2).values[3])));
  EXPECT_EQ(cycle, json({{"evt", "cycle"}, {"computation", problem.variable_name(2)}, {"cycles", 2}}));
}

TEST(Follower, HearsOfComputationsOnlyIfItWasThereBefore) {
  const Problem problem = some_problem(5);
  RunView view(problem);
  Follower early, late;
  EXPECT_TRUE(early.news(view).empty());
  view.begin(plan_for(problem));
  EXPECT_EQ(count_events(early.news(view)), (Counts{{"add_comp", 5}}));
  EXPECT_TRUE(late.news(view).empty());
}

TEST(Follower, IsToldOfLargeProblemsInPortionsAndOfAllInTheEnd) {
  const auto most = std::uint32_t(Follower::most_values);
  const Problem problem = some_problem(3 * most + 7);
  RunView view(problem);
  view.begin(plan_for(problem));
  Follower follower;
  std::map<std::string, int> told;
  const auto take = [&](const std::vector<std::string>& news) {
    for (const std::string& text : news)
      if (const json message = json::parse(text); message.value("evt", "") == "value")
        ++told[message["computation"].get<std::string>()];
  };
  view.update(state_of(problem, 1, 1));
  const std::vector<std::string> first = follower.news(view);
  EXPECT_EQ(count_events(first)["value"], int(most));
  EXPECT_TRUE(follower.news(view).empty()) << "the rest waits for the next state";
  take(first);
  view.update(state_of(problem, 2, 1));
  take(follower.news(view));
  EXPECT_EQ(told.size(), 2 * most) << "somebody was told twice while others waited";
  view.end();
  for (int i = 0; i < 10 && !follower.closed(); ++i) take(follower.news(view));
  EXPECT_TRUE(follower.closed());
  EXPECT_EQ(told.size(), problem.variable_count());
  EXPECT_TRUE(follower.news(view).empty());
}

TEST(Follower, ClosesWhereNothingEverHappened) {
  RunView view(some_problem(3));
  view.end();
  Follower follower;
  EXPECT_EQ(count_events(follower.news(view)), (Counts{{"close", 1}}));
  EXPECT_TRUE(follower.closed());
}

}  // namespace
}  // namespace entente::web
