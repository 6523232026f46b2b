// SPDX-License-Identifier: MIT
// SimulatedLinks: virtual time, and links between agents that delay, lose, repeat and reorder what is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/network_counts.hpp"
#include "base/reliable_link.hpp"
#include "entente/base/latency.hpp"

namespace entente {

/// What a network is like. Agents are numbered from 0; all times are seconds of virtual time.
struct NetworkModel {
  struct Link {
    std::uint32_t from, to;
    Latency latency;
  };
  /// The agent handles nothing from `at` until `until` and keeps what it had. What reaches it meanwhile is lost.
  struct Outage {
    std::uint32_t agent;
    double at;
    double until = std::numeric_limits<double>::infinity();
  };
  std::uint32_t agents = 0;
  Latency latency;
  std::vector<Link> links;  ///< Those whose latency is another; a later entry replaces an earlier one.
  double loss = 0;          ///< Chance that a packet never arrives; in [0, 1).
  double duplicate = 0;     ///< Chance that a packet arrives twice; in [0, 1).
  bool reorder = false;     ///< Packets of a link may overtake each other.
  bool reliable = false;    ///< Messages are numbered, acknowledged and sent again; else each is one packet.
  std::vector<Outage> outages;
  std::uint64_t seed = 0;
};

/// What happens in a network, in the words of a trace.
enum class NetworkEvent : std::uint8_t {
  sent,           ///< A message was given to a link.
  lost,           ///< A packet was lost under way, or reached an agent that is down.
  duplicated,     ///< A packet will arrive a second time.
  arrived,        ///< A packet of a reliable link arrived and was not known yet.
  discarded,      ///< A packet of a reliable link arrived that was known already.
  acknowledged,   ///< An acknowledgement arrived.
  retransmitted,  ///< A message was sent again.
  delivered,      ///< A message was handed to its agent.
  turn,           ///< A periodic action of one of the agent's computations.
  crashed,
  restarted,
};
/// The word of an event: its name above.
std::string_view event_name(NetworkEvent event);

/// One line of a trace. Acknowledgements go from the agent that answers.
struct NetworkNote {
  double time;
  NetworkEvent event;
  std::uint32_t from, to;
  std::uint32_t type;    ///< Of the message, as its sender numbers them; `no_type` if the event is about none.
  std::uint64_t number;  ///< Of the message among those of its link.
  static constexpr std::uint32_t no_type = ~std::uint32_t(0);
};

/// One discrete-event queue, ordered by time and, at the same time, by when an event was planned. Every draw is a hash
/// of seed, link and how many packets the link carried before: the same calls give the same run, and a link's fortune
/// does not depend on what other links carry.
///
/// Messages of an agent to itself take no time and cannot be lost. Other links keep their order unless the model says
/// otherwise: nothing arrives before what was sent earlier.
///
/// Cost    O(log events planned) per packet.
/// Memory  48 bytes per planned event, the messages under way, and about 300 bytes per link in use.
class SimulatedLinks {
 public:
  /// A message as it was sent. `round` is the sender's own mark.
  struct Parcel {
    std::vector<std::byte> bytes;
    std::uint32_t from = 0, to = 0, type = 0;
    std::uint64_t round = 0, number = 0;
  };
  /// What the owner of the messages does for the network; both may be empty.
  struct Keeper {
    std::function<bool(Parcel&)> copied;         ///< Bytes were copied from another parcel's; false: that cannot be.
    std::function<void(const Parcel&)> dropped;  ///< Will never be delivered.
  };
  using Trace = std::function<void(const NetworkNote&)>;

  SimulatedLinks(NetworkModel model, Keeper keeper, Trace trace);
  SimulatedLinks(const SimulatedLinks&) = delete;
  SimulatedLinks& operator=(const SimulatedLinks&) = delete;
  /// Drops what has not been delivered.
  ~SimulatedLinks();

  double now() const { return now_; }
  /// When something happens next; infinite: never.
  double next() const { return queue_.empty() ? never : queue_.front().time; }
  /// Moves the clock on, no farther than `next()`.
  void advance(double time) { now_ = std::max(now_, time); }
  /// Messages that were sent, and neither delivered nor lost for good.
  std::uint64_t under_way() const { return under_way_; }
  const NetworkCounts& counts() const { return counts_; }
  bool is_down(std::uint32_t agent) const { return now_ < down_until_[agent]; }
  /// Whether the agent is down and will never be up again.
  bool is_gone(std::uint32_t agent) const { return down_until_[agent] == never; }
  /// Adds a line to the trace.
  void note(NetworkEvent event, std::uint32_t from, std::uint32_t to, std::uint32_t type = NetworkNote::no_type,
            std::uint64_t number = 0) const {
    if (trace_) trace_({now_, event, from, to, type, number});
  }

  /// Takes a copy of `bytes` for agent `to`.
  void send(std::uint32_t from, std::uint32_t to, std::span<const std::byte> bytes, std::uint32_t type,
            std::uint64_t round = 0);
  /// Lets happen what is next, and calls deliver(Parcel&) for each message that reaches its agent by that. `deliver`
  /// may send. Needs `next()` to be finite.
  template <class Deliver>
  void step(Deliver&& deliver) {
    happen();
    // What is delivered may send, and so plan more; but nothing becomes ready before the next step.
    for (std::size_t k = 0; k < ready_.size(); ++k) {
      Parcel parcel = take(ready_[k]);
      note(NetworkEvent::delivered, parcel.from, parcel.to, parcel.type, parcel.number);
      deliver(parcel);
      give_back(std::move(parcel.bytes));
    }
    ready_.clear();
  }

 private:
  static constexpr double never = std::numeric_limits<double>::infinity();
  static constexpr std::uint32_t unknown = ~std::uint32_t(0);
  using ParcelId = std::uint32_t;
  enum class Kind : std::uint8_t { local, data, answer, timer, crash, restart };
  struct Event {
    double time;
    std::uint64_t order;
    std::uint64_t number, below;  ///< Of a packet; of what an answer says.
    std::uint32_t link;           ///< Or the agent, where no link is concerned.
    ParcelId parcel;
    Kind kind;
    bool operator>(const Event& other) const { return time != other.time ? time > other.time : order > other.order; }
  };
  struct Link {
    Link(std::uint32_t from_agent, std::uint32_t to_agent, const Latency& its_latency, std::uint64_t its_salt,
         double first_wait)
        : from(from_agent), to(to_agent), latency(its_latency), salt(its_salt), sender(first_wait) {}

    std::uint32_t from, to;
    Latency latency;
    std::uint64_t salt;
    std::uint64_t packets = 0, messages = 0;
    double last_arrival = 0;
    std::uint32_t back = unknown;  ///< The link the other way.
    double timer = never;          ///< When the planned look at overdue packets is.
    ReliableSender<ParcelId> sender;
    ReliableReceiver<ParcelId> receiver;
  };

  std::uint32_t link_between(std::uint32_t from, std::uint32_t to);
  std::uint32_t link_back(std::uint32_t link);
  ParcelId keep(Parcel parcel);
  Parcel take(ParcelId id);
  void drop(ParcelId id);
  void give_back(std::vector<std::byte> bytes);
  void plan(double time, Kind kind, std::uint32_t link, ParcelId parcel = 0, std::uint64_t number = 0,
            std::uint64_t below = 0);
  void carry(Kind kind, std::uint32_t link, ParcelId parcel, std::uint64_t number, std::uint64_t below = 0);
  void happen();
  void arrive(const Event& event);
  void answer(std::uint32_t link, std::uint64_t number);
  void send_again(std::uint32_t link);
  void set_timer(std::uint32_t link);
  std::uint32_t type_of(const Link& link, Kind kind, ParcelId parcel, std::uint64_t number) const;

  const NetworkModel model_;
  const Keeper keeper_;
  const Trace trace_;
  double first_wait_;
  double now_ = 0;
  std::uint64_t planned_ = 0, under_way_ = 0;
  NetworkCounts counts_;
  std::vector<Event> queue_;  ///< A heap; the earliest first.
  std::vector<Link> links_;
  std::unordered_map<std::uint64_t, std::uint32_t> link_ids_;  ///< By both agents.
  std::unordered_map<std::uint64_t, Latency> latencies_;
  std::vector<double> down_until_;
  std::vector<Parcel> parcels_;
  std::vector<std::uint8_t> kept_;
  std::vector<ParcelId> free_, ready_;
  std::vector<std::vector<std::byte>> spare_;  ///< Buffers of parcels that are gone.
};

}  // namespace entente
