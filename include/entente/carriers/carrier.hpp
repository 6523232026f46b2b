// SPDX-License-Identifier: MIT
// Carrier: what a participant or a coordinator sees of the network, and nothing else. The core works by callbacks; the
// functions that return something to `co_await` stand on it and are defined in task.hpp.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/carriers/message.hpp"

namespace entente {

template <class T>
class Task;
template <class T>
class EventWithValue;
class Asking;
class AskingAll;
class AskingEach;
class Sleeping;
class Spawned;
template <class T>
class WaitingForEvent;
namespace detail {
class SpawnedTask;
}

/// Why a request was not answered, where the participant that was asked did not throw an exception of its own.
class AskError : public Error {
 public:
  enum class Reason : std::uint8_t {
    deadline,    ///< The deadline passed.
    refused,     ///< The participant answered with `reply_error`, or threw and is out of reach of its exception.
    cancelled,   ///< The asker gave up.
    unanswered,  ///< Nothing is under way any more that could bring the answer.
  };
  AskError(Reason reason, const std::string& message) : Error(ErrorCode::bad_input, message), reason_(reason) {}
  Reason reason() const { return reason_; }

 private:
  Reason reason_;
};

/// Why a reply has no content; false if it has. A failure that nobody looks at ends the run, and reaches the caller.
class AskFailure {
 public:
  AskFailure() = default;
  explicit AskFailure(std::exception_ptr why) : state_(std::make_shared<State>(State{std::move(why), false})) {}

  /// Asking counts as looking.
  explicit operator bool() const {
    look();
    return state_ != nullptr;
  }
  operator std::exception_ptr() const {  // NOLINT: stands for the exception
    look();
    return state_ ? state_->why : nullptr;
  }
  /// Throws it, if there is one.
  void rethrow() const {
    look();
    if (state_) std::rethrow_exception(state_->why);
  }
  /// Whether there is one that nobody has looked at. This does not count as looking.
  bool overlooked() const { return state_ && !state_->looked; }

 private:
  struct State {
    std::exception_ptr why;
    bool looked;
  };
  void look() const {
    if (state_) state_->looked = true;
  }
  std::shared_ptr<State> state_;
};

/// What became of a request.
struct Reply {
  Content content;
  Meta meta;           ///< Of the reply; its sender is who replied. Of a failure: the request's id, and who was asked.
  AskFailure failure;  ///< The participant's own exception, or an AskError.
};

struct AskOptions {
  double deadline = std::numeric_limits<double>::infinity();  ///< Seconds from now, >= 0.
  Notes notes = {};
};

/// For `cancel`. Those of one carrier mean nothing to another.
struct AskTicket {
  std::uint64_t number = 0;
};
struct TimerTicket {
  std::uint64_t number = 0;
};
struct WaitTicket {
  std::uint64_t number = 0;
};

/// One party's end of a network.
///
/// Promises  Calls to one party never overlap, and none comes from within a call to the carrier: what `send`, `ask`,
///           `set` of an event and so on lead to happens after the handler that called them has returned.
/// Threads   Only the one that runs the network; from there, only while it runs or before.
/// Errors    Error{wrong_use} for an address that nobody has (0 included), notes with a key that is the carrier's,
///           a deadline or delay that is negative or not a number, and callbacks that are empty.
class Carrier {
 public:
  virtual ~Carrier() = default;

  virtual Address address() const = 0;
  /// Its neighbours, ascending. A coordinator is nobody's neighbour; its own are all participants. Others that it
  /// knows of (senders of messages, say) may be sent to as well. Valid until somebody joins or the topology changes.
  virtual std::span<const Address> others() const = 0;

  virtual void send(Address to, Content content, Notes notes = {}) = 0;
  /// Answers a message: the reply has that message's id and notes, and this carrier's address. To a request it can be
  /// given at once or later, but only once: what comes after the first, or after the asker gave up, is dropped and
  /// counted. The reply to a message that was not a request arrives as a message, with `is_reply`.
  virtual void reply(const Meta& to, Content content) = 0;
  /// Answers a request by saying why it cannot be answered: the asker gets an AskError{refused}.
  virtual void reply_error(const Meta& to, std::string why) = 0;

  /// Sends a request. `then` is called exactly once, with the reply or a failure, unless the request is cancelled.
  virtual AskTicket ask(Address to, Content content, AskOptions options, std::function<void(Reply)> then) = 0;
  /// Gives up: `then` will not be called. Does nothing if it has been called.
  virtual void cancel(AskTicket ticket) = 0;

  /// Seconds of the network's clock, which begins at 0.
  virtual double now() const = 0;
  /// Calls `action` once, after so many seconds; 0: as soon as this handler has returned. Those due at the same time
  /// are called in the order they were asked for.
  virtual TimerTicket schedule(double delay, std::function<void()> action) = 0;
  virtual void cancel(TimerTicket ticket) = 0;

  /// Says that this party waits for something that another party or itself has to do, in words that complete `waits
  /// for …`. If nothing is under way any more that could bring it, `give_up` is called with what to throw.
  virtual WaitTicket expect(std::string what, std::function<void(std::exception_ptr)> give_up) = 0;
  virtual void cancel(WaitTicket ticket) = 0;

  /// Runs a task beside everything else, beginning when this handler has returned. The run is not over before it is. An
  /// exception that leaves it ends the run and reaches the caller, unless somebody waits for the task.
  Spawned spawn(Task<void> task);

  // For coroutines; see task.hpp. One co_await a statement, its arguments named variables or plain values.
  Asking ask(Address to, Content content, AskOptions options = {});
  AskingAll gather_asks(std::vector<std::pair<Address, Content>> requests, AskOptions options = {});
  AskingEach gather_replies(std::vector<std::pair<Address, Content>> requests, AskOptions options = {});
  Sleeping sleep(double seconds);
  template <class T>
  WaitingForEvent<T> wait_for(const EventWithValue<T>& event,
                              double deadline = std::numeric_limits<double>::infinity());
  template <class T>
  Task<T> wait_for(Task<T> task, double deadline = std::numeric_limits<double>::infinity());
  Task<void> wait_for(Spawned task, double deadline = std::numeric_limits<double>::infinity());

 protected:
  friend class Spawned;
  friend class detail::SpawnedTask;
  /// A spawned task that nobody waits for has ended by this exception: the run has to end with it.
  virtual void fail(std::exception_ptr why) = 0;
  /// Keeps a spawned task until it is done; gives it up when the run ends.
  virtual void keep(std::shared_ptr<detail::SpawnedTask> task) = 0;
  /// The task is done, and nobody can ask for its failure any more.
  virtual void let_go(const detail::SpawnedTask& task) = 0;
};

/// Reacts to messages. Lives at least as long as the run.
class Participant {
 public:
  virtual ~Participant();
  /// An exception from here reaches whoever asked, if the message was a request, else the caller of the run.
  virtual void on_message(Carrier& carrier, const Content& content, const Meta& meta) = 0;
};

/// Leads participants: sends them requests and puts their answers together.
class Coordinator {
 public:
  virtual ~Coordinator();
  /// A coroutine. What it returns is the result of the run; an exception from it reaches the caller.
  virtual Task<Content> start_optimization(Carrier& carrier, Content start, Meta meta) = 0;
  /// Messages that are not replies to its requests. Throws Error{wrong_use} unless overridden.
  virtual void on_message(Carrier& carrier, const Content& content, const Meta& meta);
};

}  // namespace entente
