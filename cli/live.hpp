// SPDX-License-Identifier: MIT
// --uiport: a run that can be watched from a browser while it goes on.
#pragma once

#include <cstdint>
#include <memory>

#include "command.hpp"
#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"

namespace entente::web {
class LiveServer;
}

namespace entente::cli {

/// Serves the run that `request` asks for on this port (0: any that is free) until it is destroyed, and says where.
/// Throws Error{wrong_use} where it cannot listen.
class LiveRun {
 public:
  LiveRun(Invocation& invocation, const Problem& problem, std::uint16_t port, SolveRequest& request);
  ~LiveRun();

 private:
  std::unique_ptr<web::LiveServer> server_;
};

}  // namespace entente::cli
