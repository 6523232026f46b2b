// SPDX-License-Identifier: MIT
// One call of solve_resource_problem: what its parts, one for each kind of problem, share.
#pragma once

#include <span>
#include <string>

#include "entente/coordinators/resource_admm.hpp"
#include "kernel/quadratic/agent_batch.hpp"
#include "kernel/stop_signal.hpp"

namespace entente::admm {

struct ResourceRun {
  const ResourceProblem& problem;
  const AdmmOptions& options;
  StopSignal stop;
};

AdmmResult run_sharing(const ResourceRun& run);
AdmmResult run_consensus(const ResourceRun& run);
AdmmResult run_network(const ResourceRun& run);
/// Throws Error{wrong_use} for options outside their range, the topology's left aside.
void check(const AdmmOptions& options);
StopSignal stop_signal(const AdmmOptions& options);
/// Consensus and sharing among neighbours.
AdmmResult run_neighbours(const ResourceRun& run);

/// `agent g: ` with what is wrong.
AdmmResult infeasible_agent(const ResourceRun& run, const quadratic::LocalConflict& conflict);
/// The coupling's limits that no choice of the agents meets, if that is plain from the boxes alone.
std::string plain_shortage(const ResourceProblem& problem);
/// Interrupted or timed out: which of the two.
AdmmStatus stopped_status(const ResourceRun& run);
/// How far the residuals were from their tolerances.
std::string residuals_text(const AdmmProgress& last);
/// Objective, violation and a bound no higher than the objective, of a result that has x.
void evaluate(const ResourceRun& run, AdmmResult& result);
/// Rows of `stride` numbers, of which the first `dimension` count.
std::vector<double> without_padding(std::span<const double> x, std::size_t dimension, std::size_t stride);

}  // namespace entente::admm
