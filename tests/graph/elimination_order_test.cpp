// SPDX-License-Identifier: MIT
// Greedy elimination orders against the rule applied literally, and their bounds on work.
#include "graph/elimination_order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "graph/elimination_tree.hpp"
#include "graph_samples.hpp"

namespace entente {
namespace {

std::vector<VariableId> literal_order(samples::NeighbourSets sets, EliminationRule rule) {
  std::set<VariableId> left;
  for (VariableId v = 0; v < sets.size(); ++v) left.insert(v);
  std::vector<VariableId> order;
  while (!left.empty()) {
    std::pair<std::size_t, VariableId> best{~std::size_t(0), 0};
    for (const VariableId v : left) {
      const std::size_t key = rule == EliminationRule::min_fill ? samples::missing_edges(sets, v) : sets[v].size();
      best = std::min(best, {key, v});
    }
    const VariableId v = best.second;
    for (const VariableId a : sets[v]) {
      sets[a].erase(v);
      for (const VariableId b : sets[v]) {
        if (a != b) sets[a].insert(b);
      }
    }
    left.erase(v);
    order.push_back(v);
  }
  return order;
}

RC_GTEST_PROP(EliminationOrder, is_the_one_the_rule_gives_when_applied_literally, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 120);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  const auto rule = *rc::gen::element(EliminationRule::min_fill, EliminationRule::min_degree);
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(variables, scopes));
  const EliminationOrder order = elimination_order(graph, rule);
  RC_ASSERT(order.complete);
  RC_ASSERT(order.order == literal_order(samples::neighbour_sets(variables, scopes), rule));
}

RC_GTEST_PROP(EliminationOrder, holds_every_variable_once_wherever_the_work_limit_falls, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto scopes = samples::random_scopes(variables, 3 * variables, *rc::gen::arbitrary<std::uint64_t>());
  const auto rule = *rc::gen::element(EliminationRule::min_fill, EliminationRule::min_degree);
  const auto limit = *rc::gen::inRange<std::uint64_t>(0, 3000);
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(variables, scopes));
  RC_ASSERT(samples::is_permutation_of_all(elimination_order(graph, rule, limit).order, variables));
}

TEST(EliminationOrder, of_a_dense_graph_stops_looking_at_the_work_limit) {
  const auto scopes = samples::random_scopes(3000, 60000, 7);
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(3000, scopes));
  for (const auto rule : {EliminationRule::min_fill, EliminationRule::min_degree}) {
    const EliminationOrder order = elimination_order(graph, rule, 1'000'000);
    EXPECT_FALSE(order.complete);
    EXPECT_TRUE(samples::is_permutation_of_all(order.order, 3000));
  }
}

TEST(EliminationOrder, of_a_star_with_many_leaves_leaves_the_hub_to_the_end) {
  constexpr std::uint32_t leaves = 100000;
  samples::Scopes scopes;
  for (VariableId v = 1; v <= leaves; ++v) scopes.push_back({0, v});
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(leaves + 1, scopes));
  for (const auto rule : {EliminationRule::min_fill, EliminationRule::min_degree}) {
    const EliminationOrder order = elimination_order(graph, rule);
    EXPECT_TRUE(order.complete);
    EXPECT_EQ(order.order[leaves - 1], 0u);  // then hub and last leaf are equal, and the hub has the lower id
  }
}

TEST(EliminationOrder, of_a_strip_of_100000_variables_is_complete_within_the_work_limit_and_narrow) {
  const ConstraintGraph graph = make_constraint_graph(samples::problem_of(12 * 8333, samples::grid_scopes(12, 8333)));
  for (const auto rule : {EliminationRule::min_fill, EliminationRule::min_degree}) {
    const EliminationOrder order = elimination_order(graph, rule);
    EXPECT_TRUE(order.complete);
    const std::vector<std::uint32_t> sizes(graph.size(), 2);
    EXPECT_LE(make_elimination_tree(graph, order.order, sizes).induced_width, 24u);  // 12 is the least there is
  }
}

}  // namespace
}  // namespace entente
