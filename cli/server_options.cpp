// SPDX-License-Identifier: MIT
#include "server_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "entente/base/error.hpp"
#include "options.hpp"

namespace entente::cli {

void ServerOptions::declare(CLI::App& app) {
  add_text(
      app, "--nats", url_, "URL",
      "where the NATS server is, as in nats://broker.example:4222, or tls:// in front for TLS; several servers of one "
      "cluster, parted by commas [default what the credentials say, else nats://127.0.0.1:4222]");
  add_text(app, "--credentials", credentials_, "FILE",
           "who one is at the server: YAML with 'user' and 'password', 'token', or 'nkey' and 'seed', and for TLS "
           "'authority', 'certificate' and 'key'; or a .creds file");
  add_text(app, "--run", run, "NAME",
           "the run that is meant, where a server has several: letters, digits, '-' and '_'");
  add_flag(app, "--allow-anonymous", allow_anonymous_,
           "use a server that lets everybody in; whoever reaches it can read all messages and send any");
}

NatsAccess ServerOptions::access(Invocation& invocation) const {
  NatsAccess access;
  if (!credentials_.empty())
    access = read_nats_credentials(credentials_, access,
                                   [&invocation](const std::string& text) { invocation.console.warning(text); });
  if (!url_.empty()) access.url = url_;
  access.allow_anonymous = allow_anonymous_;
  return access;
}

void add_replaced(CLI::App& app, const std::string& names, const std::string& sentence, bool flag) {
  const std::size_t dashes = names.find("--");
  const std::string what = names.substr(dashes, names.find(',', dashes) - dashes);
  const auto refuse = [what, sentence] { throw Error(ErrorCode::wrong_use, fmt::format("{}: {}", what, sentence)); };
  if (flag) {
    app.add_flag_callback(names, refuse, "")->group("");
  } else {
    app.add_option(
           names,
           [refuse](const CLI::results_t&) {
             refuse();
             return true;
           },
           "")
        ->group("");
  }
}

}  // namespace entente::cli
