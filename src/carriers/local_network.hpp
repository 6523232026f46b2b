// SPDX-License-Identifier: MIT
// LocalNetwork: what networks have in common, be they within one process or shared by several: members, timers, the run
// with its exact end.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "carriers/timers.hpp"
#include "entente/carriers/endpoint.hpp"
#include "entente/carriers/network.hpp"

namespace entente {

/// Derived classes move the messages: `put` takes them, `deliver_some` hands them on. Those that share a network with
/// other processes join members at addresses of their own, and say in `begin`, `rest` and `finish` what they have to
/// agree on with these.
class LocalNetwork {
 public:
  LocalNetwork(Topology topology, RunLimits limits);
  LocalNetwork(const LocalNetwork&) = delete;
  virtual ~LocalNetwork();

  template <class Party>
  Address join(Party& party);
  template <class Party>
  void join(Party& party, Address address);
  std::size_t size() const { return members_.size(); }
  Carrier& carrier(Address address) const;
  RunReport run();
  Content coordinate(Content start);
  const RunReport& report() const { return last_report_; }

 protected:
  class Member;

  /// Puts a message under way. The address is somebody's.
  virtual void put(Envelope&& envelope) = 0;
  /// Hands some messages on: at least one, if any is due before the next timer; none after `stopping()`. Returns
  /// whether there was any.
  virtual bool deliver_some() = 0;
  /// Drops all that is under way.
  virtual void clear() = 0;
  /// Brings the clock up to date, or forward to `time`.
  virtual void advance(double time) { now_ = std::max(now_, time); }
  virtual double now() const { return now_; }
  /// Before the first message of a run; may throw.
  virtual void begin() {}
  /// Nothing is left to be delivered, and no timer is due. Returns whether there is more to come.
  virtual bool rest();
  /// The coordinator is done: only messages are left to be delivered.
  virtual void close();
  /// The run is over, by an exception if there is one; before what is under way is dropped.
  virtual void finish(std::exception_ptr why) noexcept { static_cast<void>(why); }

  void count_sent() {
    if (++report_.messages >= limits_.messages) stop(RunEnd::messages);
  }
  void hand_on(Envelope&& envelope);
  /// Will never be delivered. If it says that a participant threw, the caller has to hear of it in its place.
  void lose(const Envelope& envelope);
  void refuse_more(std::size_t under_way) const;
  bool stopping() const { return stopping_; }
  bool closing() const { return closing_; }
  /// Addresses are 1 to `size`, most of them in other processes; those of a coordinator included.
  void expect_members(std::size_t size, Address coordinator_elsewhere);
  bool has_member(Address address) const {
    return address.number - 1 < members_.size() && members_[address.number - 1];
  }
  template <class Call>
  void each_member(Call&& call) const {
    for (const auto& member : members_)
      if (member) call(*member);
  }
  void fail(std::exception_ptr why);
  bool limits_reached();
  /// Whether something is left that nothing can bring to its end, and nobody was told of; `check` throws what it is.
  bool something_left() const;
  void check_nothing_left() const;
  bool interrupted() const { return limits_.interrupt && limits_.interrupt->load(std::memory_order_relaxed); }
  void stop(RunEnd why);

  RunLimits limits_;
  Timers timers_;
  RunReport report_;
  double now_ = 0;

 private:
  friend class Member;
  void drive();
  bool leader_waits() const { return leader_ && !leader_->done(); }
  bool fire_timers();
  void give_up_waiting();
  bool somebody_waits() const;
  void end_run();
  void refuse_address(Address address) const;

  Topology topology_;
  std::vector<std::unique_ptr<Member>> members_;  // by address; null: in another process
  Member* coordinator_ = nullptr;
  const Task<Content>* leader_ = nullptr;  // what the coordinator does in this run
  Address coordinator_elsewhere_;
  std::exception_ptr failure_;
  bool stopping_ = false, running_ = false, closing_ = false;
  std::chrono::steady_clock::time_point began_;
  RunReport last_report_;
};

/// One party's end.
class LocalNetwork::Member final : public Endpoint {
 public:
  template <class Party>
  Member(LocalNetwork& network, Party& party, Address address)
      : Endpoint(party), network_(network), address_(address) {}

  Address address() const override { return address_; }
  std::span<const Address> others() const override;
  double now() const override { return network_.now(); }
  using Endpoint::cancel;
  TimerTicket schedule(double delay, std::function<void()> action) override;
  void cancel(TimerTicket ticket) override { network_.timers_.cancel(ticket); }
  using Endpoint::ask;

 protected:
  void transmit(Envelope envelope) override;
  void fail(std::exception_ptr why) override;

 private:
  LocalNetwork& network_;
  Address address_;
  mutable std::vector<Address> others_;  // of a complete topology, when asked for
  mutable std::size_t others_of_ = 0;    // members when that was made
};

inline void LocalNetwork::hand_on(Envelope&& envelope) {
  ++report_.delivered;
  members_[envelope.to.number - 1]->deliver(std::move(envelope));
}

}  // namespace entente
