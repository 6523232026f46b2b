// SPDX-License-Identifier: MIT
// solve_resource_problem: the alternating direction method of multipliers (ADMM) at array speed, for every kind of
// resource problem, with a proven bound.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "entente/problem/resource_problem.hpp"

namespace entente {

/// How one iteration went: what a progress bar shows and what stop rules read.
struct AdmmProgress {
  std::uint64_t iteration = 0;
  double primal_residual = 0, dual_residual = 0;  ///< Boyd et al. 2011, §3.3 and §7.3: Euclidean norms over all agents.
  double primal_tolerance = 0, dual_tolerance = 0;
  double penalty = 0;  ///< rho.
  /// Of sharing: how far the sum of x is from what the coupling wants (Euclidean), and the furthest that one agent's
  /// part x_i - mean of x + z was moved by this iteration, or a little more.
  double coupling_residual = 0, largest_step = 0;
};

/// Who brings the agents' proposals together.
enum class AdmmExchange : std::uint8_t {
  coordinator,  ///< One loop gathers all answers.
  neighbours,   ///< Agents talk to neighbours alone (sharing and consensus): no coordinator is needed.
};

struct AdmmOptions {
  double penalty = 0;                     ///< rho > 0; 0 chooses one from the curvature and ranges of the agents.
  std::uint64_t max_iterations = 20'000;  ///< Of ADMM, polishing not counted.
  double absolute_tolerance = 1e-7;       ///< Per number, in the unit of x (primal) or of prices (dual).
  double relative_tolerance = 1e-6;       ///< Of the size of x and z (primal) and of the prices (dual).
  double over_relaxation = 1.6;           ///< In [1, 1.9]; 1 is the plain method.
  bool balancing = true;                  ///< Adapt rho where one residual outgrows the other (Boyd §3.4.1).
  bool polish = true;                     ///< Finish by Newton steps on the prices, to about 1e-9.
  unsigned threads = 1;                   ///< 0: all cores. The result does not depend on it.
  AdmmExchange exchange = AdmmExchange::coordinator;
  /// Of AdmmExchange::neighbours: who talks to whom, pairs of positions in `agents`; empty is a ring. Must connect all.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> topology;
  double deadline = std::numeric_limits<double>::infinity();  ///< Seconds from the call.
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const AdmmProgress&)> on_progress;  ///< Called at least every 100 iterations.
};

enum class AdmmStatus : std::uint8_t {
  finished,       ///< Both residuals are within the tolerances.
  not_converged,  ///< The iteration limit came first: `explanation` says how far the residuals are.
  infeasible,     ///< Proven: `explanation` names the agent or the part of the coupling, and by how much.
  unbounded,      ///< The cost falls without end.
  interrupted,
  timeout,
};

struct AdmmResult {
  AdmmStatus status = AdmmStatus::not_converged;
  std::string explanation;     ///< Of statuses other than finished.
  std::vector<double> x;       ///< Agents x dimension; each row keeps its agent's own limits. Empty if infeasible.
  std::vector<double> z;       ///< Of consensus: the common point. Else the sum of x.
  std::vector<double> prices;  ///< Multipliers of the coupling, one a dimension (of a network: one a bus).
  std::vector<double> angles;  ///< Of a network, one a bus; the first is 0.
  double objective = 0;        ///< ResourceProblem::cost of x.
  double violation = 0;        ///< ResourceProblem::violation of x.
  double bound = -std::numeric_limits<double>::infinity();  ///< Proven: no feasible x costs less.
  std::uint64_t iterations = 0, polish_steps = 0;
  std::uint64_t messages = 0;  ///< What agents and coordinator (or neighbours) would have sent.
  bool converged = false;
  AdmmProgress last;
};

/// Minimises the problem's cost with each agent solving for its own x only.
///
/// Agents  closed forms where there are any (separable costs in a box, with up to two rows besides), else a dual
///         active-set method with warm starts. Agents whose own limits contradict each other are named before anything
///         runs.
/// Errors  throws what `problem.check()` throws, and Error{wrong_use} for options outside their range or a topology
///         that does not connect the agents. Everything else is a status.
/// Cost    O(agents x dimension) an iteration for closed forms; polishing O(agents x dimension^2 + dimension^3) a step.
/// Same input, same result, whatever `threads` is.
/// From    Boyd, Parikh, Chu, Peleato, Eckstein, "Distributed optimization and statistical learning via the alternating
///         direction method of multipliers", Foundations and Trends in Machine Learning 3 (2011) 1-122.
AdmmResult solve_resource_problem(const ResourceProblem& problem, const AdmmOptions& options = {});

}  // namespace entente
