// SPDX-License-Identifier: MIT
// The constraint graph against its definition, pair by pair.
#include "graph/constraint_graph.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "entente/base/error.hpp"
#include "graph_samples.hpp"

namespace entente {
namespace {

RC_GTEST_PROP(ConstraintGraph, holds_each_variables_distinct_neighbours_in_ascending_order, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 30);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 60);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  const auto expected = samples::neighbour_sets(variables, scopes);
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(variables, scopes));
  RC_ASSERT(graph.size() == variables);
  for (VariableId v = 0; v < variables; ++v) {
    RC_ASSERT(std::equal(graph[v].begin(), graph[v].end(), expected[v].begin(), expected[v].end()));
  }
}

TEST(ConstraintGraph, of_a_problem_without_variables_is_empty) {
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(0, {}));
  EXPECT_EQ(graph.size(), 0u);
  EXPECT_TRUE(graph.neighbours.empty());
}

TEST(ConstraintGraph, refuses_a_clique_that_would_not_fit_memory) {
  ProblemBuilder builder("wide", Objective::minimise);
  const auto domain = builder.add_domain("d", {std::int64_t(0), std::int64_t(1)});
  std::vector<VariableId> scope;
  for (int i = 0; i < 40000; ++i) scope.push_back(builder.add_variable("", domain));
  SparseTable table;
  table.arity = 40000;
  builder.add_sparse_constraint("", scope, table);
  const Problem problem = builder.build();
  try {
    make_constraint_graph(problem);
    FAIL() << "1.6 * 10^9 entries were accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
  }
}

}  // namespace
}  // namespace entente
