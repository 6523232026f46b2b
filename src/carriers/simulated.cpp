// SPDX-License-Identifier: MIT
// SimulatedNetwork: envelopes over simulated links.
#include "entente/carriers/simulated.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <optional>

#include "base/simulated_links.hpp"
#include "carriers/local_network.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

void check_chance(const char* name, double chance) {
  if (!(chance >= 0 && chance < 1))
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: {} was found, where a number in [0, 1) was expected", name, chance));
}
void check_latency(const Latency& latency) {
  if (!(latency.low >= 0 && latency.high >= latency.low && std::isfinite(latency.high)))
    throw Error(ErrorCode::wrong_use,
                fmt::format("latency: {} to {} seconds were found, where 0 <= low <= high was expected", latency.low,
                            latency.high));
}

class Simulated final : public LocalNetwork {
 public:
  explicit Simulated(SimulatedOptions&& options)
      : LocalNetwork(std::move(options.topology), options.limits), options_(std::move(options)) {
    check_chance("loss", options_.loss);
    check_chance("duplicate", options_.duplicate);
    check_latency(options_.latency);
    for (const auto& link : options_.links) check_latency(link.latency);
    for (const auto& outage : options_.outages)
      if (!(outage.at >= 0 && outage.until >= outage.at))
        throw Error(ErrorCode::wrong_use,
                    fmt::format("outage: {} to {} seconds were found, where 0 <= at <= until was expected", outage.at,
                                outage.until));
  }
  // Before the pool goes, as the links drop what is under way.
  ~Simulated() override { clear(); }

 private:
  using Parcel = SimulatedLinks::Parcel;

  void put(Envelope&& envelope) override {
    if (!links_) open_links();
    if (std::max(envelope.from.number, envelope.to.number) > joined_)
      throw Error(ErrorCode::wrong_use, "somebody joined a simulated network after its first message; join all before");
    if (links_->under_way() >= limits_.under_way) refuse_more(links_->under_way());
    const std::uint32_t place = keep(std::move(envelope));
    const Envelope& kept = pool_[place];
    links_->send(kept.from.number - 1, kept.to.number - 1, std::as_bytes(std::span(&place, 1)), 0);
  }

  bool deliver_some() override {
    if (!links_) return false;
    const double next = links_->next();
    if (!(next < Timers::never) || next > timers_.next()) return false;
    if (next > limits_.clock) {
      advance(limits_.clock);
      return true;
    }
    now_ = std::max(now_, next);
    links_->step([this](const Parcel& parcel) {
      Envelope envelope = take(place_of(parcel));
      if (!stopping()) hand_on(std::move(envelope));
    });
    return true;
  }

  void advance(double time) override {
    LocalNetwork::advance(time);
    if (links_) links_->advance(std::min(time, links_->next()));
  }

  void clear() override {
    if (!links_) return;
    const NetworkCounts& counts = links_->counts();
    report_.packets = counts.packets;
    report_.lost = counts.lost;
    report_.duplicated = counts.duplicated;
    report_.retransmitted = counts.retransmitted;
    clearing_ = true;
    links_.reset();
    clearing_ = false;
    pool_.clear();
    free_.clear();
  }

  void open_links() {
    joined_ = size();
    NetworkModel model;
    model.agents = std::uint32_t(joined_);
    model.latency = options_.latency;
    const auto agent = [&](Address address) {
      if (address.number == 0 || address.number > joined_)
        throw Error(ErrorCode::wrong_use,
                    fmt::format("a link or an outage is of {}, where addresses are 1 to {}", address.number, joined_));
      return address.number - 1;
    };
    for (const auto& link : options_.links) model.links.push_back({agent(link.from), agent(link.to), link.latency});
    for (const auto& outage : options_.outages)
      if (outage.until > now_) model.outages.push_back({agent(outage.who), outage.at, outage.until});
    model.loss = options_.loss;
    model.duplicate = options_.duplicate;
    model.reorder = options_.reorder;
    model.reliable = options_.reliable;
    // Every run of a network has luck of its own.
    model.seed = runs_ == 0 ? options_.seed : mix(options_.seed + runs_);
    ++runs_;
    links_.emplace(std::move(model),
                   SimulatedLinks::Keeper{[this](Parcel& parcel) { return copied(parcel); },
                                          [this](const Parcel& parcel) {
                                            const Envelope envelope = take(place_of(parcel));
                                            if (!clearing_) lose(envelope);
                                          }},
                   SimulatedLinks::Trace());
    links_->advance(now_);
  }

  static std::uint32_t place_of(const Parcel& parcel) {
    std::uint32_t place;
    std::memcpy(&place, parcel.bytes.data(), sizeof place);
    return place;
  }
  std::uint32_t keep(Envelope&& envelope) {
    if (free_.empty()) {
      pool_.push_back(std::move(envelope));
      return std::uint32_t(pool_.size() - 1);
    }
    const std::uint32_t place = free_.back();
    free_.pop_back();
    pool_[place] = std::move(envelope);
    return place;
  }
  Envelope take(std::uint32_t place) {
    free_.push_back(place);
    return std::exchange(pool_[place], {});
  }
  bool copied(Parcel& parcel) {
    const Envelope& first = pool_[place_of(parcel)];
    Envelope second{first.from, first.to, first.id, first.kind, first.is_reply, first.content, nullptr};
    if (first.notes) second.notes = std::make_unique<Notes>(*first.notes);
    const std::uint32_t place = keep(std::move(second));
    std::memcpy(parcel.bytes.data(), &place, sizeof place);
    return true;
  }

  const SimulatedOptions options_;
  std::size_t joined_ = 0;
  std::uint64_t runs_ = 0;
  bool clearing_ = false;
  std::vector<Envelope> pool_;  // what parcels name by its place
  std::vector<std::uint32_t> free_;
  std::optional<SimulatedLinks> links_;
};

}  // namespace

SimulatedNetwork::SimulatedNetwork(SimulatedOptions options)
    : Network(std::make_unique<Simulated>(std::move(options))) {}

RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         SimulatedOptions options) {
  const Address from = options.start_from, to = options.start_to;
  SimulatedNetwork network(std::move(options));
  detail::join_all(network, participants);
  return detail::run_from(network, std::move(start), from, to);
}

Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, SimulatedOptions options) {
  SimulatedNetwork network(std::move(options));
  detail::join_all(network, participants);
  network.join(coordinator);
  return network.coordinate(std::move(start));
}

}  // namespace entente
