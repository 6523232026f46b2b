// SPDX-License-Identifier: MIT
// NatsAccess: URLs, and one whole way to say who one is.
#include "carriers/nats_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace entente {
namespace {

[[noreturn]] void refuse_url(std::string_view url, const std::string& why) {
  throw Error(ErrorCode::bad_input,
              fmt::format("the address `{}` of a NATS server {}; expected nats://HOST:PORT or tls://HOST:PORT, several "
                          "parted by commas",
                          printable(std::string(url), 200), why));
}

NatsServer parse(std::string_view url) {
  NatsServer server;
  std::string_view rest = url;
  if (const std::size_t at = rest.find("://"); at != std::string_view::npos) {
    const std::string_view scheme = rest.substr(0, at);
    if (scheme != "nats" && scheme != "tls") refuse_url(url, "has a scheme that is not known");
    server.tls = scheme == "tls";
    rest.remove_prefix(at + 3);
  }
  // Command lines and URLs are seen by others on the machine.
  if (rest.find('@') != std::string_view::npos)
    throw Error(ErrorCode::bad_input,
                "the address of a NATS server has credentials in it, where others can read them; put them into a file");
  if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
  std::string_view port;
  if (!rest.empty() && rest.front() == '[') {
    const std::size_t end = rest.find(']');
    if (end == std::string_view::npos) refuse_url(url, "has a `[` without a `]`");
    server.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':') refuse_url(url, "goes on after its `]`");
    if (!rest.empty()) port = rest.substr(1);
    if (!rest.empty() && port.empty()) refuse_url(url, "has no port after its `:`");
  } else {
    const std::size_t colon = rest.find(':');
    server.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
      port = rest.substr(colon + 1);
      if (port.empty()) refuse_url(url, "has no port after its `:`");
    }
  }
  if (server.host.empty()) refuse_url(url, "has no host");
  const auto odd = [](char c) { return c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c > '~'; };
  if (std::any_of(server.host.begin(), server.host.end(), odd)) refuse_url(url, "has a host that is no name");
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
    if (error != std::errc() || end != port.data() + port.size() || server.port == 0)
      refuse_url(url, "has a port that is no number from 1 to 65535");
  }
  return server;
}

}  // namespace

std::string NatsServer::to_url() const {
  const bool brackets = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", tls ? "tls" : "nats", brackets ? "[" : "", host, brackets ? "]" : "", port);
}

std::vector<NatsServer> nats_servers(const NatsAccess& access) {
  std::vector<NatsServer> servers;
  std::string_view rest = access.url;
  for (;;) {
    const std::size_t comma = rest.find(',');
    std::string_view one = rest.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    while (!one.empty() && one.back() == ' ') one.remove_suffix(1);
    servers.push_back(parse(one));
    if (comma == std::string_view::npos) return servers;
    rest.remove_prefix(comma + 1);
  }
}

bool has_credentials(const NatsAccess& access) {
  // With the certificate alone a server may know who one is.
  return !access.user.empty() || !access.token.empty() || !access.nkey.empty() || !access.user_file.empty() ||
         !access.certificate.empty();
}

void check_nats_access(const NatsAccess& access) {
  const auto refuse = [](const std::string& why) { throw Error(ErrorCode::bad_input, "credentials for NATS: " + why); };
  std::vector<std::string> ways;
  if (!access.user.empty() || !access.password.empty()) ways.push_back("user and password");
  if (!access.token.empty()) ways.push_back("token");
  if (!access.nkey.empty() || !access.seed.empty()) ways.push_back("nkey and seed");
  if (!access.user_file.empty()) ways.push_back("a .creds file");
  if (ways.size() > 1)
    refuse(fmt::format("{} and {} were found, where one way to say who one is was expected", ways[0], ways[1]));
  if (access.user.empty() != access.password.empty())
    refuse(access.user.empty() ? "a password without a user was found" : "a user without a password was found");
  if (!access.nkey.empty() && access.seed.empty())
    refuse("an nkey without a seed was found; the seed (SU...) is what proves who one is");
  if (access.nkey.empty() && !access.seed.empty())
    refuse("a seed without an nkey was found; the nkey (U...) is the public half, which the server knows");
  if (!access.nkey.empty() && (access.nkey[0] != 'U' || access.nkey.size() != 56))
    refuse("the nkey is not a user's public key, which has 56 characters and begins with U");
  if (!access.seed.empty() && (access.seed.rfind("SU", 0) != 0 || access.seed.size() != 58))
    refuse("the seed is not a user's, which has 58 characters and begins with SU");
  if (access.certificate.empty() != access.key.empty())
    refuse(access.key.empty() ? "a certificate without its key was found" : "a key without its certificate was found");
}

}  // namespace entente
