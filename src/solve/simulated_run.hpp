// SPDX-License-Identifier: MIT
// SimulatedRun: a request's simulation, checked and in the engines' terms.
#pragma once

#include <memory>

#include "entente/algorithm/population.hpp"
#include "entente/solve.hpp"
#include "runtime/run.hpp"
#include "runtime/simulation.hpp"
#include "solve/hosting.hpp"

namespace entente {

class SimulatedRun {
 public:
  /// `request.say` is told how messages travel and why. Request and hosting must outlive this.
  ///
  /// Errors  Error{wrong_use} for numbers out of range, agents that do not exist, and raw delivery over links that do
  ///         what the algorithm does not tolerate.
  SimulatedRun(const SolveRequest& request, const Algorithm& algorithm, const Hosting& hosting);

  const runtime::SimulationPlan& plan() const { return plan_; }
  /// Adds what the run tells of itself.
  void conclude(const runtime::RunResult& result, Outcome& outcome) const;

 private:
  std::uint32_t agent(const std::string& name, const char* what) const;
  void choose_delivery(const SolveRequest& request, const Algorithm& algorithm);

  const Simulation& simulation_;
  const Hosting& hosting_;
  runtime::SimulationPlan plan_;
};

/// The request's simulation, or null where it asks for none.
std::unique_ptr<SimulatedRun> make_simulated_run(const SolveRequest& request, const Algorithm& algorithm,
                                                 const Hosting& hosting);

/// What the messages of an algorithm may suffer: what it declares, or what the barrier of its cycles bears.
Tolerates tolerated_by(const Info& info);

}  // namespace entente
