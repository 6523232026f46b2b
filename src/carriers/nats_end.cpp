// SPDX-License-Identifier: MIT
// The end of a run over NATS: waves, failures, processes that are gone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "carriers/nats_share.hpp"

namespace entente {
namespace {

using Kind = ControlMessage::Kind;

constexpr double linger = 2;  // seconds to wait at the end for others to have heard of it

std::string words_of(const std::exception_ptr& why) {
  try {
    std::rethrow_exception(why);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "something that is no std::exception was thrown";
  }
}

}  // namespace

std::size_t NatsNetwork::Share::live_peers() const {
  return std::size_t(std::count_if(peers_.begin(), peers_.end(), [](const Peer& peer) { return !peer.gone; }));
}

void NatsNetwork::Share::tell_all(const ControlMessage& message) {
  for (Peer& peer : peers_)
    if (!peer.gone) peer.link->tell(message, now_);
}

/// Nothing is left to do here until somebody else does something.
bool NatsNetwork::Share::rest() {
  if (ended_) return false;
  const bool idle = closing() || timers_.next() == Timers::never;
  if (idle && probe_ && answer_probe()) return true;
  if (idle && waves_ && lead_waves()) return !ended_;
  if (now_ >= next_check_) check_leases(now_);
  const double next = next_wake(idle);
  take_packets(std::max(0.0, next - clock()));
  now_ = clock();
  poll_links(now_);
  return true;
}

/// Returns whether there may be something to do now.
bool NatsNetwork::Share::answer_probe() {
  Probe& probe = *probe_;
  if (!probe.done) {
    probe.done = true;
    const auto give_up_requests = [&](auto&& hopeless) {
      each_member([&](Member& one) { probe.failed += one.give_up_requests(hopeless); });
    };
    switch (probe.action) {
      case WaveAction::look: break;
      case WaveAction::give_up_hopeless:
        give_up_requests(
            [&](Address to) { return !std::binary_search(probe.waiting.begin(), probe.waiting.end(), to.number); });
        break;
      case WaveAction::give_up_expecting:
        each_member([&](Member& one) { probe.failed += one.give_up_expecting(); });
        break;
      case WaveAction::give_up_all: give_up_requests([](Address) { return true; }); break;
      case WaveAction::check: check_nothing_left(); break;
    }
    if (probe.action != WaveAction::look) return true;
  }
  WaveCount count;
  count.failed = probe.failed;
  for (const Peer& peer : peers_) {
    if (peer.gone) continue;
    count.sent += peer.link->sent();
    count.handed_on += peer.link->handed_on();
  }
  each_member([&](const Member& one) {
    if (one.waits() > 0) {
      count.waiting.push_back(one.address().number);
      count.requests += one.requests();
      count.expects += one.waits() - one.requests();
    }
  });
  count.suspect = something_left();
  const std::uint64_t wave = probe.wave, from = probe.from;
  probe_.reset();
  if (from == self_) {
    if (waves_) waves_->answer(self_, wave, count, now_);
    return true;
  }
  ControlMessage message;
  message.kind = Kind::count;
  message.wave = wave;
  message.sent = count.sent;
  message.handed_on = count.handed_on;
  message.requests = count.requests;
  message.expects = count.expects;
  message.failed = count.failed;
  message.suspect = count.suspect;
  message.waiting = std::move(count.waiting);
  message.process = gone_;
  if (const auto known = peer_of_.find(from); known != peer_of_.end() && !peers_[known->second].gone)
    peers_[known->second].link->tell(message, now_);
  return false;
}

/// Returns whether something has come of it.
bool NatsNetwork::Share::lead_waves() {
  switch (waves_->next(now_)) {
    case QuietWaves::Step::wait: return false;
    case QuietWaves::Step::begin: {
      ControlMessage message;
      message.kind = Kind::probe;
      message.wave = waves_->number();
      message.action = std::uint8_t(waves_->action());
      if (waves_->action() == WaveAction::give_up_hopeless) message.waiting = waves_->waiting();
      tell_all(message);
      probe_ = Probe{waves_->number(), waves_->action(), std::move(message.waiting), self_};
      return true;
    }
    case QuietWaves::Step::quiet: break;
  }
  ControlMessage message;
  message.kind = Kind::end;
  tell_all(message);
  ended_ = told_ = true;
  return true;
}

void NatsNetwork::Share::take_control(std::size_t index, ControlMessage&& message) {
  const Peer& peer = peers_[index];
  switch (message.kind) {
    case Kind::begin:
      if (!begun_ && head_ == index) {
        for (const RosterEntry& entry : message.roster)
          if (entry.process == self_) return begin_with(message.roster);
        throw Error(ErrorCode::bad_input, "a packet was refused: it begins a run without this process");
      }
      return;
    case Kind::probe:
      if (message.action > std::uint8_t(WaveAction::check)) return;
      probe_ = Probe{message.wave, WaveAction(message.action), std::move(message.waiting), peer.process};
      return;
    case Kind::count:
      if (waves_) {
        WaveCount count{message.sent,   message.handed_on, message.requests,          message.expects,
                        message.failed, message.suspect,   std::move(message.waiting)};
        // It does not know yet who is gone: what it has sent to those would be missed here.
        if (message.process != gone_) count.sent += 1;
        waves_->answer(peer.process, message.wave, count, now_);
      }
      return;
    case Kind::close:
      try {
        if (!closing()) LocalNetwork::close();
      } catch (...) {
        fail(std::current_exception());
      }
      return;
    case Kind::end: ended_ = told_ = true; return;
    case Kind::stop:
      told_ = true;
      if (message.action <= std::uint8_t(RunEnd::interrupted)) stop(RunEnd(message.action));
      return;
    case Kind::failure:
      if (!stopping()) told_ = true;
      fail(std::make_exception_ptr(Error(
          ErrorCode::bad_input,
          fmt::format("the run was ended by {}: {}", describe_process(peer.addresses, options_.participants, peer.name),
                      printable(message.text, 2000)))));
      return;
    case Kind::gone:
      if (message.process == self_)
        throw Error(ErrorCode::bad_input, "this process was out of reach for so long that the others took it for gone");
      if (const auto known = peer_of_.find(message.process); known != peer_of_.end())
        lose_peer(known->second, "the head of the network has not heard of it");
      return;
  }
}

void NatsNetwork::Share::close() {
  LocalNetwork::close();
  ControlMessage message;
  message.kind = Kind::close;
  tell_all(message);
  probe_.reset();
  if (waves_) waves_->restart(live_peers() + 1);
}

/// Everybody has to hear of the end, so that nobody waits for a sign of life.
void NatsNetwork::Share::finish(std::exception_ptr why) noexcept try {
  now_ = clock();
  if (!begun_) {
    if (gathering_) {
      for (const RosterEntry& entry : gathering_->roster())
        if (entry.process != self_) publish(PacketKind::leaving, subject_of(entry.process), run_);
    } else {
      publish(PacketKind::leaving, first_subject(), run_);
    }
    return;
  }
  if (!told_ && (why || stopping())) {
    ControlMessage message;
    message.kind = why ? Kind::failure : Kind::stop;
    message.action = std::uint8_t(report_.end);
    if (why) message.text = words_of(why);
    tell_all(message);
  }
  ended_ = true;
  for (Peer& peer : peers_)
    if (!peer.gone) peer.link->acknowledge(now_);
  const double until = now_ + linger;
  const auto heard = [](const Peer& peer) { return peer.gone || peer.left || peer.link->told(); };
  while (now_ < until && !std::all_of(peers_.begin(), peers_.end(), heard)) {
    take_packets(0.01);
    now_ = clock();
    poll_links(now_);
  }
  for (Peer& peer : peers_) {
    if (peer.gone) continue;
    peer.link->acknowledge(now_);
    publish(PacketKind::leaving, peer.subject, run_);
  }
  // What was sent last is lost if the connection is closed while something that nobody reads any more comes in.
  if (connection_->connected()) connection_->flush(1);
} catch (...) {
  // The connection is closed for good, or memory is out: the others will miss a sign of life.
}

void NatsNetwork::Share::check_leases(double now) {
  next_check_ = now + look_every;
  if (!connection_->connected()) {
    leases_from_ = now;
    return;
  }
  const auto silent = [&](const Peer& peer) {
    return !peer.gone && now - std::max(peer.heard, leases_from_) > options_.lease;
  };
  const auto lose = [&](std::size_t index) {
    lose_peer(index, fmt::format("there was no sign of life for {} seconds", options_.lease));
  };
  if (head_) {
    if (silent(peers_[*head_])) lose(*head_);
    return;
  }
  for (std::size_t index = 0; index < peers_.size(); ++index) {
    if (!silent(peers_[index])) continue;
    // Told to all, to itself as well: it may only have been out of reach.
    ControlMessage message;
    message.kind = Kind::gone;
    message.process = peers_[index].process;
    tell_all(message);
    lose(index);
  }
}

void NatsNetwork::Share::lose_peer(std::size_t index, const std::string& why) {
  Peer& peer = peers_[index];
  if (std::exchange(peer.gone, true)) return;
  ++gone_;
  const std::string text =
      fmt::format("{} is gone: {}", describe_process(peer.addresses, options_.participants, peer.name), why);
  const bool coordinator = options_.coordinated &&
                           std::binary_search(peer.addresses.begin(), peer.addresses.end(), options_.participants + 1);
  if (!options_.gone || coordinator) return fail(std::make_exception_ptr(Error(ErrorCode::bad_input, text)));
  note(text);
  lost_to_gone_ += peer.link->pending();
  for (const std::uint32_t address : peer.addresses) options_.gone({address});
  each_member([&](Member& one) {
    one.give_up_requests(
        [&](Address to) { return std::binary_search(peer.addresses.begin(), peer.addresses.end(), to.number); });
  });
  if (head_ == index) {
    // Who is now the first of those that are left leads.
    std::optional<std::size_t> first;
    std::uint32_t lowest = addresses_.front();
    for (std::size_t k = 0; k < peers_.size(); ++k)
      if (!peers_[k].gone && peers_[k].addresses.front() < lowest) {
        lowest = peers_[k].addresses.front();
        first = k;
      }
    head_ = first;
    if (!head_) waves_.emplace(std::uint64_t(lowest) << 32, live_peers() + 1);
    leases_from_ = now_;
    start_heartbeats();
  } else if (waves_) {
    waves_->restart(live_peers() + 1);
  }
  if (probe_ && probe_->from != self_) probe_.reset();
}

/// Signs of life go out from a thread of their own: somebody who thinks for a long time is not gone.
void NatsNetwork::Share::start_heartbeats() {
  {
    const std::lock_guard lock(heart_mutex_);
    heart_subjects_.clear();
    for (std::size_t k = 0; k < peers_.size(); ++k)
      if (!peers_[k].gone && (!head_ || *head_ == k)) heart_subjects_.push_back(peers_[k].subject);
  }
  if (!heart_thread_.joinable()) heart_thread_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
}

void NatsNetwork::Share::beat(const std::stop_token& stop) {
  const std::vector<std::byte> bytes = make_packet(PacketKind::alive, self_, {});
  const auto every = std::chrono::duration<double>(std::min(1.0, options_.lease / 4));
  std::unique_lock lock(heart_mutex_);
  while (!stop.stop_requested()) {
    const std::vector<std::string> subjects = heart_subjects_;
    lock.unlock();
    try {
      if (connection_->connected())
        for (const std::string& subject : subjects) connection_->publish(subject, bytes);
    } catch (const Error&) {
      // The thread of the run finds the same, and says it.
    }
    lock.lock();
    heart_.wait_for(lock, stop, every, [] { return false; });
  }
}

}  // namespace entente
