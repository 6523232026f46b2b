// SPDX-License-Identifier: MIT
#include "solve/event_ground.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "entente/base/error.hpp"
#include "graph/constraint_graph.hpp"
#include "graph/factor_graph.hpp"
#include "kernel/elimination.hpp"

namespace entente {

bool constants_hold(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    if (problem.scope(c).empty() && problem.is_hard(problem.cost(c, {}))) return false;
  return true;
}

namespace {

/// Parent and children of each variable, by ascending id.
IdLists tree_neighbours(const Pseudotree& tree) {
  IdLists lists;
  for (VariableId v = 0; v < tree.parent.size(); ++v) {
    const auto begin = std::ptrdiff_t(lists.items.size());
    const auto children = tree.children[v];
    lists.items.insert(lists.items.end(), children.begin(), children.end());
    if (tree.parent[v] != no_id) lists.items.push_back(tree.parent[v]);
    std::sort(lists.items.begin() + begin, lists.items.end());
    lists.first.push_back(std::uint32_t(lists.items.size()));
  }
  return lists;
}

void prepare_tables(const Problem& problem, const Algorithm& algorithm, const Pseudotree& tree,
                    EliminationWorkspace& workspace) {
  const EliminationMemory needed = elimination_memory(problem, tree);
  workspace.keep_choices = needed.keeping_inputs > workspace.budget.limit();
  if (workspace.keep_choices && needed.keeping_choices > workspace.budget.limit())
    throw Error(ErrorCode::too_large,
                fmt::format("{}: the pseudo-tree has width {} and its tables need {}, but only {} are allowed; allow "
                            "more with --memory, or use a local algorithm",
                            algorithm.info.name, needed.width,
                            bytes_to_text(std::min(needed.keeping_inputs, needed.keeping_choices)),
                            bytes_to_text(workspace.budget.limit())));
  workspace.layouts = message_layouts(problem, tree);
}

}  // namespace

EventGround::EventGround(const Problem& problem, const Algorithm& algorithm, std::span<const Setting> settings,
                         std::uint64_t memory)
    : workspace(memory ? memory : half_of_free_memory()), ordered_(algorithm.info.graph == Graph::ordered) {
  if (algorithm.make_tree)
    tree_ = algorithm.make_tree(problem, settings);
  else if (algorithm.info.graph == Graph::pseudotree)
    tree_ = std::make_shared<const Pseudotree>(make_pseudotree(problem, TreeHeuristic::dfs_max_degree));
  if (algorithm.whole_tables) {
    prepare_tables(problem, algorithm, *tree_, workspace);
    IdLists lists = tree_neighbours(*tree_);
    first_ = std::move(lists.first);
    neighbours_ = std::move(lists.items);
    return;
  }
  NeighbourLists graph = algorithm.info.graph == Graph::factor ? NeighbourLists(make_factor_graph(problem))
                                                               : NeighbourLists(make_constraint_graph(problem));
  first_ = std::move(graph.first);
  neighbours_ = std::move(graph.neighbours);
  if (ordered_) row_ = make_ordered_graph(problem);
}

runtime::EventTopology EventGround::topology(const std::uint32_t* host) const {
  runtime::EventTopology topology;
  topology.first = first_.data();
  topology.neighbours = neighbours_.data();
  topology.count = std::uint32_t(first_.size() - 1);
  topology.tree = tree_.get();
  topology.host = host;
  topology.row = ordered_ ? &row_ : nullptr;
  return topology;
}

void EventGround::conclude(runtime::RunResult& result) const {
  if (!workspace.infeasible || result.end != runtime::RunEnd::by_itself) return;
  result.end = runtime::RunEnd::infeasible;
  result.optimal = false;
  result.best.clear();
}

}  // namespace entente
