// SPDX-License-Identifier: MIT
// The graph type `constraints_hypergraph`: a node per variable, an edge per constraint.
#include "graph/graph_type.hpp"

namespace entente {

namespace {

GraphMeasures measure(const GraphSource& source) {
  GraphMeasures measures;
  measures.nodes = source.constraint_graph;
  for (ConstraintId c = 0; c < source.problem.constraint_count(); ++c)
    measures.edges += !source.problem.scope(c).empty();
  return measures;
}

void draw(const GraphSource& source, DotWriter& out) {
  const Problem& problem = source.problem;
  out.open(problem.name(), DotWriter::Direction::undirected);
  for (VariableId v = 0; v < problem.variable_count(); ++v) out.variable(problem, v);
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto scope = problem.scope(c);
    if (scope.size() == 2) {
      out.variable_link(scope[0], scope[1], problem.constraint_name(c));
    } else if (!scope.empty()) {
      out.constraint(problem, c);
      for (const VariableId v : scope) out.constraint_link(c, v);
    }
  }
}

}  // namespace

const GraphType constraints_hypergraph_type{"constraints_hypergraph",
                                            "",
                                            "a node per variable, an edge per constraint over all its variables",
                                            measure,
                                            draw,
                                            false};

}  // namespace entente
