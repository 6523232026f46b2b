// SPDX-License-Identifier: MIT
// What is checked of a NatsAccess before it is used, and the addresses in its URL.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "entente/carriers/nats.hpp"

namespace entente {

/// Where one server listens.
struct NatsServer {
  std::string host;  ///< IPv6 without brackets.
  std::uint16_t port = 4222;
  bool tls = false;

  std::string to_url() const;
};

/// The servers of `access.url`, at least one. Throws Error{bad_input} for what is no list of URLs, for other schemes
/// than `nats` and `tls`, and for credentials in a URL.
std::vector<NatsServer> nats_servers(const NatsAccess& access);

/// Throws Error{bad_input} unless there is one whole way at most to say who one is, and certificate and key go
/// together.
void check_nats_access(const NatsAccess& access);

/// Whether it says who one is.
bool has_credentials(const NatsAccess& access);

}  // namespace entente
