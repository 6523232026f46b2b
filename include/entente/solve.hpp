// SPDX-License-Identifier: MIT
// solve: from a problem and a request to an outcome; the front door of the library.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/algorithm/info.hpp"
#include "entente/kernel/certificate.hpp"
#include "entente/problem/formats.hpp"
#include "entente/problem/problem.hpp"
#include "entente/solve/simulation.hpp"

namespace entente {

enum class Status { finished, timeout, stopped, infeasible, error };
/// `FINISHED`, `TIMEOUT`, `STOPPED`, `INFEASIBLE`, `ERROR`.
std::string_view status_name(Status status);

class AgentCrew;

/// What is known in the middle of a run.
struct Progress {
  double seconds = 0;  ///< Since the run began.
  std::uint64_t cycle = 0;
  double cost = 0;               ///< Of the current assignment; violated hard constraints left out.
  std::uint64_t violations = 0;  ///< Of the current assignment.
  double best_cost = 0;
  std::uint64_t best_violations = 0;
  std::uint64_t messages = 0, message_bytes = 0;  ///< Between computations on different agents.
  std::uint64_t changed = 0;                      ///< Variables that changed their value in this cycle; without
                                                  ///< cycles, changes of values since the report before.
  std::optional<double> simulated_time;           ///< Virtual seconds since the run began, if it is simulated.
  std::optional<double> bound;                    ///< Proven so far: no assignment is better than this.
};

/// What the variables are doing in the middle of a run, for whoever draws it.
struct LiveState {
  double seconds = 0;  ///< Since the run began.
  std::uint64_t cycle = 0;
  std::vector<ValueIndex> values;  ///< Of each variable, now; empty while some have none.
  Progress progress;
};

/// Who takes part in a run.
struct RunPlan {
  std::string algorithm = {};
  std::vector<Setting> parameters = {};  ///< Those given.
  Graph graph = Graph::constraint;
  std::vector<std::string> agents = {};
  /// The agent of each computation: variables, then, on factor graphs, constraints.
  std::vector<std::uint32_t> host = {};
};

/// When a row is due: after a cycle in which a value changed; after every cycle; every so many seconds. Runs without
/// cycles have a row after each batch of messages in which a value changed, or (`cycle_change`) a better assignment or
/// bound was found; algorithms that decide only once, like `dpop`, have none.
enum class Collect { none, value_change, cycle_change, period };

struct SolveRequest {
  std::string algorithm;            ///< A name or a plug-in's path. Empty: Entente picks one and says which and why.
  std::vector<Setting> parameters;  ///< `stop_cycle` is understood wherever there are cycles.
  std::uint64_t stop_cycle = 0;     ///< 0: no limit.
  double timeout = 0;               ///< Seconds of solving; 0: none.
  /// Seconds to spend on proving a bound, beside the run and after it; 0: none. Absent: a fixed amount of counted work,
  /// so that results depend on nothing but problem and seed: one look at every table and, where all are small, what
  /// else a tenth of 100 cycles of local search allows.
  std::optional<double> bound_seconds;
  std::optional<double> gap;  ///< The run ends once its answer is proven to be within this gap (see Outcome::gap).
  std::uint64_t seed = 0;
  int threads = 1;
  std::size_t memory = 0;  ///< Bytes for all tables together; 0: half of what is free.
  double delay = 0;        ///< Seconds to wait before each message is handled (each cycle, if synchronous).
  /// Absent, without `placement`: one agent a computation when there are enough; else by `adhoc` where the problem has
  /// capacities or hints that can be kept, else in turn.
  std::optional<Distribution> distribution;
  std::string placement;  ///< A method of `placement_methods()`; `oneagent` pairs in order and looks at nothing else.
  Collect collect = Collect::none;
  double period = 1;                                 ///< Seconds between rows, for Collect::period.
  std::function<void(const Progress&)> on_collect;   ///< One call a row, in order.
  std::function<void(const Progress&)> on_progress;  ///< About ten calls a second, for people.
  std::function<void(const RunPlan&)> on_start;      ///< One call, before anything runs.
  std::function<void(const LiveState&)> on_state;    ///< At most ten calls a second, and one at the end.
  std::function<void(const std::string&)> say;       ///< Notes for people: what was picked, how agents were dealt.
  const std::atomic<bool>* interrupt = nullptr;      ///< Becomes true when the user wants to stop.
  /// Event-driven algorithms: every message is encoded and decoded on its way, as between machines; for tests.
  bool through_bytes = false;
  Engine engine = Engine::local;
  Simulation simulation;      ///< For Engine::simulated.
  AgentCrew* crew = nullptr;  ///< Not null: agents are elsewhere (see solve/remote.hpp), and `engine` is local.
};

/// What one agent did. Vectors run over the computations it hosts.
struct AgentReport {
  std::string name;
  std::vector<std::string> computations;
  std::vector<std::uint64_t> messages_out;  ///< To computations on other agents.
  std::vector<std::uint64_t> bytes_out;
  std::vector<std::uint64_t> cycles;
  double activity_ratio = 0;  ///< Share of the run spent in this agent's handlers.
};

/// What was sent of one message type to computations on other agents.
struct MessageReport {
  std::string name;  ///< As the algorithm calls it.
  std::uint64_t messages = 0, bytes = 0;
  std::uint64_t largest = 0;  ///< Bytes.
};

/// How much of a problem single agents came to know, as shares of its variables.
struct Centralisation {
  double largest = 0, mean = 0;  ///< Of all agents.
};

/// How a run ended. Always exists, also after an interrupt; holds the best assignment seen.
struct Outcome {
  Status status = Status::error;
  std::string message;                 ///< Why, when the status needs words.
  std::string algorithm;               ///< The one that ran.
  std::vector<ValueIndex> assignment;  ///< One index per variable; empty when none is known.
  double cost = 0;                     ///< Recomputed from the problem; violated hard constraints left out.
  std::uint64_t violations = 0;
  std::optional<double> bound;  ///< Proven: no assignment is better than this.
  /// Why, of algorithms that end with one: a bound that may be checked by itself (see check_certificate).
  std::optional<Certificate> certificate;
  std::optional<Centralisation> centralised;  ///< Of algorithms that mediate.
  std::optional<double> gap;                  ///< |cost - bound| / max(|cost|, |bound|), 0 when both are 0.
  std::uint64_t cycles = 0;
  std::uint64_t best_cost_cycle = 0;  ///< The cycle at which the reported assignment was first seen.
  std::uint64_t messages = 0, message_bytes = 0;
  std::vector<MessageReport> message_types;  ///< By name; every type of the algorithm, also if none was sent.
  /// Non-concurrent constraint checks (NCCC): the longest chain of evaluations of a constraint for a tuple that had to
  /// wait for each other. Of algorithms with cycles, the most that one computation makes in each phase, summed up.
  std::uint64_t checks = 0;
  double seconds = 0;
  std::optional<SimulationReport> simulation;  ///< Of simulated runs.
  std::vector<AgentReport> agents;
};

/// Solves `problem`. Throws Error for wrong use (unknown algorithm or parameter, value out of range, distribution that
/// does not fit) before anything runs; afterwards always returns an Outcome.
Outcome solve(const Problem& problem, const SolveRequest& request);

/// A type of message that an algorithm sends.
struct MessageDescription {
  std::string name;
  std::optional<std::uint64_t> bytes;  ///< On a wire; absent if that varies with what the message says.
  std::uint64_t per_value = 0;         ///< Bytes besides, for each value of the variable that it is about.
};
/// An algorithm with its parameters and messages, for lists and help.
struct AlgorithmDescription {
  Info info;
  std::vector<ParameterInfo> parameters;
  std::vector<MessageDescription> messages;
  /// What its messages may suffer over raw links: what it declares, or what the barrier of its cycles bears.
  Tolerates tolerates = {};
};
/// Every algorithm of this build, by name.
std::vector<AlgorithmDescription> algorithms();
/// The algorithm called `name`, or that of the plug-in at that path. Throws Error{wrong_use} if there is none.
AlgorithmDescription describe_algorithm(const std::string& name);

}  // namespace entente
