// SPDX-License-Identifier: MIT
// Constraint graph: which variables share a constraint.
#pragma once

#include "entente/problem/problem.hpp"
#include "graph/neighbour_lists.hpp"

namespace entente {

/// Each variable's distinct neighbours. Nodes are VariableIds.
struct ConstraintGraph : NeighbourLists {};

/// Returns the constraint graph of `problem`: two variables are neighbours when the scope of a constraint holds both.
///
/// Errors  throws Error{too_large} past 2^28 neighbour entries, which constraints of very high arity reach.
/// Cost    O(sum of squared arities, and sorting each variable's neighbours); 4 bytes per entry and variable.
ConstraintGraph make_constraint_graph(const Problem& problem);

}  // namespace entente
