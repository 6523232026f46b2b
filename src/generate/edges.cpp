// SPDX-License-Identifier: MIT
// Random and regular graphs.
#include "generate/edges.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "entente/base/ids.hpp"

namespace entente::generate {

namespace {

/// The natural logarithm to about 1e-15, the same bits on every machine: 2 artanh((m - 1) / (m + 1)) as a series.
double natural_log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  const double s = (m - 1) / (m + 1);
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * (s * s) + 1.0 / k;
  return 2 * s * sum + exponent * 0.69314718055994531;
}

}  // namespace

Edges random_edges(std::uint32_t nodes, double probability, std::uint64_t limit, Random& random) {
  Edges edges;
  if (nodes < 2 || probability <= 0) return edges;
  const double log_miss = probability < 1 ? natural_log(1 - probability) : 0;
  std::uint64_t low = 0, high = 0;  // the pair last taken; none yet
  while (edges.size() < limit) {
    double gap = 1;
    if (probability < 1) gap += std::floor(natural_log(1 - random.uniform()) / log_miss);
    // More than all pairs together; also keeps the conversion in range.
    if (!(gap <= static_cast<double>(nodes) * static_cast<double>(nodes))) break;
    high += static_cast<std::uint64_t>(gap);
    while (low + 1 < nodes && high >= nodes) {
      ++low;
      high = high - nodes + low + 1;
    }
    if (low + 1 >= nodes) break;
    edges.emplace_back(static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(high));
  }
  return edges;
}

Edges grid_edges(std::uint32_t side) {
  Edges edges;
  if (side > 1) edges.reserve(2 * std::size_t(side) * (side - 1));
  for (std::uint32_t row = 0; row < side; ++row) {
    for (std::uint32_t column = 0; column < side; ++column) {
      const std::uint32_t node = row * side + column;
      if (column + 1 < side) edges.emplace_back(node, node + 1);
      if (row + 1 < side) edges.emplace_back(node, node + side);
    }
  }
  return edges;
}

Edges preferential_edges(std::uint32_t nodes, std::uint32_t links, Random& random) {
  std::vector<std::uint32_t> ends;  // every end of every edge: a node stands in it as often as it has edges
  ends.reserve(2 * std::size_t(links) * (nodes - links));
  std::vector<std::uint32_t> chosen_by(nodes, no_id);
  for (std::uint32_t node = links; node < nodes; ++node) {
    const std::size_t known = ends.size();
    for (std::uint32_t chosen = 0; chosen < links;) {
      const std::uint32_t target = node == links ? chosen : ends[random.below(known)];
      if (chosen_by[target] == node) continue;
      chosen_by[target] = node;
      ends.push_back(node);
      ends.push_back(target);
      ++chosen;
    }
  }

  std::vector<std::uint32_t>& number = chosen_by;
  for (std::uint32_t node = 0; node < nodes; ++node) number[node] = node;
  for (std::uint32_t left = nodes; left > 1; --left) std::swap(number[left - 1], number[random.below(left)]);
  Edges edges;
  edges.reserve(ends.size() / 2);
  for (std::size_t i = 0; i < ends.size(); i += 2) {
    edges.push_back(std::minmax({number[ends[i]], number[ends[i + 1]]}));
  }
  std::sort(edges.begin(), edges.end());
  return edges;
}

bool is_connected(std::uint32_t nodes, const Edges& edges) {
  std::vector<std::uint32_t> representative(nodes);
  for (std::uint32_t node = 0; node < nodes; ++node) representative[node] = node;
  const auto find = [&](std::uint32_t node) {
    while (representative[node] != node) node = representative[node] = representative[representative[node]];
    return node;
  };
  std::uint32_t parts = nodes;
  for (const auto& [a, b] : edges) {
    const std::uint32_t left = find(a), right = find(b);
    if (left == right) continue;
    representative[std::max(left, right)] = std::min(left, right);
    --parts;
  }
  return parts <= 1;
}

}  // namespace entente::generate
