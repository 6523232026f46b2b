// SPDX-License-Identifier: MIT
// Maximum spanning tree of a factor graph: what is left of it when the least important links are cut.
#pragma once

#include <span>

#include "entente/graph/pseudotree.hpp"
#include "graph/factor_graph.hpp"

namespace entente {

/// Returns a maximum spanning tree of every connected part of `graph`, hung up at its variable with the lowest id.
/// `weights` has one weight per link in the order of the problem's scopes, constraint by constraint; of equal ones the
/// first counts more. Constraints without variables are in no tree and have `no_id` as parent.
///
/// Filled in are `parent`, `depth`, `children` and `elimination`, over the nodes of `graph`: nothing is a separator.
/// Cost  O(links log links).
Pseudotree maximum_spanning_tree(const Problem& problem, const FactorGraph& graph, std::span<const double> weights);

}  // namespace entente
