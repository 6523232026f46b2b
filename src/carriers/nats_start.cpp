// SPDX-License-Identifier: MIT
// The start of a run over NATS: all say hello to the head, and begin when everybody is there.
#include <fmt/format.h>

#include <algorithm>

#include "carriers/nats_share.hpp"

namespace entente {
namespace {

constexpr double first_pause = 0.005, longest_pause = 0.2, pause_when_known = 1;  // seconds between hellos
constexpr std::size_t most_missing = 12;

}  // namespace

Hello NatsNetwork::Share::own_hello() const {
  return {run_, since_, name_, options_.participants, options_.coordinated, options_.reliable, addresses_};
}

void NatsNetwork::Share::begin() {
  if (addresses_.empty())
    throw Error(ErrorCode::wrong_use, "nobody of this process has joined the network; join at least one participant");
  ++run_;
  begun_ = ended_ = told_ = false;
  head_.reset();
  missing_.clear();
  hello_pause_ = first_pause;
  next_hello_ = 0;
  reconnections_ = connection_->reconnections();
  const std::uint32_t first = options_.coordinated ? options_.participants + 1 : 1;
  const bool leads = has_member({first});
  // The head is known by its subject; all others by a number that is theirs alone.
  if (!inbox_) inbox_.emplace(connection_->subscribe(leads ? first_subject() : subject_of(self_)));
  if (leads) gathering_.emplace(self_, own_hello());
  gather();
}

void NatsNetwork::Share::gather() {
  const double until = clock() + options_.patience;
  while (!begun_ && !stopping()) {
    const double now = clock();
    now_ = now;
    if (limits_reached()) return;
    if (gathering_ && gathering_->complete()) return begin_with(gathering_->roster());
    if (now >= until) nobody_came();
    if (now >= next_hello_) say_hello(now);
    poll_links(now);
    take_packets(std::clamp(std::min({until, next_hello_, now + 0.02}) - now, 0.001, 0.02));
  }
}

void NatsNetwork::Share::say_hello(double now) {
  // The head says hello as well, to hear of another one.
  publish(PacketKind::hello, first_subject(), own_hello());
  const bool known = gathering_ || head_;
  next_hello_ = now + (known ? pause_when_known : hello_pause_);
  hello_pause_ = std::min(2 * hello_pause_, longest_pause);
}

void NatsNetwork::Share::refuse(const std::string& subject, const std::string& why) {
  publish(PacketKind::refusal, subject, why);
}

void NatsNetwork::Share::take_hello(std::uint64_t from, std::span<const std::byte> body) {
  if (from == self_) return;
  const std::optional<Hello> hello = decode<Hello>(body);
  if (!hello) return refused("a packet was refused: it is no hello");
  if (!gathering_ || hello->run > run_) return;  // said again until this process is as far
  if (hello->run < run_) return refuse(subject_of(from), "this network has begun another run already");
  const std::uint32_t first = options_.coordinated ? options_.participants + 1 : 1;
  const bool rival = std::find(hello->addresses.begin(), hello->addresses.end(), first) != hello->addresses.end();
  // Of two that cannot both be, the one that came first stays; the other hears so from it.
  if (rival && !begun_ && std::pair(hello->since, from) < std::pair(since_, self_)) {
    return publish(PacketKind::hello, first_subject(), own_hello());
  }
  if (begun_ && !gathering_->knows(from)) {
    note(fmt::format("{} came too late and was refused",
                     describe_process(hello->addresses, options_.participants, hello->name)));
    return refuse(subject_of(from), "its run has begun");
  }
  if (const std::optional<std::string> why = gathering_->admit(from, *hello)) {
    note(fmt::format("{} was refused: {}", describe_process(hello->addresses, options_.participants, hello->name),
                     *why));
    // A rival listens where all say hello, as this process does.
    return refuse(rival ? first_subject() : subject_of(from), *why);
  }
  publish(PacketKind::welcome, subject_of(from), Welcome{run_, gathering_->missing(most_missing)});
}

std::size_t NatsNetwork::Share::add_peer(const RosterEntry& entry, std::string subject) {
  if (const auto known = peer_of_.find(entry.process); known != peer_of_.end()) {
    Peer& peer = peers_[known->second];
    peer.name = entry.name;
    peer.addresses = entry.addresses;
    return known->second;
  }
  PeerLink::Settings settings;
  settings.self = self_;
  settings.run = run_;
  settings.reliable = options_.reliable;
  constexpr std::size_t around = packet_head + link_head;
  if (connection_->max_payload() < 4096)
    throw Error(ErrorCode::unsupported,
                fmt::format("the NATS server takes messages of up to {} bytes, where 4096 or more are needed "
                            "(max_payload)",
                            connection_->max_payload()));
  settings.piece = std::min(settings.piece, connection_->max_payload() - around);
  settings.batch = std::min(settings.batch, settings.piece);
  const std::size_t index = peers_.size();
  auto link = std::make_unique<PeerLink>(settings, [this, subject](std::span<const std::byte> packet) {
    // What cannot be sent now goes out again when the connection is back.
    if (connection_->connected()) connection_->publish(subject, packet);
  });
  peers_.push_back({entry.process, entry.name, std::move(subject), entry.addresses, std::move(link), clock()});
  peer_of_[entry.process] = index;
  return index;
}

/// Everybody is there.
void NatsNetwork::Share::begin_with(const std::vector<RosterEntry>& roster) {
  owner_.assign(size(), 0);
  for (const RosterEntry& entry : roster) {
    if (entry.process == self_) continue;
    const bool leads = entry.process == roster.front().process;
    const std::size_t peer = add_peer(entry, leads ? first_subject() : subject_of(entry.process));
    for (const std::uint32_t address : entry.addresses) {
      if (address == 0 || address > owner_.size() || has_member({address}))
        throw Error(ErrorCode::internal, fmt::format("address {} of another process cannot be", address));
      owner_[address - 1] = std::uint32_t(peer + 1);
    }
  }
  begun_ = true;
  now_ = clock();
  leases_from_ = now_;
  for (Peer& peer : peers_) peer.heard = now_;
  if (!head_) {
    ControlMessage message;
    message.kind = ControlMessage::Kind::begin;
    message.roster = roster;
    tell_all(message);
    waves_.emplace(0, live_peers() + 1);
  }
  start_heartbeats();
  for (Envelope& envelope : std::exchange(before_, {})) put(std::move(envelope));
  early_bytes_ = 0;
  for (NatsMessage& message : std::exchange(early_, {})) take(std::move(message));
}

void NatsNetwork::Share::nobody_came() const {
  const std::string objection = connection_->objection();
  const std::string also = !connection_->connected() ? "; there is no connection to the NATS server"
                           : objection.empty()       ? ""
                                                     : "; " + objection;
  const std::vector<std::uint32_t> missing = gathering_ ? gathering_->missing(most_missing) : missing_;
  if (!gathering_ && !head_)
    throw Error(
        ErrorCode::bad_input,
        fmt::format("within {} seconds nobody was found who leads run `{}`: the process with {} is not "
                    "there{}; is it started, with the same server and the same name of the run?",
                    options_.patience, options_.run, options_.coordinated ? "the coordinator" : "participant 1", also));
  throw Error(ErrorCode::bad_input,
              fmt::format("within {} seconds not everybody came to run `{}`: {} {} not there{}", options_.patience,
                          options_.run, describe_addresses(missing, options_.participants),
                          missing.size() == 1 ? "is" : "are", also));
}

}  // namespace entente
