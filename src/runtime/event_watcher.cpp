// SPDX-License-Identifier: MIT
#include "runtime/event_watcher.hpp"

#include <algorithm>
#include <utility>

namespace entente::runtime {

namespace {
using Clock = RunControl::Clock;
/// How often an interrupt is looked for: a signal handler can set a flag but wake nobody.
constexpr auto interval = std::chrono::milliseconds(4);
}  // namespace

EventWatcher::EventWatcher(const RunControl& control, std::function<void()> on_stop)
    : control_(control), on_stop_(std::move(on_stop)) {
  if ((control.interrupt || control.deadline != Clock::time_point::max()) && !check())
    thread_ = std::thread([this] { watch(); });
}

EventWatcher::~EventWatcher() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void EventWatcher::raise(RunEnd reason) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_.load(std::memory_order_relaxed)) return;
    reason_ = reason;
    stop_.store(true, std::memory_order_release);
  }
  changed_.notify_all();
  on_stop_();
}

void EventWatcher::pause(double seconds) {
  // A century stands for ever, and fits the clock.
  const std::chrono::duration<double> wanted(std::min(seconds, 3e9));
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::duration_cast<Clock::duration>(wanted),
                    [this] { return stop_.load(std::memory_order_relaxed); });
}

bool EventWatcher::check() {
  if (control_.interrupt && control_.interrupt->load(std::memory_order_relaxed))
    raise(RunEnd::interrupted);
  else if (Clock::now() >= control_.deadline)
    raise(RunEnd::deadline);
  return stop_.load(std::memory_order_relaxed);
}

void EventWatcher::watch() {
  while (!check()) {
    std::unique_lock lock(mutex_);
    const auto done = [this] { return ended_ || stop_.load(std::memory_order_relaxed); };
    const auto next = control_.interrupt ? Clock::now() + interval : control_.deadline;
    if (changed_.wait_until(lock, std::min(next, control_.deadline), done)) return;
  }
}

}  // namespace entente::runtime
