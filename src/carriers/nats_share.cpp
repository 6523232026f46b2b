// SPDX-License-Identifier: MIT
// A run over NATS: messages out and in.
#include "carriers/nats_share.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace entente {
namespace {

constexpr std::size_t most_early_bytes = 64 << 20;
constexpr int most_packets = 64, most_messages = 256;  // in one go, before timers and the others are looked at again
constexpr std::size_t most_queued = 8192;
constexpr std::uint64_t most_refused_said = 10;

std::uint64_t random_number() {
  std::random_device device;
  return (std::uint64_t(device()) << 32 | device()) | 1;  // never 0
}
/// Part of a subject: servers give permissions by its words.
bool is_run_name(const std::string& text) {
  bool word = false;  // whether a word has begun
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!plain && !(c == '.' && word)) return false;
    word = plain;
  }
  return word && text.size() <= 200;
}
std::string own_name() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  return fmt::format("{}, process {}", host, ::getpid());
}

}  // namespace

NatsNetwork::Share::Share(NatsOptions&& options)
    : LocalNetwork(options.topology, options.limits),
      options_(std::move(options)),
      self_(random_number()),
      since_(std::uint64_t(std::chrono::system_clock::now().time_since_epoch().count())),
      name_(own_name()) {
  if (!is_run_name(options_.run))
    throw Error(
        ErrorCode::wrong_use,
        fmt::format("the name of a run is words of letters, digits, `-` and `_`, joined by dots; `{}` was found",
                    printable(options_.run)));
  if (options_.participants == 0)
    throw Error(ErrorCode::wrong_use, "a network over NATS has to be told how many participants it has (participants)");
  for (const auto& [what, seconds] : {std::pair("patience", options_.patience), std::pair("lease", options_.lease)})
    if (!(seconds > 0))
      throw Error(ErrorCode::wrong_use,
                  fmt::format("{}: {} seconds were found, where more than 0 was expected", what, seconds));
  expect_members(options_.participants + (options_.coordinated ? 1 : 0),
                 options_.coordinated ? coordinator_address() : Address{});
  if (options_.connection)
    connection_ = options_.connection;
  else
    connection_ = std::make_shared<NatsConnection>(options_.access, "entente " + options_.run, options_.say);
}

NatsNetwork::Share::~Share() { heart_thread_ = {}; }

template <class Party>
Carrier& NatsNetwork::Share::join_at(Party& party, Address address) {
  if (std::is_same_v<Party, Participant> && (address.number == 0 || address.number > options_.participants))
    throw Error(ErrorCode::wrong_use,
                fmt::format("a participant cannot join as {}: addresses of participants are 1 to {}", address.number,
                            options_.participants));
  if (std::is_same_v<Party, Coordinator> && !options_.coordinated)
    throw Error(ErrorCode::wrong_use, "this network has no coordinator (NatsOptions::coordinated)");
  join(party, address);
  addresses_.insert(std::lower_bound(addresses_.begin(), addresses_.end(), address.number), address.number);
  return carrier(address);
}
template Carrier& NatsNetwork::Share::join_at(Participant&, Address);
template Carrier& NatsNetwork::Share::join_at(Coordinator&, Address);

double NatsNetwork::Share::clock() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - epoch_).count();
}
std::string NatsNetwork::Share::subject_of(std::uint64_t process) const {
  return fmt::format("entente.{}.to.{:016x}", options_.run, process);
}
std::string NatsNetwork::Share::first_subject() const { return fmt::format("entente.{}.first", options_.run); }
void NatsNetwork::Share::note(const std::string& text) const {
  if (options_.say) options_.say(text);
}
void NatsNetwork::Share::refused(const std::string& why) {
  ++report_.refused;
  if (++refused_said_ <= most_refused_said) note(why);
}

void NatsNetwork::Share::put(Envelope&& envelope) {
  const std::uint32_t to = envelope.to.number;
  if (has_member(envelope.to)) {
    if (queue_.size() >= limits_.under_way) refuse_more(queue_.size());
    queue_.push_back(std::move(envelope));
  } else if (!begun_) {
    if (before_.size() >= limits_.under_way) refuse_more(before_.size());
    before_.push_back(std::move(envelope));
  } else {
    Peer& peer = peers_[owner_[to - 1] - 1];
    if (peer.gone) {
      ++lost_to_gone_;
      return;
    }
    if (peer.link->pending() >= limits_.under_way) refuse_more(peer.link->pending());
    peer.link->add(envelope, now_);
    touch(owner_[to - 1] - 1);
  }
}

void NatsNetwork::Share::touch(std::size_t peer) {
  if (std::exchange(peers_[peer].dirty, true)) return;
  dirty_.push_back(peer);
}

void NatsNetwork::Share::flush(double now) {
  for (const std::size_t peer : dirty_) {
    peers_[peer].dirty = false;
    peers_[peer].link->flush(now);
  }
  dirty_.clear();
}

bool NatsNetwork::Share::deliver_some() {
  // Whoever sends faster than this process handles is held up by what it does not acknowledge.
  bool any = false;
  drained_ = false;
  if (queue_.size() < most_queued) any = take_packets(0);
  for (int most = most_messages; most > 0 && !queue_.empty() && !stopping(); --most) {
    Envelope envelope = std::move(queue_.front());
    queue_.pop_front();
    any = true;
    hand_on(std::move(envelope));
    if (timers_.next() <= now_ || interrupted()) break;
  }
  // Nothing more is waiting, or it has waited long enough.
  now_ = clock();
  flush(now_);
  poll_links(now_);
  if (drained_ && now_ >= next_check_) check_leases(now_);
  return any;
}

bool NatsNetwork::Share::take_packets(double seconds) {
  bool any = false;
  drained_ = false;
  for (int most = most_packets; most > 0; --most) {
    std::optional<NatsMessage> message = inbox_->take(any ? 0 : seconds);
    if (!message) {
      drained_ = true;
      break;
    }
    any = true;
    now_ = clock();
    take(std::move(*message));
    if (queue_.size() > std::size_t(most_messages)) break;
  }
  return any;
}

void NatsNetwork::Share::take(NatsMessage&& message) {
  Packet packet;
  std::uint64_t sender = 0;
  const auto bytes = message.bytes();
  try {
    packet = read_packet(bytes, &sender);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unsupported && bytes[5] == std::byte(PacketKind::hello) && sender != self_ &&
        gathering_)
      refuse(subject_of(sender), error.what());
    return refused(error.what());
  }
  if (const auto known = peer_of_.find(packet.from); known != peer_of_.end()) peers_[known->second].heard = now_;
  switch (packet.kind) {
    case PacketKind::hello: return take_hello(packet.from, packet.body);
    case PacketKind::welcome: {
      const std::optional<Welcome> welcome = decode<Welcome>(packet.body);
      if (!welcome) return refused("a packet was refused: it is no welcome");
      if (gathering_ || begun_ || welcome->run != run_) return;
      missing_ = welcome->missing;
      if (head_) return;
      head_ = add_peer({packet.from, "", {}}, first_subject());
      early_bytes_ = 0;
      for (NatsMessage& one : std::exchange(early_, {})) take(std::move(one));
      return;
    }
    case PacketKind::refusal: {
      const std::optional<std::string> why = decode<std::string>(packet.body);
      if (packet.from == self_ || begun_ || (gathering_ && packet.from > 0 && gathering_->knows(packet.from))) return;
      throw Error(ErrorCode::bad_input, fmt::format("run `{}` refuses this process: {}", options_.run,
                                                    why ? printable(*why, 600) : "it did not say why"));
    }
    case PacketKind::leaving:
      if (decode<std::uint32_t>(packet.body) != run_) return;
      if (const auto known = peer_of_.find(packet.from); begun_ && known != peer_of_.end())
        peers_[known->second].left = true;
      if (gathering_ && !begun_) gathering_->leave(packet.from);
      if (head_ && !begun_ && peers_[*head_].process == packet.from)
        throw Error(ErrorCode::bad_input,
                    fmt::format("the process that leads run `{}` has left before everybody was there", options_.run));
      return;
    case PacketKind::alive: return;
    case PacketKind::link: return take_link(std::move(message), packet);
  }
}

void NatsNetwork::Share::take_link(NatsMessage&& message, const Packet& packet) {
  std::uint32_t run = 0;
  Reader read(packet.body);
  if (!read(run)) return refused("a packet was refused: it ends within its head");
  if (run < run_) return;  // of a run that is over
  const auto known = peer_of_.find(packet.from);
  if (run > run_ || known == peer_of_.end()) {
    if (begun_ && run == run_) return refused("a packet was refused: nobody of this network sent it");
    early_bytes_ += message.bytes().size();
    if (early_bytes_ > most_early_bytes) return refused("a packet was refused: too much came before the run began");
    early_.push_back(std::move(message));
    return;
  }
  const std::size_t index = known->second;
  Peer& peer = peers_[index];
  if (peer.gone) return refused("a packet was refused: it is from a process that was taken for gone");
  try {
    peer.link->receive(
        packet.body, now_, [&](std::span<const std::byte> bytes) { take_envelope(index, bytes); },
        [&](ControlMessage&& control) {
          try {
            take_control(index, std::move(control));
          } catch (...) {
            fail(std::current_exception());
          }
        });
  } catch (const Error& error) {
    refused(error.what());
  }
}

void NatsNetwork::Share::take_envelope(std::size_t peer, std::span<const std::byte> bytes) {
  ++received_;
  if (ended_) return;
  try {
    Envelope envelope = read_envelope(bytes, options_.types);
    const std::uint32_t from = envelope.from.number;
    if (from == 0 || from > owner_.size() || owner_[from - 1] != peer + 1 || !has_member(envelope.to))
      return refused(fmt::format("a message was refused: {} is not in process `{}`, or {} is not here", from,
                                 printable(peers_[peer].name), envelope.to.number));
    queue_.push_back(std::move(envelope));
  } catch (const Error& error) {
    // A type that is not known here is an oversight of whoever made this network, who has to hear of it.
    if (error.code() == ErrorCode::unsupported)
      fail(std::current_exception());
    else
      refused(error.what());
  }
}

void NatsNetwork::Share::poll_links(double now) {
  const std::uint64_t reconnections = connection_->reconnections();
  if (reconnections != reconnections_) {
    reconnections_ = reconnections;
    leases_from_ = now;
    next_hello_ = 0;
    for (Peer& peer : peers_)
      if (!peer.gone) peer.link->again(now);
  }
  for (Peer& peer : peers_)
    if (!peer.gone && peer.link->deadline() <= now) peer.link->poll(now);
}

double NatsNetwork::Share::next_wake(bool idle) const {
  double next = std::min(now_ + (limits_.interrupt ? 0.02 : look_every), limits_.clock);
  if (std::isfinite(limits_.seconds)) next = std::min(next, now_ + 0.02);
  next = std::min(next, timers_.next());
  for (const Peer& peer : peers_)
    if (!peer.gone) next = std::min(next, peer.link->deadline());
  if (idle && waves_ && !waves_->under_way()) next = std::min(next, waves_->pause_until());
  return next;
}

void NatsNetwork::Share::clear() {
  queue_.clear();
  before_.clear();
  dirty_.clear();
  report_.lost += lost_to_gone_;
  for (const Peer& peer : peers_) {
    const PeerLink::Counts& counts = peer.link->counts();
    report_.packets += counts.packets;
    report_.bytes += counts.bytes;
    report_.retransmitted += counts.retransmitted;
    report_.duplicated += counts.duplicated;
    report_.lost += peer.link->handed_on() - peer.link->received();
  }
  heart_thread_ = {};
  if (!begun_) --run_;  // it never came to one
  peers_.clear();
  peer_of_.clear();
  owner_.clear();
  gathering_.reset();
  waves_.reset();
  probe_.reset();
  head_.reset();
  begun_ = false;
  gone_ = lost_to_gone_ = received_ = 0;
}

}  // namespace entente
