// SPDX-License-Identifier: MIT
// ADMM as a method of `coordinate`.
#include <chrono>
#include <cmath>

#include "entente/coordinators/resource_admm.hpp"
#include "solve/coordination_methods.hpp"

namespace entente {
namespace {

struct Admm {
  static constexpr Info info{.name = "admm",
                             .summary = "each agent solves for its own share against a price that all move together",
                             .source = "Boyd, Parikh, Chu, Peleato & Eckstein, FnT in Machine Learning 3, 2011"};
  enum class Polish { no, yes };
  enum class Balancing { no, yes };
  struct Params {
    double rho = 0;
    std::int64_t max_iter = 20'000;
    double abs_tol = 1e-7;
    double rel_tol = 1e-6;
    double relaxation = 1.6;
    Balancing balancing = Balancing::yes;
    Polish polish = Polish::yes;
    AdmmExchange exchange = AdmmExchange::coordinator;
  };
  static constexpr auto parameters = std::tuple{
      real("rho", &Params::rho, 0.0, 1e12, "weight of the distance from agreement; 0: chosen from the agents' costs"),
      integer("max_iter", &Params::max_iter, 1, 1'000'000'000, "iterations at most"),
      real("abs_tol", &Params::abs_tol, 0.0, 1e9, "tolerance of the residuals, per number"),
      real("rel_tol", &Params::rel_tol, 0.0, 1.0, "tolerance of the residuals, relative to what they are of"),
      real("relaxation", &Params::relaxation, 1.0, 1.9, "over-relaxation; 1: the plain method"),
      choice("balancing", &Params::balancing, {"no", "yes"}, "adapt rho where one residual outgrows the other"),
      choice("polish", &Params::polish, {"no", "yes"}, "finish by Newton steps on the prices"),
      choice("exchange", &Params::exchange, {"coordinator", "neighbours"},
             "who brings proposals together: one coordinator, or neighbours on a ring among themselves")};
};

Status status_of(AdmmStatus status) {
  switch (status) {
    case AdmmStatus::finished: return Status::finished;
    case AdmmStatus::not_converged:
    case AdmmStatus::interrupted: return Status::stopped;
    case AdmmStatus::timeout: return Status::timeout;
    case AdmmStatus::infeasible:
    case AdmmStatus::unbounded: return Status::infeasible;
  }
  return Status::error;
}

}  // namespace

CoordinationMethod describe_admm() { return describe_method<Admm>("resources"); }

void run_admm_method(const ResourceProblem& problem, const CoordinationRequest& request, CoordinationOutcome& outcome) {
  const Admm::Params params = read_params<Admm>(request.parameters);
  AdmmOptions options;
  options.penalty = params.rho;
  options.max_iterations = static_cast<std::uint64_t>(params.max_iter);
  options.absolute_tolerance = params.abs_tol;
  options.relative_tolerance = params.rel_tol;
  options.over_relaxation = params.relaxation;
  options.balancing = params.balancing == Admm::Balancing::yes;
  options.polish = params.polish == Admm::Polish::yes;
  options.exchange = params.exchange;
  options.threads = static_cast<unsigned>(request.threads);
  if (request.timeout > 0) options.deadline = request.timeout;
  options.interrupt = request.interrupt;
  const auto start = std::chrono::steady_clock::now();
  if (request.on_progress) {
    options.on_progress = [&](const AdmmProgress& now) {
      CoordinationProgress progress;
      progress.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      progress.cycle = now.iteration;
      progress.residual = now.primal_residual;
      request.on_progress(progress);
    };
  }
  AdmmResult result = solve_resource_problem(problem, options);
  outcome.status = status_of(result.status);
  outcome.message = result.explanation;
  outcome.converged = result.converged;
  outcome.x = std::move(result.x);
  if (problem.kind == ResourceKind::consensus) outcome.z = std::move(result.z);
  if (problem.kind != ResourceKind::consensus) outcome.prices = std::move(result.prices);
  // The multipliers of the coupling charge for x; a price is paid for more of the right-hand side.
  if (problem.kind == ResourceKind::sharing)
    for (double& price : outcome.prices) price = 0 - price;
  outcome.angles = std::move(result.angles);
  outcome.cost = result.objective;
  outcome.residual = result.violation;
  if (wants_bound(request) && std::isfinite(result.bound)) outcome.bound = result.bound;
  outcome.cycles = result.iterations;
  outcome.messages = result.messages;
  outcome.message_bytes = result.messages * problem.dimension * sizeof(double);
}

}  // namespace entente
