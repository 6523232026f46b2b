// SPDX-License-Identifier: MIT
// Direct-current networks: every bus decides on its generation and on its view of the angles around it; buses agree on
// the angles with their neighbours alone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/merged_network.hpp"
#include "coordinators/merged_program.hpp"
#include "coordinators/resource_run.hpp"
#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"

namespace entente::admm {
namespace {

constexpr std::size_t largest_merged = 400;  // buses
constexpr double infinite = std::numeric_limits<double>::infinity();

/// The generation's limits by the agent's own rows, as bounds: of dimension 1, a row is nothing more.
std::pair<double, double> bounds_of(const ResourceAgent& agent) {
  double low = agent.lower[0], high = agent.upper[0];
  const auto below = [&](double factor, double rhs) {
    if (factor > 0) high = std::min(high, rhs / factor);
    if (factor < 0) low = std::max(low, rhs / factor);
    if (factor == 0 && rhs < 0) low = infinite;
  };
  for (std::size_t r = 0; r < agent.inequality.rows; ++r) below(agent.inequality(r, 0), agent.inequality_rhs[r]);
  for (std::size_t r = 0; r < agent.equality.rows; ++r) {
    below(agent.equality(r, 0), agent.equality_rhs[r]);
    below(-agent.equality(r, 0), -agent.equality_rhs[r]);
  }
  return {low, high};
}

double angle_unit(const ResourceProblem& problem) {
  double sum = 0;
  for (const ResourceLine& line : problem.lines) sum += 1 / line.reactance;
  return problem.lines.empty() ? 1 : static_cast<double>(problem.lines.size()) / sum;
}

std::vector<Bus> make_buses(const ResourceProblem& problem, double unit) {
  const std::size_t buses = problem.agents.size();
  std::vector<std::vector<const ResourceLine*>> lines(buses);
  for (const ResourceLine& line : problem.lines) {
    lines[line.from].push_back(&line);
    lines[line.to].push_back(&line);
  }
  std::vector<Bus> made;
  made.reserve(buses);
  for (std::uint32_t b = 0; b < buses; ++b) {
    std::vector<std::uint32_t> knows{b};
    for (const ResourceLine* line : lines[b]) {
      const std::uint32_t other = line->from == b ? line->to : line->from;
      if (std::find(knows.begin(), knows.end(), other) == knows.end()) knows.push_back(other);
    }
    const std::size_t n = 1 + knows.size();
    const ResourceAgent& agent = problem.agents[b];
    ResourceAgent model{.id = agent.id,
                        .quadratic = std::vector<double>(n, 0),
                        .linear = std::vector<double>(n, 0),
                        .constant = agent.constant,
                        .l1 = 0,
                        .measurement = {},
                        .measured = {},
                        .lower = std::vector<double>(n, -infinite),
                        .upper = std::vector<double>(n, infinite),
                        .equality = DenseMatrix(1, n),
                        .equality_rhs = {agent.load},
                        .inequality = DenseMatrix(0, n),
                        .inequality_rhs = {}};
    model.quadratic[0] = agent.quadratic[0];
    model.linear[0] = agent.linear[0];
    for (std::size_t r = 0; r < agent.measurement.rows; ++r) {
      model.quadratic[0] += agent.measurement(r, 0) * agent.measurement(r, 0);
      model.linear[0] -= agent.measurement(r, 0) * agent.measured[r];
      model.constant += 0.5 * agent.measured[r] * agent.measured[r];
    }
    std::tie(model.lower[0], model.upper[0]) = bounds_of(agent);
    // |x| has a slope on either side of 0; where 0 lies between the bounds, the polished program sees to the kink.
    if (model.lower[0] >= 0) model.linear[0] += agent.l1;
    if (model.upper[0] <= 0) model.linear[0] -= agent.l1;
    model.equality(0, 0) = 1;
    for (const ResourceLine* line : lines[b]) {
      const std::uint32_t other = line->from == b ? line->to : line->from;
      const auto at = static_cast<std::size_t>(std::find(knows.begin(), knows.end(), other) - knows.begin()) + 1;
      const double flow = unit / line->reactance;
      model.equality(0, 1) -= flow;
      model.equality(0, at) += flow;
      if (line->capacity == infinite) continue;
      for (const double sign : {1.0, -1.0}) {
        model.inequality.values.resize(model.inequality.values.size() + n, 0);
        ++model.inequality.rows;
        model.inequality(model.inequality.rows - 1, 1) = sign * flow;
        model.inequality(model.inequality.rows - 1, at) = -sign * flow;
        model.inequality_rhs.push_back(line->capacity);
      }
    }
    quadratic::AgentBatch program(n);
    const std::size_t stride = program.stride();
    const std::vector<double> zeros(stride, 0);
    made.push_back({std::move(knows), std::move(model), std::move(program), zeros, zeros, zeros});
  }
  return made;
}

/// General-form consensus (Boyd et al. 2011, §7.2) on the angles; generation is held near its last value, which makes
/// every program strictly convex.
LoopEnd iterate(std::vector<Bus>& buses, const LoopLimits& limits, std::vector<double>& angles, AdmmProgress& last) {
  double rho = limits.penalty;
  if (rho == 0) {
    double slope = 0, curvature = 0, width = 0;
    for (const Bus& bus : buses) {
      slope = std::max(slope, std::abs(bus.model.linear[0]));
      curvature = std::max(curvature, bus.model.quadratic[0]);
      if (bus.model.upper[0] - bus.model.lower[0] < infinite)
        width = std::max(width, bus.model.upper[0] - bus.model.lower[0]);
    }
    rho = std::max(curvature, width > 0 ? slope / width : slope);
    if (rho == 0) rho = 1;
  }
  for (Bus& bus : buses) bus.program.set_weight(rho);
  std::vector<double> sum(buses.size()), views(buses.size());
  std::uint64_t next_balance = 20;
  for (std::uint64_t k = 0;; ++k) {
    if (k >= limits.max_iterations) return LoopEnd::iterations;
    if (limits.stop.raised()) return LoopEnd::stopped;
    std::fill(sum.begin(), sum.end(), 0);
    std::fill(views.begin(), views.end(), 0);
    double generation_moved = 0;
    for (Bus& bus : buses) {
      bus.centre[0] = bus.x[0];
      for (std::size_t v = 0; v < bus.knows.size(); ++v) bus.centre[1 + v] = angles[bus.knows[v]] - bus.u[1 + v];
      const double before = bus.x[0];
      if (!bus.program.step(nullptr, bus.centre.data(), 0, 1, bus.x.data())) return LoopEnd::conflict;
      generation_moved += (bus.x[0] - before) * (bus.x[0] - before);
      for (std::size_t v = 0; v < bus.knows.size(); ++v) {
        const double relaxed =
            limits.over_relaxation * bus.x[1 + v] + (1 - limits.over_relaxation) * angles[bus.knows[v]];
        bus.u[1 + v] += relaxed;
        sum[bus.knows[v]] += bus.u[1 + v];
        ++views[bus.knows[v]];
      }
    }
    double moved = generation_moved, primal = 0, size = 0, prices = 0;
    for (std::size_t b = 0; b < buses.size(); ++b) {
      const double angle = sum[b] / views[b];
      moved += views[b] * (angle - angles[b]) * (angle - angles[b]);
      size += views[b] * angle * angle;
      angles[b] = angle;
    }
    double numbers = 0;
    for (Bus& bus : buses) {
      for (std::size_t v = 0; v < bus.knows.size(); ++v) {
        bus.u[1 + v] -= angles[bus.knows[v]];
        const double missed = bus.x[1 + v] - angles[bus.knows[v]];
        primal += missed * missed;
        prices += bus.u[1 + v] * bus.u[1 + v];
        ++numbers;
      }
    }
    last = {last.iteration + 1,
            std::sqrt(primal),
            rho * std::sqrt(moved),
            std::sqrt(numbers) * limits.absolute + limits.relative * std::sqrt(size),
            std::sqrt(numbers) * limits.absolute + limits.relative * rho * std::sqrt(prices),
            rho};
    if (limits.on_progress && (k < 10 || k % 20 == 0)) limits.on_progress(last);
    if (!std::isfinite(last.primal_residual)) return LoopEnd::unbounded;
    if (k > 0 && last.primal_residual <= last.primal_tolerance && last.dual_residual <= last.dual_tolerance) {
      return LoopEnd::converged;
    }
    if (limits.balancing && k + 1 >= next_balance && next_balance < 5000) {
      const double factor =
          std::clamp(std::sqrt((last.primal_residual / (std::sqrt(size) + 1e-12)) /
                               std::max(last.dual_residual / (rho * std::sqrt(prices) + 1e-12), 1e-300)),
                     0.1, 10.0);
      if (factor > 2 || factor < 0.5) {
        const double next = std::clamp(rho * factor, 1e-12, 1e12);
        for (Bus& bus : buses) {
          for (double& value : bus.u) value *= rho / next;
          bus.program.set_weight(next);
        }
        rho = next;
      }
      next_balance = (k + 1) + std::max<std::uint64_t>(20, (k + 1) / 4);
    }
  }
}

}  // namespace

AdmmResult run_network(const ResourceRun& run) {
  const ResourceProblem& problem = run.problem;
  const AdmmOptions& options = run.options;
  const std::size_t count = problem.agents.size();
  AdmmResult result;
  const double unit = angle_unit(problem);
  std::vector<Bus> buses = make_buses(problem, unit);
  for (std::size_t b = 0; b < count; ++b) {
    Bus& bus = buses[b];
    if (bus.model.lower[0] > bus.model.upper[0]) {
      return infeasible_agent(run, {b, "no generation keeps all of its bounds and rows"});
    }
    bus.program.add(bus.model);
    bus.x[0] = std::clamp(0.0, bus.model.lower[0], bus.model.upper[0]);
  }
  const bool polish = options.polish && count <= largest_merged;
  const LoopLimits limits = loop_limits(options, run.stop, polish);
  std::vector<double> angles(count, 0);
  const LoopEnd end = iterate(buses, limits, angles, result.last);
  result.iterations = result.last.iteration;
  std::size_t views = 0;
  for (const Bus& bus : buses) views += bus.knows.size() - 1;
  result.messages = 2 * views * result.iterations;
  if (end == LoopEnd::conflict) {
    for (std::size_t b = 0; b < count; ++b) {
      if (buses[b].program.conflict()) {
        return infeasible_agent(
            run, {b, "no generation within its bounds and no flow within its lines' capacities balance its load"});
      }
    }
  }
  result.converged = end == LoopEnd::converged;
  for (const Bus& bus : buses) result.x.push_back(bus.x[0]);
  if (count <= largest_merged && end != LoopEnd::stopped) {
    const MergedNetwork merged = merge_network(problem, buses, unit);
    std::vector<double> start(merged.all.lower.size(), 0);
    for (std::size_t b = 0; b < count; ++b) {
      const std::size_t half = merged.second_half[b];
      start[b] = half > 0 ? std::max(result.x[b], 0.0) : result.x[b];
      if (half > 0) start[half] = std::max(-result.x[b], 0.0);
      start[merged.angles + b] = angles[b] - angles[0];
    }
    const MergedSolution exact = solve_alone(merged.all, start.size(), start, run.stop);
    result.polish_steps = exact.steps;
    result.bound = exact.bound;
    if (exact.status == quadratic::QpStatus::infeasible) {
      result.status = AdmmStatus::infeasible;
      result.explanation = blame_network(problem, merged, exact.contradiction);
      result.x.clear();
      return result;
    }
    if (exact.status == quadratic::QpStatus::unbounded) {
      result.status = AdmmStatus::unbounded;
      result.explanation = "the cost falls without end: bound the generation or give it a curvature";
    } else if (polish && exact.status == quadratic::QpStatus::optimal) {
      for (std::size_t b = 0; b < count; ++b) {
        const std::size_t half = merged.second_half[b];
        result.x[b] = exact.x[b] - (half > 0 ? exact.x[half] : 0);
        angles[b] = exact.x[merged.angles + b];
      }
      result.converged = true;
      for (const double value : exact.multipliers.equality) result.prices.push_back(-value);
    }
  }
  for (std::size_t b = 0; b < count; ++b) result.angles.push_back((angles[b] - angles[0]) * unit);
  result.z.assign(1, 0);
  for (const double value : result.x) result.z[0] += value;
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
