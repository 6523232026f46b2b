// SPDX-License-Identifier: MIT
#include "deploy/broker.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

constexpr std::string_view server_name = "nats-server";
constexpr std::string_view user = "entente";

bool is_program(const std::string& path) {
  struct stat what {};
  return ::stat(path.c_str(), &what) == 0 && S_ISREG(what.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

/// What follows `Listening for client connections on ` in what the server says; 0 if it has not said that yet.
int listening_port(const std::string& said) {
  constexpr std::string_view before = "Listening for client connections on 127.0.0.1:";
  const std::size_t at = said.find(before);
  if (at == said.npos) return 0;
  const std::size_t end = said.find('\n', at);
  if (end == said.npos) return 0;
  return std::atoi(said.c_str() + at + before.size());
}

}  // namespace

std::string find_server(const std::string& program) {
  const std::string name = program.empty() ? std::string(server_name) : program;
  if (name.find('/') != name.npos) {
    if (is_program(name)) return name;
    throw Error(ErrorCode::unsupported, fmt::format("the NATS server '{}' is no program", printable(name, 200)));
  }
  const char* const path = std::getenv("PATH");
  // Administrators' folders besides: users' shells often leave those out, and that is where Debian puts it.
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (!folder.empty() && is_program(folder + "/" + name)) return folder + "/" + name;
  throw Error(ErrorCode::unsupported,
              fmt::format("the NATS server is not installed, no '{}' in PATH; install it (on Debian: apt install "
                          "nats-server), or use a server elsewhere: 'entente agent --nats URL' for each agent and "
                          "'entente orchestrator --nats URL'",
                          printable(name)));
}

Broker::Broker(ChildProcesses& children, const std::string& program) : children_(children) {
  const std::string path = find_server(program);
  access_.user = user;
  access_.password = random_secret();
  // A slow machine that starts a hundred agents at once must not be taken for strangers that stall, hence the timeout.
  configuration_ = make_memory_file("entente-broker", fmt::format(R"(host: "127.0.0.1"
port: -1
server_name: "entente"
logtime: false
authorization {{
  user: "{}"
  password: "{}"
  timeout: 60
}}
)",
                                                                  access_.user, access_.password));
  credentials_ = make_memory_file("entente-credentials",
                                  fmt::format("user: {}\npassword: \"{}\"\n", access_.user, access_.password));
  ChildCommand command;
  command.label = "the NATS server";
  command.words = {path, "-c", "/dev/fd/3"};
  command.files = {{configuration_.number(), 3}};
  command.dies_with_us = true;
  child_ = children_.start(std::move(command));
}

const NatsAccess& Broker::access(double patience, const std::atomic<bool>* interrupt) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(patience);
  for (;;) {
    if (const int port = listening_port(children_.said(child_))) {
      access_.url = fmt::format("nats://127.0.0.1:{}", port);
      return access_;
    }
    if (const auto end = children_.ended(child_))
      throw Error(ErrorCode::bad_input, fmt::format("the NATS server {}", end->how));
    if (interrupt && interrupt->load()) throw Error(ErrorCode::bad_input, "stopped before the NATS server was up");
    if (std::chrono::steady_clock::now() > deadline)
      throw Error(ErrorCode::bad_input, fmt::format("the NATS server was not up within {:g} seconds", patience));
    children_.wait_for_news(0.005);
  }
}

}  // namespace entente::deploy
