// SPDX-License-Identifier: MIT
// Agents as processes: on this machine with a server of their own, or on any machines that reach one NATS server.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "entente/carriers/nats.hpp"
#include "entente/solve/remote.hpp"

namespace entente {

struct ProcessCrewOptions {
  std::string program;  ///< The `entente` program; empty: the one that is running.
  std::string server;   ///< The NATS server's program; empty: `nats-server` as the shell would find it.
  std::vector<std::string> agent_words;  ///< Added to the command line of every agent.
  double patience = 30;                  ///< Seconds for everything to be up.
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const std::string&)> say;
};
/// One process an agent and a NATS server, on this machine, reachable from nowhere else; all of them, and the folder
/// they share, go with the crew, and within two seconds of this process's death however it dies.
std::unique_ptr<AgentCrew> make_process_crew(const ProcessCrewOptions& options);

struct OrchestratorOptions {
  NatsAccess access;
  std::string run = "entente";
  double patience = 0;  ///< Seconds to wait for the agents; 0: as long as it takes.
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const std::string&)> say;
};
/// Agents that `serve_agent` has brought up, here or elsewhere, before or after.
std::unique_ptr<AgentCrew> make_orchestrator_crew(const OrchestratorOptions& options);

struct AgentServiceOptions {
  NatsAccess access;
  std::string run = "entente";
  std::string name;
  double capacity = 100;
  double delay = 0;      ///< Seconds before each message is handled.
  bool restart = false;  ///< After a run, wait for the next.
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const std::string&)> say;
};
/// Waits for an orchestrator, does what it says, and returns when the run is over.
/// Errors  as NatsNetwork; Error{bad_input} if an agent of this name is there already or the run has none of it.
void serve_agent(const AgentServiceOptions& options);

}  // namespace entente
