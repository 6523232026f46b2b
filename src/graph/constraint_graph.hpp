// SPDX-License-Identifier: MIT
// Constraint graph: which variables share a constraint.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// Each variable's distinct neighbours by ascending id, in two flat arrays. Symmetric, without loops.
struct ConstraintGraph {
  std::vector<std::uint32_t> first{0};    ///< Size variables + 1; positions in `neighbours`.
  std::vector<std::uint32_t> neighbours;  ///< VariableIds.

  std::uint32_t size() const { return static_cast<std::uint32_t>(first.size() - 1); }
  std::uint32_t degree(VariableId variable) const { return first[variable + 1] - first[variable]; }
  std::span<const std::uint32_t> operator[](VariableId variable) const {
    return {neighbours.data() + first[variable], degree(variable)};
  }
};

/// Returns the constraint graph of `problem`: two variables are neighbours when the scope of a constraint holds both.
///
/// Errors  throws Error{too_large} past 2^30 neighbour entries, which constraints of very high arity reach.
/// Cost    O(sum of squared arities, and sorting each variable's neighbours); 4 bytes per entry and variable.
ConstraintGraph make_constraint_graph(const Problem& problem);

/// The parts of a graph that hang together.
struct Components {
  std::vector<std::uint32_t> of;     ///< Component of each node; components are numbered by their lowest node.
  std::vector<std::uint32_t> sizes;  ///< Nodes of each component.
};

/// Returns the connected components. O(nodes + edges).
Components connected_components(const ConstraintGraph& graph);

}  // namespace entente
