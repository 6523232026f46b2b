// SPDX-License-Identifier: MIT
// Components and diameters by search.
#include "graph/neighbour_lists.hpp"

#include <algorithm>

#include "entente/base/ids.hpp"

namespace entente {

namespace {

/// Breadth-first searches over one graph, without clearing between them.
class Search {
 public:
  explicit Search(const NeighbourLists& graph) : graph_(graph), met_(graph.size(), no_id) {}

  struct Farthest {
    std::uint32_t node, distance;
  };
  /// Of the nodes farthest from `start`, the one with the fewest neighbours (an end of a longest path rather than a
  /// hub), then the one found first.
  Farthest from(std::uint32_t start) {
    const std::uint32_t round = round_++;
    level_.assign(1, start);
    met_[start] = round;
    std::uint32_t distance = 0;
    while (true) {
      next_.clear();
      for (const std::uint32_t node : level_) {
        for (const std::uint32_t other : graph_[node]) {
          if (met_[other] == round) continue;
          met_[other] = round;
          next_.push_back(other);
        }
      }
      if (next_.empty()) break;
      ++distance;
      level_.swap(next_);
    }
    const auto end = std::min_element(level_.begin(), level_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return graph_.degree(a) < graph_.degree(b);
    });
    return {*end, distance};
  }

 private:
  const NeighbourLists& graph_;
  std::vector<std::uint32_t> met_, level_, next_;
  std::uint32_t round_ = 0;
};

constexpr int sweeps = 4;

}  // namespace

Components connected_components(const NeighbourLists& graph) {
  Components components;
  components.of.assign(graph.size(), no_id);
  std::vector<std::uint32_t> waiting;
  for (std::uint32_t start = 0; start < graph.size(); ++start) {
    if (components.of[start] != no_id) continue;
    const auto component = static_cast<std::uint32_t>(components.sizes.size());
    components.sizes.push_back(0);
    components.of[start] = component;
    waiting.push_back(start);
    while (!waiting.empty()) {
      const std::uint32_t node = waiting.back();
      waiting.pop_back();
      ++components.sizes[component];
      for (const std::uint32_t next : graph[node]) {
        if (components.of[next] != no_id) continue;
        components.of[next] = component;
        waiting.push_back(next);
      }
    }
  }
  return components;
}

Diameter diameter(const NeighbourLists& graph, const Components& components, std::uint64_t work_limit) {
  if (graph.size() == 0) return {};
  const auto largest = static_cast<std::uint32_t>(std::max_element(components.sizes.begin(), components.sizes.end()) -
                                                  components.sizes.begin());
  std::vector<std::uint32_t> nodes;
  std::uint64_t entries = 0;  // two a link
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    if (components.of[node] != largest) continue;
    nodes.push_back(node);
    entries += graph.degree(node);
  }
  Search search(graph);
  const bool tree = entries == 2 * (std::uint64_t(nodes.size()) - 1);
  Diameter result{0, tree || nodes.size() * (entries / 2) <= work_limit};
  if (result.exact && !tree) {
    for (const std::uint32_t node : nodes) result.value = std::max(result.value, search.from(node).distance);
    return result;
  }
  std::uint32_t start = nodes.front();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const auto [node, distance] = search.from(start);
    result.value = std::max(result.value, distance);
    start = node;
  }
  return result;
}

}  // namespace entente
