// SPDX-License-Identifier: MIT
// Clients that send anything, too much, or take nothing: the server stays, and others are served as before.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <memory>
#include <vector>

#include "entente/base/random.hpp"
#include "support/random_problem.hpp"
#include "web/live_server.hpp"
#include "web/plain_client.hpp"

namespace entente::web {
namespace {

using nlohmann::json;

LiveState state_of(const Problem& problem, std::uint64_t cycle) {
  LiveState state;
  state.cycle = state.progress.cycle = cycle;
  for (VariableId v = 0; v < problem.variable_count(); ++v) state.values.push_back(ValueIndex((cycle + v) % 3));
  return state;
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * 4096;
}

struct Served {
  explicit Served(std::uint32_t variables)
      : problem(testing::make_random_problem({.variables = variables, .domain = 3, .degree = 2}, 1)) {}
  const Problem problem;
  LiveServer server{problem, 0};

  bool serves() const {
    PlainClient client(server.port());
    return client.get("/state").status == 200;
  }
};

RC_GTEST_PROP(HostileClients, OutliveAnyBytes, ()) {
  static const Served served(3);
  const auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  const std::vector<std::string> beginnings = {
      "",
      "GET / HTTP/1.1\r\n",
      "GET /state HTTP/1.1\r\nHost: localhost\r\n",
      "POST / HTTP/1.1\r\nHost: localhost\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"};
  const std::string begin = *rc::gen::elementOf(beginnings);
  const bool ends = *rc::gen::arbitrary<bool>();
  PlainClient client(served.server.port());
  client.send(begin + bytes + (ends ? "\r\n\r\n" : ""));
  client.receive(0.002);
  RC_ASSERT(served.serves());
}

RC_GTEST_PROP(HostileClients, OutliveAnyFrames, ()) {
  static const Served served(3);
  PlainClient client(served.server.port());
  RC_ASSERT(client.open_socket());
  const int frames = *rc::gen::inRange(1, 6);
  for (int i = 0; i < frames; ++i) {
    const auto payload = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    const int opcode = *rc::gen::inRange(0, 16);
    std::string frame = PlainClient::frame(payload, opcode, *rc::gen::arbitrary<bool>());
    // Lengths that lie, bits that are reserved, masks that are missing.
    if (*rc::gen::arbitrary<bool>()) {
      const auto at = *rc::gen::inRange<std::size_t>(0, std::min<std::size_t>(frame.size(), 6));
      frame[at] = *rc::gen::arbitrary<char>();
    }
    client.send(frame);
  }
  client.receive(0.002);
  RC_ASSERT(served.serves());
}

TEST(HostileClients, AreSentAwayForWhatNoClientSays) {
  const Served served(3);
  const auto code_after = [&](const std::string& bytes) {
    PlainClient client(served.server.port());
    EXPECT_TRUE(client.open_socket());
    client.send(bytes);
    while (const auto frame = client.next_frame())
      if (frame->opcode == 8 && frame->payload.size() >= 2)
        return int(static_cast<unsigned char>(frame->payload[0])) << 8 | static_cast<unsigned char>(frame->payload[1]);
    return 0;
  };
  EXPECT_EQ(code_after(PlainClient::frame("\x01\x02", 2)), 1003);           // binary
  EXPECT_EQ(code_after(PlainClient::frame(std::string(5000, 'x'))), 1009);  // too long
  EXPECT_EQ(code_after(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10) + "1234"), 1009);
  EXPECT_EQ(code_after(PlainClient::frame("\xff\xfe")), 1007);  // no UTF-8
  EXPECT_EQ(code_after("\x81\x02{}"), 1002);                    // not masked
  EXPECT_EQ(code_after(PlainClient::frame("x", 3)), 1002);      // reserved
  EXPECT_TRUE(served.serves());
}

TEST(HostileClients, AreAnsweredWhateverTheySay) {
  const Served served(3);
  PlainClient client(served.server.port());
  ASSERT_TRUE(client.open_socket());
  for (const char* text : {"", "{", "[]", "17", "{}", "{\"cmd\": 1}", "{\"cmd\": \"rm -rf\"}"}) {
    client.send(PlainClient::frame(text));
    client.next("cmd", "error");
  }
  client.send(PlainClient::frame("{\"cmd\": \"test\"}"));
  client.next("cmd", "test");
}

TEST(HostileClients, WhoTakeNothingGetTheNewestStateWhenTheyDo) {
  Served served(20'000);
  served.server.begin({.algorithm = "dsa", .agents = {"a"}, .host = std::vector<std::uint32_t>(20'000, 0)});
  PlainClient slow(served.server.port());
  ASSERT_TRUE(slow.open_socket());
  const std::size_t before = resident_bytes();
  // More than the buffers of both sockets hold; asking for lists fills them in no time.
  slow.send(PlainClient::frame("{\"cmd\": \"computations\"}"));
  std::string flood;
  for (int i = 0; i < 1000; ++i) flood += PlainClient::frame("{\"cmd\": \"computations\"}");
  slow.send(flood, 1);
  std::uint64_t cycle = 0;
  for (; cycle < 2000; ++cycle) served.server.update(state_of(served.problem, cycle));
  EXPECT_TRUE(served.serves());
  EXPECT_LT(resident_bytes(), before + (std::size_t(64) << 20)) << "what is queued for a slow client has to end";
  for (std::uint64_t last = 0, seen = 0; last + 1 < cycle; ++seen) {
    ASSERT_LT(seen, 1'000'000u);
    const auto frame = slow.next_frame();
    ASSERT_TRUE(frame) << "after cycle " << last;
    ASSERT_EQ(frame->opcode, 1) << frame->payload;
    if (const json message = frame->json(); message.value("evt", "") == "state") {
      EXPECT_GE(message["cycle"], last);
      last = message["cycle"];
    }
  }
}

TEST(HostileClients, FindNoPlaceWhereThereAreTooMany) {
  Served served(3);
  std::vector<std::unique_ptr<PlainClient>> crowd;
  for (int i = 0; i < 64; ++i) {
    crowd.push_back(std::make_unique<PlainClient>(served.server.port()));
    ASSERT_TRUE(crowd.back()->open_socket()) << i;
  }
  PlainClient late(served.server.port());
  EXPECT_EQ(late.get("/state").status, 0) << "hung up without an answer";
  EXPECT_TRUE(late.ends());
  crowd.resize(10);
  for (int i = 0; i < 100 && !served.serves(); ++i) ::usleep(20'000);
  EXPECT_TRUE(served.serves());
  crowd.front()->send(PlainClient::frame("{\"cmd\": \"test\"}"));
  crowd.front()->next("cmd", "test");
}

}  // namespace
}  // namespace entente::web
