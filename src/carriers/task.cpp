// SPDX-License-Identifier: MIT
// What coroutines wait for, put down to the callbacks of a carrier.
#include "entente/carriers/task.hpp"

#include <fmt/format.h>

namespace entente {

void Asking::await_suspend(std::coroutine_handle<> waiter) {
  ticket_ = carrier_.ask(to_, std::move(content_), std::move(options_), [this](Reply reply) {
    reply_ = std::move(reply);
    std::exchange(waiter_, nullptr).resume();
  });
  waiter_ = waiter;
}

Content Asking::await_resume() {
  reply_.failure.rethrow();
  return std::move(reply_.content);
}

namespace detail {

void AskingMany::await_suspend(std::coroutine_handle<> waiter) {
  replies_.resize(requests_.size());
  tickets_.reserve(requests_.size());
  for (auto& [to, content] : requests_) {
    const std::size_t index = tickets_.size();
    try {
      tickets_.push_back(carrier_.ask(to, std::move(content), options_, [this, index](Reply reply) {
        replies_[index] = std::move(reply);
        // It is waited for: whoever waits decides what becomes of its failure.
        (void)bool(replies_[index].failure);
        if (--open_ == 0) std::exchange(waiter_, nullptr).resume();
      }));
    } catch (...) {
      give_up();
      throw;
    }
    ++open_;
  }
  waiter_ = waiter;
}

void AskingMany::give_up() {
  if (open_ == 0) return;
  for (const AskTicket ticket : tickets_) carrier_.cancel(ticket);
  open_ = 0;
}

}  // namespace detail

std::vector<Content> AskingAll::await_resume() {
  std::vector<Content> contents;
  contents.reserve(replies_.size());
  for (Reply& reply : replies_) {
    reply.failure.rethrow();
    contents.push_back(std::move(reply.content));
  }
  return contents;
}

void Sleeping::await_suspend(std::coroutine_handle<> waiter) {
  ticket_ = carrier_.schedule(seconds_, [this] { std::exchange(waiter_, nullptr).resume(); });
  waiter_ = waiter;
}

namespace detail {

void EventWaiter::begin(std::coroutine_handle<> waiter, const std::string& name) {
  if (!(deadline_ >= 0))
    throw Error(ErrorCode::wrong_use,
                fmt::format("a deadline of {} seconds was found, where 0 or more was expected", deadline_));
  if (std::isfinite(deadline_)) {
    timer_ = carrier_.schedule(deadline_, [this, name] {
      timed_ = false;
      go_on(std::make_exception_ptr(AskError(
          AskError::Reason::deadline, fmt::format("{} was not set within {} seconds", printable(name), deadline_))));
    });
    timed_ = true;
  }
  waiter_ = waiter;
  expected_ = carrier_.expect(printable(name), [this](std::exception_ptr failure) { go_on(std::move(failure)); });
}

void EventWaiter::wake() {
  if (!waiter_) return;
  if (timed_) carrier_.cancel(timer_);
  carrier_.cancel(expected_);
  timer_ = carrier_.schedule(0, [this] {
    timed_ = false;
    go_on(nullptr);
  });
  timed_ = true;
}

void EventWaiter::go_on(std::exception_ptr failure) {
  failure_ = std::move(failure);
  const std::coroutine_handle<> waiter = waiter_;
  stop_waiting();
  waiter.resume();
}

void EventWaiter::stop_waiting() {
  if (!waiter_) return;
  if (timed_) carrier_.cancel(timer_);
  carrier_.cancel(expected_);
  timed_ = false;
  waiter_ = nullptr;
}

void SpawnedTask::run() {
  if (done_) return;
  task_.start({[](void* self, std::size_t) -> std::coroutine_handle<> {
                 static_cast<SpawnedTask*>(self)->finish();
                 return std::noop_coroutine();
               },
               this, 0});
}

void SpawnedTask::finish() {
  done_ = true;
  try {
    task_.take();
  } catch (...) {
    failure_ = std::current_exception();
  }
  if (!carrier_) return;
  // Those who wait go on when this handler has returned: the frame of the task is still in use.
  if (waiter_)
    beginning_ = carrier_->schedule(0, [self = shared_from_this()] {
      if (self->waiter_) std::exchange(self->waiter_, nullptr).resume();
    });
  if (!held_) {
    if (std::exception_ptr why = overlooked()) carrier_->fail(std::move(why));
    carrier_->let_go(*this);
  }
}

void SpawnedTask::abandon() {
  carrier_ = nullptr;
  waiter_ = nullptr;
  task_ = {};
  done_ = true;
}

Task<void> end_after(Carrier& carrier, double seconds) { co_await carrier.sleep(seconds); }

Task<void> run_until(Carrier& carrier, Task<void> task, double deadline) {
  if (!(deadline >= 0))
    throw Error(ErrorCode::wrong_use,
                fmt::format("a deadline of {} seconds was found, where 0 or more was expected", deadline));
  if (std::isinf(deadline)) {
    co_await task;
    co_return;
  }
  std::vector<Task<void>> runners;
  runners.push_back(std::move(task));
  runners.push_back(end_after(carrier, deadline));
  const RaceResult<void> first = co_await race(std::move(runners));
  if (first.index == 1)
    throw AskError(AskError::Reason::deadline, fmt::format("a task was not done within {} seconds", deadline));
}

namespace {
Task<void> join(Spawned task) { co_await task; }
}  // namespace

}  // namespace detail

Spawned Carrier::spawn(Task<void> task) {
  if (!task.valid()) throw Error(ErrorCode::wrong_use, "spawn: the task holds no coroutine (moved from?)");
  auto state = std::make_shared<detail::SpawnedTask>(*this, std::move(task));
  state->beginning_ = schedule(0, [state] { state->run(); });
  keep(state);
  return Spawned(std::move(state));
}

Task<void> Carrier::wait_for(Spawned task, double deadline) {
  return detail::run_until(*this, detail::join(std::move(task)), deadline);
}

void Spawned::cancel() {
  if (state_->done_ || state_->cancelled_) return;
  state_->cancelled_ = true;
  Carrier& carrier = *state_->carrier_;
  carrier.cancel(state_->beginning_);
  state_->beginning_ = carrier.schedule(0, [one = state_] {
    if (one->done_) return;
    one->task_ = {};
    one->failure_ = std::make_exception_ptr(AskError(AskError::Reason::cancelled, "the task was cancelled"));
    one->looked_ = true;
    one->done_ = true;
    if (one->waiter_)
      std::exchange(one->waiter_, nullptr).resume();
    else if (!one->held_)
      one->carrier_->let_go(*one);
  });
}

void Spawned::await_resume() {
  state_->looked_ = true;
  if (state_->failure_) std::rethrow_exception(state_->failure_);
}

Spawned::~Spawned() {
  if (!state_) return;
  state_->held_ = false;
  state_->waiter_ = nullptr;
  if (!state_->done_ || !state_->carrier_) return;
  Carrier& carrier = *state_->carrier_;
  if (std::exception_ptr why = state_->overlooked()) carrier.fail(std::move(why));
  carrier.let_go(*state_);
}

}  // namespace entente
