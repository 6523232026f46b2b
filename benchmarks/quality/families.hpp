// SPDX-License-Identifier: MIT
// The families of instances on which solution quality is compared, as papers on incomplete algorithms use them.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"

namespace quality {

using Edge = std::pair<std::uint32_t, std::uint32_t>;

/// An undirected graph with one whole cost for each pair of values on each edge: cells[e * domain^2 + a * domain + b].
struct Instance {
  std::uint32_t variables = 0, domain = 0;
  std::vector<Edge> edges;
  std::vector<std::uint32_t> cells;
};

enum class Graph { random, scale_free };
enum class Costs { each_pair, when_equal };

struct Family {
  std::string name, title;
  Graph graph;
  Costs costs;
  std::uint32_t variables, domain;
  double density;            ///< Chance of each pair to be an edge, for random graphs.
  std::uint32_t attachment;  ///< Edges from each new node to older ones, for scale-free ones.
  double limit;              ///< Highest ratio to the reference that is called good.
};

inline const std::vector<Family>& families() {
  static const std::vector<Family> all = {
      {"random-0.1", "random, 70 variables, 10 values, p = 0.1", Graph::random, Costs::each_pair, 70, 10, 0.1, 0,
       1.015},
      {"random-0.6", "random, 70 variables, 10 values, p = 0.6", Graph::random, Costs::each_pair, 70, 10, 0.6, 0,
       1.015},
      {"scale-free-3", "scale-free, 70 variables, 10 values, m = 3", Graph::scale_free, Costs::each_pair, 70, 10, 0, 3,
       1.015},
      {"scale-free-7", "scale-free, 70 variables, 10 values, m = 7", Graph::scale_free, Costs::each_pair, 70, 10, 0, 7,
       1.015},
      {"colouring", "weighted colouring, 120 variables, 3 colours, p = 0.05", Graph::random, Costs::when_equal, 120, 3,
       0.05, 0, 1.15},
  };
  return all;
}

/// Barabási-Albert: a clique of ten, then nodes joined to `attachment` different older ones, each chosen with a chance
/// proportional to its degree. Connected by construction.
inline std::vector<Edge> draw_scale_free(const Family& family, entente::Random& random) {
  constexpr std::uint32_t clique = 10;
  std::vector<Edge> edges;
  std::vector<std::uint32_t> ends, chosen;  // each node as often as it has edges
  const auto join = [&](std::uint32_t a, std::uint32_t b) {
    edges.emplace_back(a, b);
    ends.insert(ends.end(), {a, b});
  };
  for (std::uint32_t b = 0; b < clique; ++b)
    for (std::uint32_t a = 0; a < b; ++a) join(a, b);
  for (std::uint32_t b = clique; b < family.variables; ++b) {
    chosen.clear();
    while (chosen.size() < family.attachment) {
      const std::uint32_t a = ends[random.below(ends.size())];
      if (std::find(chosen.begin(), chosen.end(), a) == chosen.end()) chosen.push_back(a);
    }
    for (const std::uint32_t a : chosen) join(a, b);
  }
  return edges;
}

inline std::vector<Edge> draw_random(const Family& family, entente::Random& random) {
  std::vector<Edge> edges;
  for (std::uint32_t a = 0; a < family.variables; ++a)
    for (std::uint32_t b = a + 1; b < family.variables; ++b)
      if (random.uniform() < family.density) edges.emplace_back(a, b);
  return edges;
}

inline bool connected(std::uint32_t variables, const std::vector<Edge>& edges) {
  std::vector<std::uint32_t> leader(variables);
  std::iota(leader.begin(), leader.end(), 0u);
  const auto find = [&](std::uint32_t v) {
    while (leader[v] != v) v = leader[v] = leader[leader[v]];
    return v;
  };
  std::uint32_t parts = variables;
  for (const auto& [a, b] : edges) {
    const std::uint32_t one = find(a), other = find(b);
    if (one != other) leader[one] = other, --parts;
  }
  return parts == 1;
}

/// The `index`-th instance of a family: a function of family, seed and index alone. Graphs are drawn until connected.
inline Instance draw(const Family& family, std::uint64_t seed, std::uint64_t index) {
  std::uint64_t salt = seed;
  for (const char c : family.name) salt = entente::mix(salt ^ std::uint64_t(c));
  entente::Random random(entente::mix(salt) ^ index);
  Instance instance{family.variables, family.domain, {}, {}};
  do instance.edges = family.graph == Graph::random ? draw_random(family, random) : draw_scale_free(family, random);
  while (!connected(instance.variables, instance.edges));
  const auto cost = [&] { return std::uint32_t(1 + random.below(100)); };
  for (std::size_t e = 0; e < instance.edges.size(); ++e) {
    const std::uint32_t clash = family.costs == Costs::when_equal ? cost() : 0;
    for (std::uint32_t a = 0; a < family.domain; ++a)
      for (std::uint32_t b = 0; b < family.domain; ++b)
        instance.cells.push_back(family.costs == Costs::each_pair ? cost() : a == b ? clash : 0);
  }
  return instance;
}

inline entente::Problem problem_of(const Instance& instance) {
  entente::ProblemBuilder builder("quality", entente::Objective::minimise);
  std::vector<entente::Value> values;
  for (std::uint32_t a = 0; a < instance.domain; ++a) values.emplace_back(std::int64_t(a));
  const std::uint32_t domain = builder.add_domain("values", values);
  for (std::uint32_t v = 0; v < instance.variables; ++v) builder.add_variable("", domain);
  const std::size_t size = std::size_t(instance.domain) * instance.domain;
  for (std::size_t e = 0; e < instance.edges.size(); ++e) {
    const entente::VariableId scope[] = {instance.edges[e].first, instance.edges[e].second};
    const auto first = instance.cells.begin() + std::ptrdiff_t(e * size);
    builder.add_table_constraint("", scope, std::vector<double>(first, first + std::ptrdiff_t(size)));
  }
  return builder.build();
}

/// Writes the instance in the WCSP format.
inline void write_wcsp(const Instance& instance, std::ostream& out) {
  const std::uint32_t d = instance.domain;
  out << fmt::format("quality {} {} {} {}\n", instance.variables, d, instance.edges.size(),
                     100 * instance.edges.size() + 1);
  for (std::uint32_t v = 0; v < instance.variables; ++v) out << d << (v + 1 < instance.variables ? ' ' : '\n');
  for (std::size_t e = 0; e < instance.edges.size(); ++e) {
    out << fmt::format("2 {} {} 0 {}\n", instance.edges[e].first, instance.edges[e].second, d * d);
    for (std::uint32_t a = 0; a < d; ++a)
      for (std::uint32_t b = 0; b < d; ++b) out << fmt::format("{} {} {}\n", a, b, instance.cells[(e * d + a) * d + b]);
  }
}

}  // namespace quality
