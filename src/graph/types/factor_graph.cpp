// SPDX-License-Identifier: MIT
// The graph type `factor_graph`: a node per variable and per constraint.
#include "graph/factor_graph.hpp"

#include "graph/graph_type.hpp"

namespace entente {

namespace {

GraphMeasures measure(const GraphSource& source) {
  GraphMeasures measures;
  measures.nodes = make_factor_graph(source.problem);
  measures.edges = measures.nodes.neighbours.size() / 2;
  return measures;
}

void draw(const GraphSource& source, DotWriter& out) {
  const Problem& problem = source.problem;
  out.open(problem.name(), DotWriter::Direction::undirected);
  for (VariableId v = 0; v < problem.variable_count(); ++v) out.variable(problem, v);
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    out.constraint(problem, c);
    for (const VariableId v : problem.scope(c)) out.constraint_link(c, v);
  }
}

}  // namespace

const GraphType factor_graph_type{"factor_graph",
                                  "",
                                  "a node per variable and per constraint, an edge from a constraint to each of its "
                                  "variables",
                                  measure,
                                  draw,
                                  false};

}  // namespace entente
