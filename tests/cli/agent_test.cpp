// SPDX-License-Identifier: MIT
// entente agent and entente orchestrator: who may come when, who is refused, and what happens when one of them dies.
#include "cli/processes.hpp"
#include "support/nats_server.hpp"

namespace entente::test {
namespace {

/// A server, and programs that know how to reach it.
class Site {
 public:
  Site() {
    watched.folder().write("credentials.yaml", "token: " + server.token() + "\n");
    std::filesystem::permissions(watched.folder().path("credentials.yaml"), std::filesystem::perms::owner_all);
  }
  Words with_access(Words words) const {
    words.insert(words.end(), {"--nats", server.url(), "--credentials", watched.folder().path("credentials.yaml")});
    return words;
  }
  std::unique_ptr<Running> start(const Words& words) const {
    return std::make_unique<Running>(entente_words(with_access(words)), "", watched.environment());
  }
  std::unique_ptr<Running> agent(const std::string& name, const Words& more = {}) const {
    Words words{"agent", "-n", name};
    words.insert(words.end(), more.begin(), more.end());
    return start(words);
  }
  std::string problem(const std::string& text = ring_with_agents(6, "10", "R, G, B", 2)) const {
    return watched.folder().write("p.yaml", text);
  }

  entente::testing::NatsServerProcess server;
  Watched watched;
};

std::string endless() { return ring_with_agents(21, "10", "R, G", 2); }

TEST(Agent, agents_may_come_before_the_orchestrator_and_the_result_is_that_of_one_process) {
  Site site;
  const auto a0 = site.agent("a0"), a1 = site.agent("a1");
  EXPECT_TRUE(a0->says("agent 'a0' waits for an orchestrator of the run 'entente'"));
  const std::string file = site.problem();
  const Finished end = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "20", file})->wait();
  ASSERT_EQ(end.code, 0) << end.err;
  const Finished here = entente({"solve", "-a", "dsa", "--stop_cycle", "20", file});
  EXPECT_EQ(without_times(end.json()), without_times(here.json()));
  EXPECT_EQ(a0->wait().code, 0);
  EXPECT_EQ(a1->wait().code, 0);
}

TEST(Agent, the_orchestrator_may_come_first_and_says_for_whom_it_waits) {
  Site site;
  const auto orchestrator = site.start({"orchestrator", "-a", "mgm", site.problem()});
  const auto a1 = site.agent("a1");
  EXPECT_TRUE(orchestrator->says("waits for"));
  const auto a0 = site.agent("a0");
  EXPECT_EQ(orchestrator->wait().code, 0);
  EXPECT_EQ(a0->wait().code, 0);
  EXPECT_EQ(a1->wait().code, 0);
}

TEST(Agent, one_process_may_be_several_agents) {
  Site site;
  const auto agents = site.start({"agent", "-n", "a0", "a1"});
  const Finished end = site.start({"orchestrator", "-a", "dpop", site.problem()})->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["cost"], 0);
  EXPECT_EQ(agents->wait().code, 0);
}

TEST(Agent, with_restart_it_waits_for_the_next_run) {
  Site site;
  const auto agents = site.start({"agent", "--names", "a0", "--names", "a1", "--restart"});
  const std::string file = site.problem();
  for (int i = 0; i < 2; ++i) {
    const Finished end = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "5", file})->wait();
    EXPECT_EQ(end.code, 0) << end.err;
  }
  agents->send(SIGTERM);
  const Finished end = agents->wait();
  EXPECT_EQ(end.code, 143) << end.err;
}

TEST(Agent, a_name_that_is_taken_or_unknown_is_refused_and_one_without_work_is_told_so) {
  Site site;
  std::string text = ring_with_agents(2, "10", "R, G, B", 3);
  const auto a0 = site.agent("a0");
  const auto orchestrator = site.start({"orchestrator", "-a", "dsa", site.problem(text)});
  ASSERT_TRUE(orchestrator->says("waits for 1 agent: 'a1'")) << "the first a0 is there";
  const Finished second = site.agent("a0")->wait();
  EXPECT_EQ(second.code, 2);
  EXPECT_NE(second.err.find("there is an agent 'a0' already"), std::string::npos) << second.err;
  const Finished stranger = site.agent("a7")->wait();
  EXPECT_EQ(stranger.code, 2);
  EXPECT_NE(stranger.err.find("the run has no agent 'a7'"), std::string::npos) << stranger.err;
  const Finished idle = site.agent("a2")->wait();
  EXPECT_EQ(idle.code, 0) << idle.err;
  EXPECT_NE(idle.err.find("nothing to do"), std::string::npos) << idle.err;
  const auto a1 = site.agent("a1");
  EXPECT_EQ(orchestrator->wait().code, 0);
  EXPECT_EQ(a0->wait().code, 0);
  EXPECT_EQ(a1->wait().code, 0);
}

TEST(Agent, a_second_orchestrator_of_a_run_is_refused_and_another_run_is_not_in_its_way) {
  Site site;
  const std::string file = site.problem();
  const auto first = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "5", file});
  EXPECT_TRUE(first->says("waits for"));
  const Finished second = site.start({"orchestrator", "-a", "dsa", file})->wait();
  EXPECT_EQ(second.code, 2);
  EXPECT_NE(second.err.find("--run"), std::string::npos) << second.err;
  const auto other = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "5", "--run", "other", file});
  const auto agents = site.start({"agent", "-n", "a0", "a1", "--run", "other"});
  EXPECT_EQ(other->wait().code, 0);
  EXPECT_EQ(agents->wait().code, 0);
}

TEST(Agent, without_credentials_there_is_no_way_in) {
  Site site;
  const Finished agent = entente({"agent", "-n", "a0", "--nats", site.server.url()});
  EXPECT_EQ(agent.code, 2) << agent.err;
  EXPECT_NE(agent.err.find("redentials"), std::string::npos) << agent.err;
  const Finished orchestrator = entente({"orchestrator", "--nats", site.server.url(), site.problem()});
  EXPECT_EQ(orchestrator.code, 2) << orchestrator.err;
  const Finished nobody = entente({"agent", "-n", "a0", "--nats", "nats://127.0.0.1:1"});
  EXPECT_EQ(nobody.code, 2) << nobody.err;
  EXPECT_NE(nobody.err.find("127.0.0.1:1"), std::string::npos) << nobody.err;
}

TEST(Agent, a_server_that_lets_everybody_in_is_refused_unless_that_is_wanted) {
  const entente::testing::NatsServerProcess open("max_connections: 100\n");
  const Folder folder;
  const std::string file = folder.write("p.yaml", ring_with_agents(4, "10", "R, G, B", 2));
  const Finished refused = entente({"orchestrator", "-a", "dsa", "--nats", open.url(), file});
  EXPECT_EQ(refused.code, 2) << refused.err;
  Running agents(entente_words({"agent", "-n", "a0", "a1", "--nats", open.url(), "--allow-anonymous"}));
  const Finished end = entente({"orchestrator", "-a", "mgm", "--nats", open.url(), "--allow-anonymous", file});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(agents.wait().code, 0);
}

TEST(Agent, when_the_orchestrator_dies_agents_say_so_and_end_or_wait_for_the_next) {
  Site site;
  const std::string file = site.problem(endless());
  const auto a0 = site.agent("a0"), a1 = site.agent("a1", {"--restart"});
  {
    const auto orchestrator = site.start({"orchestrator", "-a", "dsa", file});
    EXPECT_TRUE(orchestrator->says("Ctrl-C"));
    std::this_thread::sleep_for(std::chrono::seconds(1));
    orchestrator->send(SIGKILL);
    orchestrator->wait();
  }
  const Finished end = a0->wait();
  EXPECT_EQ(end.code, 2) << end.err;
  EXPECT_NE(end.err.find("gone"), std::string::npos) << end.err;
  const auto again = site.agent("a0");
  const Finished next = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "3", file})->wait();
  EXPECT_EQ(next.code, 0) << next.err;
  EXPECT_EQ(again->wait().code, 0);
}

TEST(Agent, when_an_agent_dies_the_orchestrator_names_it_and_gives_the_best_answer_so_far) {
  Site site;
  const auto a0 = site.agent("a0"), a1 = site.agent("a1");
  const auto orchestrator = site.start({"orchestrator", "-a", "dsa", site.problem(endless())});
  EXPECT_TRUE(orchestrator->says("Ctrl-C"));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  a1->send(SIGKILL);
  const Finished end = orchestrator->wait();
  EXPECT_EQ(end.code, 3) << end.err;
  EXPECT_NE(end.err.find("agent 'a1' is gone"), std::string::npos) << end.err;
  EXPECT_EQ(end.json()["status"], "ERROR");
  EXPECT_EQ(end.json()["assignment"].size(), 21u) << end.out;
  a0->wait();
}

TEST(Agent, ctrl_c_at_the_orchestrator_gives_the_best_answer_and_ends_the_agents) {
  Site site;
  const auto agents = site.start({"agent", "-n", "a0", "a1"});
  const auto orchestrator = site.start({"orchestrator", "-a", "dsa", site.problem(endless())});
  EXPECT_TRUE(orchestrator->says("Ctrl-C"));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  orchestrator->send(SIGINT);
  const Finished end = orchestrator->wait();
  EXPECT_EQ(end.code, 130) << end.err;
  EXPECT_EQ(end.json()["status"], "STOPPED");
  EXPECT_EQ(agents->wait().code, 0);
}

TEST(Agent, who_waits_can_be_stopped) {
  Site site;
  const auto agent = site.agent("a0");
  EXPECT_TRUE(agent->says("waits"));
  agent->send(SIGINT);
  EXPECT_EQ(agent->wait().code, 130);
  const auto orchestrator = site.start({"orchestrator", "-a", "dsa", site.problem()});
  EXPECT_TRUE(orchestrator->says("waits for"));
  orchestrator->send(SIGTERM);
  EXPECT_EQ(orchestrator->wait().code, 143);
  const Finished late = site.start({"orchestrator", "-a", "dsa", "--wait", "0.2", site.problem()})->wait();
  EXPECT_EQ(late.code, 2) << late.err;
  EXPECT_NE(late.err.find("'a0', 'a1'"), std::string::npos) << late.err;
}

TEST(Agent, a_time_limit_counts_from_when_all_are_there) {
  Site site;
  const auto orchestrator = site.start({"orchestrator", "-a", "dsa", "-t", "0.4", site.problem(endless())});
  EXPECT_TRUE(orchestrator->says("waits for"));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto agents = site.start({"agent", "-n", "a0", "a1"});
  const Finished end = orchestrator->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(end.json()["status"], "TIMEOUT");
  EXPECT_GT(end.json()["cycle"], 0);
  EXPECT_EQ(agents->wait().code, 0);
}

TEST(Agent, a_plug_in_is_loaded_only_where_the_agents_user_allows_it) {
  Site site;
  const std::string file = site.problem(), plugin = ENTENTE_BINARY_DIR "/tests/my_dsa.so";
  {
    const auto agents = site.start({"agent", "-n", "a0", "a1"});
    const Finished end = site.start({"orchestrator", "-a", plugin, "--stop_cycle", "5", file})->wait();
    EXPECT_NE(end.code, 0);
    EXPECT_NE(end.err.find("plug"), std::string::npos) << end.err;
    agents->wait();
  }
  const auto agents = site.start({"agent", "-n", "a0", "a1", "--plugin", plugin});
  const Finished end = site.start({"orchestrator", "-a", plugin, "--stop_cycle", "5", file})->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_EQ(agents->wait().code, 0);
}

TEST(Agent, another_capacity_than_the_problems_is_said) {
  Site site;
  const std::string file = site.problem(ring(2, "10") + "agents: {a0: {capacity: 100}, a1: {capacity: 100}}\n");
  const auto agents = site.start({"agent", "-n", "a0", "a1", "--capacity", "7"});
  const Finished end = site.start({"orchestrator", "-a", "dsa", "--stop_cycle", "2", file})->wait();
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_NE(end.err.find("agent 'a0' says that its capacity is 7"), std::string::npos) << end.err;
  agents->wait();
}

TEST(Agent, pydcops_options_are_answered) {
  const Folder folder;
  const std::string file = folder.write("p.yaml", two_colours);
  for (const Words& words :
       {Words{"agent", "-n", "a0", "-o", "127.0.0.1:9000"}, Words{"agent", "-n", "a0", "--address", "127.0.0.1"},
        Words{"agent", "-n", "a0", "-p", "9001"}, Words{"orchestrator", "--port", "9000", file},
        Words{"orchestrator", "--address", "127.0.0.1", file}}) {
    const Finished end = entente(words);
    EXPECT_EQ(end.code, 2) << end.err;
    EXPECT_NE(end.err.find("--nats"), std::string::npos) << end.err;
  }
  EXPECT_EQ(entente({"agent"}).code, 2);
  EXPECT_EQ(entente({"agent", "-n", "a", "a"}).code, 2);
  EXPECT_EQ(entente({"agent", "-n", "a", "--run", "no.such"}).code, 2);
  EXPECT_EQ(entente({"orchestrator", "--run", "x y", file}).code, 2);
  EXPECT_EQ(entente({"orchestrator", example("ev_charging.yaml")}).code, 2);
}

}  // namespace
}  // namespace entente::test
