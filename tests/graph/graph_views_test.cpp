// SPDX-License-Identifier: MIT
// Factor graphs and ordered graphs.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "entente/graph/ordered_graph.hpp"
#include "graph/factor_graph.hpp"
#include "graph_samples.hpp"

namespace entente {
namespace {

RC_GTEST_PROP(FactorGraph, links_each_constraint_with_its_variables_both_ways, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 20);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 30);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  const FactorGraph graph = make_factor_graph(samples::problem_of(variables, scopes));
  RC_ASSERT(graph.size() == variables + constraints);
  std::vector<std::set<std::uint32_t>> expected(variables + constraints);
  for (ConstraintId c = 0; c < constraints; ++c) {
    for (const VariableId v : scopes[c]) {
      expected[v].insert(variables + c);
      expected[variables + c].insert(v);
    }
  }
  for (std::uint32_t node = 0; node < graph.size(); ++node) {
    RC_ASSERT(std::equal(graph[node].begin(), graph[node].end(), expected[node].begin(), expected[node].end()));
    RC_ASSERT(graph.is_factor(node) == (node >= variables));
  }
}

TEST(OrderedGraph, orders_by_the_bytes_of_the_names) {
  ProblemBuilder builder("names", Objective::minimise);
  const auto domain = builder.add_domain("d", {std::int64_t(0)});
  for (const char* name : {"v2", "v10", "a", "V3"}) builder.add_variable(name, domain);
  const OrderedGraph graph = make_ordered_graph(builder.build());
  EXPECT_EQ(graph.order, (std::vector<VariableId>{3, 2, 1, 0}));  // V3 a v10 v2
  EXPECT_EQ(graph.next(2), 1u);
  EXPECT_EQ(graph.previous(2), 3u);
  EXPECT_EQ(graph.next(0), no_id);
  EXPECT_EQ(graph.previous(3), no_id);
}

}  // namespace
}  // namespace entente
