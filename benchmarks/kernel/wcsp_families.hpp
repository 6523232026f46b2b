// SPDX-License-Identifier: MIT
// Families of random cost networks, written as WCSP files.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "entente/base/random.hpp"

namespace entente::benchmarks {

/// A WCSP file in the making.
class WcspText {
 public:
  explicit WcspText(std::vector<int> sizes) : sizes_(std::move(sizes)) {}

  /// A function of one or two variables with a cost for every combination of values; `top` and above forbids.
  void add(std::vector<std::size_t> scope, const std::function<long(int, int)>& cost) {
    const int first = sizes_[scope[0]], second = scope.size() > 1 ? sizes_[scope[1]] : 1;
    body_ += fmt::format("{} {} 0 {}\n", scope.size(), fmt::join(scope, " "), first * second);
    long most = 0;
    for (int a = 0; a < first; ++a)
      for (int b = 0; b < second; ++b) {
        const long c = cost(a, b);
        body_ += scope.size() > 1 ? fmt::format("{} {} {}\n", a, b, c) : fmt::format("{} {}\n", a, c);
        most = std::max(most, c);
      }
    sum_ += most;
    ++functions_;
  }
  std::string text(long top = 0) const {
    return fmt::format("random {} {} {} {}\n{}\n", sizes_.size(), *std::ranges::max_element(sizes_), functions_,
                       top > 0 ? top : sum_ + 1, fmt::join(sizes_, " ")) +
           body_;
  }

 private:
  std::vector<int> sizes_;
  std::string body_;
  long sum_ = 0;
  std::size_t functions_ = 0;
};

inline long up_to(Random& random, std::uint64_t most) { return static_cast<long>(random.below(most + 1)); }

/// Binary tables with costs 0..100 between each two variables with the given probability.
inline std::string random_wcsp(std::uint64_t seed, std::size_t variables, int values, double density) {
  Random random(seed);
  WcspText file(std::vector<int>(variables, values));
  for (std::size_t v = 0; v < variables; ++v)
    for (std::size_t w = v + 1; w < variables; ++w)
      if (random.uniform() < density) file.add({v, w}, [&](int, int) { return up_to(random, 100); });
  return file.text();
}

/// A cost of 1 for every edge whose ends have the same of three colours.
inline std::string colouring_wcsp(std::uint64_t seed, std::size_t variables, double edges_per_variable) {
  Random random(seed);
  WcspText file(std::vector<int>(variables, 3));
  const auto wanted = static_cast<std::size_t>(edges_per_variable * static_cast<double>(variables));
  std::set<std::pair<std::size_t, std::size_t>> edges;
  while (edges.size() < wanted) {
    const std::size_t v = random.below(variables), w = random.below(variables);
    if (v != w) edges.insert(std::minmax(v, w));
  }
  for (const auto& [v, w] : edges) file.add({v, w}, [](int a, int b) { return a == b ? 1L : 0L; });
  return file.text();
}

/// Variable v > width is joined to a clique of `width` earlier ones.
inline std::string k_tree_wcsp(std::uint64_t seed, std::size_t variables, std::size_t width, int values) {
  Random random(seed);
  WcspText file(std::vector<int>(variables, values));
  std::vector<std::vector<std::size_t>> cliques;
  for (std::size_t v = 0; v < variables; ++v) {
    std::vector<std::size_t> clique;
    for (std::size_t u = 0; u < std::min(v, width); ++u) clique.push_back(u);
    if (v > width) {
      clique = cliques[random.below(cliques.size())];
      clique.erase(clique.begin() + static_cast<std::ptrdiff_t>(random.below(clique.size())));
    }
    for (const std::size_t u : clique) file.add({u, v}, [&](int, int) { return up_to(random, 100); });
    clique.push_back(v);
    if (v >= width) cliques.push_back(clique);
  }
  return file.text();
}

/// Each variable is joined to the `width` next ones.
inline std::string band_wcsp(std::uint64_t seed, std::size_t variables, std::size_t width, int values) {
  Random random(seed);
  WcspText file(std::vector<int>(variables, values));
  for (std::size_t v = 0; v < variables; ++v)
    for (std::size_t w = v + 1; w < std::min(variables, v + width + 1); ++w)
      file.add({v, w}, [&](int, int) { return up_to(random, 100); });
  return file.text();
}

/// Warehouses to open, and stores to be supplied by open ones at a cost that grows with the distance.
inline std::string warehouse_wcsp(std::uint64_t seed, int warehouses, int stores) {
  constexpr long top = 100000000;
  Random random(seed);
  std::vector<int> sizes(static_cast<std::size_t>(stores), warehouses);
  sizes.resize(sizes.size() + static_cast<std::size_t>(warehouses), 2);
  WcspText file(sizes);
  std::vector<std::pair<double, double>> places;
  for (int w = 0; w < warehouses; ++w) places.emplace_back(random.uniform(), random.uniform());
  for (std::size_t s = 0; s < static_cast<std::size_t>(stores); ++s) {
    const double x = random.uniform(), y = random.uniform();
    const auto demand = static_cast<double>(1 + random.below(20));
    file.add({s}, [&](int w, int) {
      const auto& [wx, wy] = places[static_cast<std::size_t>(w)];
      return static_cast<long>(300 * demand * std::hypot(wx - x, wy - y));
    });
  }
  for (int w = 0; w < warehouses; ++w) {
    const std::size_t open = static_cast<std::size_t>(stores) + static_cast<std::size_t>(w);
    const long price = 500 + up_to(random, 2000);
    file.add({open}, [&](int a, int) { return a == 1 ? price : 0; });
    for (std::size_t s = 0; s < static_cast<std::size_t>(stores); ++s)
      file.add({s, open}, [&](int a, int is_open) { return a == w && is_open == 0 ? top : 0; });
  }
  return file.text(top);
}

/// Pixels with a cost a label and truncated differences between neighbours.
inline std::string grid_wcsp(std::uint64_t seed, std::size_t side, int labels) {
  Random random(seed);
  WcspText file(std::vector<int>(side * side, labels));
  for (std::size_t i = 0; i < side * side; ++i) {
    file.add({i}, [&](int, int) { return up_to(random, 1000); });
    for (const std::size_t j : {i + 1, i + side}) {
      if (j >= side * side || (j == i + 1 && j % side == 0)) continue;
      const long weight = 100 + up_to(random, 500);
      file.add({i, j}, [&](int a, int b) { return weight * std::min(3, std::abs(a - b)); });
    }
  }
  return file.text();
}

}  // namespace entente::benchmarks
