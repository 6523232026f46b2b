// SPDX-License-Identifier: MIT
// The options that say where the NATS server is, who one is there, and which run is meant.
#pragma once

#include <string>

#include "command.hpp"
#include "entente/carriers/nats.hpp"

namespace entente::cli {

class ServerOptions {
 public:
  void declare(CLI::App& app);
  /// Reads the credentials. Throws Error as read_nats_credentials.
  NatsAccess access(Invocation& invocation) const;

  std::string run = "entente";

 private:
  std::string url_, credentials_;
  bool allow_anonymous_ = false;
};

/// Adds options of pyDCOP that have no meaning here, hidden; given, they end in an Error{wrong_use} with that sentence.
void add_replaced(CLI::App& app, const std::string& names, const std::string& sentence, bool flag = false);

}  // namespace entente::cli
