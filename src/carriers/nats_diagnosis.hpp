// SPDX-License-Identifier: MIT
// Why there is no connection to a NATS server: looked up when one could not be made.
#pragma once

#include <string>

#include "carriers/nats_access.hpp"

namespace entente {

/// What is found where a server should be.
struct NatsSighting {
  enum class Kind : std::uint8_t {
    unknown_host,
    unreachable,  ///< The network says so.
    refused,      ///< Nobody listens.
    silent,       ///< No answer in time.
    not_nats,     ///< Somebody else listens.
    there,        ///< A server.
  };
  Kind kind = Kind::silent;
  std::string detail;
  bool wants_tls = false, wants_client_certificate = false, wants_credentials = false;
  /// `localhost:4222: nobody listens there`.
  std::string to_text(const NatsServer& server) const;
};

/// Connects and reads the server's first line, within so many seconds.
NatsSighting look_for(const NatsServer& server, double seconds);

}  // namespace entente
