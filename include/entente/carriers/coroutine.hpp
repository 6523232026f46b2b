// SPDX-License-Identifier: MIT
// Task: the coroutine that everything in task.hpp is made of.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "entente/base/error.hpp"

namespace entente {

template <class T>
class Task;

namespace detail {

/// Told when a task has ended; returns the coroutine to go on with.
struct TaskListener {
  std::coroutine_handle<> (*ended)(void* context, std::size_t index) = nullptr;
  void* context = nullptr;
  std::size_t index = 0;
};

struct TaskPromiseBase {
  std::coroutine_handle<> continuation;
  TaskListener listener;
  std::exception_ptr failure;

  struct Final {
    bool await_ready() const noexcept { return false; }
    template <class P>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) const noexcept {
      TaskPromiseBase& promise = self.promise();
      if (promise.continuation) return promise.continuation;
      if (promise.listener.ended) return promise.listener.ended(promise.listener.context, promise.listener.index);
      return std::noop_coroutine();
    }
    void await_resume() const noexcept {}
  };
  std::suspend_always initial_suspend() const noexcept { return {}; }
  Final final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;

  Task<T> get_return_object();
  template <class U>
  requires std::convertible_to<U, T>
  void return_value(U&& result) { value.emplace(std::forward<U>(result)); }
  T take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() const noexcept {}
  void take() const {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace detail

/// A coroutine that begins when it is awaited (or spawned), and ends with a T or an exception. Owns its frame: to
/// destroy a task is to cancel it. It is awaited once.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;  ///< None.
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool valid() const { return bool(handle_); }
  bool done() const { return handle_ && handle_.done(); }
  /// Whether it ended by an exception.
  bool failed() const { return done() && handle_.promise().failure; }
  /// Runs it up to its first wait. For those who run tasks; everybody else awaits or spawns them.
  void start(detail::TaskListener listener = {}) {
    begin();
    handle_.promise().listener = listener;
    handle_.resume();
  }
  /// What it ended with, once; throws what it threw. Only when `done`.
  T take() { return handle_.promise().take(); }

  struct Awaiter {
    Task& task;
    bool await_ready() const noexcept { return false; }
    // Not by symmetric transfer: a loop over tasks that never wait would take stack in unoptimised builds.
    bool await_suspend(std::coroutine_handle<> caller) {
      task.begin();
      task.handle_.resume();
      if (task.handle_.done()) return false;
      task.handle_.promise().continuation = caller;
      return true;
    }
    T await_resume() { return task.take(); }
  };
  Awaiter operator co_await() { return Awaiter{*this}; }

 private:
  void begin() {
    if (!handle_) throw Error(ErrorCode::wrong_use, "a task that holds no coroutine (moved from?) cannot be awaited");
    if (begun_) throw Error(ErrorCode::wrong_use, "a task can be awaited only once");
    begun_ = true;
  }
  Handle handle_;
  bool begun_ = false;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> detail::TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace entente
