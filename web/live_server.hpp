// SPDX-License-Identifier: MIT
// LiveServer: shows a run that goes on to browsers and programs of this machine, over HTTP and WebSocket.
#pragma once

#include <cstdint>
#include <memory>

#include "entente/problem/problem.hpp"
#include "entente/solve.hpp"

namespace entente::web {

/// Listens on 127.0.0.1 alone, in a thread of its own, from the constructor to the destructor.
///
/// Answers  GET /  a page that draws the run; /state, /computations and /agents  JSON (see RunView); a WebSocket on
///          / or /ws  pyDCOP's UI messages (see answer and Follower). Whoever names another host than this machine, or
///          comes from a page of another one, is refused.
/// Limits   64 connections; requests of 8 KiB and WebSocket messages of 4 KiB; 15 seconds to ask and to take an answer.
/// Cost     nobody is there: a copy of the values ten times a second. What clients ask for is made in the server's
///          thread, and no client can hold up the run.
class LiveServer {
 public:
  /// `port` 0: any that is free. Throws Error{wrong_use} where it cannot listen.
  LiveServer(const Problem& problem, std::uint16_t port);
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  std::uint16_t port() const { return port_; }
  /// From any thread, before `close`; they return at once.
  void begin(const RunPlan& plan);
  void update(const LiveState& state);
  /// Tells all clients what is left to tell and that the run is over; waits at most a second for them, then hangs up.
  void close();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  const std::uint16_t port_;
};

}  // namespace entente::web
