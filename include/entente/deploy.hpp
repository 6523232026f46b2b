// SPDX-License-Identifier: MIT
// Agents as processes: on this machine with a server of their own, or on any machines that reach one NATS server.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
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
/// One process an agent and a NATS server, on this machine, reachable from nowhere else. They share no file that has a
/// name, and go with the crew, or with this process, however it dies. An agent or server that dies before ends the run.
/// Errors  Error{unsupported} where no NATS server is installed; Error{bad_input} from `assemble` and `lead` that names
///         the process that could not be started or died, and says how.
std::unique_ptr<AgentCrew> make_process_crew(const ProcessCrewOptions& options);

/// For the programs that `make_process_crew` starts: ends this process at once, with exit code 3, as soon as nobody has
/// the other end of this pipe open any more.
void end_with_parent(int descriptor);

/// An agent of the problem.
struct ExpectedAgent {
  std::string name;
  std::optional<double> capacity;
};

struct OrchestratorOptions {
  NatsAccess access;
  std::string run = "entente";
  /// Those of the problem. An agent of these that hosts nothing is told so; one of another name is told that the run
  /// has none of it.
  std::vector<ExpectedAgent> agents;
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
  std::optional<double>
      capacity;          ///< Said to the orchestrator, who places by the problem's and says where they differ.
  double delay = 0;      ///< Seconds before each message is handled.
  bool restart = false;  ///< After a run, wait for the next.
  /// Paths of algorithms that a run may use besides those of this program.
  std::vector<std::string> plugins;
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const std::string&)> say;
};
/// Waits for an orchestrator, does what it says, and returns when the run is over.
/// Errors  as NatsNetwork; Error{bad_input} if an agent of this name is there already or the run has none of it.
void serve_agent(const AgentServiceOptions& options);

}  // namespace entente
