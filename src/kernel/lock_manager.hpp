// SPDX-License-Identifier: MIT
// LockManager: who may read or change one agent's value, such that sessions of several mediators can never wait for
// each other in a circle.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "entente/base/ids.hpp"

namespace entente {

/// When a mediator first wished for what its session is to bring; kept over all its attempts. Earlier is older. Lamport
/// clocks with the agent as tie-break: all are different.
struct Timestamp {
  std::uint64_t clock = 0;
  ComputationId agent = no_id;
  auto operator<=>(const Timestamp&) const = default;
};

/// One attempt of a mediator to lock an agent.
struct LockRequest {
  ComputationId mediator = no_id;
  std::uint32_t session = 0;  ///< Of that mediator; it has one at a time.
  Timestamp time;
  bool write = false;  ///< To change the value; else only to keep it as it is.

  bool same_session(const LockRequest& other) const { return mediator == other.mediator && session == other.session; }
};

/// Shared and exclusive locks of one agent by wait-die: a session may wait only for younger ones; one that would have
/// to wait for an older is refused and tries again later, with the timestamp it has. That holds also for those that
/// wait already when an older one is granted past them: they are refused at once. So no circle of waiting can close,
/// and the oldest session of all is never refused.
///
/// Cost  O(holders + waiting) per call.
/// From  Rosenkrantz, Stearns & Lewis, "System level concurrency control for distributed database systems", ACM TODS 3
///       (1978) 178-198.
class LockManager {
 public:
  /// Whom to tell what, in this order.
  struct Answers {
    std::vector<LockRequest> granted, refused;
  };

  /// A session asks for the lock; it asks once.
  Answers request(const LockRequest& wanted);
  /// A session gives back what it holds or waits for here, if anything.
  Answers release(ComputationId mediator, std::uint32_t session);

  const std::vector<LockRequest>& holders() const { return holders_; }
  /// Those that wait, oldest first.
  const std::vector<LockRequest>& waiting() const { return waiting_; }

 private:
  static bool conflict(const LockRequest& a, const LockRequest& b) { return a.write || b.write; }
  void grant(const LockRequest& request, Answers& answers);

  std::vector<LockRequest> holders_, waiting_;
};

}  // namespace entente
