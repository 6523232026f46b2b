// SPDX-License-Identifier: MIT
// The run of a network: timers, messages, and the end.
#include "carriers/local_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace entente {

using std::chrono::steady_clock;

namespace {
constexpr std::size_t most_members = (1u << 23) - 1;
}  // namespace

std::span<const Address> LocalNetwork::Member::others() const {
  const Topology& topology = network_.topology_;
  if (!leads() && !topology.is_complete()) {
    if (address_.number > topology.size())
      throw Error(ErrorCode::wrong_use,
                  fmt::format("the topology has neighbours for addresses 1 to {}, but a participant "
                              "joined as {}",
                              topology.size(), address_.number));
    return topology.neighbours(address_);
  }
  if (others_of_ != network_.members_.size()) {
    others_.clear();
    for (std::uint32_t number = 1; number <= network_.members_.size(); ++number) {
      const Member* const member = network_.members_[number - 1].get();
      if (member != this && (member ? !member->leads() : number != network_.coordinator_elsewhere_.number))
        others_.push_back({number});
    }
    others_of_ = network_.members_.size();
  }
  return others_;
}

TimerTicket LocalNetwork::Member::schedule(double delay, std::function<void()> action) {
  if (!(delay >= 0) || std::isinf(delay))
    throw Error(ErrorCode::wrong_use,
                fmt::format("a delay of {} seconds was found, where a number of 0 or more was expected", delay));
  if (!action) throw Error(ErrorCode::wrong_use, "schedule: the action is empty");
  if (network_.closing_) return {};
  return network_.timers_.add(network_.now() + delay, std::move(action));
}

void LocalNetwork::Member::transmit(Envelope envelope) {
  // 0 wraps round to a number that nobody has.
  if (envelope.to.number - 1 >= network_.members_.size()) network_.refuse_address(envelope.to);
  network_.count_sent();
  network_.put(std::move(envelope));
}

void LocalNetwork::Member::fail(std::exception_ptr why) { network_.fail(std::move(why)); }

void LocalNetwork::fail(std::exception_ptr why) {
  if (!failure_) failure_ = std::move(why);
  stopping_ = true;
}

void LocalNetwork::lose(const Envelope& envelope) {
  const Refusal* const refusal = envelope.kind == Envelope::Kind::failure ? envelope.content.get<Refusal>() : nullptr;
  if (refusal && refusal->thrown) fail(refusal->thrown);
}

LocalNetwork::LocalNetwork(Topology topology, RunLimits limits) : limits_(limits), topology_(std::move(topology)) {}

LocalNetwork::~LocalNetwork() {
  // Tasks give up what they wait for at other members, so all of them go before the first member does.
  each_member([](Member& member) { member.abandon(); });
}

template <class Party>
Address LocalNetwork::join(Party& party) {
  const Address address{std::uint32_t(members_.size() + 1)};
  join(party, address);
  return address;
}
template Address LocalNetwork::join(Participant&);
template Address LocalNetwork::join(Coordinator&);

template <class Party>
void LocalNetwork::join(Party& party, Address address) {
  if (address.number - 1 >= most_members)
    throw Error(ErrorCode::too_large, fmt::format("a network has room for {} participants", most_members));
  constexpr bool leads = std::is_same_v<Party, Coordinator>;
  if (leads && coordinator_) throw Error(ErrorCode::wrong_use, "a network has one coordinator at most");
  members_.resize(std::max<std::size_t>(members_.size(), address.number));
  auto& member = members_[address.number - 1];
  if (member) throw Error(ErrorCode::wrong_use, fmt::format("somebody has joined as {} already", address.number));
  member = std::make_unique<Member>(*this, party, address);
  if (leads) coordinator_ = member.get();
}
template void LocalNetwork::join(Participant&, Address);
template void LocalNetwork::join(Coordinator&, Address);

void LocalNetwork::expect_members(std::size_t size, Address coordinator_elsewhere) {
  if (size > most_members)
    throw Error(ErrorCode::too_large, fmt::format("a network has room for {} participants", most_members));
  members_.resize(std::max(members_.size(), size));
  coordinator_elsewhere_ = coordinator_elsewhere;
}

Carrier& LocalNetwork::carrier(Address address) const {
  if (address.number - 1 >= members_.size()) refuse_address(address);
  if (!members_[address.number - 1])
    throw Error(ErrorCode::wrong_use, fmt::format("address {} is not of this process", address.number));
  return *members_[address.number - 1];
}

void LocalNetwork::refuse_address(Address address) const {
  throw Error(ErrorCode::wrong_use,
              members_.empty()
                  ? fmt::format("nobody has address {}: nobody has joined", address.number)
                  : fmt::format("nobody has address {}: addresses are 1 to {}", address.number, members_.size()));
}

void LocalNetwork::refuse_more(std::size_t under_way) const {
  throw Error(
      ErrorCode::too_large,
      fmt::format("{} messages are under way at once, which is the limit (RunLimits::under_way); a topology with "
                  "fewer links or Delivery::latest may keep below it",
                  under_way));
}

void LocalNetwork::stop(RunEnd why) {
  if (stopping_) return;
  report_.end = why;
  stopping_ = true;
}

bool LocalNetwork::limits_reached() {
  if (now() >= limits_.clock) stop(RunEnd::clock);
  if (interrupted()) stop(RunEnd::interrupted);
  if (std::isfinite(limits_.seconds) &&
      std::chrono::duration<double>(steady_clock::now() - began_).count() >= limits_.seconds)
    stop(RunEnd::seconds);
  return stopping_;
}

bool LocalNetwork::fire_timers() {
  // Actions that go on asking to be called at once must not keep messages from their way for ever.
  int most = 1024;
  bool any = false;
  while (timers_.next() <= now() && most-- > 0 && !stopping_) {
    const std::function<void()> action = timers_.take();
    ++report_.timers;
    any = true;
    action();
  }
  return any;
}

bool LocalNetwork::somebody_waits() const {
  return std::any_of(members_.begin(), members_.end(),
                     [](const auto& member) { return member && member->waits() > 0; });
}

/// Begins with those who wait for somebody that waits for nobody: what they do then may help the others, and the one
/// who is at fault is the one who is named.
void LocalNetwork::give_up_waiting() {
  std::vector<char> waits(members_.size() + 1);
  each_member([&](const Member& one) { waits[one.address().number] = one.waits() > 0; });
  std::size_t failed = 0;
  const auto each = [&](auto&& give_up) {
    each_member([&](Member& one) { failed += failure_ ? 0 : give_up(one); });
    return failed > 0 || failure_;
  };
  if (each([&](Member& one) { return one.give_up_requests([&](Address to) { return !waits[to.number]; }); })) return;
  if (each([](Member& one) { return one.give_up_expecting(); })) return;
  each([](Member& one) { return one.give_up_requests([](Address) { return true; }); });
}

bool LocalNetwork::something_left() const {
  return leader_waits() || std::any_of(members_.begin(), members_.end(), [](const auto& member) {
           return member && (member->running() > 0 || member->overlooked());
         });
}

void LocalNetwork::check_nothing_left() const {
  each_member([&](const Member& member) {
    if (std::exception_ptr why = member.overlooked()) std::rethrow_exception(why);
    if (member.running() > 0 || (leader_waits() && &member == coordinator_))
      throw Error(ErrorCode::wrong_use,
                  fmt::format("{} {} waits for something that no carrier knows of, and nothing is under way any more; "
                              "tasks wait by what carriers offer (ask, sleep, wait_for)",
                              member.leads() ? "coordinator" : "a task of participant", member.address().number));
  });
}

bool LocalNetwork::rest() {
  if (closing_) return false;
  if (timers_.next() < Timers::never) {
    // Not beyond a limit that is reached before.
    advance(std::min(timers_.next(), limits_.clock));
    return true;
  }
  if (!somebody_waits()) return false;
  give_up_waiting();
  return true;
}

void LocalNetwork::drive() {
  for (;;) {
    if (failure_) std::rethrow_exception(failure_);
    if (leader_ && leader_->failed()) return;
    if (limits_reached()) return;
    advance(now_);
    const bool fired = fire_timers();
    if (leader_ && leader_->done() && !closing_) close();
    if (deliver_some() || fired) continue;
    if (!rest()) break;
  }
  check_nothing_left();
}

void LocalNetwork::close() {
  each_member([](Member& member) {
    if (std::exception_ptr why = member.overlooked()) std::rethrow_exception(why);
    member.abandon();
  });
  timers_.clear();
  closing_ = true;
}

void LocalNetwork::end_run() {
  each_member([&](Member& member) {
    report_.dropped_replies += member.take_dropped_replies();
    member.abandon();
  });
  timers_.clear();
  clear();
  report_.clock = now();
  last_report_ = std::exchange(report_, {});
  failure_ = nullptr;
  leader_ = nullptr;
  stopping_ = running_ = closing_ = false;
}

RunReport LocalNetwork::run() {
  if (running_) throw Error(ErrorCode::wrong_use, "this network is running already");
  running_ = true;
  began_ = steady_clock::now();
  try {
    begin();
    drive();
  } catch (...) {
    finish(std::current_exception());
    end_run();
    throw;
  }
  finish(nullptr);
  end_run();
  return last_report_;
}

Content LocalNetwork::coordinate(Content start) {
  if (running_) throw Error(ErrorCode::wrong_use, "this network is running already");
  if (!coordinator_) throw Error(ErrorCode::wrong_use, "no coordinator has joined this network");
  running_ = true;
  began_ = steady_clock::now();
  Task<Content> leader;
  try {
    begin();
    leader = coordinator_->coordinator()->start_optimization(*coordinator_, std::move(start), Meta{});
    leader.start();
    leader_ = &leader;
    drive();
  } catch (...) {
    leader = {};
    finish(std::current_exception());
    end_run();
    throw;
  }
  const bool done = leader.done();
  std::exception_ptr failure;
  Content result;
  if (done) {
    try {
      result = leader.take();
    } catch (...) {
      failure = std::current_exception();
    }
  }
  leader = {};
  finish(failure);
  end_run();
  if (failure) std::rethrow_exception(failure);
  if (!done)
    throw RunStopped(last_report_, "the run was stopped by a limit or an interruption before its coordinator was done");
  return result;
}

}  // namespace entente
