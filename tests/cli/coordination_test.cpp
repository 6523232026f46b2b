// SPDX-License-Identifier: MIT
// Schedule and resource problems on the command line: solved, drawn, verified, refused.
#include <algorithm>

#include "cli/program.hpp"

namespace entente::test {
namespace {

const std::string examples = std::string(ENTENTE_SOURCE_DIR) + "/examples/";

constexpr const char* two_agents = R"({"format": "cohda", "version": 1, "T": 3, "target": [1.2, 2, 3],
  "agents": [{"id": "a", "schedules": [[0, 1, 2], [1, 2, 3]]}, {"id": "b", "schedules": [[0, 1, 2], [1, 2, 3]]}]})";

TEST(Coordination, a_schedule_problem_is_recognised_and_solved) {
  const Folder folder;
  const Finished end = entente({"solve", folder.write("p.json", two_agents)});
  ASSERT_EQ(end.code, 0) << end.err;
  const auto result = end.json();
  EXPECT_EQ(result["status"], "FINISHED");
  EXPECT_EQ(result["algorithm"], "cohda");
  EXPECT_NEAR(result["cost"], 2.2, 1e-12);  // 0+0 misses by 1.2, 0, 1
  EXPECT_EQ(result["assignment"], (nlohmann::json{{"a", 0}, {"b", 0}}));
  EXPECT_LE(result["bound"], 2.2);
  EXPECT_EQ(result["gap"], 0);
}

TEST(Coordination, every_example_is_solved_and_verified) {
  const Folder folder;
  for (const char* const name : {"economic_dispatch.yaml", "ev_charging.yaml", "dc_network.yaml"}) {
    const Finished end = entente({"solve", examples + name});
    ASSERT_EQ(end.code, 0) << name << end.err;
    EXPECT_EQ(end.json()["status"], "FINISHED") << name;
    EXPECT_LT(end.json()["gap"], 1e-6) << name;
    EXPECT_LT(end.json()["residual"], 1e-4) << name;
    const Finished judged = entente({"verify", examples + name, folder.write("r.json", end.out)});
    EXPECT_EQ(judged.code, 0) << name << judged.out;
  }
}

TEST(Coordination, a_day_of_sixty_units_is_met_and_drawn) {
  const Folder folder;
  const std::string picture = folder.path("plant.svg"), problem = examples + "virtual_power_plant.yaml";
  const Finished plain = entente({"solve", "-p", "polish:no", problem});
  const Finished end = entente({"solve", "--chart", picture, problem});
  ASSERT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["assignment"].size(), 60u);
  EXPECT_LE(end.json()["cost"], plain.json()["cost"]);
  EXPECT_LE(end.json()["bound"], end.json()["cost"]);
  const std::string svg = folder.read("plant.svg");
  EXPECT_TRUE(svg.starts_with("<svg "));
  EXPECT_NE(svg.find("all agents"), std::string::npos);
  EXPECT_EQ(entente({"verify", problem, folder.write("r.json", end.out)}).code, 0);
}

TEST(Coordination, neighbours_come_to_the_price_of_the_coordinator) {
  const std::string problem = examples + "economic_dispatch.yaml";
  const auto central = entente({"solve", problem}).json(),
             spread = entente({"solve", "-a", "dispatch", problem}).json();
  EXPECT_NEAR(central["cost"], spread["cost"], 1e-4);
  for (std::size_t t = 0; t < 6; ++t) EXPECT_NEAR(central["prices"][t], spread["prices"][t], 1e-4);
}

TEST(Coordination, seconds_for_the_bound_are_spent_on_it_and_none_at_all_leave_it_out) {
  const Folder folder;
  const std::string made = entente({"generate", "schedules", "-v", "9", "--steps", "12", "--seed", "2"}).out;
  const std::string problem = folder.write("p.json", made);
  EXPECT_TRUE(entente({"solve", "--bound", "0", problem}).json()["bound"].is_null());
  const auto result = entente({"solve", "--bound", "0.2", "-p", "polish:no", problem}).json();
  EXPECT_LE(result["bound"], result["cost"]);
  EXPECT_EQ(result["status"], "FINISHED");
  EXPECT_TRUE(entente({"solve", "--bound", "0", examples + "dc_network.yaml"}).json()["bound"].is_null());
}

TEST(Coordination, what_cannot_be_met_is_infeasible_with_a_reason) {
  const Folder folder;
  const std::string problem = folder.write("p.json", R"({"format": "admm", "kind": "sharing", "n": 1,
      "agents": [{"id": "g", "q": [1], "lower": [0], "upper": [1]}], "coupling": {"type": "equality", "rhs": [5]}})");
  for (const Words& words : {Words{"solve", problem}, Words{"solve", "-a", "dispatch", problem}}) {
    const Finished end = entente(words);
    EXPECT_EQ(end.code, 1);
    EXPECT_EQ(end.json()["status"], "INFEASIBLE");
    EXPECT_TRUE(end.json()["cost"].is_null());
    EXPECT_NE(end.err.find("5"), std::string::npos) << end.err;
  }
}

TEST(Coordination, wrong_results_do_not_pass) {
  const Folder folder;
  const std::string problem = folder.write("p.json", two_agents);
  const auto verdict = [&](const char* text) {
    return entente({"verify", problem, folder.write("r.json", text)}).code;
  };
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": 0}, "cost": 2.2})"), 0);
  EXPECT_EQ(verdict(R"({"assignment": {"a": [0, 1, 2], "b": 0}, "cost": 2.2})"), 0);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": 0}, "cost": 2.1})"), 1);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": 0}, "cost": 2.2, "bound": 3})"), 1);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0}})"), 1);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": 2}})"), 1);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": -1}})"), 1);
  EXPECT_EQ(verdict(R"({"assignment": {"a": 0, "b": 0, "c": 0}})"), 1);
  EXPECT_EQ(verdict(R"({"cost": 2.2})"), 2);
  const std::string shared = examples + "economic_dispatch.yaml";
  EXPECT_EQ(entente({"verify", shared, folder.write("r.json", R"({"assignment": {"coal": [1]}})")}).code, 1);
}

TEST(Coordination, options_of_constraint_problems_are_refused_by_name) {
  const Folder folder;
  const std::string problem = folder.write("p.json", two_agents);
  for (const Words& option : {Words{"--infinity", "3"}, Words{"--collect_on", "period"}, Words{"--engine", "simulated"},
                              Words{"--delay", "1"}, Words{"--stream"}}) {
    Words words{"solve", problem};
    words.insert(words.end(), option.begin(), option.end());
    const Finished end = entente(words);
    EXPECT_EQ(end.code, 2);
    EXPECT_NE(end.err.find(option.front()), std::string::npos) << end.err;
  }
  EXPECT_EQ(entente({"solve", "-a", "dsa", problem}).code, 2);
  EXPECT_EQ(entente({"solve", "-a", "admm", problem}).code, 2);
  EXPECT_EQ(entente({"solve", "-p", "polished:yes", problem}).code, 2);
  EXPECT_EQ(entente({"graph", problem}).code, 2);
  EXPECT_EQ(entente({"solve", "--chart", folder.path("x.svg"), examples + "exams.yaml"}).code, 2);
  EXPECT_EQ(entente({"solve", "--chart", folder.path("x.svg"), examples + "dc_network.yaml"}).code, 2);
  EXPECT_FALSE(folder.has("x.svg"));
}

TEST(Coordination, one_seed_gives_one_result) {
  const Folder folder;
  const Finished made = entente({"generate", "schedules", "-v", "8", "--steps", "12", "--seed", "4"});
  ASSERT_EQ(made.code, 0) << made.err;
  const std::string problem = folder.write("p.json", made.out);
  auto once = entente({"solve", "--seed", "3", problem}).json(),
       again = entente({"solve", "--seed", "3", problem}).json();
  once.erase("time"), again.erase("time");
  EXPECT_EQ(once, again);
}

TEST(Coordination, generated_resources_are_feasible) {
  const Folder folder;
  for (const Words& more :
       {Words{"-v", "7", "-n", "4"}, Words{"-v", "9", "--kind", "network"},
        Words{"-v", "4", "-n", "5", "--kind", "consensus"}, Words{"-v", "5", "-n", "3", "--coupling", "target_l1"}}) {
    Words words{"generate", "resources"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished end = entente({"solve", folder.write("p.json", entente(words).out)});
    ASSERT_EQ(end.code, 0) << end.err;
    EXPECT_LT(end.json()["gap"], 1e-6);
  }
}

TEST(Coordination, methods_are_listed_and_described) {
  const Finished list = entente({"algorithms"});
  for (const char* const name : {"cohda", "admm", "dispatch"}) EXPECT_NE(list.out.find(name), std::string::npos);
  const Finished one = entente({"algorithms", "admm"});
  EXPECT_EQ(one.code, 0);
  EXPECT_NE(one.out.find("rho (float"), std::string::npos) << one.out;
}

}  // namespace
}  // namespace entente::test
