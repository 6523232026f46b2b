// SPDX-License-Identifier: MIT
// Network: participants of one process joined together, a run of them, and how it ended. in_process.hpp and
// simulated.hpp say which networks there are.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/task.hpp"
#include "entente/carriers/topology.hpp"

namespace entente {

class LocalNetwork;

/// When a run ends although it is not over. By default never.
struct RunLimits {
  std::uint64_t messages = std::numeric_limits<std::uint64_t>::max();  ///< Sent, requests and replies among them.
  double clock = std::numeric_limits<double>::infinity();              ///< Seconds of the network's clock.
  double seconds = std::numeric_limits<double>::infinity();            ///< Seconds of real time.
  const std::atomic<bool>* interrupt = nullptr;                        ///< Becomes true: end. May be null.
  /// Messages under way at once (about 70 bytes each, and their contents). More than these is an Error{too_large}.
  std::uint64_t under_way = std::uint64_t(1) << 24;
};

/// How a run ended.
enum class RunEnd : std::uint8_t {
  quiet,        ///< Nothing was under way any more: no message, request, timer or task.
  messages,     ///< The limit of messages.
  clock,        ///< The limit of the network's clock.
  seconds,      ///< The limit of real time.
  interrupted,  ///< The flag was set.
};

struct RunReport {
  RunEnd end = RunEnd::quiet;
  std::uint64_t messages = 0;   ///< Sent: messages, requests, replies.
  std::uint64_t delivered = 0;  ///< Of these, and of duplicates, handed on.
  std::uint64_t replaced = 0;   ///< By a newer one of the same link, before they were delivered.
  // Of simulated networks, and of those over processes. In the former a message is a packet; if links are reliable, so
  // is what is sent again, and acknowledgements. In the latter many messages are a packet, and `lost` counts messages.
  std::uint64_t packets = 0, lost = 0, duplicated = 0, retransmitted = 0;
  std::uint64_t refused = 0;          ///< Packets that came from outside and were none of this network.
  std::uint64_t dropped_replies = 0;  ///< Came after the asker had an answer or gave up.
  std::uint64_t timers = 0;           ///< Scheduled actions that were called.
  std::uint64_t bytes = 0;            ///< Where messages travel as bytes.
  double clock = 0;                   ///< What the network's clock showed at the end.

  bool operator==(const RunReport&) const = default;
};

/// A run ended before its coordinator was done.
class RunStopped : public Error {
 public:
  RunStopped(const RunReport& report, const std::string& message)
      : Error(ErrorCode::too_large, message), report_(report) {}
  const RunReport& report() const { return report_; }

 private:
  RunReport report_;
};

/// Participants and a coordinator, joined. All of them outlive the network, or at least do nothing after their end.
///
/// Example
///   InProcessNetwork network;
///   for (Sensor& sensor : sensors) network.join(sensor);
///   network.send(Address{1}, Address{2}, Start{});
///   const RunReport report = network.run();
class Network {
 public:
  virtual ~Network();
  Network(Network&&) noexcept;

  /// Addresses are 1, 2, ... in order of joining.
  Address join(Participant& participant);
  /// One at most.
  Address join(Coordinator& coordinator);
  std::size_t size() const;
  /// Throws Error{wrong_use} if nobody has the address.
  Carrier& carrier(Address address) const;
  /// Puts a message under way, as if `from` had sent it.
  void send(Address from, Address to, Content content) { carrier(from).send(to, std::move(content)); }

  /// Runs until nothing is under way, or a limit. What is under way then is given up.
  ///
  /// Errors  What a participant, an action or a task threw, unless it reached an asker who looked at it; not even a
  /// link
  ///         that loses the answer loses an exception. AskError{unanswered} if somebody waits for what cannot come any
  ///         more. After an exception nothing is under way.
  RunReport run();
  /// Runs the coordinator until it is done, and then until no message is under way; returns its result. Tasks and
  /// timers of participants end with it. Throws what it throws, and what `run` does; RunStopped at a limit.
  Content coordinate(Content start);
  /// Of the last run, also of one that threw.
  const RunReport& report() const;

 protected:
  explicit Network(std::unique_ptr<LocalNetwork> network);
  std::unique_ptr<LocalNetwork> network_;
};

namespace detail {
void join_all(Network& network, std::span<Participant* const> participants);
RunReport run_from(Network& network, Content start, Address from, Address to);
}  // namespace detail

}  // namespace entente
