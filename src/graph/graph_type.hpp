// SPDX-License-Identifier: MIT
// GraphType: what a kind of computation graph provides to be measured and drawn. One file each in types/.
#pragma once

#include <string>
#include <string_view>

#include "graph/candidate_trees.hpp"
#include "graph/dot_writer.hpp"
#include "graph/neighbour_lists.hpp"

namespace entente {

/// What measuring and drawing start from.
struct GraphSource {
  const Problem& problem;
  const ConstraintGraph& constraint_graph;
  const CandidateTree& tree;
};

struct GraphMeasures {
  NeighbourLists nodes;
  std::uint64_t edges = 0;
  bool edges_are_directed = false;  ///< Then twice as many are possible.
};

struct GraphType {
  std::string_view name;
  std::string_view alias;  ///< Empty: none.
  std::string_view summary;
  GraphMeasures (*measure)(const GraphSource& source);
  void (*draw)(const GraphSource& source, DotWriter& out);
  bool draws_tree = false;  ///< Only then `draw` reads `source.tree`.
};

extern const GraphType constraints_hypergraph_type, factor_graph_type, ordered_graph_type, pseudotree_type;

}  // namespace entente
