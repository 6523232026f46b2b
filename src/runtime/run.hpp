// SPDX-License-Identifier: MIT
// What every engine is given besides a problem and an algorithm, and what it gives back.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "entente/base/ids.hpp"
#include "entente/kernel/certificate.hpp"
#include "entente/problem/problem.hpp"
#include "runtime/simulated_totals.hpp"

namespace entente::runtime {

class Proof;
struct SimulationPlan;

/// Addresses the draws of `start`, which comes before cycle 0, in every synchronous engine.
inline constexpr std::uint64_t start_salt = 0x5157a7;

/// The state after `cycle` cycles, in the problem's own costs.
struct CycleReport {
  std::uint64_t cycle = 0;
  Evaluation now;             ///< Of the current assignment.
  Evaluation best;            ///< Of the best assignment seen.
  std::uint64_t changed = 0;  ///< Variables whose value differs from the cycle before; event driven: moves since.
  /// What was counted so far as it was sent, to computations on other agents: event-driven runs, sparse phases.
  std::uint64_t messages = 0, bytes = 0;
  std::optional<double> bound = {};  ///< Proven so far: no assignment is better than this.
  std::optional<double> time = {};   ///< Virtual seconds, in a simulated run.
  /// Fetches the current assignment, the one that `now` is about: a copy, made when it is asked for. To be called only
  /// while the report is being made; every engine gives it.
  std::function<std::vector<ValueIndex>()> values = {};
};

/// What was sent of one message type to computations on other agents; `largest` is in bytes too.
struct MessageTraffic {
  std::string name;
  std::uint64_t messages = 0, bytes = 0, largest = 0;
};

struct RunControl {
  using Clock = std::chrono::steady_clock;

  std::uint64_t seed = 0;
  int threads = 1;
  std::uint64_t stop_cycle = 0;  ///< 0: no limit.
  std::uint64_t patience = 0;    ///< Cycles without improvement before stopping; 0: no limit.
  Clock::time_point deadline = Clock::time_point::max();
  const std::atomic<bool>* interrupt = nullptr;
  double delay = 0;              ///< Seconds to wait before each cycle or message.
  bool through_bytes = false;    ///< Event driven: every message is encoded and decoded on its way; for tests.
  const Proof* proof = nullptr;  ///< Ends the run when its answer is good enough; may be null.
  const SimulationPlan* simulation = nullptr;  ///< Runs in virtual time, on one thread; null: as fast as it can.
  const std::uint32_t* host = nullptr;  ///< Cycles: agent of each computation; null: each on an agent of its own.
  std::function<void(const CycleReport&)> on_cycle = {};  ///< Called by one thread after each cycle; may be empty.
};

enum class RunEnd {
  by_itself,    ///< The algorithm ended, or nothing can change any more.
  cycle_limit,  ///< `stop_cycle` was reached.
  patience,     ///< No improvement for long enough.
  good_enough,  ///< Proven to be as good as was asked for.
  deadline,
  interrupted,
  infeasible,  ///< Proven: every assignment violates a hard constraint.
};

struct RunResult {
  RunEnd end = RunEnd::by_itself;
  std::vector<ValueIndex> best;  ///< The best assignment seen; empty if none is known.
  std::vector<ValueIndex> last;  ///< The assignment at the end.
  std::uint64_t best_cycle = 0;
  std::uint64_t cycles = 0;
  double seconds = 0;
  double busy_seconds = 0;              ///< Time spent in handlers and kernels, all threads together.
  std::vector<double> agent_busy = {};  ///< The same by agent, where each has a thread of its own; else empty.
  bool optimal = false;                 ///< The algorithm proves that `best` is an optimum.
  std::optional<double> bound = {};     ///< Proven, in the problem's own costs: no assignment is better than this.
  std::optional<Certificate> certificate = {};  ///< Of algorithms that prove by certified groups.
  std::vector<std::uint32_t> centralised;       ///< Of the same: by computation, the variables it knows all about.
  /// What was counted as it was sent (event-driven runs, sparse phases): per computation, messages to computations on
  /// other agents and their bytes; empty if nothing was counted.
  std::vector<std::uint64_t> messages_out, bytes_out;
  std::vector<MessageTraffic> kinds;  ///< The same by type, in the order of the algorithm's declaration.
  /// Non-concurrent constraint checks. Event driven: the largest logical clock of all computations. Cycles: the most
  /// that any computation makes in each phase, summed over all phases; see CycleEngine.
  std::uint64_t checks = 0;
  std::optional<SimulatedTotals> simulated = {};  ///< Of simulated runs.
};

}  // namespace entente::runtime
