// SPDX-License-Identifier: MIT
// Timers: a heap whose cancelled entries are skipped.
#include "carriers/timers.hpp"

#include <algorithm>
#include <utility>

namespace entente {
namespace {
// A ticket: the slot, and what tells its present use from earlier ones.
constexpr int slot_bits = 24;
}  // namespace

TimerTicket Timers::add(double time, std::function<void()> action) {
  if (free_.empty()) {
    if (slots_.size() >> slot_bits)
      throw Error(ErrorCode::too_large, "more than 16 million timers are under way; are they never cancelled?");
    free_.push_back(std::uint32_t(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot] = {std::move(action), ++last_};
  heap_.push_back({time, last_, slot});
  std::push_heap(heap_.begin(), heap_.end());
  next_ = heap_.front().time;
  return {last_ << slot_bits | slot};
}

void Timers::free(std::uint32_t slot) {
  slots_[slot] = {};
  free_.push_back(slot);
}

void Timers::cancel(TimerTicket ticket) {
  const auto slot = std::uint32_t(ticket.number & ((1u << slot_bits) - 1));
  const std::uint64_t sequence = ticket.number >> slot_bits;
  if (sequence == 0 || slot >= slots_.size() || slots_[slot].sequence != sequence) return;
  // What the action holds may cancel others as it goes.
  const std::function<void()> action = std::move(slots_[slot].action);
  free(slot);
  refresh();
}

void Timers::refresh() {
  if (heap_.size() > 64 && free_.size() > slots_.size() / 2 && heap_.size() > 2 * (slots_.size() - free_.size())) {
    std::erase_if(heap_, [&](const Entry& entry) { return !live(entry); });
    std::make_heap(heap_.begin(), heap_.end());
  }
  while (!heap_.empty() && !live(heap_.front())) {
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
  }
  next_ = heap_.empty() ? never : heap_.front().time;
}

std::function<void()> Timers::take() {
  const std::uint32_t slot = heap_.front().slot;
  std::function<void()> action = std::move(slots_[slot].action);
  free(slot);
  refresh();
  return action;
}

void Timers::clear() {
  heap_.clear();
  next_ = never;
  const std::vector<Slot> slots = std::exchange(slots_, {});
  free_.clear();
}

}  // namespace entente
