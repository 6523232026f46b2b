// SPDX-License-Identifier: MIT
// SharingLoop: ADMM and price steps for agents whose sum meets a coupling, on arrays.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "coordinators/crew.hpp"
#include "entente/coordinators/resource_admm.hpp"
#include "kernel/quadratic/active_set_qp.hpp"
#include "kernel/quadratic/agent_batch.hpp"
#include "kernel/stop_signal.hpp"

namespace entente::admm {

/// The coupling's conjugate: what it takes off the agents' least costs at given prices,
/// rhs'p + 0.5 p'diag(curvature)p for lower <= p <= upper. One number a dimension each.
struct PriceModel {
  std::vector<double> lower, upper, rhs, curvature;
};
PriceModel price_model(const ResourceProblem& problem);

struct LoopLimits {
  double absolute = 1e-7, relative = 1e-6, over_relaxation = 1.6, penalty = 0;
  bool balancing = true;
  std::uint64_t max_iterations = 20'000;
  StopSignal stop;
  std::function<void(const AdmmProgress&)> on_progress;
};
/// What the options say; coarser where a polish follows, which converges fast once it is near.
LoopLimits loop_limits(const AdmmOptions& options, const StopSignal& stop, bool polish);

enum class LoopEnd : std::uint8_t { converged, iterations, stopped, conflict, unbounded };

/// The state of a solution process; `iterate` and `polish` each go on from what is there.
class SharingLoop {
 public:
  SharingLoop(quadratic::AgentBatch& agents, const PriceModel& coupling, Crew& crew);

  /// Sharing ADMM (Boyd et al. 2011, §7.3) with over-relaxation, residual balancing and the stop rule of §3.3.
  LoopEnd iterate(const LoopLimits& limits);
  /// The proximal method of multipliers, each of its programs solved by Newton's method on the prices: agents answer
  /// prices with x and with how x would change. Ends within a relative 1e-10 or so.
  /// Cost  O(agents n^2 + n^3) a step.
  LoopEnd polish(const StopSignal& stop, std::uint64_t max_steps);

  /// Agents' answers to `prices` from `x`, for a bound at prices from elsewhere.
  bool respond();
  /// Proven: no x of the agents costs less, the coupling's cost included; for the prices of the last step.
  double bound() const;

  std::vector<double> x;       ///< Agents x stride.
  std::vector<double> prices;  ///< stride numbers.
  std::vector<double> total;   ///< Sum of x.
  std::uint64_t iterations = 0, polish_steps = 0;
  AdmmProgress last;

 private:
  /// Calls action(chunk, first agent, end) for pieces of `agents_per_chunk`.
  void in_chunks(std::size_t agents_per_chunk,
                 const std::function<void(std::size_t, std::size_t, std::size_t)>& action);
  double first_penalty() const;
  /// Gives the model how the sum answers prices; false if that cannot be made convex.
  bool set_curvature(quadratic::ActiveSetQp& model, double damping) const;
  bool evaluate(const std::vector<double>& at, double weight, bool with_response);
  void add_up();

  quadratic::AgentBatch& agents_;
  const PriceModel& coupling_;
  Crew& crew_;
  std::size_t count_, n_, stride_, chunk_, chunks_;
  std::vector<double> relaxed_, offset_, base_, shift_;
  std::vector<double> chunk_sums_;  // chunks x (2 stride + 4)
  std::vector<DenseMatrix> chunk_responses_;
  DenseMatrix response_;
};

}  // namespace entente::admm
