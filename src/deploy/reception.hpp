// SPDX-License-Identifier: MIT
// Reception: the orchestrator's end of the handshake, over a NATS server.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "carriers/nats_connection.hpp"
#include "deploy/guest_list.hpp"
#include "entente/deploy.hpp"

namespace entente::deploy {

/// Answers agents from its construction to its end, also those that come late or by mistake.
class Reception {
 public:
  /// Throws Error as NatsConnection, and Error{bad_input} if another orchestrator answers for this run.
  Reception(const NatsAccess& access, const std::string& run, const std::vector<std::string>& needed,
            const std::vector<ExpectedAgent>& others, std::function<void(const std::string&)> say);

  /// Waits until all have been told that the run begins. Calls `check` every few milliseconds, which may throw. Throws
  /// Error{bad_input} that names those that are missing after `patience` seconds (0: never). `announce`: whether people
  /// are told for whom one waits.
  void wait(double patience, bool announce, const std::function<void()>& check);
  /// The run's name on the carrier, which no other run has had.
  const std::string& session() const { return session_; }
  const std::shared_ptr<NatsConnection>& connection() const { return connection_; }

 private:
  void hear(std::span<const std::byte> bytes, const std::string& reply);
  void say_notes();

  std::string session_;
  std::function<void(const std::string&)> say_;
  std::mutex mutex_;
  std::condition_variable changed_;
  GuestList guests_;
  std::shared_ptr<NatsConnection> connection_;
  std::optional<NatsAnswering> answering_;  // goes first
};

}  // namespace entente::deploy
