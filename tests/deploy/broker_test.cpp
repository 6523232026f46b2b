// SPDX-License-Identifier: MIT
// The server of our own: up, for this machine alone, for nobody without the credentials, gone with us.
#include "deploy/broker.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

int port_of(const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); }

/// What the server says to a client that introduces itself so.
std::string say_to(const std::string& url, const std::string& connect) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port_of(url)));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const timeval limit{10, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string heard;
  std::array<char, 4096> block;
  EXPECT_GT(::send(connection, connect.data(), connect.size(), MSG_NOSIGNAL), 0);
  while (heard.find("PONG") == heard.npos && heard.find("-ERR") == heard.npos) {
    const ssize_t count = ::recv(connection, block.data(), block.size(), 0);
    if (count <= 0) break;
    heard.append(block.data(), std::size_t(count));
  }
  close(connection);
  return heard;
}

TEST(Broker, it_is_up_and_takes_those_who_have_the_credentials) {
  ChildProcesses children;
  Broker broker(children, "");
  const NatsAccess access = broker.access(30, nullptr);
  EXPECT_EQ(access.url.find("nats://127.0.0.1:"), 0u) << access.url;
  const std::string right =
      "CONNECT {\"user\":\"" + access.user + "\",\"pass\":\"" + access.password + "\",\"verbose\":false}\r\nPING\r\n";
  EXPECT_NE(say_to(access.url, right).find("PONG"), std::string::npos);
  for (const char* wrong : {"CONNECT {}\r\nPING\r\n", "CONNECT {\"user\":\"entente\",\"pass\":\"\"}\r\nPING\r\n",
                            "PING\r\n", "SUB > 1\r\nPING\r\n"}) {
    const std::string heard = say_to(access.url, wrong);
    EXPECT_EQ(heard.find("PONG"), std::string::npos) << wrong;
    EXPECT_NE(heard.find("-ERR"), std::string::npos) << wrong << heard;
  }
}

TEST(Broker, its_credentials_are_what_an_agent_reads_and_others_cannot) {
  ChildProcesses children;
  Broker broker(children, "");
  const std::string path = "/dev/fd/" + std::to_string(broker.credentials().number());
  std::ostringstream warnings;
  const NatsAccess read = read_nats_credentials(path, {}, [&](const std::string& text) { warnings << text; });
  EXPECT_EQ(warnings.str(), "");
  const NatsAccess& access = broker.access(30, nullptr);
  EXPECT_EQ(read.user, access.user);
  EXPECT_EQ(read.password, access.password);
  EXPECT_EQ(read.password.size(), 64u);
  // Nor do they show where everybody can look.
  std::ostringstream line;
  line << std::ifstream("/proc/" + std::to_string(children.process_id(broker.child())) + "/cmdline").rdbuf();
  EXPECT_EQ(line.str().find(access.password), std::string::npos);
}

TEST(Broker, it_leaves_nothing_behind) {
  int process = 0;
  {
    ChildProcesses children;
    Broker broker(children, "");
    broker.access(30, nullptr);
    process = children.process_id(broker.child());
  }
  EXPECT_NE(kill(process, 0), 0);
}

TEST(Broker, a_server_that_is_not_there_or_does_not_start_is_named) {
  ChildProcesses children;
  try {
    Broker broker(children, "no-such-nats-server");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("apt install nats-server"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("entente orchestrator --nats"), std::string::npos) << error.what();
  }
  EXPECT_THROW(find_server("/etc/passwd"), Error);
  Broker broker(children, "/bin/false");
  try {
    broker.access(30, nullptr);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("ended with exit code 1"), std::string::npos) << error.what();
  }
}

TEST(Broker, waiting_for_it_has_an_end) {
  ChildProcesses children;
  const std::filesystem::path stuck =
      std::filesystem::temp_directory_path() / ("entente-stuck-" + std::to_string(getpid()));
  std::ofstream(stuck) << "#!/bin/sh\nexec sleep 60\n";
  chmod(stuck.c_str(), 0700);
  Broker broker(children, stuck.string());
  EXPECT_THROW(broker.access(0.1, nullptr), Error);
  const std::atomic<bool> interrupt = true;
  EXPECT_THROW(broker.access(60, &interrupt), Error);
  std::filesystem::remove(stuck);
}

}  // namespace
}  // namespace entente::deploy
