// SPDX-License-Identifier: MIT
// Computation graphs by name: which exist, what they measure, how they look.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "entente/problem/problem.hpp"

namespace entente {

/// A kind of computation graph, as `entente graph --graph` knows it.
struct GraphTypeDescription {
  std::string name;
  std::vector<std::string> aliases;
  std::string summary;  ///< One sentence: what its nodes and edges are.
};
/// `constraints_hypergraph`, `factor_graph`, `ordered_graph`, `pseudotree` (also `pseudo_tree`).
std::vector<GraphTypeDescription> graph_types();

/// A way to find a pseudo-tree, as `--tree` and `dpop`'s parameter `tree` know it.
struct TreeDescription {
  std::string name;
  std::string summary;
};
/// `best`, `dfs`, `dfs_most_visited`, `min_fill`, `min_degree`.
std::vector<TreeDescription> tree_heuristics();

struct GraphOptions {
  std::string tree = "best";  ///< For the pseudo-tree, its edges and the induced width; one of `tree_heuristics`.
};

/// What `entente graph` prints. Counts are pyDCOP's:
///
/// | graph                  | nodes                   | edges                                        | density     |
/// |------------------------|-------------------------|----------------------------------------------|-------------|
/// | constraints_hypergraph | variables               | constraints over at least one variable       | 2e/(n(n-1)) |
/// | factor_graph           | variables + constraints | sum of the constraints' arities              | 2e/(n(n-1)) |
/// | pseudotree             | variables               | links seen from both ends: two per pair that | e/(n(n-1))  |
/// |                        |                         | shares a constraint or is child and parent   |             |
/// | ordered_graph          | variables               | n - 1: each variable to the next             | 2e/(n(n-1)) |
///
/// With parallel or n-ary constraints the density of a hypergraph can pass 1. It is 0 with fewer than two nodes.
struct GraphSummary {
  std::string graph;  ///< The type's own name, whatever alias was asked for.
  std::uint64_t variables_count = 0;
  std::uint64_t constraints_count = 0;
  std::uint64_t nodes_count = 0;
  std::uint64_t edges_count = 0;
  double density = 0;
  std::uint64_t components = 0;     ///< Parts not linked with each other.
  std::uint64_t diameter = 0;       ///< Of the largest component, in links between nodes; 0 for a single node.
  bool diameter_is_exact = true;    ///< False: a lower bound, since the graph is too large to search from every node.
  std::uint64_t induced_width = 0;  ///< Of the problem under `tree`: the most variables a message of DPOP ranges over.
  std::string tree;                 ///< The heuristic that gave it; of `best`, the one that won.
  double log10_cells = 0;           ///< Decimal logarithm of the table cells DPOP would compute on that tree.
};

/// Measures one computation graph of `problem`.
///
/// Errors  throws Error{wrong_use} for an unknown type or tree, with the ones there are; Error{too_large} when
///         constraints of very high arity make the constraint graph pass 2^28 entries.
/// Cost    near-linear, and bounded searches for the diameter (2 * 10^8 steps) and for elimination orders; some ten
///         seconds at 10^6 variables and 3 * 10^6 constraints, a fraction of one at 10^5 variables.
GraphSummary describe_graph(const Problem& problem, std::string_view type, const GraphOptions& options = {});

/// Returns one computation graph as text for Graphviz: variables are ellipses, constraints of other than two variables
/// (in a factor graph all) boxes; in a pseudo-tree links that are not parent to child are dashed. Errors as above.
std::string to_dot(const Problem& problem, std::string_view type, const GraphOptions& options = {});

}  // namespace entente
