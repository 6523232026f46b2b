// SPDX-License-Identifier: MIT
#include "runtime/rest_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "entente/base/error.hpp"

namespace entente::runtime {

RestTree::RestTree(std::uint32_t me, std::uint32_t agents, std::uint64_t needed, Send send)
    : me_(me), needed_(needed), send_(std::move(send)) {
  sources_.push_back({me, 0, {}, {}});
  for (std::uint64_t below = 2 * std::uint64_t(me) + 1; below <= 2 * std::uint64_t(me) + 2 && below < agents; ++below)
    sources_.push_back({std::uint32_t(below), 0, {}, {}});
}

void RestTree::close(bool rested, bool finished) {
  Source& mine = sources_.front();
  if (rested) mine.quiet.push_back(mine.closed);
  ++mine.closed;
  if (finished && !mine.finished) mine.finished = mine.closed;
}

void RestTree::hear(std::uint32_t from, const RemoteRest& rest) {
  const auto refuse = [&](const char* what) {
    throw Error(ErrorCode::bad_input,
                fmt::format("agent {} says {}; it takes part in another run or its message was damaged", from, what));
  };
  if (rest.stop) {
    if (me_ == 0 || from != (me_ - 1) / 2) refuse("where the run ends, which is not for it to say");
    return end(*rest.stop);
  }
  const auto source =
      std::find_if(sources_.begin() + 1, sources_.end(), [&](const Source& s) { return s.agent == from; });
  if (source == sources_.end()) refuse("what is none of its business here");
  if (rest.closed < source->closed) refuse("less than it did before");
  std::uint64_t next = source->closed;
  for (const std::uint64_t cycle : rest.quiet) {
    if (cycle < next || cycle >= rest.closed) refuse("that it rested in a cycle that it has not ended");
    source->quiet.push_back(cycle);
    next = cycle + 1;
  }
  source->closed = rest.closed;
  if (!source->finished) source->finished = rest.finished;
}

/// Goes through the cycles that all sources have ended.
void RestTree::settle() {
  std::uint64_t closed = sources_.front().closed;
  for (const Source& source : sources_) closed = std::min(closed, source.closed);
  while (settled_ < closed) {
    // The next cycle in which everybody may have rested.
    std::uint64_t next = settled_;
    for (Source& source : sources_) {
      while (!source.quiet.empty() && source.quiet.front() < next) source.quiet.pop_front();
      next = source.quiet.empty() ? closed : std::max(next, std::min(source.quiet.front(), closed));
    }
    if (next > settled_) in_a_row_ = 0;
    if (next >= closed) {
      settled_ = closed;
      break;
    }
    const bool all = std::all_of(sources_.begin(), sources_.end(), [&](const Source& source) {
      return !source.quiet.empty() && source.quiet.front() == next;
    });
    settled_ = next;
    if (!all) continue;  // somebody's next quiet cycle is later than another's
    settled_ = next + 1;
    ++in_a_row_;
    if (me_ > 0)
      quiet_.push_back(next);
    else if (in_a_row_ >= needed_)
      return end(next + 1);
  }
  if (me_ > 0) return;
  if (const auto finished = finished_below()) end(*finished);
}

std::optional<std::uint64_t> RestTree::finished_below() const {
  std::uint64_t cycles = 0;
  for (const Source& source : sources_) {
    if (!source.finished) return {};
    cycles = std::max(cycles, *source.finished);
  }
  return cycles;
}

void RestTree::flush() {
  if (stop_) return;
  settle();
  if (stop_ || me_ == 0) return;
  const std::optional<std::uint64_t> finished = finished_below();
  const bool news = !quiet_.empty() || (finished && !told_finished_);
  if (!news && settled_ < told_ + silence) return;
  told_ = settled_;
  told_finished_ = finished.has_value();
  send_((me_ - 1) / 2, {settled_, std::exchange(quiet_, {}), finished, {}});
}

void RestTree::end(std::uint64_t cycles) {
  if (stop_) return;
  stop_ = cycles;
  for (std::size_t s = 1; s < sources_.size(); ++s) send_(sources_[s].agent, {0, {}, {}, cycles});
}

}  // namespace entente::runtime
