// SPDX-License-Identifier: MIT
// Components and diameters against all shortest paths.
#include "graph/neighbour_lists.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "graph_samples.hpp"

namespace entente {
namespace {

constexpr std::uint32_t far = 1000000;

std::vector<std::vector<std::uint32_t>> all_distances(const NeighbourLists& graph) {
  const std::uint32_t n = graph.size();
  std::vector<std::vector<std::uint32_t>> distance(n, std::vector<std::uint32_t>(n, far));
  for (std::uint32_t a = 0; a < n; ++a) {
    distance[a][a] = 0;
    for (const std::uint32_t b : graph[a]) distance[a][b] = 1;
  }
  for (std::uint32_t k = 0; k < n; ++k) {
    for (std::uint32_t a = 0; a < n; ++a) {
      for (std::uint32_t b = 0; b < n; ++b) {
        distance[a][b] = std::min(distance[a][b], distance[a][k] + distance[k][b]);
      }
    }
  }
  return distance;
}

RC_GTEST_PROP(NeighbourLists, components_and_diameter_agree_with_all_shortest_paths, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 25);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 30);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(variables, scopes));
  const auto distance = all_distances(graph);

  const Components components = connected_components(graph);
  std::vector<std::uint32_t> sizes(components.sizes.size(), 0), longest(components.sizes.size(), 0);
  for (std::uint32_t a = 0; a < variables; ++a) {
    ++sizes.at(components.of[a]);
    for (std::uint32_t b = 0; b < variables; ++b) {
      RC_ASSERT((distance[a][b] < far) == (components.of[a] == components.of[b]));
      if (distance[a][b] < far) longest[components.of[a]] = std::max(longest[components.of[a]], distance[a][b]);
    }
  }
  RC_ASSERT(sizes == components.sizes);
  const auto largest = std::max_element(sizes.begin(), sizes.end()) - sizes.begin();
  const Diameter exact = diameter(graph, components);
  RC_ASSERT(exact.exact);
  RC_ASSERT(exact.value == longest[static_cast<std::size_t>(largest)]);
  const Diameter quick = diameter(graph, components, 0);
  RC_ASSERT(quick.value <= exact.value);
  RC_ASSERT((!quick.exact || quick.value == exact.value));
}

TEST(NeighbourLists, diameter_of_a_long_chain_is_exact_and_quick) {
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(200000, samples::chain_scopes(200000)));
  const Diameter longest = diameter(graph, connected_components(graph));
  EXPECT_TRUE(longest.exact);
  EXPECT_EQ(longest.value, 199999u);
}

TEST(NeighbourLists, diameter_beyond_the_work_limit_is_called_a_lower_bound) {
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(900, samples::grid_scopes(30, 30)));
  const Diameter longest = diameter(graph, connected_components(graph), 1000);
  EXPECT_FALSE(longest.exact);
  EXPECT_EQ(longest.value, 58u);  // corner to corner, which sweeps on a grid do find
}

TEST(NeighbourLists, diameter_of_nothing_and_of_one_node_is_zero) {
  for (const std::uint32_t variables : {0u, 1u}) {
    const ConstraintGraph graph = make_constraint_graph(samples::problem_of(variables, {}));
    EXPECT_EQ(diameter(graph, connected_components(graph)).value, 0u);
  }
}

}  // namespace
}  // namespace entente
