// SPDX-License-Identifier: MIT
#include "solve/event_run.hpp"

#include <functional>
#include <memory>

#include "entente/graph/ordered_graph.hpp"
#include "entente/graph/pseudotree.hpp"
#include "graph/constraint_graph.hpp"
#include "graph/factor_graph.hpp"
#include "kernel/elimination_workspace.hpp"
#include "runtime/event_engine.hpp"
#include "solve/reporting.hpp"

namespace entente {

bool constants_hold(const Problem& problem) {
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c)
    if (problem.scope(c).empty() && problem.is_hard(problem.cost(c, {}))) return false;
  return true;
}

runtime::RunResult run_event_driven(const Problem& problem, const Algorithm& algorithm,
                                    std::span<const Setting> settings, runtime::RunControl& control,
                                    const Hosting& hosting, const SolveRequest& request) {
  if (algorithm.info.complete && !constants_hold(problem)) {
    runtime::RunResult result;
    result.end = runtime::RunEnd::infeasible;
    return result;
  }
  const bool with_factors = algorithm.info.graph == Graph::factor;
  const NeighbourLists graph =
      with_factors ? NeighbourLists(make_factor_graph(problem)) : NeighbourLists(make_constraint_graph(problem));
  std::shared_ptr<const Pseudotree> tree;
  if (algorithm.make_tree)
    tree = algorithm.make_tree(problem, settings);
  else if (algorithm.info.graph == Graph::pseudotree)
    tree = std::make_shared<const Pseudotree>(make_pseudotree(problem, TreeHeuristic::dfs_max_degree));
  OrderedGraph row;
  if (algorithm.info.graph == Graph::ordered) row = make_ordered_graph(problem);
  EliminationWorkspace workspace(request.memory ? request.memory : half_of_free_memory());
  runtime::EventTopology topology;
  topology.first = graph.first.data();
  topology.neighbours = graph.neighbours.data();
  topology.count = graph.size();
  topology.tree = tree.get();
  topology.row = algorithm.info.graph == Graph::ordered ? &row : nullptr;
  topology.host = hosting.host.data();
  const CycleTraffic unknown;  // what is sent is counted message by message
  Reporter reporter(request, unknown, algorithm.periodic, control.proof);
  if (reporter.wanted()) control.on_cycle = std::ref(reporter);
  runtime::RunResult result = runtime::run_events(problem, algorithm, topology, control, settings, &workspace);
  if (workspace.infeasible && result.end == runtime::RunEnd::by_itself) {
    result.end = runtime::RunEnd::infeasible;
    result.optimal = false;
    result.best.clear();
  }
  return result;
}

}  // namespace entente
