// SPDX-License-Identifier: MIT
// Ordered graph: the variables in a row.
#pragma once

#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// The variables by name, byte by byte, as pyDCOP orders them: each is linked to the next.
struct OrderedGraph {
  std::vector<VariableId> order;
  std::vector<std::uint32_t> position;  ///< Of each variable in `order`.

  /// The variable before or after, or `no_id` at the ends.
  VariableId previous(VariableId variable) const {
    return position[variable] == 0 ? no_id : order[position[variable] - 1];
  }
  VariableId next(VariableId variable) const {
    return position[variable] + std::size_t(1) == order.size() ? no_id : order[position[variable] + 1];
  }
};

/// Returns the ordered graph of `problem`. O(n log n) comparisons of names.
OrderedGraph make_ordered_graph(const Problem& problem);

}  // namespace entente
