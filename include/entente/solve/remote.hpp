// SPDX-License-Identifier: MIT
// Solving with agents that are elsewhere: who they are, and what each of them is.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "entente/carriers/carrier.hpp"
#include "entente/carriers/wire.hpp"

namespace entente {

/// The agents of a run, wherever they are. `solve` asks for those that it has given something to do, and then leads
/// them.
class AgentCrew {
 public:
  virtual ~AgentCrew();
  /// Sees to it that agents of these names are there; returns their addresses, in this order. Throws Error for those
  /// that are not.
  virtual std::vector<Address> assemble(const std::vector<std::string>& agents) = 0;
  /// Runs the coordinator, whose messages reach those agents, and returns its result. Called once, after `assemble`.
  /// Returns nothing, before the coordinator is done, if agents are lost meanwhile.
  virtual Content lead(Coordinator& coordinator, Content start) = 0;
  /// After `lead`: which agents were lost, and how, in a sentence. Empty: none.
  virtual std::string lost() const { return {}; }

  /// Whether the time that `assemble` takes is part of the run's time limit.
  bool waiting_counts = false;
};

struct RemoteAgentOptions {
  std::string name;                             ///< The agent's, for messages to people.
  double delay = 0;                             ///< Seconds to wait before each message is handled.
  std::function<void(const std::string&)> say;  ///< Notes for people.
  /// Paths of plug-ins that a run may use. No message makes an agent load any other.
  std::vector<std::string> plugins = {};
};

/// An agent that hosts what the coordinator of a run gives it: the computations of one algorithm. It runs them with
/// messages to its neighbours only; the coordinator is told what they do. Runs one job, and is then done.
std::unique_ptr<Participant> make_remote_agent(const RemoteAgentOptions& options);

/// What such agents and their coordinator say to each other.
ContentTypes& add_remote_messages(ContentTypes& types);

/// Agents of this process, over an in-process network; for tests.
std::unique_ptr<AgentCrew> make_local_crew();

}  // namespace entente
