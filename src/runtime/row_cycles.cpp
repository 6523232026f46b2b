// SPDX-License-Identifier: MIT
#include "runtime/row_cycles.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "kernel/consensus/combine.hpp"

namespace entente::runtime {

RowCycles::RowCycles(std::size_t participants, std::size_t width, int threads)
    : a_(participants * width),
      b_(participants * width),
      now_(a_.data()),
      next_(b_.data()),
      lanes_(std::size_t(std::clamp<std::int64_t>(
          threads, 1, std::max<std::int64_t>(1, std::int64_t((participants + block_ - 1) / block_))))),
      barrier_(static_cast<int>(lanes_.size())) {
  const std::uint64_t blocks = (participants + block_ - 1) / block_;
  for (std::size_t t = 0; t < lanes_.size(); ++t) {
    lanes_[t].begin = std::uint32_t(blocks * t / lanes_.size() * block_);
    lanes_[t].end = std::uint32_t(std::min<std::uint64_t>(participants, blocks * (t + 1) / lanes_.size() * block_));
  }
}

void RowCycles::guarded(const std::function<void()>& part) {
  try {
    part();
  } catch (...) {
    if (!failed_.exchange(true)) failure_ = std::current_exception();
  }
}

void RowCycles::work(Lane& lane, const Step& step, const After& after) {
  const bool leads = &lane == lanes_.data();
  for (;;) {
    barrier_.wait();
    if (stop_) return;
    guarded([&] {
      lane.change = 0;
      for (std::uint32_t low = lane.begin; low < lane.end; low += block_)
        lane.change = kernel::larger(lane.change, step(cycle_, low, std::min(lane.end, low + block_)));
    });
    barrier_.wait();
    if (!leads) continue;
    guarded([&] {
      double change = 0;
      for (const Lane& one : lanes_) change = kernel::larger(change, one.change);
      std::swap(now_, next_);
      ++cycle_;
      if (!failed_) stop_ = after(cycle_, change);
    });
    stop_ |= failed_;
  }
}

std::uint64_t RowCycles::run(const Step& step, const After& after) {
  cycle_ = 0;
  stop_ = false;
  std::vector<std::thread> others;
  for (std::size_t t = 1; t < lanes_.size(); ++t) others.emplace_back([&, t] { work(lanes_[t], step, after); });
  work(lanes_[0], step, after);
  for (std::thread& thread : others) thread.join();
  if (failure_) std::rethrow_exception(failure_);
  return cycle_;
}

}  // namespace entente::runtime
