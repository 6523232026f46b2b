// SPDX-License-Identifier: MIT
#include "kernel/lock_manager.hpp"

#include <algorithm>

namespace entente {

LockManager::Answers LockManager::request(const LockRequest& wanted) {
  Answers answers;
  bool free = true, oldest = true;
  for (const LockRequest& holder : holders_)
    if (conflict(wanted, holder)) {
      free = false;
      oldest &= wanted.time < holder.time;
    }
  // An older session that waits goes first; to wait behind it would be to wait for it.
  for (const LockRequest& before : waiting_)
    if (conflict(wanted, before) && before.time < wanted.time) oldest = free = false;
  if (free) {
    grant(wanted, answers);
  } else if (oldest) {
    waiting_.insert(std::upper_bound(waiting_.begin(), waiting_.end(), wanted,
                                     [](const auto& a, const auto& b) { return a.time < b.time; }),
                    wanted);
  } else {
    answers.refused.push_back(wanted);
  }
  return answers;
}

void LockManager::grant(const LockRequest& request, Answers& answers) {
  holders_.push_back(request);
  answers.granted.push_back(request);
  std::erase_if(waiting_, [&](const LockRequest& other) {
    if (!conflict(request, other) || other.time < request.time) return false;
    answers.refused.push_back(other);
    return true;
  });
}

LockManager::Answers LockManager::release(ComputationId mediator, std::uint32_t session) {
  Answers answers;
  const LockRequest gone{mediator, session, {}, false};
  const auto is_gone = [&](const LockRequest& request) { return request.same_session(gone); };
  std::erase_if(waiting_, is_gone);
  std::erase_if(holders_, is_gone);
  while (!waiting_.empty()) {
    const LockRequest next = waiting_.front();
    if (std::any_of(holders_.begin(), holders_.end(), [&](const auto& holder) { return conflict(next, holder); }))
      break;
    waiting_.erase(waiting_.begin());
    grant(next, answers);
  }
  return answers;
}

}  // namespace entente
