// SPDX-License-Identifier: MIT
#include "deploy/lead.hpp"

#include <fmt/format.h>

#include <mutex>

#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

NatsOptions options_of(const Membership& membership) {
  NatsOptions options;
  options.connection = membership.connection;
  options.run = membership.session;
  options.participants = membership.participants;
  options.coordinated = true;
  add_remote_messages(options.types);
  options.say = membership.say;
  return options;
}

}  // namespace

std::vector<Address> addresses(std::uint32_t count) {
  std::vector<Address> list;
  for (std::uint32_t i = 1; i <= count; ++i) list.push_back(Address{i});
  return list;
}

Content lead(const Membership& membership, const std::vector<std::string>& names, std::atomic<bool>& stop,
             std::string& lost, Coordinator& coordinator, Content start) {
  NatsOptions options = options_of(membership);
  std::mutex mutex;
  std::string gone;
  options.limits.interrupt = &stop;
  options.gone = [&](Address address) {
    const std::lock_guard lock(mutex);
    if (gone.empty() && address.number - 1 < names.size()) gone = names[address.number - 1];
    stop = true;
  };
  NatsNetwork network(std::move(options));
  network.join(coordinator);
  try {
    return network.coordinate(std::move(start));
  } catch (const RunStopped&) {
    const std::lock_guard lock(mutex);
    if (!gone.empty()) lost = fmt::format("agent '{}' is gone: it was not heard of any more", printable(gone));
    return Content();
  }
}

void take_part(const Membership& membership, const std::atomic<bool>* interrupt, Participant& agent, Address address) {
  NatsOptions options = options_of(membership);
  options.limits.interrupt = interrupt;
  // What becomes of a run that has lost another agent is for the orchestrator to say.
  options.gone = [](Address) {};
  NatsNetwork network(std::move(options));
  network.join(agent, address);
  network.run();
}

}  // namespace entente::deploy
