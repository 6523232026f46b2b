// SPDX-License-Identifier: MIT
// The network of a run, once it is known who takes part: the coordinator's end, and an agent's.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "entente/carriers/nats.hpp"
#include "entente/solve/remote.hpp"

namespace entente::deploy {

struct Membership {
  NatsAccess access;
  std::string session;
  std::uint32_t participants = 0;
  std::function<void(const std::string&)> say;
};

/// 1 … count.
std::vector<Address> addresses(std::uint32_t count);
/// Leads the agents, names[i] at address i + 1, and returns the coordinator's result. Setting `stop` ends the run.
/// Throws Error{bad_input} that names an agent that is gone, RunStopped, and as NatsNetwork.
Content lead(const Membership& membership, const std::vector<std::string>& names, std::atomic<bool>& stop,
             Coordinator& coordinator, Content start);
/// Takes part until the run is over or `interrupt` (which may be null) is true. Throws Error{bad_input} if the
/// orchestrator is gone, and as NatsNetwork.
void take_part(const Membership& membership, const std::atomic<bool>* interrupt, Participant& agent, Address address);

}  // namespace entente::deploy
