// SPDX-License-Identifier: MIT
#include "solve/elimination_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "entente/base/error.hpp"
#include "entente/graph/pseudotree.hpp"
#include "kernel/elimination.hpp"
#include "kernel/elimination_workspace.hpp"
#include "runtime/event_engine.hpp"
#include "solve/event_run.hpp"

namespace entente {
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

}  // namespace

runtime::RunResult run_elimination(const Problem& problem, const Algorithm& algorithm,
                                   std::span<const Setting> settings, const runtime::RunControl& control,
                                   const Hosting& hosting, std::uint64_t memory) {
  const auto tree = algorithm.make_tree(problem, settings);
  EliminationWorkspace workspace(memory ? memory : half_of_free_memory());
  const EliminationMemory needed = elimination_memory(problem, *tree);
  workspace.keep_choices = needed.keeping_inputs > workspace.budget.limit();
  if (workspace.keep_choices && needed.keeping_choices > workspace.budget.limit())
    throw Error(ErrorCode::too_large,
                fmt::format("{}: the pseudo-tree has width {} and its tables need {}, but only {} are allowed; allow "
                            "more with --memory, or use a local algorithm",
                            algorithm.info.name, needed.width,
                            bytes_to_text(std::min(needed.keeping_inputs, needed.keeping_choices)),
                            bytes_to_text(workspace.budget.limit())));
  workspace.layouts = message_layouts(problem, *tree);
  runtime::RunResult result;
  if (!constants_hold(problem)) {
    result.end = runtime::RunEnd::infeasible;
    return result;
  }
  const IdLists neighbours = tree_neighbours(*tree);
  const runtime::EventTopology topology{neighbours.first.data(),  neighbours.items.data(),
                                        problem.variable_count(), tree.get(),
                                        hosting.host.data(),      nullptr};
  result = runtime::run_events(problem, algorithm, topology, control, settings, &workspace);
  if (workspace.infeasible && result.end == runtime::RunEnd::by_itself) {
    result.end = runtime::RunEnd::infeasible;
    result.optimal = false;
    result.best.clear();
  }
  return result;
}

}  // namespace entente
