// SPDX-License-Identifier: MIT
// Finds graph types and tree heuristics by name, measures and draws.
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"
#include "entente/graph.hpp"
#include "graph/graph_type.hpp"
#include "graph/tree_names.hpp"

namespace entente {

namespace {

constexpr std::array types{&constraints_hypergraph_type, &factor_graph_type, &ordered_graph_type, &pseudotree_type};

const GraphType& find_type(std::string_view name) {
  std::vector<std::string> names;
  for (const GraphType* type : types) {
    if (name == type->name || (!type->alias.empty() && name == type->alias)) return *type;
    names.emplace_back(type->name);
  }
  throw Error(ErrorCode::wrong_use, fmt::format("unknown graph '{}'{}; there are {}", printable(std::string(name)),
                                                did_you_mean(name, names), fmt::join(names, ", ")));
}

CandidateTree find_tree(const Problem& problem, const ConstraintGraph& graph, std::string_view name) {
  const std::optional<TreeHeuristic> heuristic = tree_heuristic(name);
  return heuristic ? candidate_tree(problem, graph, *heuristic) : best_candidate_tree(problem, graph);
}

}  // namespace

std::vector<GraphTypeDescription> graph_types() {
  std::vector<GraphTypeDescription> result;
  for (const GraphType* type : types) {
    result.push_back({std::string(type->name), {}, std::string(type->summary)});
    if (!type->alias.empty()) result.back().aliases.emplace_back(type->alias);
  }
  return result;
}

GraphSummary describe_graph(const Problem& problem, std::string_view type_name, const GraphOptions& options) {
  const GraphType& type = find_type(type_name);
  const ConstraintGraph graph = make_constraint_graph(problem);
  const CandidateTree tree = find_tree(problem, graph, options.tree);
  const GraphMeasures measures = type.measure({problem, graph, tree});
  const Components components = connected_components(measures.nodes);
  const Diameter longest = diameter(measures.nodes, components);

  GraphSummary summary;
  summary.graph = type.name;
  summary.variables_count = problem.variable_count();
  summary.constraints_count = problem.constraint_count();
  summary.nodes_count = measures.nodes.size();
  summary.edges_count = measures.edges;
  if (summary.nodes_count > 1) {
    const double pairs = static_cast<double>(summary.nodes_count) * static_cast<double>(summary.nodes_count - 1);
    summary.density = (measures.edges_are_directed ? 1 : 2) * static_cast<double>(measures.edges) / pairs;
  }
  summary.components = components.sizes.size();
  summary.diameter = longest.value;
  summary.diameter_is_exact = longest.exact;
  summary.induced_width = tree.tree.induced_width;
  summary.tree = tree_name(tree.heuristic);
  constexpr double log10_of_2 = 0.30102999566398120;
  summary.log10_cells = tree.tree.log2_cells * log10_of_2;
  return summary;
}

std::string to_dot(const Problem& problem, std::string_view type_name, const GraphOptions& options) {
  const GraphType& type = find_type(type_name);
  const ConstraintGraph graph = make_constraint_graph(problem);
  tree_heuristic(options.tree);  // an unknown name is an error whatever is drawn
  CandidateTree tree;
  if (type.draws_tree) tree = find_tree(problem, graph, options.tree);
  DotWriter out;
  type.draw({problem, graph, tree}, out);
  return out.close();
}

}  // namespace entente
