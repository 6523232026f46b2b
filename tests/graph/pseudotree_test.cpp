// SPDX-License-Identifier: MIT
// Pseudo-trees: the properties that make them so, separators and costs against elimination step by step.
#include "entente/graph/pseudotree.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "entente/base/error.hpp"
#include "graph/candidate_trees.hpp"
#include "graph_samples.hpp"

namespace entente {
namespace {

const std::vector<TreeHeuristic> all_heuristics{TreeHeuristic::dfs_max_degree, TreeHeuristic::dfs_most_visited,
                                                TreeHeuristic::min_fill, TreeHeuristic::min_degree};

std::vector<VariableId> path_to_root(const Pseudotree& tree, VariableId v) {
  std::vector<VariableId> path;
  for (VariableId u = tree.parent[v]; u != no_id; u = tree.parent[u]) path.push_back(u);
  return path;
}

struct Sample {
  std::uint32_t variables;
  samples::Scopes scopes;
  Problem problem;
};

Sample any_sample() {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 90);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  return {variables, scopes, samples::problem_of(variables, scopes, {2, 3, 1, 5})};
}

RC_GTEST_PROP(Pseudotree, has_each_constraint_on_one_path_from_the_root_in_the_charge_of_its_deepest_variable, ()) {
  const Sample sample = any_sample();
  const Pseudotree tree = make_pseudotree(sample.problem, *rc::gen::elementOf(all_heuristics));
  std::size_t in_charge = 0;
  for (VariableId v = 0; v < sample.variables; ++v) {
    const auto path = path_to_root(tree, v);
    RC_ASSERT(path.size() == tree.depth[v]);
    RC_ASSERT(std::is_sorted(tree.constraints[v].begin(), tree.constraints[v].end()));
    for (const ConstraintId c : tree.constraints[v]) {
      ++in_charge;
      bool has_v = false;
      for (const VariableId u : sample.problem.scope(c)) {
        has_v = has_v || u == v;
        RC_ASSERT((u == v || std::find(path.begin(), path.end(), u) != path.end()));
      }
      RC_ASSERT(has_v);
    }
  }
  const auto constants = std::count_if(sample.scopes.begin(), sample.scopes.end(), [](auto& s) { return s.empty(); });
  RC_ASSERT(in_charge == sample.scopes.size() - static_cast<std::size_t>(constants));
}

RC_GTEST_PROP(Pseudotree, lists_children_and_eliminates_them_before_their_parents, ()) {
  const Sample sample = any_sample();
  const Pseudotree tree = make_pseudotree(sample.problem, *rc::gen::elementOf(all_heuristics));
  RC_ASSERT(samples::is_permutation_of_all(tree.elimination, sample.variables));
  std::vector<std::size_t> turn(sample.variables);
  for (std::size_t i = 0; i < tree.elimination.size(); ++i) turn[tree.elimination[i]] = i;
  std::size_t links = 0;
  for (VariableId v = 0; v < sample.variables; ++v) {
    RC_ASSERT(std::is_sorted(tree.children[v].begin(), tree.children[v].end()));
    for (const VariableId child : tree.children[v]) {
      ++links;
      RC_ASSERT(tree.parent[child] == v);
      RC_ASSERT(turn[child] < turn[v]);
    }
  }
  const auto roots = std::count(tree.parent.begin(), tree.parent.end(), no_id);
  RC_ASSERT(links + static_cast<std::size_t>(roots) == sample.variables);
}

RC_GTEST_PROP(Pseudotree, has_the_separators_widths_and_cells_of_its_elimination_order, ()) {
  const Sample sample = any_sample();
  const Pseudotree tree = make_pseudotree(sample.problem, *rc::gen::elementOf(all_heuristics));
  const auto at_turn = samples::eliminate(samples::neighbour_sets(sample.variables, sample.scopes), tree.elimination);
  std::size_t width = 0;
  double total = 0, largest = 0;
  for (VariableId v = 0; v < sample.variables; ++v) {
    const auto separator = tree.separator[v];
    RC_ASSERT(std::set<VariableId>(separator.begin(), separator.end()) == at_turn[v]);
    RC_ASSERT(separator.size() == at_turn[v].size());
    for (std::size_t i = 1; i < separator.size(); ++i) {
      RC_ASSERT(tree.depth[separator[i - 1]] < tree.depth[separator[i]]);
    }
    RC_ASSERT(separator.empty() == (tree.parent[v] == no_id));
    RC_ASSERT((separator.empty() || separator.back() == tree.parent[v]));
    double cells = sample.problem.domain_size(v);
    for (const VariableId u : separator) cells *= sample.problem.domain_size(u);
    width = std::max(width, separator.size());
    total += cells;
    largest = std::max(largest, cells);
  }
  RC_ASSERT(tree.induced_width == width);
  RC_ASSERT(std::abs(tree.cells - total) <= 1e-12 * total);
  RC_ASSERT(tree.largest_cells == largest);
}

RC_GTEST_PROP(Pseudotree, costs_are_known_before_separators_are_written_down, ()) {
  const Sample sample = any_sample();
  const auto heuristic = *rc::gen::elementOf(all_heuristics);
  const Pseudotree tree = make_pseudotree(sample.problem, heuristic);
  const auto early = candidate_tree(sample.problem, make_constraint_graph(sample.problem), heuristic).tree;
  RC_ASSERT(early.separator_total == tree.separator.items.size());
  RC_ASSERT(early.induced_width == tree.induced_width);
  RC_ASSERT(std::abs(early.cells - tree.cells) <= 1e-6 * tree.cells);
}

RC_GTEST_PROP(Pseudotree, best_is_as_cheap_as_the_cheapest_heuristic, ()) {
  const Sample sample = any_sample();
  const double best = best_pseudotree(sample.problem).cells;
  for (const TreeHeuristic heuristic : all_heuristics) {
    // A forest stops the search: no tree is narrower, yet one over other pairs may have a few cells less.
    if (best_pseudotree(sample.problem).induced_width <= 1) continue;
    RC_ASSERT(best <= make_pseudotree(sample.problem, heuristic).cells * (1 + 1e-6));
  }
}

RC_GTEST_PROP(Pseudotree, of_a_depth_first_search_links_only_variables_that_share_a_constraint, ()) {
  const Sample sample = any_sample();
  const auto sets = samples::neighbour_sets(sample.variables, sample.scopes);
  const auto heuristic = *rc::gen::element(TreeHeuristic::dfs_max_degree, TreeHeuristic::dfs_most_visited);
  const Pseudotree tree = make_pseudotree(sample.problem, heuristic);
  for (VariableId v = 0; v < sample.variables; ++v) {
    RC_ASSERT((tree.parent[v] == no_id || sets[v].contains(tree.parent[v])));
  }
}

TEST(Pseudotree, has_the_known_width_of_chains_cycles_cliques_and_grids) {
  samples::Scopes cycle = samples::chain_scopes(9);
  cycle.push_back({8, 0});
  samples::Scopes clique;
  for (VariableId a = 0; a < 7; ++a) {
    for (VariableId b = a + 1; b < 7; ++b) clique.push_back({a, b});
  }
  EXPECT_EQ(best_pseudotree(samples::problem_of(9, samples::chain_scopes(9))).induced_width, 1u);
  EXPECT_EQ(best_pseudotree(samples::problem_of(9, cycle)).induced_width, 2u);
  EXPECT_EQ(best_pseudotree(samples::problem_of(7, clique)).induced_width, 6u);
  EXPECT_EQ(best_pseudotree(samples::problem_of(100, samples::grid_scopes(4, 25))).induced_width, 4u);
  EXPECT_EQ(best_pseudotree(samples::problem_of(5, {})).induced_width, 0u);
  EXPECT_EQ(best_pseudotree(samples::problem_of(0, {})).elimination.size(), 0u);
  // One constraint over four variables is a clique of four.
  EXPECT_EQ(best_pseudotree(samples::problem_of(4, {{0, 1, 2, 3}})).induced_width, 3u);
}

TEST(Pseudotree, of_a_chain_of_a_million_variables_is_no_deeper_problem_than_a_short_one) {
  const Problem problem = samples::problem_of(1'000'000, samples::chain_scopes(1'000'000));
  for (const TreeHeuristic heuristic : all_heuristics) {
    const Pseudotree tree = make_pseudotree(problem, heuristic);
    EXPECT_EQ(tree.induced_width, 1u);
    EXPECT_EQ(tree.cells, 4.0 * 999'999 + 2);
  }
}

TEST(Pseudotree, too_wide_to_hold_is_an_error_that_names_the_width) {
  const Problem problem = samples::problem_of(60000, samples::random_scopes(60000, 240000, 3));
  try {
    make_pseudotree(problem, TreeHeuristic::dfs_max_degree);
    FAIL() << "separators beyond the limit were built";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
    EXPECT_NE(std::string(error.what()).find("induced width"), std::string::npos);
  }
}

}  // namespace
}  // namespace entente
