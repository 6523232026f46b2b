// SPDX-License-Identifier: MIT
// NatsConnection: one connection to a NATS server, and what is needed of it: publish, request, answer, subscribe.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "entente/carriers/nats.hpp"

namespace entente {

class NatsConnection;

/// What arrived. Moved, not copied; its bytes live as long as it does.
class NatsMessage {
 public:
  explicit NatsMessage(void* message) : message_(message) {}
  NatsMessage(NatsMessage&& other) noexcept : message_(std::exchange(other.message_, nullptr)) {}
  NatsMessage& operator=(NatsMessage&& other) noexcept {
    std::swap(message_, other.message_);
    return *this;
  }
  ~NatsMessage();

  std::span<const std::byte> bytes() const;
  std::string subject() const;
  /// Where an answer is expected; empty: nowhere.
  std::string reply() const;

 private:
  void* message_;
};

struct NatsLeftSubscriptions;

/// Messages of one subject, to be taken one after the other. What is not taken waits, up to 256 MiB; what comes beyond
/// that is dropped. Goes before its connection does.
class NatsSubscription {
 public:
  NatsSubscription(NatsSubscription&& other) noexcept
      : subscription_(std::exchange(other.subscription_, nullptr)), left_(std::move(other.left_)) {}
  ~NatsSubscription();

  /// Waits so many seconds at most, in steps of a millisecond; 0: not at all. Throws Error{bad_input} when the
  /// connection is closed for good.
  std::optional<NatsMessage> take(double seconds);
  /// Messages that were dropped so far as nobody took those before them.
  std::uint64_t dropped() const;

 private:
  friend class NatsConnection;
  NatsSubscription(void* subscription, std::shared_ptr<NatsLeftSubscriptions> left)
      : subscription_(subscription), left_(std::move(left)) {}
  void* subscription_;
  std::shared_ptr<NatsLeftSubscriptions> left_;
};

/// Calls a handler for each message of a subject, one after the other, on a thread of its own. Ends when it goes, which
/// waits for the handler to return; goes before its connection does, and not from within its handler.
class NatsAnswering {
 public:
  NatsAnswering(NatsAnswering&&) noexcept = default;
  NatsAnswering& operator=(NatsAnswering&&) noexcept = default;

 private:
  friend class NatsConnection;
  explicit NatsAnswering(std::jthread thread) : thread_(std::move(thread)) {}
  std::jthread thread_;
};

/// What became of a request.
struct NatsReply {
  enum class Kind : std::uint8_t {
    answered,
    nobody,  ///< Nobody listens to that subject: known at once.
    late,    ///< No answer in time.
  };
  Kind kind = Kind::late;
  std::vector<std::byte> bytes;

  explicit operator bool() const { return kind == Kind::answered; }
};

/// Subjects are words of letters, digits, `-` and `_`, joined by dots.
///
/// Connects at once or throws Error{bad_input} that says why not; reconnects by itself ever after, with back-off. A
/// server that lets everybody in is refused unless `allow_anonymous`.
///
/// Threads  All of it may be used from any thread. `say` is called from any, one call at a time.
/// Errors   Error{unsupported} where the client library is missing, Error{bad_input} when the connection is closed for
///          good (the server refuses the credentials that it took before), Error{too_large} for more bytes than the
///          server takes in one message.
class NatsConnection {
 public:
  using Say = std::function<void(const std::string&)>;

  /// `name` is what operators see of this connection at the server.
  NatsConnection(const NatsAccess& access, const std::string& name, Say say = {});
  NatsConnection(const NatsConnection&) = delete;
  ~NatsConnection();

  /// Bytes that one message may have.
  std::size_t max_payload() const;
  bool connected() const;
  /// How often it was lost and found again.
  std::uint64_t reconnections() const;
  /// The last thing that the server objected to, in words; empty: nothing. Such as a subject that is not permitted.
  std::string objection() const;

  /// Sends at once. While there is no connection what is sent is kept, up to 8 MiB; returns whether it was taken.
  bool publish(const std::string& subject, std::span<const std::byte> bytes);
  /// Waits until the server has all that was published. Whether it has within so many seconds.
  bool flush(double seconds);
  /// Sends a request and waits so many seconds for its answer.
  NatsReply request(const std::string& subject, std::span<const std::byte> bytes, double seconds);
  /// Calls `handler` with each message and the subject to publish the answer to, at once or later (empty: none is
  /// expected). What it throws is said.
  using Handler = std::function<void(std::span<const std::byte>, const std::string& reply)>;
  NatsAnswering answer(const std::string& subject, Handler handler);
  NatsSubscription subscribe(const std::string& subject);

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::shared_ptr<NatsLeftSubscriptions> left_;
  void* connection_ = nullptr;
};

}  // namespace entente
