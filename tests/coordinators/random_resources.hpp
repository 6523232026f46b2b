// SPDX-License-Identifier: MIT
// Random resource problems, and their optimum by one program over all agents.
#pragma once

#include <optional>
#include <random>

#include "entente/problem/resource_problem.hpp"
#include "kernel/quadratic/proximal_qp.hpp"

namespace entente {

struct ResourceShape {
  ResourceKind kind = ResourceKind::sharing;
  Coupling coupling = Coupling::equality;
  std::size_t agents = 4, dimension = 3, equalities = 1, inequalities = 2, measured = 0;
  bool linear = false;  // no curvature at all
  double l1 = 0;
};

/// A problem that some x solves: limits and coupling pass by random points. All bounds are finite, but of measured
/// agents.
inline ResourceProblem random_resources(std::mt19937_64& draw, const ResourceShape& shape) {
  std::uniform_real_distribution<double> uniform(0, 1);
  std::normal_distribution<double> normal;
  const std::size_t n = shape.dimension;
  const bool consensus = shape.kind == ResourceKind::consensus;
  ResourceProblem problem{.name = "random",
                          .kind = shape.kind,
                          .dimension = n,
                          .agents = {},
                          .coupling = shape.coupling,
                          .rhs = std::vector<double>(consensus ? 0 : n, 0),
                          .weights = {},
                          .coupling_l1 = consensus ? shape.l1 : 0,
                          .lines = {}};
  std::vector<double> common(n);
  for (double& value : common) value = normal(draw);
  for (std::size_t i = 0; i < shape.agents; ++i) {
    ResourceAgent agent{.id = "a" + std::to_string(i),
                        .quadratic = {},
                        .linear = {},
                        .constant = normal(draw),
                        .l1 = consensus ? 0 : shape.l1,
                        .measurement = DenseMatrix(shape.measured, n),
                        .measured = std::vector<double>(shape.measured),
                        .lower = {},
                        .upper = {},
                        .equality = DenseMatrix(consensus ? 0 : draw() % (shape.equalities + 1), n),
                        .equality_rhs = {},
                        .inequality = DenseMatrix(draw() % (shape.inequalities + 1), n),
                        .inequality_rhs = {}};
    std::vector<double> inside(n);
    for (std::size_t k = 0; k < n; ++k) {
      agent.quadratic.push_back(shape.linear || uniform(draw) < 0.3 ? 0 : 2 * uniform(draw));
      agent.linear.push_back(2 * normal(draw));
      const double low = consensus ? common[k] - 2 * uniform(draw) : normal(draw);
      const double high = consensus ? common[k] + 2 * uniform(draw) : low + 3 * uniform(draw);
      agent.lower.push_back(low);
      agent.upper.push_back(high);
      inside[k] = consensus ? common[k] : low + (high - low) * uniform(draw);
      if (!consensus) problem.rhs[k] += inside[k];
    }
    for (double& value : agent.measurement.values) value = normal(draw);
    for (double& value : agent.measured) value = normal(draw);
    const auto pass = [&](DenseMatrix& rows, std::vector<double>& rhs, double room) {
      for (std::size_t r = 0; r < rows.rows; ++r) {
        double sum = 0;
        for (std::size_t k = 0; k < n; ++k) {
          rows(r, k) = normal(draw);
          sum += rows(r, k) * inside[k];
        }
        rhs.push_back(sum + room * uniform(draw));
      }
    };
    pass(agent.equality, agent.equality_rhs, 0);
    pass(agent.inequality, agent.inequality_rhs, 1);
    problem.agents.push_back(std::move(agent));
  }
  for (std::size_t k = 0; k < n && !consensus; ++k) {
    problem.weights.push_back(2 * uniform(draw));
    if (shape.coupling == Coupling::target_l1 || shape.coupling == Coupling::target_l2) problem.rhs[k] += normal(draw);
  }
  return problem;
}

/// The least cost, by one program over all x and what costs besides need; nothing if there is no x at all.
inline std::optional<double> stacked_optimum(const ResourceProblem& problem) {
  using quadratic::LinearLimits;
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const std::size_t n = problem.dimension, count = problem.agents.size();
  const bool consensus = problem.kind == ResourceKind::consensus;
  const std::size_t own = consensus ? n : n * count;
  // Behind the x: |x| of each, and how far the target is missed, or |z|.
  const std::size_t absolute = own, missing = own + (consensus ? 0 : own), all = missing + n;
  DenseMatrix h(all, all);
  std::vector<double> g(all, 0);
  LinearLimits limits{std::vector<double>(all, -infinite),
                      std::vector<double>(all, infinite),
                      DenseMatrix(0, all),
                      {},
                      DenseMatrix(0, all),
                      {}};
  double constant = 0;
  const auto add = [&](bool equal, const std::vector<std::pair<std::size_t, double>>& entries, double rhs) {
    DenseMatrix& rows = equal ? limits.equality : limits.inequality;
    rows.values.resize(rows.values.size() + all, 0);
    ++rows.rows;
    for (const auto& [at, value] : entries) rows(rows.rows - 1, at) += value;
    (equal ? limits.equality_rhs : limits.inequality_rhs).push_back(rhs);
  };
  for (std::size_t i = 0; i < count; ++i) {
    const ResourceAgent& agent = problem.agents[i];
    const std::size_t from = consensus ? 0 : i * n;
    constant += agent.constant;
    for (std::size_t k = 0; k < n; ++k) {
      h(from + k, from + k) += agent.quadratic[k];
      g[from + k] += agent.linear[k];
      limits.lower[from + k] = std::max(limits.lower[from + k], agent.lower[k]);
      limits.upper[from + k] = std::min(limits.upper[from + k], agent.upper[k]);
      if (!consensus) {
        g[absolute + from + k] += agent.l1;
        limits.lower[absolute + from + k] = 0;
        if (agent.l1 == 0) limits.upper[absolute + from + k] = 0;
        if (agent.l1 > 0) {
          add(false, {{from + k, 1}, {absolute + from + k, -1}}, 0);
          add(false, {{from + k, -1}, {absolute + from + k, -1}}, 0);
        }
      }
    }
    for (std::size_t r = 0; r < agent.measurement.rows; ++r) {
      constant += 0.5 * agent.measured[r] * agent.measured[r];
      for (std::size_t a = 0; a < n; ++a) {
        g[from + a] -= agent.measurement(r, a) * agent.measured[r];
        for (std::size_t b = 0; b < n; ++b) h(from + a, from + b) += agent.measurement(r, a) * agent.measurement(r, b);
      }
    }
    const auto copy = [&](bool equal, const DenseMatrix& rows, const std::vector<double>& rhs) {
      for (std::size_t r = 0; r < rows.rows; ++r) {
        std::vector<std::pair<std::size_t, double>> entries;
        for (std::size_t k = 0; k < n; ++k) entries.emplace_back(from + k, rows(r, k));
        add(equal, entries, rhs[r]);
      }
    };
    copy(true, agent.equality, agent.equality_rhs);
    copy(false, agent.inequality, agent.inequality_rhs);
  }
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<std::pair<std::size_t, double>> sum, less;
    for (std::size_t i = 0; i < (consensus ? 1 : count); ++i) {
      sum.emplace_back(i * n + k, 1);
      less.emplace_back(i * n + k, -1);
    }
    const std::size_t at = missing + k;
    if (consensus) {
      g[at] = problem.coupling_l1;
      limits.lower[at] = 0;
      if (problem.coupling_l1 == 0) limits.upper[at] = 0;
      if (problem.coupling_l1 > 0) {
        add(false, {{k, 1}, {at, -1}}, 0);
        add(false, {{k, -1}, {at, -1}}, 0);
      }
      continue;
    }
    switch (problem.coupling) {
      case Coupling::equality:
        add(true, sum, problem.rhs[k]);
        limits.lower[at] = limits.upper[at] = 0;
        break;
      case Coupling::capacity:
        add(false, sum, problem.rhs[k]);
        limits.lower[at] = limits.upper[at] = 0;
        break;
      case Coupling::target_l2:
        h(at, at) = 2 * problem.weights[k];
        sum.emplace_back(at, -1);
        add(true, sum, problem.rhs[k]);
        break;
      case Coupling::target_l1:
        g[at] = problem.weights[k];
        limits.lower[at] = 0;
        sum.emplace_back(at, -1);
        less.emplace_back(at, -1);
        add(false, sum, problem.rhs[k]);
        add(false, less, -problem.rhs[k]);
        break;
    }
  }
  const quadratic::ConvexSolution found = quadratic::minimise_convex(h, g, limits);
  if (found.status != quadratic::QpStatus::optimal) return std::nullopt;
  double cost = constant;
  for (std::size_t a = 0; a < all; ++a) {
    cost += g[a] * found.x[a];
    for (std::size_t b = 0; b < all; ++b) cost += 0.5 * h(a, b) * found.x[a] * found.x[b];
  }
  return cost;
}

}  // namespace entente
