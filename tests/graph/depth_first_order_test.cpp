// SPDX-License-Identifier: MIT
// Depth-first orders against the rule applied literally.
#include "graph/depth_first_order.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "graph_samples.hpp"

namespace entente {
namespace {

void visit(const samples::NeighbourSets& sets, DepthFirstRule rule, VariableId v, std::set<VariableId>& visited,
           std::vector<VariableId>& order) {
  visited.insert(v);
  order.push_back(v);
  while (true) {
    const VariableId* best = nullptr;
    std::size_t best_key = 0;
    for (const VariableId& u : sets[v]) {
      if (visited.contains(u)) continue;
      std::size_t key = sets[u].size();
      if (rule == DepthFirstRule::most_visited) {
        key = static_cast<std::size_t>(
            std::count_if(sets[u].begin(), sets[u].end(), [&](VariableId w) { return visited.contains(w); }));
      }
      if (best == nullptr || key > best_key) {
        best = &u;
        best_key = key;
      }
    }
    if (best == nullptr) return;
    visit(sets, rule, *best, visited, order);
  }
}

RC_GTEST_PROP(DepthFirstOrder, is_the_one_the_rule_gives_when_applied_literally, ()) {
  const auto variables = *rc::gen::inRange<std::uint32_t>(1, 40);
  const auto constraints = *rc::gen::inRange<std::uint32_t>(0, 100);
  const auto scopes = samples::random_scopes(variables, constraints, *rc::gen::arbitrary<std::uint64_t>());
  const auto rule = *rc::gen::element(DepthFirstRule::max_degree, DepthFirstRule::most_visited);
  const auto sets = samples::neighbour_sets(variables, scopes);

  std::vector<VariableId> expected;
  std::set<VariableId> visited;
  while (expected.size() < variables) {
    VariableId root = no_id;
    for (VariableId v = 0; v < variables; ++v) {
      if (!visited.contains(v) && (root == no_id || sets[v].size() > sets[root].size())) root = v;
    }
    visit(sets, rule, root, visited, expected);
  }
  RC_ASSERT(depth_first_order(make_constraint_graph(samples::problem_of(variables, scopes)), rule) == expected);
}

}  // namespace
}  // namespace entente
