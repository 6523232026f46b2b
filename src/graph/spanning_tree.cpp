// SPDX-License-Identifier: MIT
// Kruskal's algorithm on the links, then a breadth-first walk over those that were kept.
#include "graph/spanning_tree.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace entente {
namespace {

struct Link {
  std::uint32_t variable, factor;
};

/// Which nodes hang together so far.
class Parts {
 public:
  explicit Parts(std::uint32_t nodes) : leader_(nodes) { std::iota(leader_.begin(), leader_.end(), 0u); }
  /// Joins two parts; says whether they were two.
  bool join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    leader_[std::max(a, b)] = std::min(a, b);
    return a != b;
  }

 private:
  std::uint32_t find(std::uint32_t node) {
    while (leader_[node] != node) node = leader_[node] = leader_[leader_[node]];
    return node;
  }
  std::vector<std::uint32_t> leader_;
};

/// The links that are kept, as lists of each node's neighbours.
std::vector<std::vector<std::uint32_t>> heaviest_links(const Problem& problem, const FactorGraph& graph,
                                                       std::span<const double> weights) {
  std::vector<Link> links;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    for (const VariableId v : problem.scope(c)) links.push_back({v, graph.factor_node(c)});
  std::vector<std::uint32_t> order(links.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return weights[a] > weights[b]; });
  Parts parts(graph.size());
  std::vector<std::vector<std::uint32_t>> kept(graph.size());
  for (const std::uint32_t i : order) {
    if (!parts.join(links[i].variable, links[i].factor)) continue;
    kept[links[i].variable].push_back(links[i].factor);
    kept[links[i].factor].push_back(links[i].variable);
  }
  return kept;
}

}  // namespace

Pseudotree maximum_spanning_tree(const Problem& problem, const FactorGraph& graph, std::span<const double> weights) {
  auto kept = heaviest_links(problem, graph, weights);
  Pseudotree tree;
  tree.parent.assign(graph.size(), no_id);
  tree.depth.assign(graph.size(), 0);
  std::vector<bool> reached(graph.size(), false);
  std::vector<std::uint32_t> queue;
  for (VariableId root = 0; root < graph.variables; ++root) {
    if (reached[root]) continue;
    reached[root] = true;
    std::size_t at = queue.size();
    for (queue.push_back(root); at < queue.size(); ++at) {
      const std::uint32_t node = queue[at];
      for (const std::uint32_t next : kept[node]) {
        if (reached[next]) continue;
        reached[next] = true;
        tree.parent[next] = node;
        tree.depth[next] = tree.depth[node] + 1;
        queue.push_back(next);
      }
    }
  }
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    std::sort(kept[node].begin(), kept[node].end());
    for (const std::uint32_t next : kept[node])
      if (tree.parent[next] == node) tree.children.items.push_back(next);
    tree.children.first.push_back(static_cast<std::uint32_t>(tree.children.items.size()));
  }
  tree.elimination.assign(queue.rbegin(), queue.rend());
  return tree;
}

}  // namespace entente
