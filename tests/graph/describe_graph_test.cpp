// SPDX-License-Identifier: MIT
// Summaries of small graphs counted by hand, unknown names, and drawings.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/base/error.hpp"
#include "entente/graph.hpp"
#include "graph_samples.hpp"

namespace entente {
namespace {

std::string message_of(auto action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
    return error.what();
  }
  return "no error";
}

const samples::Scopes chain_of_three = {{0, 1}, {1, 2}};

TEST(DescribeGraph, factor_graph_of_a_chain_of_three_has_five_nodes_and_density_two_fifths) {
  const GraphSummary summary = describe_graph(samples::problem_of(3, chain_of_three), "factor_graph");
  EXPECT_EQ(summary.graph, "factor_graph");
  EXPECT_EQ(summary.variables_count, 3u);
  EXPECT_EQ(summary.constraints_count, 2u);
  EXPECT_EQ(summary.nodes_count, 5u);
  EXPECT_EQ(summary.edges_count, 4u);
  EXPECT_DOUBLE_EQ(summary.density, 0.4);  // 2 * 4 / (5 * 4)
  EXPECT_EQ(summary.components, 1u);
  EXPECT_EQ(summary.diameter, 4u);
  EXPECT_TRUE(summary.diameter_is_exact);
  EXPECT_EQ(summary.induced_width, 1u);
}

TEST(DescribeGraph, hypergraph_counts_every_constraint_over_some_variable_as_one_edge) {
  // A triangle, a parallel constraint, a unary one, one over three variables, a constant, and a variable on its own.
  const samples::Scopes scopes = {{0, 1}, {1, 2}, {0, 2}, {0, 1}, {3}, {2, 3, 4}, {}};
  const GraphSummary summary = describe_graph(samples::problem_of(6, scopes), "constraints_hypergraph");
  EXPECT_EQ(summary.nodes_count, 6u);
  EXPECT_EQ(summary.constraints_count, 7u);
  EXPECT_EQ(summary.edges_count, 6u);
  EXPECT_DOUBLE_EQ(summary.density, 0.4);  // 2 * 6 / (6 * 5)
  EXPECT_EQ(summary.components, 2u);
  EXPECT_EQ(summary.diameter, 2u);
  EXPECT_EQ(summary.induced_width, 2u);
}

TEST(DescribeGraph, pseudotree_counts_links_from_both_ends) {
  samples::Scopes square = samples::chain_scopes(4);
  square.push_back({3, 0});
  const Problem problem = samples::problem_of(4, square);
  for (const char* name : {"pseudotree", "pseudo_tree"}) {
    const GraphSummary summary = describe_graph(problem, name, {.tree = "dfs"});
    EXPECT_EQ(summary.graph, "pseudotree");
    EXPECT_EQ(summary.edges_count, 8u);
    EXPECT_DOUBLE_EQ(summary.density, 8.0 / 12);
    EXPECT_EQ(summary.diameter, 2u);
    EXPECT_EQ(summary.induced_width, 2u);
    EXPECT_EQ(summary.tree, "dfs");
    // Depth first along the square: 2^2 for the last, 2^3 for the two between whose separators hold the root, 2 on top.
    EXPECT_NEAR(summary.log10_cells, std::log10(8 + 8 + 4 + 2), 1e-9);
  }
  // Any elimination order of a square joins one pair across: also where it is child and parent, edges stay 8 or 10.
  const auto edges = describe_graph(problem, "pseudotree", {.tree = "min_fill"}).edges_count;
  EXPECT_TRUE(edges == 8 || edges == 10) << edges;
}

TEST(DescribeGraph, ordered_graph_is_a_row) {
  const GraphSummary summary = describe_graph(samples::problem_of(5, {}), "ordered_graph");
  EXPECT_EQ(summary.edges_count, 4u);
  EXPECT_EQ(summary.components, 1u);
  EXPECT_EQ(summary.diameter, 4u);
  EXPECT_DOUBLE_EQ(summary.density, 0.4);
}

TEST(DescribeGraph, of_one_variable_or_none_divides_by_nothing) {
  for (const auto& type : graph_types()) {
    for (const std::uint32_t variables : {0u, 1u}) {
      const GraphSummary summary = describe_graph(samples::problem_of(variables, {}), type.name);
      EXPECT_EQ(summary.nodes_count, variables);
      EXPECT_EQ(summary.density, 0);
      EXPECT_EQ(summary.diameter, 0u);
      EXPECT_EQ(summary.components, variables);
    }
  }
}

TEST(DescribeGraph, names_what_there_is_when_asked_for_what_is_not) {
  const Problem problem = samples::problem_of(2, {});
  const std::string graph = message_of([&] { describe_graph(problem, "factor_grap"); });
  EXPECT_NE(graph.find("did you mean 'factor_graph'"), std::string::npos) << graph;
  EXPECT_NE(graph.find("constraints_hypergraph, factor_graph, ordered_graph, pseudotree"), std::string::npos) << graph;
  const std::string tree = message_of([&] { to_dot(problem, "factor_graph", {.tree = "min_fil"}); });
  EXPECT_NE(tree.find("did you mean 'min_fill'"), std::string::npos) << tree;
}

TEST(DescribeGraph, every_listed_tree_can_be_asked_for) {
  const Problem problem = samples::problem_of(9, samples::grid_scopes(3, 3));
  for (const auto& tree : tree_heuristics()) {
    const GraphSummary summary = describe_graph(problem, "pseudotree", {.tree = tree.name});
    EXPECT_GE(summary.induced_width, 3u);
    EXPECT_TRUE(tree.name == "best" || summary.tree == tree.name);
  }
}

TEST(ToDot, escapes_names_and_keeps_a_variable_apart_from_a_constraint_of_that_name) {
  ProblemBuilder builder("a \"quoted\" name", Objective::minimise);
  const auto domain = builder.add_domain("d", {std::int64_t(0)});
  const VariableId left = builder.add_variable("l\"]; evil [", domain);
  const VariableId right = builder.add_variable("back\\slash", domain);
  const std::vector<VariableId> both{left, right}, one{left};
  const std::vector<double> cell{0.0};
  builder.add_table_constraint("both", both, cell);
  builder.add_table_constraint("one", one, cell);
  const std::string text = to_dot(builder.build(), "constraints_hypergraph");
  EXPECT_EQ(text,
            "graph \"a \\\"quoted\\\" name\" {\n"
            "  v0 [label=\"l\\\"]; evil [\"];\n"
            "  v1 [label=\"back\\\\slash\"];\n"
            "  v0 -- v1 [label=\"both\"];\n"
            "  c1 [label=\"one\", shape=box];\n"
            "  c1 -- v0;\n"
            "}\n");
}

TEST(ToDot, draws_a_pseudotree_with_dashed_links_to_further_ancestors) {
  const std::string text = to_dot(samples::problem_of(3, {{0, 1}, {1, 2}, {0, 2}}), "pseudotree", {.tree = "dfs"});
  EXPECT_NE(text.find("digraph"), std::string::npos);
  EXPECT_NE(text.find("  v0 -> v1;\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  v1 -> v2;\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  v0 -> v2 [style=dashed, dir=none, constraint=false];\n"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '>'), 3) << text;
}

TEST(ToDot, draws_rows_and_factors) {
  const Problem problem = samples::problem_of(3, chain_of_three);
  EXPECT_NE(to_dot(problem, "ordered_graph").find("  v1 -> v2;\n"), std::string::npos);
  EXPECT_NE(to_dot(problem, "factor_graph").find("  c1 -- v2;\n"), std::string::npos);
}

}  // namespace
}  // namespace entente
