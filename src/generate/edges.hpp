// SPDX-License-Identifier: MIT
// Random and regular graphs as lists of edges.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "entente/base/random.hpp"

namespace entente::generate {

/// Pairs of different nodes, lower first, in lexicographic order, each at most once.
using Edges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Each pair of `nodes` with probability `probability`, independently; of more than `limit` edges only the first.
/// O(nodes + edges) expected.
///
/// From  Batagelj & Brandes, "Efficient generation of large random networks", 2005: the gaps between edges are drawn,
///       here with a logarithm made of exactly rounded operations, so that no machine draws differently.
Edges random_edges(std::uint32_t nodes, double probability, std::uint64_t limit, Random& random);

/// A grid of `side` times `side` nodes, row by row.
Edges grid_edges(std::uint32_t side);

/// Each node from number `links` on is joined to `links` different earlier ones, each chosen in proportion to its
/// degree; the first of them to all. Then nodes are renumbered in random order. links * (nodes - links) edges,
/// connected. Needs 1 <= links < nodes. O(edges log edges).
///
/// From  Barabási & Albert, "Emergence of scaling in random networks", 1999, which leaves the start open.
Edges preferential_edges(std::uint32_t nodes, std::uint32_t links, Random& random);

bool is_connected(std::uint32_t nodes, const Edges& edges);

}  // namespace entente::generate
