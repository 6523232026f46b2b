// SPDX-License-Identifier: MIT
// Elimination tree and separator sizes in near-linear time.
#include "graph/elimination_tree.hpp"

#include <algorithm>
#include <cmath>

namespace entente {

namespace {

// Logarithms are whole multiples of 2^-32, so that sums are exact and do not depend on their order.
constexpr double log_unit = 4294967296.0;

void find_parents(const ConstraintGraph& graph, EliminationTree& tree) {
  const std::uint32_t size = graph.size();
  std::vector<std::uint32_t> shortcut(size, no_id);  // some ancestor, as far up as known
  for (std::uint32_t i = 0; i < size; ++i) {
    for (const VariableId neighbour : graph[tree.variable[i]]) {
      std::uint32_t k = tree.position[neighbour];
      while (k < i) {
        const std::uint32_t next = shortcut[k];
        shortcut[k] = i;
        if (next == no_id) {
          tree.parent[k] = i;
          break;
        }
        k = next;
      }
    }
  }
}

/// Positions, children before parents and every subtree in one piece.
std::vector<std::uint32_t> postorder(const std::vector<std::uint32_t>& parent) {
  const auto size = static_cast<std::uint32_t>(parent.size());
  std::vector<std::uint32_t> first_child(size, no_id), sibling(size, no_id), order, path;
  for (std::uint32_t i = size; i-- > 0;) {
    if (parent[i] == no_id) continue;
    sibling[i] = first_child[parent[i]];
    first_child[parent[i]] = i;
  }
  order.reserve(size);
  for (std::uint32_t root = 0; root < size; ++root) {
    if (parent[root] != no_id) continue;
    path.push_back(root);
    while (!path.empty()) {
      const std::uint32_t node = path.back();
      if (first_child[node] != no_id) {
        path.push_back(first_child[node]);
        first_child[node] = sibling[first_child[node]];
      } else {
        order.push_back(node);
        path.pop_back();
      }
    }
  }
  return order;
}

/// How many positions, and what sum of weights, each position's row subtrees cover: itself and its separator.
///
/// Position i belongs to the separators of exactly those nodes on the tree paths from its earlier neighbours up to i:
/// its row subtree. Adding at that subtree's leaves, taking away where two paths meet and above its root, and summing
/// up the tree gives every node the total over the row subtrees it lies in.
struct Covered {
  std::vector<std::int64_t> count, weight;
};

Covered count_covered(const ConstraintGraph& graph, const EliminationTree& tree,
                      const std::vector<std::int64_t>& weight) {
  const std::uint32_t size = graph.size();
  const std::vector<std::uint32_t> order = postorder(tree.parent);
  Covered covered{std::vector<std::int64_t>(size, 0), std::vector<std::int64_t>(size, 0)};
  const auto add = [&](std::uint32_t node, std::uint32_t row, std::int64_t sign) {
    covered.count[node] += sign;
    covered.weight[node] += sign * weight[row];
  };

  std::vector<std::uint32_t> first_descendant(size, no_id);  // earliest in the postorder
  for (std::uint32_t k = 0; k < size; ++k) {
    std::uint32_t node = order[k];
    if (first_descendant[node] == no_id) add(node, node, 1);  // a leaf of the tree is a leaf of its own row subtree
    for (; node != no_id && first_descendant[node] == no_id; node = tree.parent[node]) first_descendant[node] = k;
  }

  std::vector<std::uint32_t> latest_first(size, no_id), previous_leaf(size, no_id), shortcut(size);
  for (std::uint32_t i = 0; i < size; ++i) shortcut[i] = i;
  const auto highest = [&](std::uint32_t node) {
    std::uint32_t top = node;
    while (top != shortcut[top]) top = shortcut[top];
    while (node != top) {
      const std::uint32_t next = shortcut[node];
      shortcut[node] = top;
      node = next;
    }
    return top;
  };
  for (const std::uint32_t node : order) {
    const std::uint32_t parent = tree.parent[node];
    if (parent != no_id) add(parent, node, -1);
    for (const VariableId neighbour : graph[tree.variable[node]]) {
      const std::uint32_t row = tree.position[neighbour];
      if (row <= node) continue;
      if (latest_first[row] != no_id && first_descendant[node] <= latest_first[row]) continue;  // not a leaf of its row
      latest_first[row] = first_descendant[node];
      add(node, row, 1);
      if (previous_leaf[row] != no_id) add(highest(previous_leaf[row]), row, -1);
      previous_leaf[row] = node;
    }
    if (parent != no_id) shortcut[node] = parent;
  }
  for (const std::uint32_t node : order) {
    const std::uint32_t parent = tree.parent[node];
    if (parent == no_id) continue;
    covered.count[parent] += covered.count[node];
    covered.weight[parent] += covered.weight[node];
  }
  return covered;
}

}  // namespace

EliminationTree make_elimination_tree(const ConstraintGraph& graph, std::vector<VariableId> order,
                                      std::span<const std::uint32_t> domain_sizes) {
  const std::uint32_t size = graph.size();
  EliminationTree tree;
  tree.variable = std::move(order);
  tree.position.resize(size);
  std::vector<std::int64_t> weight(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    tree.position[tree.variable[i]] = i;
    weight[i] = std::llround(std::log2(static_cast<double>(domain_sizes[tree.variable[i]])) * log_unit);
  }
  tree.parent.assign(size, no_id);
  find_parents(graph, tree);

  const Covered covered = count_covered(graph, tree, weight);
  tree.separator.resize(size);
  std::int64_t largest = 0;
  for (std::uint32_t i = 0; i < size; ++i) {
    tree.separator[i] = static_cast<std::uint32_t>(covered.count[i] - 1);
    tree.separator_total += tree.separator[i];
    tree.induced_width = std::max(tree.induced_width, tree.separator[i]);
    largest = std::max(largest, covered.weight[i]);
  }
  double scaled = 0;  // sum of cells / cells of the largest
  for (std::uint32_t i = 0; i < size; ++i) {
    scaled += std::exp2(static_cast<double>(covered.weight[i] - largest) / log_unit);
  }
  if (size > 0) {
    tree.log2_cells = static_cast<double>(largest) / log_unit + std::log2(scaled);
    tree.cells = tree.log2_cells > 996 ? 1e300 : std::exp2(tree.log2_cells);
  }
  return tree;
}

}  // namespace entente
