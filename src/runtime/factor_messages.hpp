// SPDX-License-Identifier: MIT
// FactorMessages: what was last said on every edge of a factor graph, so that a run on a changed problem can go on.
#pragma once

#include <vector>

namespace entente::runtime {

/// Costs to be minimised, in the problem's own unit, one per value of the edge's variable; empty: nothing was said yet.
struct EdgeMessages {
  std::vector<double> from_factor, from_variable;
};

/// By constraint, then by position in its scope. Constraints without a list of edges have said nothing yet.
struct FactorMessages {
  std::vector<std::vector<EdgeMessages>> edges;
};

}  // namespace entente::runtime
