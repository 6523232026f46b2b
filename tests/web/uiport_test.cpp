// SPDX-License-Identifier: MIT
// --uiport of the real program: a run can be watched, is told to be over, and is the same as unwatched.
#include <gtest/gtest.h>

#include <csignal>

#include "cli/program.hpp"
#include "web/plain_client.hpp"

namespace entente::web {
namespace {

using nlohmann::json;
using test::Finished;
using test::Folder;
using test::Running;

/// The port that the program has said on standard error.
std::uint16_t port_of(Running& program, std::string_view said = "watch this run at http://127.0.0.1:") {
  EXPECT_TRUE(program.says(std::string(said)));
  EXPECT_TRUE(program.says("/\n"));
  const std::string text = program.said();
  const std::size_t at = text.find(said);
  return at == std::string::npos ? 0 : std::uint16_t(std::strtoul(text.c_str() + at + said.size(), nullptr, 10));
}

class UiPort : public ::testing::Test {
 protected:
  Folder folder;
  const std::string file = folder.write("restless.yaml", test::restless());
};

TEST_F(UiPort, ShowsARunUntilItIsOver) {
  Running program(test::entente_words({"solve", "-a", "dsa", "--uiport", "0", file}));
  const std::uint16_t port = port_of(program);
  PlainClient follower(port);
  ASSERT_TRUE(follower.open_socket());
  const json first = follower.next("evt", "state");
  const json later = follower.next("evt", "state");
  EXPECT_LT(first["cycle"], later["cycle"]);
  EXPECT_LT(first["time"], later["time"]);

  PlainClient asker(port);
  const json state = asker.get("/state").json();
  EXPECT_EQ(state["status"], "RUNNING");
  ASSERT_EQ(state["values"].size(), 61u);
  for (const json& value : state["values"]) EXPECT_TRUE(value == "R" || value == "G") << value;
  EXPECT_EQ(asker.get("/computations").json()["computations"][0]["algo"]["name"], "dsa");
  EXPECT_EQ(asker.get("/agents").json()["agents"].size(), 61u);

  program.send(SIGINT);
  json last = later;
  while (const auto frame = follower.next_frame()) {
    const json message = frame->json();
    if (message.value("evt", "") == "state") last = message;
    if (message.value("cmd", "") == "close") break;
  }
  const Finished end = program.wait();
  EXPECT_EQ(end.code, 130);
  EXPECT_EQ(last["best_cost"], end.json()["cost"]);
  EXPECT_EQ(last["cycle"], end.json()["cycle"]);
  EXPECT_TRUE(follower.ends());
}

TEST_F(UiPort, ChangesNoResult) {
  for (const char* algorithm : {"dsa", "mgm2", "maxsum", "adsa", "dpop"}) {
    json results[2];
    for (const bool watched : {false, true}) {
      test::Words words{"solve", "-a", algorithm, "--seed", "4"};
      if (std::string(algorithm) != "dpop") words.insert(words.end(), {"--stop_cycle", "200"});
      if (watched) words.insert(words.end(), {"--uiport", "0"});
      words.push_back(file);
      json result = test::entente(words).json();
      ASSERT_TRUE(result.is_object()) << algorithm;
      result.erase("time");
      for (auto& [name, agent] : result["agt_metrics"].items()) agent.erase("activity_ratio");
      results[watched] = result;
    }
    EXPECT_EQ(results[0], results[1]) << algorithm;
  }
}

TEST_F(UiPort, SaysWhichPortIsTakenBeforeAnythingRuns) {
  Running first(test::entente_words({"solve", "-a", "dsa", "--uiport", "0", file}));
  const std::string port = std::to_string(port_of(first));
  const Finished second = test::entente({"solve", "-a", "dsa", "--uiport", port, "--output", folder.path("x"), file});
  EXPECT_EQ(second.code, 2);
  EXPECT_EQ(second.out, "");
  EXPECT_NE(second.err.find("port " + port + " of 127.0.0.1: another program listens there"), std::string::npos)
      << second.err;
  EXPECT_FALSE(folder.has("x"));
  first.send(SIGTERM);
  EXPECT_EQ(first.wait().code, 143);
}

TEST_F(UiPort, IsAPort) {
  for (const char* port : {"65536", "-1", "http", ""}) {
    const Finished end = test::entente({"solve", "--uiport", port, file});
    EXPECT_EQ(end.code, 2) << port;
    EXPECT_NE(end.err.find("--uiport"), std::string::npos) << end.err;
  }
}

}  // namespace
}  // namespace entente::web
