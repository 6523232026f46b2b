// SPDX-License-Identifier: MIT
// ResourceProblem: agents with convex costs and private limits share a resource, agree on a point, or feed a network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "entente/base/dense_matrix.hpp"

namespace entente {

/// Minimises 0.5 x'diag(quadratic)x + linear'x + constant + l1 ||x||_1 + 0.5 ||H x - y||^2 over its own x, subject to
/// lower <= x <= upper, equality x = equality_rhs, inequality x <= inequality_rhs.
/// Vectors have the problem's dimension; bounds may be infinite; matrices without rows are absent.
struct ResourceAgent {
  std::string id;
  std::vector<double> quadratic;  ///< Not negative.
  std::vector<double> linear;
  double constant = 0;
  double l1 = 0;                 ///< Not negative.
  DenseMatrix measurement;       ///< H.
  std::vector<double> measured;  ///< y, one number a row of H.
  std::vector<double> lower, upper;
  DenseMatrix equality;
  std::vector<double> equality_rhs;
  DenseMatrix inequality;
  std::vector<double> inequality_rhs;
  double load = 0;  ///< Of a network: what is consumed at this agent's bus.

  double cost(std::span<const double> x) const;
  /// The most by which x passes one of the agent's own limits; 0 if it keeps them all.
  double violation(std::span<const double> x) const;
};

/// A line of a direct-current network: flow = (angle[from] - angle[to]) / reactance, |flow| <= capacity.
struct ResourceLine {
  std::uint32_t from = 0, to = 0;  ///< Positions in `agents`.
  double reactance = 1, capacity = 0;
};

enum class ResourceKind : std::uint8_t {
  sharing,    ///< The sum of all x meets the coupling.
  consensus,  ///< All x are equal, to z; z costs coupling_l1 ||z||_1 besides.
  network,    ///< Dimension 1: x is the generation at a bus, x - load its net outflow over the lines.
};
enum class Coupling : std::uint8_t {
  equality,   ///< sum of x = rhs.
  capacity,   ///< sum of x <= rhs.
  target_l2,  ///< costs sum over t of weights[t] (sum of x[t] - rhs[t])^2.
  target_l1,  ///< costs sum over t of weights[t] |sum of x[t] - rhs[t]|.
};

/// Numbers are finite but for bounds, weights and curvatures are not negative, ids are unique: readers and `check` see
/// to it.
struct ResourceProblem {
  std::string name;
  ResourceKind kind = ResourceKind::sharing;
  std::size_t dimension = 0;
  std::vector<ResourceAgent> agents;
  Coupling coupling = Coupling::equality;  ///< Of sharing.
  std::vector<double> rhs;                 ///< Of sharing: right-hand side or target.
  std::vector<double> weights;             ///< Of targets.
  double coupling_l1 = 0;                  ///< Of consensus.
  std::vector<ResourceLine> lines;         ///< Of a network.

  /// The model's objective. `x` holds agents x dimension numbers.
  double cost(std::span<const double> x) const;
  /// The most by which x passes a limit of an agent or of the coupling; for consensus, the largest distance from the
  /// mean; for a network, what the best angles leave (capacity passed or balance missed).
  double violation(std::span<const double> x) const;
  /// Throws Error that names the agent or key where one of the promises above does not hold: {bad_input}, or
  /// {unsupported} for costs that are not convex.
  void check() const;
};

}  // namespace entente
