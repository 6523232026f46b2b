// SPDX-License-Identifier: MIT
// entente solve -m process: the same results as in one process, and nothing left however it ends.
#include "cli/processes.hpp"

namespace entente::test {
namespace {

/// `solve -m process` with these words, watched.
class ProcessRun {
 public:
  explicit ProcessRun(Words words, const std::string& problem = ring_with_agents(12, "10", "R, G, B", 4)) {
    Words all{"solve", "-m", "process", watched.folder().write("p.yaml", problem)};
    all.insert(all.end(), words.begin(), words.end());
    run.emplace(entente_words(all), "", watched.environment());
  }
  /// Until its agents are there, and have worked for a while.
  std::vector<int> under_way(std::size_t agents) {
    std::vector<int> found = watched.wait_for("--parent", agents);
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    return found;
  }
  Watched watched;
  std::optional<Running> run;
};

/// Two colours on a ring of odd length never come to rest.
std::string endless() { return ring_with_agents(21, "10", "R, G", 3); }

TEST(Process, the_result_is_that_of_one_process_and_nothing_is_left) {
  for (const char* algorithm : {"dsa", "dpop", "maxsum"}) {
    ProcessRun process({"-a", algorithm, "--stop_cycle", "30"});
    const Finished end = process.run->wait();
    ASSERT_EQ(end.code, 0) << end.err;
    const Finished here =
        entente({"solve", "-a", algorithm, "--stop_cycle", "30", process.watched.folder().path("p.yaml")});
    EXPECT_EQ(without_times(end.json()), without_times(here.json())) << algorithm << end.err;
    process.watched.expect_nothing_left();
  }
}

TEST(Process, there_is_a_process_for_each_agent_that_hosts_something_and_one_server_that_only_this_machine_reaches) {
  ProcessRun process({"-a", "dsa"}, endless());
  process.under_way(3);
  EXPECT_EQ(process.watched.processes("--parent").size(), 3u);
  EXPECT_EQ(process.watched.processes("nats-server").size(), 1u);
  for (const auto& entry : std::filesystem::directory_iterator(process.watched.scratch()))
    ADD_FAILURE() << entry.path();
  process.run->send(SIGINT);
  const Finished end = process.run->wait();
  EXPECT_EQ(end.code, 130) << end.err;
  EXPECT_EQ(end.json()["status"], "STOPPED") << end.err;
  EXPECT_EQ(end.json()["assignment"].size(), 21u);
  process.watched.expect_nothing_left();
}

TEST(Process, after_kill_9_nothing_is_left_within_two_seconds) {
  ProcessRun process({"-a", "dsa"}, endless());
  process.under_way(3);
  process.run->send(SIGKILL);
  EXPECT_LT(process.watched.seconds_until_gone(), 2);
  process.watched.expect_nothing_left();
}

TEST(Process, killed_at_any_moment_of_its_start_it_leaves_nothing) {
  for (const int milliseconds : {1, 5, 10, 20, 30, 40, 60, 80}) {
    ProcessRun process({"-a", "dsa"}, endless());
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    process.run->send(SIGKILL);
    EXPECT_LT(process.watched.seconds_until_gone(), 2) << milliseconds;
    process.watched.expect_nothing_left();
  }
}

TEST(Process, an_agent_that_is_killed_ends_the_run_with_its_name_and_the_best_answer_so_far) {
  ProcessRun process({"-a", "dsa"}, endless());
  const std::vector<int> agents = process.under_way(3);
  ASSERT_EQ(process.watched.processes("--agent=a1").size(), 1u);
  kill(process.watched.processes("--agent=a1").front(), SIGKILL);
  const Finished end = process.run->wait();
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_EQ(end.json()["status"], "ERROR") << end.out;
  EXPECT_EQ(end.json()["assignment"].size(), 21u) << end.out;
  EXPECT_NE(end.err.find("agent 'a1' was killed by signal 9"), std::string::npos) << end.err;
  process.watched.expect_nothing_left();
}

TEST(Process, a_server_that_is_killed_ends_the_run) {
  ProcessRun process({"-a", "dsa"}, endless());
  process.under_way(3);
  const std::vector<int> servers = process.watched.processes("nats-server");
  ASSERT_EQ(servers.size(), 1u);
  kill(servers.front(), SIGKILL);
  const Finished end = process.run->wait();
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_NE(end.err.find("the NATS server was killed by signal 9"), std::string::npos) << end.err;
  process.watched.expect_nothing_left();
}

TEST(Process, time_limits_hold) {
  {
    ProcessRun process({"-a", "dsa", "-t", "1"}, endless());
    const Finished end = process.run->wait();
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_EQ(end.json()["status"], "TIMEOUT");
    EXPECT_EQ(end.json()["assignment"].size(), 21u);
    process.watched.expect_nothing_left();
  }
  {
    ProcessRun process({"-a", "dsa", "--strict_timeout", "3"}, endless());
    const Finished end = process.run->wait();
    EXPECT_EQ(end.code, 0) << end.err;
    EXPECT_EQ(end.json()["status"], "TIMEOUT");
    process.watched.expect_nothing_left();
  }
}

TEST(Process, a_strict_time_limit_that_cuts_it_off_leaves_nothing) {
  ProcessRun process({"-a", "dsa", "--strict_timeout", "0.03"}, endless());
  const Finished end = process.run->wait();
  EXPECT_NE(end.code, 3) << end.err;
  EXPECT_LT(process.watched.seconds_until_gone(), 2);
  process.watched.expect_nothing_left();
}

TEST(Process, metrics_are_those_of_one_process) {
  ProcessRun process({"-a", "mgm", "-c", "cycle_change", "--stream", "--stop_cycle", "10"});
  const Finished end = process.run->wait(),
                 here = entente({"solve", "-a", "mgm", "-c", "cycle_change", "--stream", "--stop_cycle", "10",
                                 process.watched.folder().path("p.yaml")});
  const auto rows = [](const std::string& text) {
    std::vector<nlohmann::json> list;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) list.push_back(without_times(nlohmann::json::parse(line)));
    return list;
  };
  EXPECT_EQ(rows(end.out), rows(here.out)) << end.err;
}

TEST(Process, a_delay_is_the_agents) {
  ProcessRun process({"-a", "dsa", "--delay", "0.1", "--stop_cycle", "5"});
  const Finished end = process.run->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["cycle"], 5);
  EXPECT_GT(end.seconds, 0.4);
}

TEST(Process, agents_of_any_name_are_started) {
  std::string text = ring(4, "10");
  text += "agents: [\"-n\", \"[a,b]\", \"it's \\\"x\\\" \", \u00e9]\n";
  ProcessRun process({"-a", "dsa", "--stop_cycle", "3"}, text);
  const Finished end = process.run->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["agt_metrics"].size(), 4u) << end.out;
}

TEST(Process, plug_ins_are_loaded_by_the_agents) {
  ProcessRun process({"-a", ENTENTE_BINARY_DIR "/tests/my_dsa.so", "--stop_cycle", "10"});
  const Finished end = process.run->wait();
  ASSERT_EQ(end.code, 0) << end.err;
  const Finished here = entente({"solve", "-a", ENTENTE_BINARY_DIR "/tests/my_dsa.so", "--stop_cycle", "10",
                                 process.watched.folder().path("p.yaml")});
  EXPECT_EQ(without_times(end.json()), without_times(here.json()));
}

TEST(Process, what_makes_no_sense_with_processes_is_refused) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  for (const Words& words : {Words{"--engine", "simulated"}, Words{"--chart", "c.svg"}}) {
    Words all{"solve", "-m", "process", file};
    all.insert(all.end(), words.begin(), words.end());
    EXPECT_EQ(entente(all).code, 2);
  }
  const Finished plants = entente({"solve", "-m", "process", example("ev_charging.yaml")});
  EXPECT_EQ(plants.code, 2);
  EXPECT_NE(plants.err.find("--mode process"), std::string::npos) << plants.err;
  EXPECT_EQ(entente({"solve", "-m", "threads", file}).code, 2);
  EXPECT_EQ(entente({"solve", "-m", "thread", file}).code, 0);
}

}  // namespace
}  // namespace entente::test
