// SPDX-License-Identifier: MIT
#include "entente/runtime/economic_dispatch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "entente/base/array.hpp"
#include "entente/base/error.hpp"
#include "kernel/consensus/combine.hpp"
#include "kernel/consensus/dispatch.hpp"
#include "runtime/consensus_parts.hpp"
#include "runtime/row_cycles.hpp"

namespace entente {
namespace {

void check(const DispatchProblem& p) {
  const std::size_t all = p.agents * p.steps;
  for (const auto& [list, name] : {std::pair{&p.quadratic, "quadratic"}, std::pair{&p.linear, "linear"},
                                   std::pair{&p.lower, "lower"}, std::pair{&p.upper, "upper"}}) {
    if (list->size() != all)
      throw Error(ErrorCode::wrong_use, std::string(name) + ": " + std::to_string(list->size()) +
                                            " numbers; expected " + std::to_string(p.agents) + " agents x " +
                                            std::to_string(p.steps) + " steps");
  }
  if (p.target.size() != p.steps)
    throw Error(ErrorCode::wrong_use, "target: " + std::to_string(p.target.size()) +
                                          " numbers; expected one for each of " + std::to_string(p.steps) + " steps");
  for (std::size_t at = 0; at < all; ++at) {
    const std::string place = " of agent " + std::to_string(at / p.steps) + " in step " + std::to_string(at % p.steps);
    if (!(p.quadratic[at] > 0) || std::isinf(p.quadratic[at]))
      throw Error(ErrorCode::bad_input, "quadratic" + place + ": " + std::to_string(p.quadratic[at]) +
                                            " is not above 0; a price alone does not say what an agent without "
                                            "curvature produces (ADMM can)");
    if (!std::isfinite(p.linear[at])) throw Error(ErrorCode::bad_input, "linear" + place + " is not finite");
    if (!(p.lower[at] <= p.upper[at]) || p.lower[at] == INFINITY || p.upper[at] == -INFINITY)
      throw Error(ErrorCode::bad_input, "limits" + place + ": nothing is between " + std::to_string(p.lower[at]) +
                                            " and " + std::to_string(p.upper[at]));
  }
  for (std::size_t t = 0; t < p.steps; ++t)
    if (!std::isfinite(p.target[t]))
      throw Error(ErrorCode::bad_input, "target of step " + std::to_string(t) + " is not finite");
}

/// Steps whose target is outside what the limits add up to. Rounding of the sums is no reason to refuse.
std::vector<std::size_t> infeasible_steps(const DispatchProblem& p) {
  std::vector<std::size_t> steps;
  for (std::size_t t = 0; t < p.steps; ++t) {
    double low = 0, high = 0, size = std::abs(p.target[t]);
    for (std::size_t i = 0; i < p.agents; ++i) {
      low += p.lower[i * p.steps + t];
      high += p.upper[i * p.steps + t];
      for (const double limit : {p.lower[i * p.steps + t], p.upper[i * p.steps + t]})
        if (std::isfinite(limit)) size += std::abs(limit);
    }
    const double slack = 1e-12 * size;
    if (p.target[t] < low - slack || p.target[t] > high + slack) steps.push_back(t);
  }
  return steps;
}

void produce(const DispatchProblem& p, std::size_t i, const double* price, double* power) {
  for (std::size_t t = 0; t < p.steps; ++t) {
    const std::size_t at = i * p.steps + t;
    power[t] = kernel::produced(price[t], p.linear[at], p.quadratic[at], p.lower[at], p.upper[at]);
  }
}

/// Fills in what follows from power.
void account(const DispatchProblem& p, DispatchResult& result) {
  result.cost = result.balance_error = 0;
  for (std::size_t t = 0; t < p.steps; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i < p.agents; ++i) {
      const std::size_t at = i * p.steps + t;
      const double x = result.power[at];
      sum += x;
      result.cost += (0.5 * p.quadratic[at] * x + p.linear[at]) * x;
    }
    result.balance_error = std::max(result.balance_error, std::abs(sum - p.target[t]));
  }
}

/// All at one price: the agents' mean, moved by what their powers leave of the balance over how much they give way.
/// That takes away what the tolerance left, to rounding, unless nobody who is off their limits is left to move.
void settle_price(const DispatchProblem& p, std::size_t t, double& price) {
  constexpr int enough = 8;  // piecewise linear, and begun next to the solution: one step, and one to see that it was
  const auto look = [&](double at_price) {
    double sum = -p.target[t], slope = 0;
    for (std::size_t at = t; at < p.quadratic.size(); at += p.steps) {
      const double x = kernel::produced(at_price, p.linear[at], p.quadratic[at], p.lower[at], p.upper[at]);
      sum += x;
      if (x > p.lower[at] && x < p.upper[at]) slope += 1 / p.quadratic[at];
    }
    return std::pair{sum, slope};
  };
  auto [excess, slope] = look(price);
  for (int step = 0; step < enough && slope > 0 && excess != 0; ++step) {
    const double next = price - excess / slope;
    const auto [left, new_slope] = look(next);
    if (std::abs(left) >= std::abs(excess)) return;
    price = next;
    excess = left;
    slope = new_slope;
  }
}

}  // namespace

DispatchProblem dispatch_problem(const ResourceProblem& problem) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorCode::unsupported, what); };
  if (problem.kind != ResourceKind::sharing || problem.coupling != Coupling::equality)
    refuse("economic dispatch needs agents that share (kind sharing) and a sum that is given (coupling equality)");
  DispatchProblem p;
  p.agents = problem.agents.size();
  p.steps = problem.dimension;
  p.target = problem.rhs;
  for (const ResourceAgent& agent : problem.agents) {
    const std::string who = "agent " + printable(agent.id) + ": economic dispatch cannot take ";
    if (agent.l1 != 0) refuse(who + "an l1 term");
    if (agent.measurement.rows > 0) refuse(who + "a least-squares term");
    if (agent.equality.rows > 0 || agent.inequality.rows > 0) refuse(who + "constraints besides limits");
    for (const double q : agent.quadratic)
      if (!(q > 0)) refuse(who + "a cost without curvature (quadratic is 0)");
    p.quadratic.insert(p.quadratic.end(), agent.quadratic.begin(), agent.quadratic.end());
    p.linear.insert(p.linear.end(), agent.linear.begin(), agent.linear.end());
    p.lower.insert(p.lower.end(), agent.lower.begin(), agent.lower.end());
    p.upper.insert(p.upper.end(), agent.upper.begin(), agent.upper.end());
  }
  return p;
}

DispatchResult central_dispatch(const DispatchProblem& p) {
  check(p);
  DispatchResult result;
  result.infeasible_steps = infeasible_steps(p);
  result.converged = result.infeasible_steps.empty();
  result.price.resize(p.steps);
  result.power.resize(p.agents * p.steps);
  for (std::size_t t = 0; t < p.steps && p.agents > 0; ++t) {
    const auto column = [&](const std::vector<double>& list, std::size_t i) { return list[i * p.steps + t]; };
    result.price[t] = kernel::clearing_price(p.agents, p.target[t], [&](std::size_t i) {
      return kernel::Producer{column(p.linear, i), column(p.quadratic, i), column(p.lower, i), column(p.upper, i)};
    });
  }
  for (std::size_t i = 0; i < p.agents; ++i) produce(p, i, result.price.data(), result.power.data() + i * p.steps);
  account(p, result);
  return result;
}

DispatchResult economic_dispatch(const DispatchProblem& p, const DispatchOptions& options) {
  return economic_dispatch(p, chordal_ring_topology(static_cast<std::uint32_t>(p.agents)), options);
}

DispatchResult economic_dispatch(const DispatchProblem& p, const ConsensusTopology& topology,
                                 const DispatchOptions& options) {
  check(p);
  if (topology.participants() != p.agents)
    throw Error(ErrorCode::wrong_use, "a topology of " + std::to_string(topology.participants()) +
                                          " participants for " + std::to_string(p.agents) + " agents");
  if (topology.directed()) throw Error(ErrorCode::wrong_use, "dispatch needs links that carry messages both ways");
  if (p.agents > 0 && components_of(topology).count > 1)
    throw Error(ErrorCode::wrong_use, "the links leave " + std::to_string(components_of(topology).count) +
                                          " groups of agents apart, which cannot agree on a price; join them");
  if (!is_symmetric(options.weights))
    throw Error(ErrorCode::wrong_use, "dispatch needs a symmetric weight rule, such as metropolis");
  if (!(options.tolerance >= 0)) throw Error(ErrorCode::wrong_use, "tolerance: it is below 0");
  if (!infeasible_steps(p).empty() || p.agents == 0 || p.steps == 0) {
    DispatchResult result = central_dispatch(p);
    return result;
  }

  const std::size_t n = p.agents, width = p.steps;
  const runtime::Mixing mixing(topology, options.weights, 0.5, width);
  runtime::RowCycles cycles(n, width, options.threads);
  Array<double> price(n * width), before(n * width);
  // The dual's curvature is at most that of the agent whose cost curves least.
  std::vector<double> step(width, std::numeric_limits<double>::infinity()), share(width);
  for (std::size_t at = 0; at < n * width; ++at) step[at % width] = std::min(step[at % width], p.quadratic[at]);
  for (std::size_t t = 0; t < width; ++t) share[t] = p.target[t] / double(n);
  const auto speak = [&](std::size_t i, double* say, bool first, std::vector<double>& surplus) {
    surplus.resize(width);
    produce(p, i, price.data() + i * width, surplus.data());
    for (std::size_t t = 0; t < width; ++t) surplus[t] -= share[t];
    kernel::correct(price.data() + i * width, surplus.data(), step.data(), before.data() + i * width, say, width,
                    first);
  };
  std::vector<double> surplus;
  for (std::size_t i = 0; i < n; ++i) {
    // Everybody begins at the price at which they would produce an equal share.
    for (std::size_t t = 0; t < width; ++t) {
      const std::size_t at = i * width + t;
      price[at] = p.linear[at] + p.quadratic[at] * std::clamp(share[t], p.lower[at], p.upper[at]);
    }
    speak(i, cycles.said() + i * width, true, surplus);
  }

  DispatchResult result;
  result.price.resize(width);
  result.power.resize(n * width);
  const auto settled = [&] {
    bool good = true;
    result.price_spread = result.balance_error = 0;
    std::vector<double> low(price.begin(), price.begin() + width), high = low, sum(width), all(width);
    for (std::size_t i = 0; i < n; ++i) {
      produce(p, i, price.data() + i * width, result.power.data() + i * width);
      for (std::size_t t = 0; t < width; ++t) {
        low[t] = std::min(low[t], price[i * width + t]);
        high[t] = std::max(high[t], price[i * width + t]);
        all[t] += price[i * width + t];
        sum[t] += result.power[i * width + t];
      }
    }
    for (std::size_t t = 0; t < width; ++t) {
      result.price[t] = all[t] / double(n);
      const double off = std::abs(sum[t] - p.target[t]);
      result.price_spread = std::max(result.price_spread, high[t] - low[t]);
      good = good && high[t] - low[t] <= options.tolerance * (1 + std::abs(result.price[t])) &&
             off <= options.tolerance * (1 + std::abs(p.target[t]));
    }
    return good;
  };
  constexpr std::uint64_t seldom = 8;  // what all produce is added up only in every eighth cycle
  if (options.max_cycles > 0) {
    result.cycles = cycles.run(
        [&](std::uint64_t, std::uint32_t low, std::uint32_t high) {
          std::vector<double> mine;
          kernel::combine(mixing.combination, cycles.said(), cycles.saying(), low, high);
          for (std::size_t i = low; i < high; ++i) {
            double* const row = cycles.saying() + i * width;
            std::copy_n(row, width, price.data() + i * width);
            speak(i, row, false, mine);
          }
          return 0.0;
        },
        [&](std::uint64_t count, double) {
          if (count % seldom == 0 || n == 1) result.converged = settled();
          return result.converged || count >= options.max_cycles ||
                 (options.interrupt && options.interrupt->load(std::memory_order_relaxed));
        });
  }
  if (!result.converged) result.converged = settled();
  result.messages = result.cycles * topology.heard().size();
  if (result.converged) {
    for (std::size_t t = 0; t < width; ++t) settle_price(p, t, result.price[t]);
    for (std::size_t i = 0; i < n; ++i) produce(p, i, result.price.data(), result.power.data() + i * width);
  }
  account(p, result);
  return result;
}

}  // namespace entente
