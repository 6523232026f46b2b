// SPDX-License-Identifier: MIT
// Connections to a NATS server: what they carry, and what they say where there is none.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <mutex>

#include "carriers/nats_connection.hpp"
#include "carriers/parties.hpp"
#include "support/nats_server.hpp"

namespace entente {
namespace {

using testing::message_of;
using testing::NatsServerProcess;

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto* const first = reinterpret_cast<const std::byte*>(text.data());
  return {first, first + text.size()};
}
std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string failure(const NatsAccess& access) {
  return message_of<Error>([&] { NatsConnection connection(access, "test"); });
}

/// A port at which somebody listens who says `greeting` to all who come, or nothing.
class Stranger {
 public:
  explicit Stranger(std::string greeting) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(socket_, 16);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this, greeting = std::move(greeting)] {
      for (int one; (one = ::accept(socket_, nullptr, nullptr)) >= 0;) {
        [[maybe_unused]] const auto sent = ::send(one, greeting.data(), greeting.size(), MSG_NOSIGNAL);
        if (greeting.empty())
          open_.push_back(one);
        else
          ::close(one);
      }
    });
  }
  ~Stranger() {
    ::shutdown(socket_, SHUT_RDWR);
    ::close(socket_);
    thread_.join();
    for (const int one : open_) ::close(one);
  }
  std::string url() const { return "nats://127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_, port_ = 0;
  std::vector<int> open_;
  std::jthread thread_;
};

TEST(NatsConnection, CarriesMessagesAndAnswersAndKnowsWhereNobodyListens) {
  const NatsServerProcess server;
  NatsConnection one(server.access(), "one"), two(server.access(), "two");
  NatsSubscription subscription = two.subscribe("some.subject");
  two.flush(2);
  EXPECT_TRUE(one.publish("some.subject", bytes_of("hello")));
  EXPECT_TRUE(one.publish("some.subject", {}));
  const auto first = subscription.take(5), second = subscription.take(5);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(text_of(first->bytes()), "hello");
  EXPECT_EQ(second->bytes().size(), 0u);
  EXPECT_FALSE(subscription.take(0));

  const NatsAnswering answering = two.answer("ask", [&](std::span<const std::byte> bytes, const std::string& reply) {
    if (text_of(bytes) != "silence") two.publish(reply, bytes_of(text_of(bytes) + "!"));
  });
  const NatsReply reply = one.request("ask", bytes_of("how"), 5);
  ASSERT_TRUE(reply);
  EXPECT_EQ(text_of(reply.bytes), "how!");
  EXPECT_EQ(one.request("nobody", {}, 30).kind, NatsReply::Kind::nobody);
  EXPECT_EQ(one.request("ask", bytes_of("silence"), 0.05).kind, NatsReply::Kind::late);
  EXPECT_GE(one.max_payload(), 1u << 20);
  EXPECT_THROW(one.publish("a", std::vector<std::byte>(one.max_payload() + 1)), Error);
}

TEST(NatsConnection, ComesBackAfterARestartOfTheServerAndSaysSo) {
  NatsServerProcess server;
  std::mutex mutex;
  std::string said;
  NatsConnection connection(server.access(), "one", [&](const std::string& text) {
    const std::lock_guard lock(mutex);
    said += text + "\n";
  });
  NatsSubscription subscription = connection.subscribe("a");
  connection.flush(2);
  server.restart();
  for (int k = 0; k < 2000 && connection.reconnections() == 0; ++k)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(connection.reconnections(), 1u);
  EXPECT_TRUE(connection.connected());
  connection.publish("a", bytes_of("again"));
  EXPECT_TRUE(subscription.take(5));
  const std::lock_guard lock(mutex);
  EXPECT_NE(said.find("is lost"), std::string::npos) << said;
  EXPECT_NE(said.find("is back"), std::string::npos) << said;
}

TEST(NatsConnection, SaysThatNobodyListens) {
  std::string url;
  {
    const Stranger gone("");
    url = gone.url();
  }
  NatsAccess access;
  access.url = url;
  EXPECT_NE(failure(access).find("nobody listens at 127.0.0.1:"), std::string::npos) << failure(access);
}

TEST(NatsConnection, SaysThatAHostIsNotKnown) {
  NatsAccess access;
  access.url = "nats://no-such-host.invalid:4222";
  EXPECT_NE(failure(access).find("the host no-such-host.invalid is not known"), std::string::npos) << failure(access);
}

TEST(NatsConnection, SaysThatSomebodyElseListens) {
  const Stranger stranger("SSH-2.0-OpenSSH\r\n");
  NatsAccess access;
  access.url = stranger.url();
  const std::string said = failure(access);
  EXPECT_NE(said.find("is no NATS server (it says `SSH-2.0-OpenSSH"), std::string::npos) << said;
}

TEST(NatsConnection, SaysThatThereIsNoAnswer) {
  const Stranger stranger("");
  NatsAccess access;
  access.url = stranger.url();
  access.allow_anonymous = true;
  EXPECT_NE(failure(access).find("there is no answer from"), std::string::npos) << failure(access);
}

TEST(NatsConnection, SaysThatCredentialsAreMissingOrRefused) {
  const NatsServerProcess server;
  NatsAccess access;
  access.url = server.url();
  EXPECT_NE(failure(access).find("wants credentials, and none were given"), std::string::npos) << failure(access);
  access.token = "wrong";
  EXPECT_NE(failure(access).find("refuses the credentials of the token"), std::string::npos) << failure(access);
  EXPECT_EQ(failure(access).find("wrong"), std::string::npos);
}

TEST(NatsConnection, KnowsUsersByTheirPasswords) {
  const NatsServerProcess server("authorization { users: [ { user: alice, password: \"secret\" } ] }\n");
  NatsAccess access;
  access.url = server.url();
  access.user = "alice";
  access.password = "secret";
  EXPECT_EQ(failure(access), "nothing");
  access.password = "guessed";
  EXPECT_NE(failure(access).find("refuses the credentials of user alice"), std::string::npos) << failure(access);
}

TEST(NatsConnection, RefusesAServerThatLetsEverybodyIn) {
  const NatsServerProcess open("max_payload: 65536\n");
  NatsAccess access;
  access.url = open.url();
  EXPECT_NE(failure(access).find("lets everybody in"), std::string::npos) << failure(access);
  access.token = "secret";  // which such a server does not look at
  EXPECT_NE(failure(access).find("lets everybody in"), std::string::npos) << failure(access);
  access.allow_anonymous = true;
  EXPECT_EQ(failure(access), "nothing");
  const NatsServerProcess half(
      "authorization { users: [ { user: alice, password: secret }, { user: anybody } ] }\nno_auth_user: anybody\n");
  access = NatsAccess{};
  access.url = half.url();
  access.user = "alice";
  access.password = "secret";
  EXPECT_NE(failure(access).find("lets everybody in"), std::string::npos) << failure(access);
}

TEST(NatsConnection, TriesAllServersOfAList) {
  const NatsServerProcess server;
  NatsAccess access = server.access();
  std::string gone;
  {
    const Stranger stranger("");
    gone = stranger.url();
  }
  access.url = gone + ", " + server.url();
  EXPECT_EQ(failure(access), "nothing");
}

TEST(NatsConnection, RefusesUrlsThatAreNone) {
  for (const char* url : {"", "http://a", "nats://", "nats://a:0", "nats://a:70000", "nats://a:", "nats://[::1",
                          "nats://user:secret@a:1", "nats://a b", "nats://a,,b", "nats://a/b"}) {
    NatsAccess access;
    access.url = url;
    const std::string said = failure(access);
    EXPECT_NE(said.find("the address"), std::string::npos) << url << ": " << said;
    EXPECT_EQ(said.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace entente
