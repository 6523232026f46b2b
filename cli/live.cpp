// SPDX-License-Identifier: MIT
#include "live.hpp"

#include <fmt/format.h>

#include "web/live_server.hpp"

namespace entente::cli {

LiveRun::LiveRun(Invocation& invocation, const Problem& problem, std::uint16_t port, SolveRequest& request)
    : server_(std::make_unique<web::LiveServer>(problem, port)) {
  request.on_start = [server = server_.get()](const RunPlan& plan) { server->begin(plan); };
  request.on_state = [server = server_.get()](const LiveState& state) { server->update(state); };
  invocation.console.note(fmt::format("watch this run at http://127.0.0.1:{}/", server_->port()));
}

LiveRun::~LiveRun() = default;

}  // namespace entente::cli
