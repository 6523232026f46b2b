// SPDX-License-Identifier: MIT
// RemoteProblem: a problem as an agent elsewhere gets it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// A cost for a few tuples, and one for all others.
struct RemoteSparse {
  double default_cost = 0;
  std::vector<std::int32_t> tuples;
  std::vector<double> costs;
};
struct RemoteConstraint {
  std::vector<std::uint32_t> scope;
  std::uint32_t table = 0;  ///< Where it is not sparse.
  std::optional<RemoteSparse> sparse;
};

/// A problem as numbers, from which the very same one is built: costs bit for bit (noise included), hard constraints,
/// limits, order. Names and values of domains stay behind: no algorithm asks for them.
struct RemoteProblem {
  bool maximise = false;
  double infinity = 0;
  std::optional<double> cost_limit;
  std::vector<std::uint32_t> domains;    ///< Their sizes.
  std::vector<std::uint32_t> domain_of;  ///< By variable.
  std::vector<std::int32_t> initial;     ///< By variable.
  std::vector<std::pair<std::uint32_t, std::vector<double>>> unary;
  std::vector<std::vector<double>> tables;  ///< Constraints may share one.
  std::vector<RemoteConstraint> constraints;
  /// Not empty: the problem as YAML, in place of all but `infinity`; where costs are computed when they are asked for.
  std::string text;
  std::uint64_t seed = 0;  ///< For its noise.
};

/// Throws Error{unsupported} for what no other process can be told: noise that was drawn by another seed than `seed`
/// beside computed costs.
RemoteProblem describe_problem(const Problem& problem, std::uint64_t seed);
/// Throws Error{bad_input} for what is no problem.
Problem build_problem(const RemoteProblem& remote);

}  // namespace entente
