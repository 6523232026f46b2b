// SPDX-License-Identifier: MIT
// NatsNetwork::Share: one process's share of a network over NATS. Links to the other processes, the start, and the end
// that they agree on.
//
// One process is the head: the one with the coordinator, else the one with participant 1. All others say hello to it;
// when everybody is there it tells them to begin, and it begins the waves by which the end is found. Messages go from
// process to process.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "carriers/gathering.hpp"
#include "carriers/local_network.hpp"
#include "carriers/nats_connection.hpp"
#include "carriers/peer_link.hpp"
#include "carriers/quiet_waves.hpp"
#include "entente/carriers/nats.hpp"

namespace entente {

class NatsNetwork::Share final : public LocalNetwork {
 public:
  explicit Share(NatsOptions&& options);
  ~Share() override;

  template <class Party>
  Carrier& join_at(Party& party, Address address);
  Address coordinator_address() const { return {options_.participants + 1}; }

 private:
  /// Another process.
  struct Peer {
    std::uint64_t process;
    std::string name, subject;
    std::vector<std::uint32_t> addresses;
    std::unique_ptr<PeerLink> link;
    double heard = 0;
    bool gone = false;  ///< For the rest of the run.
    bool left = false;  ///< At its end.
    bool dirty = false;
  };
  /// What a wave wants to know of this process, as soon as it is idle.
  struct Probe {
    std::uint64_t wave;
    WaveAction action;
    std::vector<std::uint32_t> waiting;
    std::uint64_t from;  // a process, this one perhaps
    bool done = false;
    std::uint64_t failed = 0;
  };
  static constexpr double look_every = 0.2;  ///< Seconds, at whom there is no sign of life from.

  // LocalNetwork.
  void put(Envelope&& envelope) override;
  bool deliver_some() override;
  void clear() override;
  void advance(double) override { now_ = clock(); }
  double now() const override { return now_; }
  void begin() override;
  bool rest() override;
  void close() override;
  void finish(std::exception_ptr why) noexcept override;

  double clock() const;
  std::string subject_of(std::uint64_t process) const;
  /// Where all say hello to the head.
  std::string first_subject() const;
  template <class Body>
  void publish(PacketKind kind, const std::string& subject, const Body& content) {
    std::vector<std::byte> body;
    encode(content, body);
    connection_->publish(subject, make_packet(kind, self_, body));
  }
  void note(const std::string& text) const;
  void refused(const std::string& why);

  // The start (nats_start.cpp).
  void gather();
  void say_hello(double now);
  void take_hello(std::uint64_t from, std::span<const std::byte> body);
  void refuse(const std::string& subject, const std::string& why);
  void begin_with(const std::vector<RosterEntry>& roster);
  std::size_t add_peer(const RosterEntry& entry, std::string subject);
  [[noreturn]] void nobody_came() const;
  Hello own_hello() const;

  // What comes.
  bool take_packets(double seconds);
  void take(NatsMessage&& message);
  void take_link(NatsMessage&& message, const Packet& packet);
  void take_envelope(std::size_t peer, std::span<const std::byte> bytes);
  void take_control(std::size_t peer, ControlMessage&& message);

  // The run.
  void touch(std::size_t peer);
  void flush(double now);
  void poll_links(double now);
  double next_wake(bool idle) const;
  void tell_all(const ControlMessage& message);
  bool answer_probe();
  bool lead_waves();
  std::size_t live_peers() const;
  void check_leases(double now);
  void lose_peer(std::size_t peer, const std::string& why);
  void start_heartbeats();
  void beat(const std::stop_token& stop);

  NatsOptions options_;
  const std::uint64_t self_;
  const std::chrono::steady_clock::time_point epoch_ = std::chrono::steady_clock::now();
  const std::uint64_t since_;
  std::string name_;
  std::shared_ptr<NatsConnection> connection_;
  std::optional<NatsSubscription> inbox_;
  std::vector<std::uint32_t> addresses_;  // of this process

  std::uint32_t run_ = 0;
  bool begun_ = false, ended_ = false;
  bool told_ = false;               // all others know, or have said, how the run ends
  bool drained_ = false;            // nothing is waiting to be taken
  std::deque<Envelope> queue_;      // for members of this process
  std::vector<Envelope> before_;    // sent before the run began
  std::vector<NatsMessage> early_;  // came before this process knew of their sender
  std::size_t early_bytes_ = 0;
  std::optional<Gathering> gathering_;  // of the head
  std::optional<std::size_t> head_;     // a peer; none: this process
  double next_hello_ = 0, hello_pause_ = 0;
  std::vector<std::uint32_t> missing_;

  std::vector<Peer> peers_;
  std::unordered_map<std::uint64_t, std::size_t> peer_of_;
  std::vector<std::uint32_t> owner_;  // by address - 1: peer + 1; 0: this process
  std::vector<std::size_t> dirty_;    // peers with a batch
  std::optional<Probe> probe_;
  std::optional<QuietWaves> waves_;
  std::uint64_t gone_ = 0, reconnections_ = 0, received_ = 0, lost_to_gone_ = 0;
  double leases_from_ = 0, next_check_ = 0;
  std::uint64_t refused_said_ = 0;

  std::mutex heart_mutex_;
  std::condition_variable_any heart_;
  std::vector<std::string> heart_subjects_;
  std::jthread heart_thread_;
};

}  // namespace entente
