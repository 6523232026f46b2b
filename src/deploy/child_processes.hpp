// SPDX-License-Identifier: MIT
// ChildProcesses: programs that this process has started, what they said last, and when and how they ended.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "deploy/descriptor.hpp"
#include "entente/base/error.hpp"

namespace entente::deploy {

struct ChildCommand {
  std::string label;                       ///< For messages: `agent 'a1'`.
  std::vector<std::string> words;          ///< The program's path first.
  std::vector<std::pair<int, int>> files;  ///< Descriptors of ours, and the numbers (3 to 9) it is to have them under.
  bool dies_with_us = false;               ///< The kernel kills it when this process ends.
};

struct ChildEnd {
  bool well = false;  ///< It returned 0.
  std::string how;    ///< `was killed by signal 9 (Killed)`, `ended with exit code 2: …` and what it said last.
};

/// Children have no standard input, are in process groups of their own, which a terminal's Ctrl-C does not reach, and
/// write to a pipe of which the end is kept. What is left of them is killed and waited for in the destructor.
///
/// Threads  A thread of its own starts and watches them: the kernel kills `dies_with_us` children with the thread that
///          started them. All functions may be called from any other thread.
class ChildProcesses {
 public:
  using OnEnd = std::function<void(std::size_t child, const ChildEnd& end)>;

  /// `on_end` is called on the watching thread.
  explicit ChildProcesses(OnEnd on_end = {});
  ~ChildProcesses();
  ChildProcesses(const ChildProcesses&) = delete;

  /// Returns the child's number: 0, 1, … Throws Error{bad_input} if the program cannot be started.
  std::size_t start(ChildCommand command);
  int process_id(std::size_t child) const;
  /// What it said last, some 4 KiB at most.
  std::string said(std::size_t child) const;
  /// How it ended, if it has.
  std::optional<ChildEnd> ended(std::size_t child) const;
  /// Waits until the child says or does something or `seconds` have passed.
  void wait_for_news(double seconds);
  /// Ends all of them at once, and returns when they are gone.
  void kill_all();

 private:
  struct Child;
  struct Started {
    std::size_t number = 0;
    ErrorCode code = {};
    std::string failure;  ///< Not empty: it was not started, for this reason.
  };
  struct Order {
    ChildCommand command;
    std::promise<Started> started;
  };

  void watch();
  void take_orders();
  std::size_t spawn(ChildCommand command);
  bool read_from(Child& child);
  void reap(std::size_t number);
  void wake();

  OnEnd on_end_;
  Descriptor signal_;
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::unique_ptr<Child>> children_;
  std::deque<Order> orders_;
  bool closing_ = false;
  std::atomic<bool> killing_ = false;
  std::thread thread_;
};

}  // namespace entente::deploy
