// SPDX-License-Identifier: MIT
// The server over real sockets: what it answers, whom it refuses, and how it tells the end.
#include "web/live_server.hpp"

#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "support/random_problem.hpp"
#include "web/plain_client.hpp"

namespace entente::web {
namespace {

using nlohmann::json;

class LiveServerTest : public ::testing::Test {
 protected:
  void begin() {
    RunPlan plan{.algorithm = "dsa", .agents = {"a1", "a2"}};
    for (VariableId v = 0; v < problem.variable_count(); ++v) plan.host.push_back(v % 2);
    server.begin(plan);
  }
  void update(std::uint64_t cycle, ValueIndex value) {
    LiveState state;
    state.cycle = state.progress.cycle = cycle;
    state.progress.cost = 7.5;
    state.values.assign(problem.variable_count(), value);
    server.update(state);
  }
  /// Until the server has taken what it was given.
  json state_after(std::uint64_t cycle) {
    PlainClient client(server.port());
    for (int i = 0; i < 1000; ++i)
      if (const json state = client.get("/state").json(); state.value("cycle", std::uint64_t(0)) == cycle) return state;
    ADD_FAILURE() << "cycle " << cycle << " never came";
    return nullptr;
  }

  const Problem problem = testing::make_random_problem({.variables = 5, .domain = 3, .degree = 2}, 1);
  LiveServer server{problem, 0};
};

TEST_F(LiveServerTest, ServesAPageThatNeedsNobodyElse) {
  PlainClient client(server.port());
  const auto page = client.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.header.find("Content-Type: text/html"), std::string::npos);
  EXPECT_NE(page.header.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_NE(page.body.find("<canvas"), std::string::npos);
  for (const char* foreign : {"src=\"http", "href=\"http", "//cdn", "@import", "url("})
    EXPECT_EQ(page.body.find(foreign), std::string::npos) << foreign;
}

TEST_F(LiveServerTest, TellsTheStateAsJsonOverOneConnection) {
  begin();
  update(3, 2);
  const json state = state_after(3);
  EXPECT_EQ(state["status"], "RUNNING");
  EXPECT_EQ(state["cost"], 7.5);
  EXPECT_EQ(state["values"].size(), 5u);
  PlainClient client(server.port());
  EXPECT_EQ(client.get("/computations").json()["computations"].size(), 5u);
  EXPECT_EQ(client.get("/agents").json()["agents"][1]["computations"].size(), 2u);
  EXPECT_EQ(client.get("/nothing").status, 404);
  EXPECT_EQ(client.get("/state").status, 200) << "a wrong address is no reason to hang up";
}

TEST_F(LiveServerTest, RefusesOtherMethodsAndBodies) {
  for (const char* method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "BREW"}) {
    PlainClient client(server.port());
    const auto answer = client.get("/state", "", method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_NE(answer.header.find("Allow: GET"), std::string::npos) << method;
  }
  PlainClient client(server.port());
  EXPECT_EQ(client.get("/state", "Content-Length: 5000\r\n").status, 413);
}

TEST_F(LiveServerTest, RefusesWhatIsTooLongOrNoHttp) {
  PlainClient longer(server.port());
  longer.send("GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const int status = longer.answer().status;
  EXPECT_TRUE(status == 431 || status == 400) << status;
  EXPECT_TRUE(longer.ends());
  PlainClient endless(server.port());
  std::string header = "GET / HTTP/1.1\r\nHost: localhost\r\n";
  for (int i = 0; i < 500; ++i) header += "X-" + std::to_string(i) + ": " + std::string(60, 'y') + "\r\n";
  endless.send(header);
  EXPECT_EQ(endless.answer().status, 431);
  PlainClient other(server.port());
  other.send("SSH-2.0-client\r\n\r\n");
  EXPECT_EQ(other.answer().status, 400);
  EXPECT_TRUE(other.ends());
}

TEST_F(LiveServerTest, IsKnownByNoOtherName) {
  const auto status = [&](const std::string& lines) {
    PlainClient client(server.port());
    client.send("GET /state HTTP/1.1\r\n" + lines + "\r\n");
    return client.answer().status;
  };
  EXPECT_EQ(status("Host: localhost\r\n"), 200);
  EXPECT_EQ(status("Host: evil.example:" + std::to_string(server.port()) + "\r\n"), 403);
  EXPECT_EQ(status(""), 400);
  EXPECT_EQ(status("Host: localhost\r\nHost: evil.example\r\n"), 400);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: http://localhost\r\n"), 200);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: http://evil.example\r\n"), 403);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: null\r\n"), 403);
  EXPECT_EQ(status("Host: localhost\r\nOrigin: http://localhost\r\nOrigin: http://evil.example\r\n"), 403);
}

TEST_F(LiveServerTest, OpensNoSocketForPagesOfOthers) {
  PlainClient foreign(server.port());
  EXPECT_FALSE(foreign.open_socket("/", "Origin: http://evil.example\r\n"));
  PlainClient own(server.port());
  EXPECT_TRUE(own.open_socket("/", "Origin: http://" + own.own_host() + "\r\n"));
  PlainClient elsewhere(server.port());
  EXPECT_FALSE(elsewhere.open_socket("/state"));
}

TEST_F(LiveServerTest, TellsAWholeRunToWhoeverFollowsIt) {
  PlainClient client(server.port());
  ASSERT_TRUE(client.open_socket("/ws"));
  client.send(PlainClient::frame(R"({"cmd": "test"})"));
  client.next("cmd", "test");  // the server knows of this client now
  begin();
  EXPECT_EQ(client.next("evt", "add_comp")["computation"], problem.variable_name(0));
  update(1, 0);
  EXPECT_EQ(client.next("evt", "state")["cycle"], 1);
  EXPECT_EQ(client.next("evt", "value")["value"], std::get<std::int64_t>(problem.domain(0).values[0]));
  EXPECT_EQ(client.next("evt", "cycle")["cycles"], 1);
  client.send(PlainClient::frame(R"({"cmd": "agent", "agent": "a2"})"));
  EXPECT_EQ(client.next("cmd", "agent")["agent"]["name"], "a2");
  client.send(PlainClient::frame("{\"cmd\": \"te", 1, false) + PlainClient::frame("st\"}", 0));
  client.next("cmd", "test");
  update(2, 1);
  server.close();
  EXPECT_EQ(client.next("evt", "state")["cycle"], 2);
  client.next("cmd", "close");
  const auto last = client.next_frame();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->opcode, 8);
  EXPECT_TRUE(client.ends());
}

TEST_F(LiveServerTest, DoesNotWaitForWhoDoesNotListen) {
  PlainClient client(server.port());
  ASSERT_TRUE(client.open_socket());
  begin();
  update(1, 0);
  client.next("evt", "state");
  const auto start = std::chrono::steady_clock::now();
  server.close();  // the client answers no close
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  EXPECT_FALSE(PlainClient(server.port()).connected());
}

TEST_F(LiveServerTest, SaysWhenThePortIsTaken) {
  try {
    LiveServer second(problem, server.port());
    FAIL() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
    EXPECT_NE(std::string(error.what()).find("another program listens there"), std::string::npos) << error.what();
  }
}

TEST_F(LiveServerTest, ListensOnNoOtherAddress) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(server.port());
  place.sin_addr.s_addr = htonl(0x7f000002);  // 127.0.0.2, which reaches whoever listens everywhere
  EXPECT_NE(::connect(socket, reinterpret_cast<const sockaddr*>(&place), sizeof place), 0);
  ::close(socket);
}

}  // namespace
}  // namespace entente::web
