// SPDX-License-Identifier: MIT
#include "runtime/event_agenda.hpp"

#include <algorithm>
#include <functional>

#include "entente/base/contract.hpp"

namespace entente::runtime {

void EventAgenda::every(ComputationId computation, double period, double first) {
  Plan& plan_of = plans_[computation];
  if (plan_of.period > 0) --planned_;
  ++plan_of.version;
  plan_of.period = 0;
  if (!(period > 0)) return;
  if (limit_ && plan_of.actions >= limit_) {
    limited_ = true;
    return;
  }
  plan_of.period = period;
  plan_of.origin = now_ + first;
  plan_of.turn = 0;
  ++planned_;
  plan(computation);
}

void EventAgenda::plan(ComputationId computation) {
  if (queue_.size() > 2 * std::size_t(planned_) + 64) {
    std::erase_if(queue_, [this](const Entry& entry) { return is_void(entry); });
    std::make_heap(queue_.begin(), queue_.end(), std::greater<>());
  }
  const Plan& p = plans_[computation];
  queue_.push_back({p.origin + double(p.turn) * p.period, computation, p.version});
  std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
}

void EventAgenda::pop() {
  std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
  queue_.pop_back();
}

void EventAgenda::tidy() {
  while (!queue_.empty() && is_void(queue_.front())) pop();
}

double EventAgenda::due() {
  ENTENTE_EXPECTS(pending());
  tidy();
  return queue_.front().time;
}

void EventAgenda::advance(std::vector<ComputationId>& due) {
  ENTENTE_EXPECTS(pending());
  due.clear();
  tidy();
  now_ = std::max(now_, queue_.front().time);
  for (; !queue_.empty() && queue_.front().time <= now_; tidy()) {
    due.push_back(queue_.front().computation);
    pop();
  }
  // Planned again only now: each acts once, also where a period is too short to change the time.
  for (const ComputationId computation : due) {
    Plan& p = plans_[computation];
    cycles_ = std::max(cycles_, ++p.actions);
    if (limit_ && p.actions >= limit_) {
      limited_ = true;
      p.period = 0;
      ++p.version;
      --planned_;
    } else {
      ++p.turn;
      plan(computation);
    }
  }
}

}  // namespace entente::runtime
