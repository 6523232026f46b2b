// SPDX-License-Identifier: MIT
// Resource problems that are feasible by construction: limits are drawn around an answer.
#include <cmath>
#include <limits>

#include "entente/base/random.hpp"
#include "generate/options.hpp"

namespace entente {

using generate::check_range;

namespace {

double rounded(double x) { return std::round(x * 1000) / 1000; }

class Draw {
 public:
  explicit Draw(const ResourcesOptions& options) : options_(options), random_(options.seed) {
    problem_.name = fmt::format("resources_{}_{}_{}", options.agents_count, options.dimension, options.seed);
    problem_.kind = options.kind;
    problem_.dimension = options.dimension;
    problem_.coupling = options.coupling;
    for (std::uint32_t i = 0; i < options.agents_count; ++i) {
      ResourceAgent agent;
      agent.id = fmt::format("{}{}", options.kind == ResourceKind::network ? "bus" : "agent", i);
      agent.quadratic.assign(options.dimension, 0.0);
      agent.linear.assign(options.dimension, 0.0);
      agent.lower.assign(options.dimension, -std::numeric_limits<double>::infinity());
      agent.upper.assign(options.dimension, std::numeric_limits<double>::infinity());
      problem_.agents.push_back(std::move(agent));
    }
  }

  ResourceProblem make() {
    switch (options_.kind) {
      case ResourceKind::sharing: draw_sharing(); break;
      case ResourceKind::consensus: draw_consensus(); break;
      case ResourceKind::network: draw_network(); break;
    }
    return std::move(problem_);
  }

 private:
  double between(double low, double high) { return rounded(low + (high - low) * random_.uniform()); }

  void draw_sharing() {
    const std::size_t n = options_.dimension;
    std::vector<double> total(n, 0.0);
    for (std::size_t i = 0; i < problem_.agents.size(); ++i) {
      ResourceAgent& agent = problem_.agents[i];
      const bool vehicle = n > 1 && i % 2 == 1;
      double energy = 0;
      for (std::size_t t = 0; t < n; ++t) {
        agent.quadratic[t] = between(0.05, 1);
        agent.linear[t] = vehicle ? 0 : between(2, 12);
        agent.lower[t] = vehicle ? 0 : between(0, 2);
        agent.upper[t] = rounded(agent.lower[t] + between(4, 12));
        const double inside = between(agent.lower[t], agent.upper[t]);
        energy += inside;
        total[t] += inside;
      }
      if (!vehicle) continue;
      agent.equality = DenseMatrix(1, n, 1.0);
      agent.equality_rhs = {rounded(energy)};
    }
    for (double& sum : total) sum = rounded(sum);
    problem_.rhs = std::move(total);
    if (problem_.coupling == Coupling::target_l1 || problem_.coupling == Coupling::target_l2)
      problem_.weights.assign(n, 1.0);
  }

  void draw_consensus() {
    const std::size_t n = options_.dimension, rows = n + 2;
    std::vector<double> causes(n, 0.0);
    for (std::size_t k = 0; k < n; ++k)
      if (random_.below(3) == 0 || k == 0) causes[k] = between(-3, 3);
    for (ResourceAgent& agent : problem_.agents) {
      agent.measurement = DenseMatrix(rows, n);
      for (std::size_t r = 0; r < rows; ++r) {
        double value = between(-0.1, 0.1);
        for (std::size_t k = 0; k < n; ++k) value += (agent.measurement(r, k) = between(-1, 1)) * causes[k];
        agent.measured.push_back(rounded(value));
      }
    }
    problem_.coupling_l1 = 0.5;
  }

  /// Flows follow from angles, generation and loads from flows, capacities from both.
  void draw_network() {
    const auto buses = static_cast<std::uint32_t>(problem_.agents.size());
    std::vector<double> angle, outflow(buses, 0.0);
    for (std::uint32_t i = 0; i < buses; ++i) angle.push_back(between(-0.2, 0.2));
    const auto add_line = [&](std::uint32_t from, std::uint32_t to) {
      ResourceLine line{from, to, between(0.01, 0.05), 0};
      const double flow = (angle[from] - angle[to]) / line.reactance;
      line.capacity = rounded(std::abs(flow) * 1.2 + 1);
      outflow[from] += flow;
      outflow[to] -= flow;
      problem_.lines.push_back(line);
    };
    for (std::uint32_t i = 0; i < buses; ++i)
      if (buses > 2 || i == 0) add_line(i, (i + 1) % buses);
    for (std::uint32_t i = 0; i + 3 < buses; i += 3) add_line(i, i + 3);
    for (std::uint32_t i = 0; i < buses; ++i) {
      ResourceAgent& agent = problem_.agents[i];
      agent.load = rounded(std::max(0.0, -outflow[i]) + between(1, 20));
      agent.quadratic[0] = between(0.01, 0.1);
      agent.linear[0] = between(5, 30);
      agent.lower[0] = 0;
      agent.upper[0] = rounded(outflow[i] + agent.load + between(2, 30));
    }
  }

  const ResourcesOptions& options_;
  Random random_;
  ResourceProblem problem_;
};

}  // namespace

ResourceProblem generate_resources(const ResourcesOptions& options) {
  check_range("agents_count", options.agents_count, options.kind == ResourceKind::network ? 2u : 1u, 100'000'000u);
  check_range("dimension", options.dimension, 1u, options.kind == ResourceKind::network ? 1u : 100'000u);
  const double rows = options.kind == ResourceKind::consensus ? options.dimension + 2.0 : 4.0;
  constexpr double most = 1 << 27;
  if (const double numbers = double(options.agents_count) * options.dimension * rows; numbers > most)
    throw Error(ErrorCode::too_large,
                fmt::format("{} agents of dimension {} are {:.3g} numbers; at most {:.3g} are made",
                            options.agents_count, options.dimension, numbers, most));
  return Draw(options).make();
}

}  // namespace entente
