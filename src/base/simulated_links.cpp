// SPDX-License-Identifier: MIT
#include "base/simulated_links.hpp"

#include <algorithm>

#include "entente/base/contract.hpp"
#include "entente/base/random.hpp"

namespace entente {

namespace {

constexpr std::size_t most_spare = 1024;
/// The least first wait for an answer: where messages take no time, packets must not be sent again at once.
constexpr double least_wait = 1e-3;

std::uint64_t pair_of(std::uint32_t from, std::uint32_t to) { return std::uint64_t(from) << 32 | to; }

/// How long to wait for the first answer: a few of the slowest round trips.
double first_wait(const NetworkModel& model) {
  double slowest = model.latency.mean();
  for (const NetworkModel::Link& link : model.links) slowest = std::max(slowest, link.latency.mean());
  return std::max(4 * slowest, least_wait);
}

}  // namespace

std::string_view event_name(NetworkEvent event) {
  switch (event) {
    case NetworkEvent::sent: return "sent";
    case NetworkEvent::lost: return "lost";
    case NetworkEvent::duplicated: return "duplicated";
    case NetworkEvent::arrived: return "arrived";
    case NetworkEvent::discarded: return "discarded";
    case NetworkEvent::acknowledged: return "acknowledged";
    case NetworkEvent::retransmitted: return "retransmitted";
    case NetworkEvent::delivered: return "delivered";
    case NetworkEvent::turn: return "turn";
    case NetworkEvent::crashed: return "crashed";
    case NetworkEvent::restarted: return "restarted";
  }
  return "";
}

SimulatedLinks::SimulatedLinks(NetworkModel model, Keeper keeper, Trace trace)
    : model_(std::move(model)),
      keeper_(std::move(keeper)),
      trace_(std::move(trace)),
      first_wait_(first_wait(model_)),
      down_until_(model_.agents) {
  for (const NetworkModel::Link& link : model_.links) latencies_[pair_of(link.from, link.to)] = link.latency;
  for (const NetworkModel::Outage& outage : model_.outages) {
    plan(outage.at, Kind::crash, outage.agent, 0, std::uint64_t(&outage - model_.outages.data()));
    if (outage.until < never) plan(outage.until, Kind::restart, outage.agent);
  }
}

SimulatedLinks::~SimulatedLinks() {
  if (!keeper_.dropped) return;
  for (ParcelId id = 0; id < parcels_.size(); ++id)
    if (kept_[id]) keeper_.dropped(parcels_[id]);
}

std::uint32_t SimulatedLinks::link_between(std::uint32_t from, std::uint32_t to) {
  const auto [at, fresh] = link_ids_.try_emplace(pair_of(from, to), std::uint32_t(links_.size()));
  if (fresh) {
    const auto own = latencies_.find(pair_of(from, to));
    links_.emplace_back(from, to, own == latencies_.end() ? model_.latency : own->second,
                        mix(mix(model_.seed ^ 0x6c696e6bu) ^ pair_of(from, to)), first_wait_);
  }
  return at->second;
}

/// May move `links_`.
std::uint32_t SimulatedLinks::link_back(std::uint32_t id) {
  if (links_[id].back == unknown) {
    const std::uint32_t back = link_between(links_[id].to, links_[id].from);
    links_[id].back = back;
    links_[back].back = id;
  }
  return links_[id].back;
}

SimulatedLinks::ParcelId SimulatedLinks::keep(Parcel parcel) {
  ++under_way_;
  if (free_.empty()) {
    parcels_.push_back(std::move(parcel));
    kept_.push_back(1);
    return ParcelId(parcels_.size() - 1);
  }
  const ParcelId id = free_.back();
  free_.pop_back();
  parcels_[id] = std::move(parcel);
  kept_[id] = 1;
  return id;
}

SimulatedLinks::Parcel SimulatedLinks::take(ParcelId id) {
  ENTENTE_EXPECTS(kept_[id]);
  --under_way_;
  kept_[id] = 0;
  free_.push_back(id);
  return std::move(parcels_[id]);
}

void SimulatedLinks::drop(ParcelId id) {
  Parcel parcel = take(id);
  if (keeper_.dropped) keeper_.dropped(parcel);
  give_back(std::move(parcel.bytes));
}

void SimulatedLinks::give_back(std::vector<std::byte> bytes) {
  if (spare_.size() < most_spare) spare_.push_back(std::move(bytes));
}

void SimulatedLinks::plan(double time, Kind kind, std::uint32_t link, ParcelId parcel, std::uint64_t number,
                          std::uint64_t below) {
  queue_.push_back({time, planned_++, number, below, link, parcel, kind});
  std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
}

void SimulatedLinks::send(std::uint32_t from, std::uint32_t to, std::span<const std::byte> bytes, std::uint32_t type,
                          std::uint64_t round) {
  Parcel parcel{{}, from, to, type, round, 0};
  if (!spare_.empty()) {
    parcel.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  parcel.bytes.assign(bytes.begin(), bytes.end());
  if (from == to) return plan(now_, Kind::local, to, keep(std::move(parcel)));
  const std::uint32_t id = link_between(from, to);
  Link& link = links_[id];
  const std::uint64_t number = parcel.number = link.messages++;
  note(NetworkEvent::sent, from, to, type, number);
  const ParcelId kept = keep(std::move(parcel));
  if (model_.reliable) {
    link.sender.send(kept, now_);
    if (link.timer == never) set_timer(id);
  }
  carry(Kind::data, id, kept, number);
}

/// Puts a packet on a link, which may lose or double it.
void SimulatedLinks::carry(Kind kind, std::uint32_t id, ParcelId parcel, std::uint64_t number, std::uint64_t below) {
  Link& link = links_[id];
  const std::uint64_t salt = mix(link.salt + link.packets++);
  const std::uint32_t type = type_of(link, kind, parcel, number);
  const bool owns = kind == Kind::data && !model_.reliable;  // the packet is all there is of the message
  ++counts_.packets;
  const auto put = [&](std::uint32_t draw, ParcelId what) {
    double arrival = now_ + link.latency.at(unit(salt, 0, draw));
    if (!model_.reorder) arrival = link.last_arrival = std::max(link.last_arrival, arrival);
    plan(arrival, kind, id, what, number, below);
  };
  if (unit(salt, 0, 0) < model_.loss) {
    ++counts_.lost;
    note(NetworkEvent::lost, link.from, link.to, type, number);
    if (owns) drop(parcel);
    return;
  }
  put(1, parcel);
  if (unit(salt, 0, 2) >= model_.duplicate) return;
  if (owns) {
    Parcel copy = parcels_[parcel];
    if (keeper_.copied && !keeper_.copied(copy)) return;
    parcel = keep(std::move(copy));
  }
  ++counts_.duplicated;
  note(NetworkEvent::duplicated, link.from, link.to, type, number);
  put(3, parcel);
}

void SimulatedLinks::happen() {
  ENTENTE_EXPECTS(!queue_.empty());
  const Event event = queue_.front();
  std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
  queue_.pop_back();
  now_ = std::max(now_, event.time);
  switch (event.kind) {
    case Kind::local:
      if (is_gone(event.link))
        drop(event.parcel);
      else if (is_down(event.link))
        plan(down_until_[event.link], Kind::local, event.link, event.parcel);
      else
        ready_.push_back(event.parcel);
      return;
    case Kind::data:
    case Kind::answer: return arrive(event);
    case Kind::timer: return send_again(event.link);
    case Kind::crash: {
      double& until = down_until_[event.link];
      if (!is_down(event.link)) {
        ++counts_.crashes;
        note(NetworkEvent::crashed, event.link, event.link);
      }
      until = std::max(until, model_.outages[event.number].until);
      return;
    }
    case Kind::restart:
      if (now_ < down_until_[event.link]) return;  // it crashed once more
      ++counts_.restarts;
      note(NetworkEvent::restarted, event.link, event.link);
      return;
  }
}

void SimulatedLinks::arrive(const Event& event) {
  Link& link = links_[event.link];
  const bool data = event.kind == Kind::data;
  const bool owns = data && !model_.reliable;
  const bool known = data && model_.reliable && link.receiver.has(event.number);
  const std::uint32_t type = type_of(link, event.kind, event.parcel, event.number);
  if (is_down(link.to)) {
    ++counts_.lost;
    note(NetworkEvent::lost, link.from, link.to, type, event.number);
    if (owns) drop(event.parcel);
    return;
  }
  if (owns) return ready_.push_back(event.parcel);
  if (!data) {
    note(NetworkEvent::acknowledged, link.from, link.to, type, event.number);
    links_[link_back(event.link)].sender.acknowledge({event.number, event.below}, now_);
    return;
  }
  note(known ? NetworkEvent::discarded : NetworkEvent::arrived, link.from, link.to, type, event.number);
  link.receiver.receive(event.number, event.parcel, [this](ParcelId parcel) { ready_.push_back(parcel); });
  if (link.receiver.has(event.number)) answer(event.link, event.number);
}

void SimulatedLinks::answer(std::uint32_t id, std::uint64_t number) {
  const Acknowledgement what = links_[id].receiver.answer(number);
  const std::uint32_t back = link_back(id);
  ++counts_.acknowledgements;
  carry(Kind::answer, back, 0, what.number, what.below);
}

void SimulatedLinks::send_again(std::uint32_t id) {
  Link& link = links_[id];
  link.timer = never;
  if (is_gone(link.from) || is_gone(link.to)) return;  // nothing of it matters any more
  if (is_down(link.from)) {
    link.timer = down_until_[link.from];
    return plan(link.timer, Kind::timer, id);
  }
  for (const auto& packet : link.sender.overdue(now_)) {
    ++counts_.retransmitted;
    note(NetworkEvent::retransmitted, link.from, link.to, type_of(link, Kind::data, *packet.payload, packet.number),
         packet.number);
    carry(Kind::data, id, *packet.payload, packet.number);
  }
  set_timer(id);
}

/// What a trace says of a packet. In a reliable link only a packet that is new still finds its message.
std::uint32_t SimulatedLinks::type_of(const Link& link, Kind kind, ParcelId parcel, std::uint64_t number) const {
  if (!trace_ || kind != Kind::data || (model_.reliable && link.receiver.has(number))) return NetworkNote::no_type;
  return parcels_[parcel].type;
}

void SimulatedLinks::set_timer(std::uint32_t id) {
  Link& link = links_[id];
  const double next = link.sender.deadline();
  if (!(next < never)) return;
  link.timer = next;
  plan(next, Kind::timer, id);
}

}  // namespace entente
