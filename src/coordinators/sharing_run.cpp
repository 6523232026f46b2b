// SPDX-License-Identifier: MIT
// Sharing problems: ADMM, the last digits, and proofs where no choice meets the coupling.
#include "coordinators/sharing_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"

namespace entente::admm {
namespace {

constexpr std::size_t largest_polished = 400;  // dimensions: a Newton step factors a matrix of that size
constexpr std::size_t most_numbers = 50'000;   // of all x: beyond, ADMM alone is faster

/// Where the nearest to the coupling that the agents can do misses it; empty if they can meet it.
std::string shortage(const SharingSetup& setup, Crew& crew) {
  if (!setup.strict) return {};
  quadratic::AgentBatch agents(setup.dimension);
  setup.fill(agents, false);
  PriceModel model = setup.coupling;  // the least sum of squares by which the coupling must be missed
  std::fill(model.curvature.begin(), model.curvature.end(), 1);
  SharingLoop loop(agents, model, crew);
  LoopLimits limits{.absolute = 1e-6, .relative = 1e-4, .max_iterations = 300, .stop = setup.stop, .on_progress = {}};
  if (loop.iterate(limits) == LoopEnd::conflict) return {};
  const LoopEnd end = setup.dimension <= largest_polished ? loop.polish(setup.stop, 300) : LoopEnd::iterations;
  double size = 1;
  for (std::size_t t = 0; t < setup.dimension; ++t) {
    size = std::max({size, std::abs(model.rhs[t]), std::abs(loop.total[t])});
  }
  // The prices are what is missing: their certificate is half its square.
  double missing = 0;
  for (const double price : loop.prices) missing = std::max(missing, std::abs(price));
  const bool proven = loop.bound() > 0 && missing > 1e-7 * size;
  const bool found = end == LoopEnd::converged && missing > 1e-6 * size;
  if (!proven && !found) return {};
  std::string text = "coupling: the nearest that all agents together can do is";
  const char* separator = " ";
  int told = 0;
  for (std::size_t t = 0; t < setup.dimension; ++t) {
    if (std::abs(loop.prices[t]) < 0.01 * missing) continue;
    if (++told > 3) {
      text += ", ...";
      break;
    }
    text += fmt::format("{}a sum of x[{}] of {:.6g} instead of {}{:.6g} ({:.6g} {})", separator, t, loop.total[t],
                        model.lower[t] < 0 ? "" : "at most ", model.rhs[t], std::abs(loop.prices[t]),
                        loop.prices[t] > 0 ? "too much" : "short");
    separator = ", ";
  }
  return text;
}

std::string runaway(const SharingSetup& setup, const SharingLoop& loop, std::size_t stride) {
  std::size_t worst = 0;
  for (std::size_t k = 0; k < loop.x.size(); ++k) {
    if (std::abs(loop.x[k]) > std::abs(loop.x[worst])) worst = k;
  }
  return fmt::format("the cost falls without end: agent {} moves x[{}] ever further; bound it or give it a curvature",
                     setup.name(worst / stride), worst % stride);
}

AdmmResult conflict_of(const SharingSetup& setup, const quadratic::AgentBatch& agents) {
  const quadratic::LocalConflict conflict = agents.conflict().value_or(quadratic::LocalConflict{});
  AdmmResult result;
  result.status = AdmmStatus::infeasible;
  result.explanation = fmt::format("agent {}: {}", setup.name(conflict.agent), conflict.why);
  return result;
}

}  // namespace

AdmmResult solve_sharing(const SharingSetup& setup) {
  const AdmmOptions& options = setup.options;
  const std::size_t n = setup.dimension;
  quadratic::AgentBatch agents(n);
  setup.fill(agents, true);
  const std::size_t stride = agents.stride();
  Crew crew(agents.size() * stride < 20'000 ? 1 : options.threads);
  SharingLoop loop(agents, setup.coupling, crew);
  AdmmResult result;
  const bool polish = options.polish && n <= largest_polished && agents.size() * n <= most_numbers;
  LoopLimits limits = loop_limits(options, setup.stop, polish);
  LoopEnd end = loop.iterate(limits);
  if (end == LoopEnd::conflict) return conflict_of(setup, agents);
  const double penalty = loop.last.penalty;
  std::string short_of;
  const bool slow = end == LoopEnd::iterations || end == LoopEnd::unbounded;  // perhaps since it cannot be met
  if (slow) short_of = shortage(setup, crew);
  if (polish && end != LoopEnd::stopped && short_of.empty()) {
    const std::vector<double> x = loop.x, prices = loop.prices, total = loop.total;
    end = loop.polish(setup.stop, 2000);
    if (end == LoopEnd::iterations) loop.x = x, loop.prices = prices, loop.total = total;  // it led nowhere
    loop.last.iteration = loop.iterations;
    loop.last.penalty = penalty;
    if (!slow && (end == LoopEnd::iterations || end == LoopEnd::unbounded)) short_of = shortage(setup, crew);
  }
  if (short_of.empty() && polish && end == LoopEnd::iterations && loop.iterations < options.max_iterations) {
    limits.absolute = options.absolute_tolerance;
    limits.relative = options.relative_tolerance;
    limits.max_iterations = options.max_iterations - loop.iterations;
    end = loop.iterate(limits);
  }
  result.iterations = loop.iterations;
  result.polish_steps = loop.polish_steps;
  result.messages = 2 * agents.size() * (loop.iterations + loop.polish_steps);
  result.last = loop.last;
  if (!short_of.empty()) {
    result.status = AdmmStatus::infeasible;
    result.explanation = std::move(short_of);
    return result;
  }
  result.converged = end == LoopEnd::converged;
  switch (end) {
    case LoopEnd::converged: result.status = AdmmStatus::finished; break;
    case LoopEnd::stopped:
      result.status = options.interrupt && options.interrupt->load(std::memory_order_relaxed) ? AdmmStatus::interrupted
                                                                                              : AdmmStatus::timeout;
      break;
    case LoopEnd::unbounded:
      result.status = AdmmStatus::unbounded;
      result.explanation = runaway(setup, loop, stride);
      break;
    default: result.status = AdmmStatus::not_converged; break;
  }
  if (!result.converged && result.explanation.empty()) result.explanation = residuals_text(loop.last);
  if (loop.iterations + loop.polish_steps == 0) {  // stopped before anything: the agents' own points
    const std::vector<double> nothing(stride, 0);
    agents.set_weight(1);
    if (!agents.step(nullptr, nothing.data(), 0, agents.size(), loop.x.data())) return conflict_of(setup, agents);
  }
  result.x = without_padding(loop.x, n, stride);
  result.z.assign(n, 0);
  for (std::size_t i = 0; i < agents.size(); ++i) {
    for (std::size_t t = 0; t < n; ++t) result.z[t] += result.x[i * n + t];
  }
  result.prices.assign(loop.prices.begin(), loop.prices.begin() + static_cast<std::ptrdiff_t>(n));
  if (result.status != AdmmStatus::unbounded) result.bound = loop.bound();
  return result;
}

AdmmResult run_sharing(const ResourceRun& run) {
  const ResourceProblem& problem = run.problem;
  AdmmResult result;
  if (std::string why = plain_shortage(problem); !why.empty()) {
    result.status = AdmmStatus::infeasible;
    result.explanation = std::move(why);
    return result;
  }
  const SharingSetup setup{problem.dimension,
                           [&](quadratic::AgentBatch& agents, bool with_cost) {
                             for (const ResourceAgent& agent : problem.agents) agents.add(agent, with_cost);
                           },
                           price_model(problem),
                           problem.coupling == Coupling::equality || problem.coupling == Coupling::capacity,
                           [&](std::size_t i) { return printable(problem.agents[i].id); },
                           run.options,
                           run.stop};
  result = solve_sharing(setup);
  if (!result.x.empty()) evaluate(run, result);
  return result;
}

}  // namespace entente::admm
