// SPDX-License-Identifier: MIT
// EventWatcher: raises a flag at the deadline or when the user interrupts, so that busy threads need no clock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "runtime/run.hpp"

namespace entente::runtime {

class EventWatcher {
 public:
  /// Watches from now on, on a thread of its own if there is anything to watch. `on_stop` is called once, by whoever
  /// raises the flag, and may be called before this returns.
  EventWatcher(const RunControl& control, std::function<void()> on_stop);
  EventWatcher(const EventWatcher&) = delete;
  EventWatcher& operator=(const EventWatcher&) = delete;
  /// Ends the watch; afterwards the flag stays as it is.
  ~EventWatcher();

  const std::atomic<bool>& stop() const { return stop_; }
  /// Why the flag was raised; to be read by a thread that saw it raised.
  RunEnd reason() const { return reason_; }
  /// Raises the flag, unless it is raised already.
  void raise(RunEnd reason);
  /// Sleeps `seconds`, less if the flag is raised.
  void pause(double seconds);

 private:
  /// Raises the flag if it is time; says whether it is raised.
  bool check();
  void watch();

  const RunControl& control_;
  std::function<void()> on_stop_;
  std::atomic<bool> stop_{false};
  RunEnd reason_ = RunEnd::interrupted;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace entente::runtime
