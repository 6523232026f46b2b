// SPDX-License-Identifier: MIT
// Neighbour lists: an undirected graph in two flat arrays, and what can be measured on it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace entente {

/// Each node's distinct neighbours by ascending id. Symmetric, without loops.
struct NeighbourLists {
  std::vector<std::uint32_t> first{0};    ///< Size nodes + 1; positions in `neighbours`.
  std::vector<std::uint32_t> neighbours;  ///< Nodes.

  std::uint32_t size() const { return static_cast<std::uint32_t>(first.size() - 1); }
  std::uint32_t degree(std::uint32_t node) const { return first[node + std::size_t(1)] - first[node]; }
  std::span<const std::uint32_t> operator[](std::uint32_t node) const {
    return {neighbours.data() + first[node], degree(node)};
  }
};

/// The parts of a graph that hang together.
struct Components {
  std::vector<std::uint32_t> of;     ///< Component of each node; components are numbered by their lowest node.
  std::vector<std::uint32_t> sizes;  ///< Nodes of each component.
};

/// Returns the connected components. O(nodes + links).
Components connected_components(const NeighbourLists& graph);

struct Diameter {
  std::uint32_t value = 0;  ///< Links on the longest of all shortest paths.
  bool exact = true;        ///< False: a lower bound.
};

/// Returns the diameter of the largest component (of several, the one with the lowest node).
///
/// A tree takes two breadth-first searches. Otherwise every node is searched from where nodes * links of the component
/// is at most `work_limit`; beyond, the result is the longest of a few searches, each from where the last one ended.
Diameter diameter(const NeighbourLists& graph, const Components& components, std::uint64_t work_limit = 200'000'000);

}  // namespace entente
