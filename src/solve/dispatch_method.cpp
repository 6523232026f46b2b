// SPDX-License-Identifier: MIT
// Economic dispatch by agreeing on a price, as a method of `coordinate`.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/runtime/economic_dispatch.hpp"
#include "problem/compensated_sum.hpp"
#include "solve/coordination_methods.hpp"

namespace entente {
namespace {

struct Dispatch {
  static constexpr Info info{.name = "dispatch",
                             .summary = "generators with quadratic costs agree on one price without a coordinator",
                             .source = "Yuan, Ying, Zhao & Sayed, IEEE TSP 67, 2019"};
  struct Params {
    std::int64_t max_cycles = 1'000'000;
    double tolerance = 1e-9;
  };
  static constexpr auto parameters = std::tuple{
      integer("max_cycles", &Params::max_cycles, 1, 1'000'000'000, "cycles at most"),
      real("tolerance", &Params::tolerance, 1e-15, 1.0, "relative distance of prices and of the balance to end at")};
};

/// What no choice of powers can cost less than: the Lagrangian at the prices, agents at their own best, less what
/// rounding may have added.
double price_bound(const DispatchProblem& dispatch, std::span<const double> price, double constant) {
  CompensatedSum sum, size;
  const auto add = [&](double x) { sum.add(x), size.add(std::abs(x)); };
  add(constant);
  for (std::size_t t = 0; t < dispatch.steps; ++t) add(price[t] * dispatch.target[t]);
  for (std::size_t i = 0; i < dispatch.agents * dispatch.steps; ++i) {
    const double own = price[i % dispatch.steps], wanted = (own - dispatch.linear[i]) / dispatch.quadratic[i];
    const double x = std::min(std::max(wanted, dispatch.lower[i]), dispatch.upper[i]);
    add(0.5 * dispatch.quadratic[i] * x * x);
    add((dispatch.linear[i] - own) * x);
  }
  return sum.value() - 1e-13 * size.value();
}

}  // namespace

CoordinationMethod describe_dispatch() { return describe_method<Dispatch>("resources"); }

void run_dispatch_method(const ResourceProblem& problem, const CoordinationRequest& request,
                         CoordinationOutcome& outcome) {
  const Dispatch::Params params = read_params<Dispatch>(request.parameters);
  DispatchOptions options;
  options.max_cycles = static_cast<std::uint64_t>(params.max_cycles);
  options.tolerance = params.tolerance;
  options.threads = request.threads;
  options.interrupt = request.interrupt;
  const DispatchProblem dispatch = dispatch_problem(problem);
  DispatchResult result = economic_dispatch(dispatch, options);
  outcome.cycles = result.cycles;
  outcome.messages = result.messages;
  outcome.message_bytes = result.messages * problem.dimension * sizeof(double);
  outcome.converged = result.converged;
  if (!result.infeasible_steps.empty()) {
    outcome.status = Status::infeasible;
    outcome.message = fmt::format("no choice within the limits adds up to the right-hand side {} of step {}",
                                  problem.rhs[result.infeasible_steps.front()], result.infeasible_steps.front());
    return;
  }
  outcome.status = result.converged ? Status::finished : Status::stopped;
  if (!result.converged)
    outcome.message = fmt::format("agents still differ after {} cycles: prices by {:.3g}, balance by {:.3g}",
                                  result.cycles, result.price_spread, result.balance_error);
  double constant = 0;
  for (const ResourceAgent& agent : problem.agents) constant += agent.constant;
  if (wants_bound(request)) outcome.bound = price_bound(dispatch, result.price, constant);
  outcome.x = std::move(result.power);
  outcome.prices = std::move(result.price);
  outcome.cost = problem.cost(outcome.x);
  outcome.residual = problem.violation(outcome.x);
}

}  // namespace entente
