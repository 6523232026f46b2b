// SPDX-License-Identifier: MIT
// Endpoint: everything that carriers have in common. Whoever writes a carrier derives from it, and adds the way of the
// messages, the clock and the neighbours; see docs/writing-a-carrier.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/task.hpp"

namespace entente {

/// What travels from one endpoint to another.
struct Envelope {
  enum class Kind : std::uint8_t {
    message,  ///< Or the reply to one, which has `is_reply`.
    request,
    reply,    ///< To a request.
    failure,  ///< In place of a reply; the content is a Refusal.
  };
  Address from, to;
  std::uint64_t id = 0;
  Kind kind = Kind::message;
  bool is_reply = false;
  Content content;
  std::unique_ptr<Notes> notes;  ///< Null: none.
};

/// Why a request could not be answered.
struct Refusal {
  static constexpr std::string_view content_name = "entente.refusal";
  std::string why;
  std::exception_ptr thrown = nullptr;  ///< Null across a network, and if the participant gave a reason instead.
  bool threw = false;                   ///< It threw, in another process.

  void encode(Writer& writer) const {
    writer(why);
    writer(threw || thrown);
  }
  static std::optional<Refusal> decode(Reader& reader);
};

/// A carrier without the transport. Requests and their replies, spawned tasks and waits are dealt with here.
///
/// A derived class says `transmit`, `now`, `schedule`, `cancel(TimerTicket)`, `address`, `others` and `fail`, and calls
/// `deliver` with each envelope that has arrived, never from within a call to this. Its destructor calls `abandon`,
/// while timers can still be cancelled.
class Endpoint : public Carrier {
 public:
  explicit Endpoint(Participant& participant);
  explicit Endpoint(Coordinator& coordinator);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;
  ~Endpoint() override;

  void send(Address to, Content content, Notes notes = {}) override;
  void reply(const Meta& to, Content content) override;
  void reply_error(const Meta& to, std::string why) override;
  using Carrier::ask;
  AskTicket ask(Address to, Content content, AskOptions options, std::function<void(Reply)> then) override;
  using Carrier::cancel;
  void cancel(AskTicket ticket) override;
  WaitTicket expect(std::string what, std::function<void(std::exception_ptr)> give_up) override;
  void cancel(WaitTicket ticket) override;

  /// Hands on what has arrived. Exceptions of the participant become a failure for whoever asked, or go to `fail`.
  void deliver(Envelope&& envelope);

  bool leads() const { return coordinator_; }
  Coordinator* coordinator() const { return coordinator_; }
  /// Requests without a reply and things expected: what the end has to wait for.
  std::size_t waits() const;
  /// The requests among these.
  std::size_t requests() const;
  /// Spawned tasks that are not done.
  std::size_t running() const;
  /// Nothing is under way any more: requests to those for whom `hopeless` holds fail, in the order in which they were
  /// made. Returns how many did.
  std::size_t give_up_requests(const std::function<bool(Address)>& hopeless);
  /// The same for what is expected.
  std::size_t give_up_expecting();
  /// An exception with which a spawned task ended, and which nobody has looked at.
  std::exception_ptr overlooked() const;
  /// Gives up tasks, requests and waits without telling anybody.
  void abandon();
  /// Replies that came too late or were one too many, since this was asked last.
  std::uint64_t take_dropped_replies() { return std::exchange(dropped_, 0); }

 protected:
  /// Brings it to the endpoint at `envelope.to`, which may be this one. Throws Error{wrong_use} for an unknown address.
  virtual void transmit(Envelope envelope) = 0;

  void keep(std::shared_ptr<detail::SpawnedTask> task) override;
  void let_go(const detail::SpawnedTask& task) override;
  std::uint64_t next_id(bool request);
  /// `participant 3` or `coordinator 4`.
  std::string own_name() const;
  /// Throws for keys that are the carrier's own.
  static std::unique_ptr<Notes> checked(Notes&& notes);

 private:
  struct Open;  // requests, waits and tasks: most endpoints have none, most of the time
  Open& open();
  void handle(Envelope& envelope);
  void finish(std::uint64_t id, Reply reply);
  void settle(Envelope& envelope);
  bool has_failed(std::uint64_t id) const;

  Participant* participant_ = nullptr;
  Coordinator* coordinator_ = nullptr;
  std::uint64_t last_id_ = 0, dropped_ = 0;
  std::unique_ptr<Open> open_;
};

}  // namespace entente
