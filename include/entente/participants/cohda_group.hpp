// SPDX-License-Identifier: MIT
// run_cohda: COHDA at array speed, all agents of a schedule problem in one process.
//
//   ScheduleProblem problem = ...;
//   CohdaOptions options;
//   options.seed = 7;
//   const CohdaResult result = run_cohda(problem, options);
//   // result.choice[i] is the schedule of problem.agents[i]; result.bound <= optimum <= result.cost
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "entente/problem/schedule_problem.hpp"

namespace entente {

/// Who hears whom.
enum class CohdaTopology : std::uint8_t {
  automatic,    ///< The problem's links if it has any; else complete for up to 1000 agents, small_world beyond.
  complete,     ///< Everybody hears everybody.
  ring,         ///< Each agent hears the one before and the one after it.
  small_world,  ///< A ring in which everybody hears the `neighbours` nearest, each link then moved elsewhere with
                ///< probability `rewire`.
  links,        ///< The problem's links.
};

/// What a message shows when it arrives.
enum class CohdaDelivery : std::uint8_t {
  latest,     ///< One slot a link: what is newer replaces what has not been delivered yet, in its place in the queue.
  reference,  ///< Every message is delivered, and shows its sender as it is then.
  snapshots,  ///< Every message is delivered, and shows its sender as it was when it was sent.
};

/// How run_cohda goes about it. The defaults need no reading; every result is a function of problem and options, as
/// long as neither `deadline` nor `interrupt` cuts it short.
struct CohdaOptions {
  CohdaTopology topology = CohdaTopology::automatic;
  /// small_world: links of an agent, an even number; complete if there are not so many agents. 0: about the
  /// square root of their number.
  std::uint32_t neighbours = 0;
  double rewire = 0.1;  ///< small_world: in [0, 1].
  CohdaDelivery delivery = CohdaDelivery::latest;
  std::uint32_t start = 0;  ///< Position of the agent that first hears of the target.
  std::uint64_t seed = 0;   ///< Of the small world and of polishing.
  /// An agent that wakes perceives all that waits for it before it decides. Off: one message, one decision. Only for
  /// `latest`.
  bool batch = true;
  /// Improve the agreed selection by exchanges between agents; never makes it worse.
  bool polish = true;
  /// Schedules that polishing may evaluate, all agents together; 0: a default that grows with the problem.
  std::uint64_t polish_work = 0;
  /// Schedules that the lower bound may evaluate; 0: a default that grows with the problem.
  std::uint64_t bound_work = 0;
  /// Seconds to spend on the bound instead of counted work; 0: by `bound_work`. Lets the clock into the result.
  double bound_seconds = 0;
  bool bound = true;    ///< Off: `CohdaResult::bound` is 0, which holds always.
  double deadline = 0;  ///< Seconds from the call after which the best so far is returned; 0: none.
  /// Set it from elsewhere, a signal handler say, to have the best so far returned. May be null.
  const std::atomic<bool>* interrupt = nullptr;
  /// Called now and then in the caller's thread. What it throws reaches the caller of run_cohda.
  struct Progress {
    double cost;   ///< Of the best candidate that is complete; infinity as long as there is none.
    double bound;  ///< 0 as long as it has not been reckoned.
    std::uint64_t messages;
  };
  std::function<void(const Progress&)> on_progress;
};

enum class CohdaStatus : std::uint8_t {
  ended,        ///< No message was left, all agents hold the same candidate, and what was to follow was done.
  interrupted,  ///< Cut short by `interrupt` or `deadline`.
};

struct CohdaResult {
  std::vector<std::uint32_t> choice;  ///< Index of the schedule of each agent, in the order of the problem.
  double cost = 0;                    ///< problem.cost(choice).
  double bound = 0;                   ///< No selection costs less.
  double plain_cost = 0;              ///< Before polishing.
  std::uint64_t messages = 0;         ///< Sent, the first one to the start agent counted, those of polishing as well.
  /// Of selections and candidates that messages brought, as changes (id, counter, index). Schedules, which pass a link
  /// once at most, are not counted.
  std::uint64_t bytes = 0;
  std::uint64_t decides = 0;       ///< Times an agent chose.
  std::uint64_t perceived = 0;     ///< Messages delivered to an agent.
  std::uint64_t polish_moves = 0;  ///< Exchanges that polishing made.
  bool optimal = false;            ///< The bound meets the cost, to 1e-9 of the sum of weights * |target|.
  CohdaStatus status = CohdaStatus::ended;
};

/// Solves `problem` with COHDA: agents that each see their own schedules and what they hear of the others' selections
/// choose in turn until nobody has anything new to say.
///
/// Errors  what problem.check() throws; Error{wrong_use} for options out of range; Error{bad_input} for links that do
///         not connect all agents; Error{too_large} for more than 2^26 link ends (complete: 8192 agents), more
///         than 2^25 messages under way, and numbers whose sums leave the range of double precision.
/// Memory  8 bytes for each pair of agents at most, and four times the schedules.
/// Cost    a decision takes O(schedules * steps), a message O(what changed * steps).
/// From    Hinrichs, Lehnhoff & Sonnenschein, "A decentralized heuristic for multiple-choice combinatorial optimization
///         problems", Operations Research Proceedings 2012; ties and merge rules as docs/cohda.md says.
CohdaResult run_cohda(const ScheduleProblem& problem, const CohdaOptions& options = {});

}  // namespace entente
