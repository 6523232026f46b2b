// SPDX-License-Identifier: MIT
// solve_resource_problem: checks, and what all kinds of problems have in common.
#include "entente/coordinators/resource_admm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/resource_run.hpp"
#include "entente/base/error.hpp"

namespace entente {
namespace admm {

AdmmResult infeasible_agent(const ResourceRun& run, const quadratic::LocalConflict& conflict) {
  AdmmResult result;
  result.status = AdmmStatus::infeasible;
  result.explanation = fmt::format("agent {}: {}", printable(run.problem.agents[conflict.agent].id), conflict.why);
  return result;
}

std::string plain_shortage(const ResourceProblem& problem) {
  if (problem.kind != ResourceKind::sharing) return {};
  const bool equal = problem.coupling == Coupling::equality;
  if (!equal && problem.coupling != Coupling::capacity) return {};
  for (std::size_t t = 0; t < problem.dimension; ++t) {
    double least = 0, most = 0, size = std::abs(problem.rhs[t]);
    for (const ResourceAgent& agent : problem.agents) {
      least += agent.lower[t];
      most += agent.upper[t];
      size += std::max(std::isfinite(agent.lower[t]) ? std::abs(agent.lower[t]) : 0,
                       std::isfinite(agent.upper[t]) ? std::abs(agent.upper[t]) : 0);
    }
    const double rounding = 1e-9 * size;
    if (least > problem.rhs[t] + rounding) {
      return fmt::format(
          "coupling: the sum of all x[{}] must be {} {}, and the agents' lower bounds add up to {:.10g}: {:.6g} too "
          "much",
          t, equal ? "equal to" : "at most", problem.rhs[t], least, least - problem.rhs[t]);
    }
    if (equal && most < problem.rhs[t] - rounding) {
      return fmt::format(
          "coupling: the sum of all x[{}] must be equal to {}, and the agents' upper bounds add up to {:.10g}: {:.6g} "
          "short",
          t, problem.rhs[t], most, problem.rhs[t] - most);
    }
  }
  return {};
}

AdmmStatus stopped_status(const ResourceRun& run) {
  const bool interrupted = run.options.interrupt && run.options.interrupt->load(std::memory_order_relaxed);
  return interrupted ? AdmmStatus::interrupted : AdmmStatus::timeout;
}

std::string residuals_text(const AdmmProgress& last) {
  return fmt::format(
      "after {} iterations the primal residual is {:.3g} (tolerance {:.3g}), the dual residual {:.3g} "
      "(tolerance {:.3g})",
      last.iteration, last.primal_residual, last.primal_tolerance, last.dual_residual, last.dual_tolerance);
}

void evaluate(const ResourceRun& run, AdmmResult& result) {
  result.objective = run.problem.cost(result.x);
  result.violation = run.problem.violation(result.x);
  result.bound = std::min(result.bound, result.objective);
  if (result.status != AdmmStatus::not_converged) return;
  // Whatever the residuals say: what is proven to be the best is the best.
  double size = 1;
  for (const double value : result.x) size = std::max(size, std::abs(value));
  if (result.violation > 1e-6 * size || result.objective - result.bound > 1e-6 * (1 + std::abs(result.objective)))
    return;
  result.status = AdmmStatus::finished;
  result.converged = true;
  result.explanation.clear();
}

std::vector<double> without_padding(std::span<const double> x, std::size_t dimension, std::size_t stride) {
  std::vector<double> packed;
  packed.reserve(x.size() / stride * dimension);
  for (std::size_t from = 0; from + stride <= x.size(); from += stride) {
    packed.insert(packed.end(), x.begin() + static_cast<std::ptrdiff_t>(from),
                  x.begin() + static_cast<std::ptrdiff_t>(from + dimension));
  }
  return packed;
}

namespace {

void expect(bool right, const char* name, double value, const char* range) {
  if (!right) throw Error(ErrorCode::wrong_use, fmt::format("ADMM option {}: {} is outside {}", name, value, range));
}

}  // namespace

void check(const AdmmOptions& options) {
  expect(options.penalty >= 0 && std::isfinite(options.penalty), "penalty", options.penalty,
         "[0, infinity): 0 chooses one");
  expect(options.absolute_tolerance >= 0, "absolute_tolerance", options.absolute_tolerance, "[0, infinity)");
  expect(options.relative_tolerance >= 0, "relative_tolerance", options.relative_tolerance, "[0, infinity)");
  expect(options.over_relaxation >= 1 && options.over_relaxation <= 1.9, "over_relaxation", options.over_relaxation,
         "[1, 1.9]");
  expect(options.deadline >= 0, "deadline", options.deadline, "[0, infinity)");
}

StopSignal stop_signal(const AdmmOptions& options) {
  StopSignal stop{options.interrupt, {}};
  if (options.deadline < 1e9) {
    const std::chrono::duration<double> seconds(options.deadline);
    stop.deadline =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(seconds);
  }
  return stop;
}

}  // namespace admm

AdmmResult solve_resource_problem(const ResourceProblem& problem, const AdmmOptions& options) {
  problem.check();
  admm::check(options);
  for (const auto& [from, to] : options.topology) {
    admm::expect(from < problem.agents.size() && to < problem.agents.size(), "topology", std::max(from, to),
                 "the agents' positions");
  }
  const admm::ResourceRun run{problem, options, admm::stop_signal(options)};
  if (options.exchange == AdmmExchange::neighbours && problem.kind != ResourceKind::network) {
    return admm::run_neighbours(run);
  }
  switch (problem.kind) {  // the buses of a network talk to neighbours alone in any case
    case ResourceKind::sharing: return admm::run_sharing(run);
    case ResourceKind::consensus: return admm::run_consensus(run);
    case ResourceKind::network: return admm::run_network(run);
  }
  throw Error(ErrorCode::internal, "a resource problem of no kind");
}

}  // namespace entente
