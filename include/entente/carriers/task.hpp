// SPDX-License-Identifier: MIT
// Coroutines over a Carrier: tasks, and what they can wait for.
//
//   Task<Content> Sum::start_optimization(Carrier& carrier, Content start, Meta) {
//     double total = 0;
//     for (const Address one : carrier.others()) {
//       const Content answer = co_await carrier.ask(one, start);
//       total += answer.as<double>();
//     }
//     co_return total;
//   }
//
// Cancelling  A task that is destroyed gives up what it waits for, and so do the tasks within it.
// Compilers   g++ 12 miscompiles some coroutines. One `co_await` a statement; not within && or ||; arguments of what
//             is awaited are variables or plain values: no lambda with captures, no `T{...}`, no `{...}`. Coroutines
//             that are lambdas take what they need as parameters. scripts/check_coroutines.py finds the rest.
// Threads     The one that runs the network.
#pragma once

#include <algorithm>
#include <cmath>
#include <coroutine>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/coroutine.hpp"

namespace entente {

class Endpoint;

/// Awaits the answer to one request: its content, or throws what the participant threw, or an AskError.
class [[nodiscard]] Asking {
 public:
  Asking(Carrier& carrier, Address to, Content content, AskOptions options)
      : carrier_(carrier), to_(to), content_(std::move(content)), options_(std::move(options)) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() {
    if (waiter_) carrier_.cancel(ticket_);
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  Content await_resume();

 private:
  Carrier& carrier_;
  Address to_;
  Content content_;
  AskOptions options_;
  AskTicket ticket_;
  std::coroutine_handle<> waiter_;
  Reply reply_;
};

namespace detail {
/// Many requests under way at once, without a coroutine each.
class AskingMany {
 public:
  AskingMany(Carrier& carrier, std::vector<std::pair<Address, Content>> requests, AskOptions options)
      : carrier_(carrier), requests_(std::move(requests)), options_(std::move(options)) {}
  AskingMany(const AskingMany&) = delete;
  AskingMany& operator=(const AskingMany&) = delete;
  ~AskingMany() { give_up(); }
  bool await_ready() const noexcept { return requests_.empty(); }
  void await_suspend(std::coroutine_handle<> waiter);

 protected:
  std::vector<Reply> replies_;

 private:
  void give_up();

  Carrier& carrier_;
  std::vector<std::pair<Address, Content>> requests_;
  AskOptions options_;
  std::vector<AskTicket> tickets_;
  std::coroutine_handle<> waiter_;
  std::size_t open_ = 0;
};
}  // namespace detail

/// Awaits the answers to all requests, in their order. When all have been answered or have failed, throws the failure
/// of the first in order that failed.
class [[nodiscard]] AskingAll : public detail::AskingMany {
 public:
  using AskingMany::AskingMany;
  std::vector<Content> await_resume();
};

/// Awaits all replies, in the order of the requests, failures among them.
class [[nodiscard]] AskingEach : public detail::AskingMany {
 public:
  using AskingMany::AskingMany;
  std::vector<Reply> await_resume() { return std::move(replies_); }
};

/// Awaits a time.
class [[nodiscard]] Sleeping {
 public:
  Sleeping(Carrier& carrier, double seconds) : carrier_(carrier), seconds_(seconds) {}
  Sleeping(const Sleeping&) = delete;
  Sleeping& operator=(const Sleeping&) = delete;
  ~Sleeping() {
    if (waiter_) carrier_.cancel(ticket_);
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume() const noexcept {}

 private:
  Carrier& carrier_;
  double seconds_;
  TimerTicket ticket_;
  std::coroutine_handle<> waiter_;
};

namespace detail {

/// Waits for an event of any type, on a carrier.
class EventWaiter {
 public:
  EventWaiter(Carrier& carrier, double deadline) : carrier_(carrier), deadline_(deadline) {}
  EventWaiter(const EventWaiter&) = delete;
  EventWaiter& operator=(const EventWaiter&) = delete;
  /// The event has been set: goes on when the handler that set it has returned.
  void wake();

 protected:
  ~EventWaiter() { stop_waiting(); }
  void begin(std::coroutine_handle<> waiter, const std::string& name);
  void end() {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void stop_waiting();
  void go_on(std::exception_ptr failure);

  Carrier& carrier_;
  double deadline_;
  std::coroutine_handle<> waiter_;
  WaitTicket expected_;
  TimerTicket timer_;  // the deadline, or the waking
  bool timed_ = false;
  std::exception_ptr failure_;
};

template <class T>
struct EventState {
  std::string name;
  std::optional<T> value;
  std::vector<EventWaiter*> waiters;
};

}  // namespace detail

/// An event that brings a value. Copies are the same event.
template <class T>
class EventWithValue {
 public:
  /// `name`: what a wait that cannot end is called in the message that says so.
  explicit EventWithValue(std::string name = "an event")
      : state_(std::make_shared<detail::EventState<T>>(detail::EventState<T>{std::move(name), std::nullopt, {}})) {}

  /// Sets the value, and wakes all who wait, in the order they came. They get the value that it has when they wake.
  void set(T value) {
    state_->value.emplace(std::move(value));
    for (detail::EventWaiter* const waiter : std::exchange(state_->waiters, {})) waiter->wake();
  }
  void reset() { state_->value.reset(); }
  bool is_set() const { return state_->value.has_value(); }
  /// Null while it is not set.
  const T* value() const { return state_->value ? &*state_->value : nullptr; }
  /// Awaits its being set; a T. Does not wait if it is.
  WaitingForEvent<T> wait(Carrier& carrier, double deadline = std::numeric_limits<double>::infinity()) const {
    return WaitingForEvent<T>(carrier, state_, deadline);
  }

 private:
  std::shared_ptr<detail::EventState<T>> state_;
};

template <class T>
class [[nodiscard]] WaitingForEvent : public detail::EventWaiter {
 public:
  WaitingForEvent(Carrier& carrier, std::shared_ptr<detail::EventState<T>> state, double deadline)
      : EventWaiter(carrier, deadline), state_(std::move(state)) {}
  ~WaitingForEvent() { std::erase(state_->waiters, static_cast<EventWaiter*>(this)); }
  bool await_ready() const noexcept { return state_->value.has_value(); }
  void await_suspend(std::coroutine_handle<> waiter) {
    begin(waiter, state_->name);
    state_->waiters.push_back(this);
  }
  T await_resume() {
    end();
    if (!state_->value) throw Error(ErrorCode::wrong_use, state_->name + " was reset before those it woke could look");
    return *state_->value;
  }

 private:
  std::shared_ptr<detail::EventState<T>> state_;
};

namespace detail {

/// A task that runs beside others.
class SpawnedTask : public std::enable_shared_from_this<SpawnedTask> {
 public:
  SpawnedTask(Carrier& carrier, Task<void> task) : carrier_(&carrier), task_(std::move(task)) {}
  /// The run is over: the task is given up, and the carrier is not to be used any more.
  void abandon();
  bool done() const { return done_; }
  /// Why it ended, if that was by an exception which nobody has looked at.
  std::exception_ptr overlooked() const { return looked_ ? nullptr : failure_; }

 private:
  friend class entente::Spawned;
  friend class entente::Carrier;
  friend class entente::Endpoint;
  void run();
  void finish();

  Carrier* carrier_;
  Task<void> task_;
  TimerTicket beginning_;
  std::uint64_t number_ = 0;  // the carrier's
  bool done_ = false, cancelled_ = false, held_ = true, looked_ = false;
  std::exception_ptr failure_;
  std::coroutine_handle<> waiter_;
};

}  // namespace detail

/// A task that runs beside others. It goes on if this is destroyed. Awaiting it waits for its end, and throws what it
/// threw. If it ends by an exception and nobody is left who could await it, the run ends with that exception.
class Spawned {
 public:
  explicit Spawned(std::shared_ptr<detail::SpawnedTask> state) : state_(std::move(state)) {}
  Spawned(Spawned&&) = default;
  Spawned& operator=(Spawned&&) = delete;
  ~Spawned();
  bool done() const { return state_->done_; }
  /// Ends it, as soon as this handler has returned; who awaits it gets an AskError{cancelled}.
  void cancel();

  bool await_ready() const noexcept { return state_->done_; }
  void await_suspend(std::coroutine_handle<> waiter) { state_->waiter_ = waiter; }
  void await_resume();

 private:
  std::shared_ptr<detail::SpawnedTask> state_;
};

namespace detail {

/// Starts tasks side by side and waits until all of them, or the first, have ended.
template <class T>
struct Together {
  std::vector<Task<T>>& tasks;
  bool first_only;
  std::size_t ended = 0, first = 0;
  bool starting = true;
  std::coroutine_handle<> waiter = nullptr;

  bool satisfied() const { return ended == tasks.size() || (first_only && ended > 0); }
  static std::coroutine_handle<> one_ended(void* context, std::size_t index) {
    auto& self = *static_cast<Together*>(context);
    const bool before = self.satisfied();
    if (self.ended++ == 0) self.first = index;
    return !self.starting && !before && self.satisfied() ? self.waiter : std::noop_coroutine();
  }
  bool await_ready() const noexcept { return tasks.empty(); }
  bool await_suspend(std::coroutine_handle<> caller) {
    waiter = caller;
    for (std::size_t i = 0; i < tasks.size() && !(first_only && ended > 0); ++i) tasks[i].start({one_ended, this, i});
    starting = false;
    return !satisfied();
  }
  void await_resume() const noexcept {}
};

Task<void> end_after(Carrier& carrier, double seconds);

}  // namespace detail

/// Runs all tasks side by side; their results, in order. When all have ended, throws what the first in order threw, if
/// any did.
template <class T>
Task<std::vector<T>> gather(std::vector<Task<T>> tasks) {
  detail::Together<T> all{tasks, false};
  co_await all;
  std::vector<T> results;
  results.reserve(tasks.size());
  for (Task<T>& task : tasks) results.push_back(task.take());
  co_return results;
}
inline Task<void> gather(std::vector<Task<void>> tasks) {
  detail::Together<void> all{tasks, false};
  co_await all;
  for (Task<void>& task : tasks) task.take();
}

/// Which task of a race won, and with what.
template <class T>
struct RaceResult {
  std::size_t index;
  T value;
};
template <>
struct RaceResult<void> {
  std::size_t index;
};

/// Runs all tasks side by side until the first has ended, and cancels the others. Throws what that first one threw.
template <class T>
Task<RaceResult<T>> race(std::vector<Task<T>> tasks) {
  if (tasks.empty()) throw Error(ErrorCode::wrong_use, "race: there are no tasks, so none can be the first");
  detail::Together<T> all{tasks, true};
  co_await all;
  Task<T> winner = std::move(tasks[all.first]);
  tasks.clear();  // the others end here
  if constexpr (std::is_void_v<T>) {
    winner.take();
    co_return RaceResult<void>{all.first};
  } else {
    co_return RaceResult<T>{all.first, winner.take()};
  }
}

inline Asking Carrier::ask(Address to, Content content, AskOptions options) {
  return Asking(*this, to, std::move(content), std::move(options));
}
inline AskingAll Carrier::gather_asks(std::vector<std::pair<Address, Content>> requests, AskOptions options) {
  return AskingAll(*this, std::move(requests), std::move(options));
}
inline AskingEach Carrier::gather_replies(std::vector<std::pair<Address, Content>> requests, AskOptions options) {
  return AskingEach(*this, std::move(requests), std::move(options));
}
inline Sleeping Carrier::sleep(double seconds) { return Sleeping(*this, seconds); }
template <class T>
WaitingForEvent<T> Carrier::wait_for(const EventWithValue<T>& event, double deadline) {
  return event.wait(*this, deadline);
}

namespace detail {
template <class T>
Task<void> store(Task<T> task, std::optional<T>* result) {
  T value = co_await task;
  result->emplace(std::move(value));
}
/// Throws AskError{deadline} if the deadline comes first.
Task<void> run_until(Carrier& carrier, Task<void> task, double deadline);
}  // namespace detail

/// Awaits a task, and cancels it when the deadline (seconds from now) passes: AskError{deadline}.
template <class T>
Task<T> Carrier::wait_for(Task<T> task, double deadline) {
  if constexpr (std::is_void_v<T>) {
    co_await detail::run_until(*this, std::move(task), deadline);
  } else {
    std::optional<T> result;
    Task<void> stored = detail::store(std::move(task), &result);
    co_await detail::run_until(*this, std::move(stored), deadline);
    co_return std::move(*result);
  }
}

}  // namespace entente
