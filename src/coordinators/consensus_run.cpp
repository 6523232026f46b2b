// SPDX-License-Identifier: MIT
// Consensus problems: every agent steps around the common point, which moves to the mean of what they want.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/merged_program.hpp"
#include "coordinators/resource_run.hpp"
#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"

namespace entente::admm {
namespace {

constexpr std::size_t largest_merged = 600;  // dimensions

struct ConsensusState {
  std::vector<double> x, u, z;  // agents x stride, agents x stride, stride
  AdmmProgress last;
  std::uint64_t iterations = 0;
};

double first_penalty(const quadratic::AgentBatch& agents, double l1) {
  const quadratic::AgentBatch::Scale scale = agents.scale();
  if (scale.curvature > 0) return scale.curvature;
  const double slope = std::max(scale.slope, l1 / static_cast<double>(agents.size()));
  return slope > 0 && scale.width > 0 ? slope / scale.width : slope > 0 ? slope : 1;
}

/// Global consensus with regularisation (Boyd et al. 2011, §7.1.1), over-relaxed.
LoopEnd iterate(const ResourceRun& run, quadratic::AgentBatch& agents, Crew& crew, const LoopLimits& limits,
                ConsensusState& state) {
  const std::size_t count = agents.size(), stride = agents.stride(), n = agents.dimension();
  const double heads = static_cast<double>(count), alpha = limits.over_relaxation, l1 = run.problem.coupling_l1;
  const std::size_t chunk = std::max<std::size_t>(1, 2048 / stride);
  double rho = limits.penalty > 0 ? limits.penalty : first_penalty(agents, l1);
  agents.set_weight(rho);
  std::vector<double> base(count * stride, 0), mean(stride, 0);
  std::uint64_t next_balance = 10;
  for (std::uint64_t k = 0;; ++k) {
    if (k >= limits.max_iterations) return LoopEnd::iterations;
    if (limits.stop.raised()) return LoopEnd::stopped;
    for (std::size_t j = 0; j < base.size(); ++j) base[j] = -state.u[j];
    std::vector<char> feasible((count + chunk - 1) / chunk, 1);
    crew.run(feasible.size(), [&](std::size_t c) {
      feasible[c] =
          agents.step(base.data(), state.z.data(), c * chunk, std::min(count, (c + 1) * chunk), state.x.data());
    });
    if (std::find(feasible.begin(), feasible.end(), 0) != feasible.end()) return LoopEnd::conflict;
    ++state.iterations;
    std::fill(mean.begin(), mean.end(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t t = 0; t < n; ++t) {
        const std::size_t at = i * stride + t;
        state.u[at] += alpha * state.x[at] + (1 - alpha) * state.z[t];
        mean[t] += state.u[at];
      }
    }
    double moved = 0, z_square = 0, primal = 0, x_square = 0, u_square = 0;
    for (std::size_t t = 0; t < n; ++t) {
      const double wanted = mean[t] / heads, shrink = l1 / (heads * rho);
      const double z = std::max(wanted - shrink, 0.0) + std::min(wanted + shrink, 0.0);
      moved += (z - state.z[t]) * (z - state.z[t]);
      z_square += z * z;
      state.z[t] = z;
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t t = 0; t < n; ++t) {
        const std::size_t at = i * stride + t;
        state.u[at] -= state.z[t];
        const double missed = state.x[at] - state.z[t];
        primal += missed * missed;
        x_square += state.x[at] * state.x[at];
        u_square += state.u[at] * state.u[at];
      }
    }
    const double numbers = std::sqrt(heads * static_cast<double>(n)), heads_root = std::sqrt(heads);
    AdmmProgress& last = state.last;
    last = {
        state.iterations,
        std::sqrt(primal),
        rho * heads_root * std::sqrt(moved),
        numbers * limits.absolute + limits.relative * std::max(std::sqrt(x_square), heads_root * std::sqrt(z_square)),
        numbers * limits.absolute + limits.relative * rho * std::sqrt(u_square),
        rho};
    if (limits.on_progress && (k < 10 || k % 20 == 0)) limits.on_progress(last);
    if (!std::isfinite(last.primal_residual) || z_square > 1e26 * static_cast<double>(n)) return LoopEnd::unbounded;
    if (k > 0 && last.primal_residual <= last.primal_tolerance && last.dual_residual <= last.dual_tolerance) {
      return LoopEnd::converged;
    }
    if (limits.balancing && k + 1 >= next_balance && next_balance < 5000) {
      const double primal_share =
          last.primal_residual / (std::max(std::sqrt(x_square), heads_root * std::sqrt(z_square)) + 1e-12);
      const double dual_share = last.dual_residual / (rho * std::sqrt(u_square) + 1e-12);
      const double factor = std::clamp(std::sqrt(primal_share / std::max(dual_share, 1e-300)), 0.1, 10.0);
      if (factor > 2 || factor < 0.5) {
        const double next = std::clamp(rho * factor, 1e-12, 1e12);
        for (double& value : state.u) value *= rho / next;
        rho = next;
        agents.set_weight(rho);
      }
      next_balance = (k + 1) + std::max<std::uint64_t>(10, (k + 1) / 4);
    }
  }
}

/// All agents in one: costs added up, limits together.
ResourceAgent merge(const ResourceProblem& problem) {
  const std::size_t n = problem.dimension;
  constexpr double infinite = std::numeric_limits<double>::infinity();
  ResourceAgent all{.id = "all",
                    .quadratic = std::vector<double>(n, 0),
                    .linear = std::vector<double>(n, 0),
                    .constant = 0,
                    .l1 = problem.coupling_l1,
                    .measurement = DenseMatrix(0, n),
                    .measured = {},
                    .lower = std::vector<double>(n, -infinite),
                    .upper = std::vector<double>(n, infinite),
                    .equality = DenseMatrix(0, n),
                    .equality_rhs = {},
                    .inequality = DenseMatrix(0, n),
                    .inequality_rhs = {}};
  const auto append = [](DenseMatrix& to, std::vector<double>& rhs, const DenseMatrix& from,
                         const std::vector<double>& more) {
    to.values.insert(to.values.end(), from.values.begin(), from.values.end());
    to.rows += from.rows;
    rhs.insert(rhs.end(), more.begin(), more.end());
  };
  for (const ResourceAgent& agent : problem.agents) {
    for (std::size_t t = 0; t < n; ++t) {
      all.quadratic[t] += agent.quadratic[t];
      all.linear[t] += agent.linear[t];
      all.lower[t] = std::max(all.lower[t], agent.lower[t]);
      all.upper[t] = std::min(all.upper[t], agent.upper[t]);
    }
    all.constant += agent.constant;
    all.l1 += agent.l1;
    append(all.measurement, all.measured, agent.measurement, agent.measured);
    append(all.equality, all.equality_rhs, agent.equality, agent.equality_rhs);
    append(all.inequality, all.inequality_rhs, agent.inequality, agent.inequality_rhs);
  }
  return all;
}

/// A bound where some coordinates have none of their own, but |x| has a cost: whatever is no dearer than `x` lies
/// within reach, since squares cost nothing less than 0.
double bound_in_reach(ResourceAgent all, const std::vector<double>& x, const StopSignal& stop) {
  const bool squares = std::all_of(all.linear.begin(), all.linear.end(), [](double value) { return value == 0; });
  if (!(all.l1 > 0) || !squares) return -std::numeric_limits<double>::infinity();
  const double reach = (all.cost(x) - all.constant) / all.l1 * (1 + 1e-9) + 1e-9;
  for (std::size_t t = 0; t < x.size(); ++t) {
    all.lower[t] = std::max(all.lower[t], -reach);
    all.upper[t] = std::min(all.upper[t], reach);
  }
  return solve_alone(all, x.size(), x, stop).bound;
}

/// Whose limits a contradiction is made of.
std::string blame(const ResourceProblem& problem, const std::vector<quadratic::Contradiction>& shares) {
  using quadratic::LimitKind;
  std::vector<std::string> names;
  const auto tell = [&](const ResourceAgent& agent, const std::string& what) {
    names.push_back(fmt::format("agent {}'s {}", printable(agent.id), what));
  };
  for (const quadratic::Contradiction& share : shares) {
    if (names.size() > 5) {
      names.push_back("...");
      break;
    }
    std::size_t row = share.index;
    const ResourceAgent* tightest = &problem.agents[0];
    for (const ResourceAgent& agent : problem.agents) {
      if (share.kind == LimitKind::lower && agent.lower[row] > tightest->lower[row]) tightest = &agent;
      if (share.kind == LimitKind::upper && agent.upper[row] < tightest->upper[row]) tightest = &agent;
    }
    if (share.kind == LimitKind::lower) {
      tell(*tightest, fmt::format("x[{}] >= {}", row, tightest->lower[row]));
      continue;
    }
    if (share.kind == LimitKind::upper) {
      tell(*tightest, fmt::format("x[{}] <= {}", row, tightest->upper[row]));
      continue;
    }
    const bool equal = share.kind == LimitKind::equality;
    for (const ResourceAgent& agent : problem.agents) {
      const std::size_t rows = equal ? agent.equality.rows : agent.inequality.rows;
      if (row < rows) {
        tell(agent, fmt::format("{} row {}", equal ? "equality" : "inequality", row));
        break;
      }
      row -= rows;
    }
  }
  return fmt::format("no common point keeps all of: {}", fmt::join(names, ", "));
}

}  // namespace

AdmmResult run_consensus(const ResourceRun& run) {
  const ResourceProblem& problem = run.problem;
  const AdmmOptions& options = run.options;
  const std::size_t n = problem.dimension, count = problem.agents.size();
  AdmmResult result;
  ResourceAgent all = merge(problem);
  for (std::size_t t = 0; t < n; ++t) {
    if (all.lower[t] <= all.upper[t]) continue;
    result.status = AdmmStatus::infeasible;
    result.explanation = blame(problem, {{quadratic::LimitKind::lower, t, 1}, {quadratic::LimitKind::upper, t, 1}});
    return result;
  }
  quadratic::AgentBatch agents(n);
  for (const ResourceAgent& agent : problem.agents) agents.add(agent);
  const std::size_t stride = agents.stride();
  Crew crew(count * stride < 2'000 ? 1 : options.threads);
  ConsensusState state{std::vector<double>(count * stride, 0),
                       std::vector<double>(count * stride, 0),
                       std::vector<double>(stride, 0),
                       {},
                       0};
  for (std::size_t t = 0; t < n; ++t) state.z[t] = std::clamp(0.0, all.lower[t], all.upper[t]);
  const bool polish = options.polish && n <= largest_merged;
  const LoopLimits limits = loop_limits(options, run.stop, polish);
  const LoopEnd end = iterate(run, agents, crew, limits, state);
  if (end == LoopEnd::conflict) return infeasible_agent(run, agents.conflict().value_or(quadratic::LocalConflict{}));
  result.converged = end == LoopEnd::converged;
  result.last = state.last;
  result.iterations = state.iterations;
  result.messages = 2 * count * state.iterations;
  result.z.assign(state.z.begin(), state.z.begin() + static_cast<std::ptrdiff_t>(n));
  if (n <= largest_merged && end != LoopEnd::stopped) {  // also for the bound, and for proofs
    const std::vector<double> start = end == LoopEnd::unbounded ? std::vector<double>(n, 0) : result.z;
    const MergedSolution exact = solve_alone(all, n, start, run.stop);
    result.polish_steps = exact.steps;
    result.bound = exact.bound;
    if (exact.status == quadratic::QpStatus::optimal && std::isinf(exact.bound)) {
      result.bound = bound_in_reach(all, exact.x, run.stop);
    }
    if (exact.status == quadratic::QpStatus::infeasible) {
      result.status = AdmmStatus::infeasible;
      result.explanation = blame(problem, exact.contradiction);
      result.z.clear();
      return result;
    }
    if (exact.status == quadratic::QpStatus::unbounded) {
      result.status = AdmmStatus::unbounded;
      std::size_t worst = 0;
      for (std::size_t t = 0; t < n; ++t) {
        if (std::abs(exact.x[t]) > std::abs(exact.x[worst])) worst = t;
      }
      result.explanation =
          fmt::format("the cost falls without end: x[{}] moves ever further; bound it or give it a curvature", worst);
    }
    if (polish && exact.status == quadratic::QpStatus::optimal) {
      result.z = exact.x;
      result.converged = true;
    }
  }
  const bool common = result.converged || !polish;
  result.x.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const double* from = polish && common ? result.z.data() : state.x.data() + i * stride;
    result.x.insert(result.x.end(), from, from + n);
  }
  if (result.status != AdmmStatus::unbounded) {
    result.status = result.converged                               ? AdmmStatus::finished
                    : end == LoopEnd::stopped || run.stop.raised() ? stopped_status(run)
                                                                   : AdmmStatus::not_converged;
    if (!result.converged) result.explanation = residuals_text(result.last);
  }
  evaluate(run, result);
  return result;
}

}  // namespace entente::admm
