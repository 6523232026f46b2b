// SPDX-License-Identifier: MIT
// coordinate: from a schedule or resource problem and a request to an outcome, as `solve` is for constraint problems.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "entente/algorithm/info.hpp"
#include "entente/problem/formats.hpp"
#include "entente/solve.hpp"

namespace entente {

/// What is known in the middle of a run.
struct CoordinationProgress {
  double seconds = 0;          ///< Since the run began.
  std::uint64_t cycle = 0;     ///< Iterations of methods that have them.
  std::optional<double> cost;  ///< Of the best answer so far.
  std::optional<double> bound;
  std::optional<double> residual;  ///< How far agents are from agreement, in the problem's unit.
  std::uint64_t messages = 0;
};

struct CoordinationRequest {
  std::string method;               ///< One of coordination_methods(); empty: the one made for the problem.
  std::vector<Setting> parameters;  ///< See CoordinationMethod::parameters.
  double timeout = 0;               ///< Seconds; 0: none.
  /// Seconds to spend on proving a bound; 0: none. Absent: a fixed amount of counted work. ADMM and dispatch have
  /// their bound from the prices that they end with, whatever this says above 0.
  std::optional<double> bound_seconds;
  std::uint64_t seed = 0;
  int threads = 1;
  const std::atomic<bool>* interrupt = nullptr;  ///< Becomes true when the user wants to stop.
  std::function<void(const CoordinationProgress&)> on_progress;
  std::function<void(const std::string&)> say;  ///< Notes for people: what was picked.
};

/// How a run ended. Always exists, also after an interrupt.
struct CoordinationOutcome {
  Status status = Status::error;
  std::string message;                ///< Why, when the status needs words.
  std::string method;                 ///< The one that ran.
  std::vector<std::uint32_t> choice;  ///< Schedule problems: index of each agent's schedule; may be empty.
  std::vector<double> x;              ///< Resource problems: agents x dimension numbers; may be empty.
  std::vector<double> z;              ///< Of consensus: the point agreed on.
  std::vector<double> prices;         ///< Of one unit more of right-hand side or load, where they are known.
  std::vector<double> angles;         ///< Of a network: one a bus.
  double cost = 0;                    ///< Recomputed from the problem.
  double residual = 0;                ///< Resource problems: the most by which a limit is passed.
  bool converged = false;             ///< The method came to its own end.
  bool optimal = false;               ///< Cost and bound differ by no more than rounding.
  std::optional<double> bound;        ///< Proven: no answer that keeps all limits costs less.
  std::optional<double> gap;          ///< |cost - bound| / max(|cost|, |bound|); 0 when optimal.
  std::uint64_t cycles = 0, messages = 0, message_bytes = 0;
  double seconds = 0;
};

/// Solves `problem`. Throws Error for wrong use (unknown method or parameter, value out of range, a method that is not
/// made for the problem) before anything runs; afterwards always returns an outcome.
CoordinationOutcome coordinate(const CoordinationProblem& problem, const CoordinationRequest& request);

/// A method for schedule or resource problems, for lists and help.
struct CoordinationMethod {
  std::string name, summary;
  std::string problems;  ///< `schedules` or `resources`.
  std::string source;    ///< The paper.
  std::vector<ParameterInfo> parameters;
};
const std::vector<CoordinationMethod>& coordination_methods();

}  // namespace entente
