// SPDX-License-Identifier: MIT
// Sharing and consensus among neighbours, all agents in one loop.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "coordinators/resource_run.hpp"
#include "coordinators/sharing_loop.hpp"
#include "entente/base/error.hpp"
#include "entente/coordinators/neighbour_admm.hpp"

namespace entente::admm {
namespace {

using Neighbours = std::vector<std::vector<std::uint32_t>>;

/// Throws where the topology leaves somebody out.
Neighbours neighbours_of(const ResourceRun& run) {
  const std::size_t count = run.problem.agents.size();
  Neighbours lists(count);
  const auto link = [&](std::uint32_t a, std::uint32_t b) {
    if (a == b) return;
    lists[a].push_back(b);
    lists[b].push_back(a);
  };
  if (run.options.topology.empty()) {
    for (std::uint32_t i = 0; i + 1 < count; ++i) link(i, i + 1);
    if (count > 2) link(static_cast<std::uint32_t>(count - 1), 0);
  }
  for (const auto& [from, to] : run.options.topology) link(from, to);
  for (auto& list : lists) {
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }
  std::vector<char> reached(count, 0);
  std::vector<std::uint32_t> queue{0};
  reached[0] = 1;
  for (std::size_t at = 0; at < queue.size(); ++at) {
    for (const std::uint32_t next : lists[queue[at]]) {
      if (!reached[next]) {
        reached[next] = 1;
        queue.push_back(next);
      }
    }
  }
  if (queue.size() < count) {
    const auto lost = static_cast<std::size_t>(std::find(reached.begin(), reached.end(), 0) - reached.begin());
    throw Error(
        ErrorCode::wrong_use,
        fmt::format("ADMM option topology: nobody talks to agent {} and those around it, or they to agent {}; the "
                    "topology must connect all",
                    printable(run.problem.agents[lost].id), printable(run.problem.agents[0].id)));
  }
  return lists;
}

/// Bound and prices from the mean of all agents' prices.
void add_bound(const ResourceRun& run, std::span<const double> prices, AdmmResult& result) {
  quadratic::AgentBatch agents(run.problem.dimension);
  for (const ResourceAgent& agent : run.problem.agents) agents.add(agent);
  const PriceModel model = price_model(run.problem);
  Crew crew(1);
  SharingLoop loop(agents, model, crew);
  for (std::size_t i = 0; i < agents.size(); ++i) {
    std::copy_n(result.x.begin() + static_cast<std::ptrdiff_t>(i * agents.dimension()), agents.dimension(),
                loop.x.begin() + static_cast<std::ptrdiff_t>(i * agents.stride()));
  }
  for (std::size_t t = 0; t < agents.dimension(); ++t) {
    loop.prices[t] = std::clamp(prices[t], model.lower[t], model.upper[t]);
  }
  loop.respond();
  result.bound = loop.bound();
  result.prices.assign(loop.prices.begin(), loop.prices.begin() + static_cast<std::ptrdiff_t>(agents.dimension()));
}

}  // namespace

AdmmResult run_neighbours(const ResourceRun& run) {
  const ResourceProblem& problem = run.problem;
  const AdmmOptions& options = run.options;
  const std::size_t count = problem.agents.size(), n = problem.dimension;
  const Neighbours neighbours = neighbours_of(run);
  AdmmResult result;
  if (std::string why = plain_shortage(problem); !why.empty()) {
    result.status = AdmmStatus::infeasible;
    result.explanation = std::move(why);
    return result;
  }
  double links = 0;
  for (const auto& list : neighbours) links += static_cast<double>(list.size());
  const double degree = std::max(1.0, links / static_cast<double>(count));
  double weight = options.penalty;
  if (weight == 0) {
    quadratic::AgentBatch all(n);
    for (const ResourceAgent& agent : problem.agents) all.add(agent);
    const quadratic::AgentBatch::Scale scale = all.scale();
    // Between the agents' own stiffness and the coupling's: either alone can be far too soft for the other.
    double stiffness = 0;
    for (const double w : problem.weights)
      stiffness = std::max(stiffness, problem.coupling == Coupling::target_l2 ? 2 * w : 0);
    weight = scale.curvature > 0 && stiffness > 0 ? std::sqrt(scale.curvature * stiffness)
             : scale.curvature > 0                ? scale.curvature
             : scale.slope > 0 && scale.width > 0 ? scale.slope / scale.width
                                                  : 1;
  }
  const double rho = problem.kind == ResourceKind::sharing ? 1 / (2 * degree * weight) : weight / (2 * degree);
  std::vector<NeighbourAdmmAgent> agents;
  for (std::size_t i = 0; i < count; ++i) agents.emplace_back(problem, i, i == 0, count, neighbours[i].size(), rho);
  std::vector<double> points(count * n, 0), sum(n);
  const auto around = [&](std::size_t i) -> const std::vector<double>& {
    std::fill(sum.begin(), sum.end(), 0);
    for (const std::uint32_t j : neighbours[i]) {
      for (std::size_t k = 0; k < n; ++k) sum[k] += points[j * n + k];
    }
    return sum;
  };
  bool stopped = false;
  while (!result.converged && result.iterations < options.max_iterations) {
    if (run.stop.raised()) {
      stopped = true;
      break;
    }
    for (std::size_t i = 0; i < count; ++i) {
      try {
        agents[i].step(around(i));
      } catch (const Error& error) {
        if (error.code() != ErrorCode::bad_input) throw;
        result.status = AdmmStatus::infeasible;
        result.explanation = error.what();
        return result;
      }
    }
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(agents[i].point().begin(), n, points.begin() + static_cast<std::ptrdiff_t>(i * n));
    bool settled = result.iterations > 0;
    double disagreement = 0, imbalance = 0;
    for (std::size_t i = 0; i < count; ++i) {
      agents[i].learn(around(i));
      settled = settled && agents[i].settled(options.absolute_tolerance, options.relative_tolerance);
      disagreement = std::max(disagreement, agents[i].disagreement());
      imbalance = std::max(imbalance, agents[i].imbalance());
    }
    ++result.iterations;
    const bool sharing = problem.kind == ResourceKind::sharing;
    result.last = {result.iterations,          sharing ? imbalance : disagreement, sharing ? disagreement : imbalance,
                   options.absolute_tolerance, options.absolute_tolerance,         weight};
    if (options.on_progress && (result.iterations < 10 || result.iterations % 20 == 0))
      options.on_progress(result.last);
    result.converged = settled;
  }
  result.messages = static_cast<std::uint64_t>(links) * result.iterations;
  for (const NeighbourAdmmAgent& agent : agents) result.x.insert(result.x.end(), agent.x().begin(), agent.x().end());
  std::vector<double> mean(n, 0);
  for (std::size_t k = 0; k < points.size(); ++k) mean[k % n] += points[k] / static_cast<double>(count);
  if (problem.kind == ResourceKind::sharing) {
    result.z.assign(n, 0);
    for (std::size_t k = 0; k < result.x.size(); ++k) result.z[k % n] += result.x[k];
    add_bound(run, mean, result);
  } else {
    result.z = mean;
    AdmmOptions central = options;  // for the bound, which needs all agents' limits and costs in one place
    central.polish = false;
    central.max_iterations = 1;
    central.on_progress = nullptr;
    result.bound = run_consensus({problem, central, run.stop}).bound;
  }
  if (!result.converged) {
    result.status = stopped ? stopped_status(run) : AdmmStatus::not_converged;
    result.explanation = residuals_text(result.last);
    if (!stopped) {  // the coordinated method can prove what neighbours can only suspect
      AdmmOptions central = options;
      central.exchange = AdmmExchange::coordinator;
      central.max_iterations = 1000;
      central.on_progress = nullptr;
      const AdmmResult checked = problem.kind == ResourceKind::sharing ? run_sharing({problem, central, run.stop})
                                                                       : run_consensus({problem, central, run.stop});
      if (checked.status == AdmmStatus::infeasible || checked.status == AdmmStatus::unbounded) {
        result.status = checked.status;
        result.explanation = checked.explanation;
        if (checked.status == AdmmStatus::infeasible) {
          result.x.clear();
          return result;
        }
      }
    }
  } else {
    result.status = AdmmStatus::finished;
  }
  evaluate(run, result);
  return result;
}

}  // namespace entente::admm
