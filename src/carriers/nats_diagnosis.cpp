// SPDX-License-Identifier: MIT
// A look at the other end by a bare socket: a NATS server speaks first, and its first line says what it wants.
#include "carriers/nats_diagnosis.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

namespace entente {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = NatsSighting::Kind;

class Socket {
 public:
  explicit Socket(int number) : number_(number) {}
  Socket(const Socket&) = delete;
  ~Socket() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

/// Whether it becomes so in time.
bool wait(int socket, short events, Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd one{socket, events, 0};
  return left > 0 && ::poll(&one, 1, int(left)) > 0;
}

/// 0 or what went wrong.
int connect_to(int socket, const addrinfo& address, Clock::time_point until) {
  if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!wait(socket, POLLOUT, until)) return ETIMEDOUT;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

NatsSighting first_line(int socket, Clock::time_point until) {
  std::string line;
  char bytes[512];
  while (line.find('\n') == std::string::npos && line.size() < 65536) {
    if (!wait(socket, POLLIN, until)) return {Kind::silent, line.empty() ? "" : "it stopped within a line"};
    const ssize_t count = ::recv(socket, bytes, sizeof bytes, 0);
    if (count <= 0) break;
    line.append(bytes, std::size_t(count));
  }
  if (line.rfind("INFO ", 0) != 0) return {Kind::not_nats, printable(line.substr(0, line.find('\n')), 60)};
  NatsSighting sighting{Kind::there, ""};
  const auto info = nlohmann::json::parse(line.substr(5), nullptr, false);
  const auto says = [&](const char* key) {
    return info.is_object() && info.contains(key) && info[key].is_boolean() && info[key].get<bool>();
  };
  sighting.wants_tls = says("tls_required");
  sighting.wants_client_certificate = says("tls_verify");
  sighting.wants_credentials = says("auth_required");
  return sighting;
}

}  // namespace

NatsSighting look_for(const NatsServer& server, double seconds) {
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found))
    return {Kind::unknown_host, ::gai_strerror(error)};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, &::freeaddrinfo);
  NatsSighting worst{Kind::silent, ""};
  for (const addrinfo* one = found; one; one = one->ai_next) {
    const Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol));
    if (socket.number() < 0) continue;
    const int error = connect_to(socket.number(), *one, until);
    if (error == 0) return first_line(socket.number(), until);
    worst = {error == ECONNREFUSED ? Kind::refused
             : error == ETIMEDOUT  ? Kind::silent
                                   : Kind::unreachable,
             std::strerror(error)};
  }
  return worst;
}

std::string NatsSighting::to_text(const NatsServer& server) const {
  const std::string where = fmt::format("{}:{}", printable(server.host, 200), server.port);
  switch (kind) {
    case Kind::unknown_host: return fmt::format("the host {} is not known ({})", printable(server.host, 200), detail);
    case Kind::unreachable: return fmt::format("{} cannot be reached ({})", where, detail);
    case Kind::refused: return fmt::format("nobody listens at {}; is the server running?", where);
    case Kind::silent:
      return fmt::format("there is no answer from {}{}; is a firewall between?", where,
                         detail.empty() ? "" : " (" + detail + ")");
    case Kind::not_nats:
      return fmt::format("what listens at {} is no NATS server ({})", where,
                         detail.empty() ? "it hung up" : "it says `" + detail + "`");
    case Kind::there: break;
  }
  return fmt::format("there is a NATS server at {}", where);
}

}  // namespace entente
