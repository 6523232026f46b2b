// SPDX-License-Identifier: MIT
// Sharing problems: ADMM, the last digits, and proofs where no choice meets the coupling.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/resource_run.hpp"
#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"

namespace entente::admm {
namespace {

constexpr std::size_t largest_polished = 400;  // dimensions: a Newton step factors a matrix of that size

/// Where the nearest to the coupling that the agents can do misses it; empty if they can meet it.
std::string shortage(const ResourceRun& run, Crew& crew) {
  const ResourceProblem& problem = run.problem;
  if (problem.coupling != Coupling::equality && problem.coupling != Coupling::capacity) return {};
  quadratic::AgentBatch agents(problem.dimension);
  for (const ResourceAgent& agent : problem.agents) agents.add(agent, false);
  const PriceModel model = shortage_model(problem);
  SharingLoop loop(agents, model, crew);
  LoopLimits limits{.absolute = 1e-6, .relative = 1e-4, .max_iterations = 300, .stop = run.stop, .on_progress = {}};
  if (loop.iterate(limits) == LoopEnd::conflict) return {};
  const LoopEnd end = problem.dimension <= largest_polished ? loop.polish(run.stop, 300) : LoopEnd::iterations;
  double size = 1;
  for (std::size_t t = 0; t < problem.dimension; ++t) {
    size = std::max({size, std::abs(problem.rhs[t]), std::abs(loop.total[t])});
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
  for (std::size_t t = 0; t < problem.dimension; ++t) {
    if (std::abs(loop.prices[t]) < 0.01 * missing) continue;
    if (++told > 3) {
      text += ", ...";
      break;
    }
    text += fmt::format("{}a sum of x[{}] of {:.6g} instead of {}{:.6g} ({:.6g} {})", separator, t, loop.total[t],
                        problem.coupling == Coupling::equality ? "" : "at most ", problem.rhs[t],
                        std::abs(loop.prices[t]), loop.prices[t] > 0 ? "too much" : "short");
    separator = ", ";
  }
  return text;
}

std::string runaway(const ResourceRun& run, const SharingLoop& loop, std::size_t stride) {
  std::size_t worst = 0;
  for (std::size_t k = 0; k < loop.x.size(); ++k) {
    if (std::abs(loop.x[k]) > std::abs(loop.x[worst])) worst = k;
  }
  return fmt::format("the cost falls without end: agent {} moves x[{}] ever further; bound it or give it a curvature",
                     printable(run.problem.agents[worst / stride].id), worst % stride);
}

}  // namespace

AdmmResult run_sharing(const ResourceRun& run) {
  const ResourceProblem& problem = run.problem;
  const AdmmOptions& options = run.options;
  quadratic::AgentBatch agents(problem.dimension);
  for (const ResourceAgent& agent : problem.agents) agents.add(agent);
  const PriceModel model = price_model(problem);
  Crew crew(problem.agents.size() * agents.stride() < 20'000 ? 1 : options.threads);
  SharingLoop loop(agents, model, crew);
  AdmmResult result;
  if (std::string why = plain_shortage(problem); !why.empty()) {
    result.status = AdmmStatus::infeasible;
    result.explanation = std::move(why);
    return result;
  }
  const bool polish = options.polish && problem.dimension <= largest_polished;
  LoopLimits limits{options.absolute_tolerance,
                    options.relative_tolerance,
                    options.over_relaxation,
                    options.penalty,
                    options.balancing,
                    options.max_iterations,
                    run.stop,
                    options.on_progress};
  if (polish) {  // Newton's method takes over where it converges fast
    limits.absolute = std::max(limits.absolute, 1e-5);
    limits.relative = std::max(limits.relative, 1e-4);
    limits.max_iterations = std::min<std::uint64_t>(limits.max_iterations, 1000);
  }
  LoopEnd end = loop.iterate(limits);
  if (end == LoopEnd::conflict) return infeasible_agent(run, agents.conflict().value_or(quadratic::LocalConflict{}));
  const AdmmProgress coarse = loop.last;
  if (polish && end != LoopEnd::stopped) {
    end = loop.polish(run.stop, 2000);
    loop.last.iteration = loop.iterations;
    loop.last.penalty = coarse.penalty;
    if (end == LoopEnd::iterations || end == LoopEnd::unbounded) {
      if (std::string why = shortage(run, crew); !why.empty()) {
        result.status = AdmmStatus::infeasible;
        result.explanation = std::move(why);
        result.iterations = loop.iterations;
        result.polish_steps = loop.polish_steps;
        result.messages = 2 * problem.agents.size() * (loop.iterations + loop.polish_steps);
        result.last = loop.last;
        return result;
      }
      if (end == LoopEnd::iterations && loop.iterations < options.max_iterations) {
        limits.absolute = options.absolute_tolerance;
        limits.relative = options.relative_tolerance;
        limits.max_iterations = options.max_iterations - loop.iterations;
        end = loop.iterate(limits);
      }
    }
  } else if (end == LoopEnd::iterations || end == LoopEnd::unbounded) {
    result.explanation = shortage(run, crew);
    if (!result.explanation.empty()) result.status = AdmmStatus::infeasible;
  }
  result.iterations = loop.iterations;
  result.polish_steps = loop.polish_steps;
  result.messages = 2 * problem.agents.size() * (loop.iterations + loop.polish_steps);
  result.last = loop.last;
  if (result.status == AdmmStatus::infeasible) return result;
  result.converged = end == LoopEnd::converged;
  switch (end) {
    case LoopEnd::converged: result.status = AdmmStatus::finished; break;
    case LoopEnd::stopped: result.status = stopped_status(run); break;
    case LoopEnd::unbounded:
      result.status = AdmmStatus::unbounded;
      result.explanation = runaway(run, loop, agents.stride());
      break;
    default: result.status = AdmmStatus::not_converged; break;
  }
  if (!result.converged && result.explanation.empty()) result.explanation = residuals_text(loop.last);
  if (loop.iterations + loop.polish_steps == 0) {  // stopped before anything: the agents' own points
    const std::vector<double> nothing(agents.stride(), 0);
    agents.set_weight(1);
    if (!agents.step(nullptr, nothing.data(), 0, agents.size(), loop.x.data())) {
      return infeasible_agent(run, agents.conflict().value_or(quadratic::LocalConflict{}));
    }
  }
  result.x = without_padding(loop.x, problem.dimension, agents.stride());
  result.z.assign(problem.dimension, 0);
  for (std::size_t k = 0; k < result.x.size(); ++k) result.z[k % problem.dimension] += result.x[k];
  result.prices.assign(loop.prices.begin(), loop.prices.begin() + static_cast<std::ptrdiff_t>(problem.dimension));
  result.bound = result.status == AdmmStatus::unbounded ? -std::numeric_limits<double>::infinity() : loop.bound();
  evaluate(run, result);
  return result;
}

}  // namespace entente::admm
