// SPDX-License-Identifier: MIT
// The network of a run, once it is known who takes part: the coordinator's end, and an agent's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "entente/carriers/nats.hpp"
#include "entente/solve/remote.hpp"

namespace entente::deploy {

struct Membership {
  std::shared_ptr<NatsConnection> connection;
  std::string session;
  std::uint32_t participants = 0;
  std::function<void(const std::string&)> say;
};

/// 1 … count.
std::vector<Address> addresses(std::uint32_t count);
/// Leads the agents, names[i] at address i + 1, and returns the coordinator's result. Setting `stop` ends the run
/// before its time, as does an agent that is not heard of any more: `lost` then names that one, and nothing is
/// returned. Throws as NatsNetwork.
Content lead(const Membership& membership, const std::vector<std::string>& names, std::atomic<bool>& stop,
             std::string& lost, Coordinator& coordinator, Content start);
/// Takes part until the run is over or `interrupt` (which may be null) is true. Throws Error{bad_input} if the
/// orchestrator is gone, and as NatsNetwork.
void take_part(const Membership& membership, const std::atomic<bool>* interrupt, Participant& agent, Address address);

}  // namespace entente::deploy
