// SPDX-License-Identifier: MIT
// The graph type `ordered_graph`: the variables in a row, by name.
#include "entente/graph/ordered_graph.hpp"

#include <algorithm>

#include "graph/graph_type.hpp"

namespace entente {

namespace {

GraphMeasures measure(const GraphSource& source) {
  const OrderedGraph graph = make_ordered_graph(source.problem);
  GraphMeasures measures;
  for (VariableId v = 0; v < graph.order.size(); ++v) {
    const VariableId low = std::min(graph.previous(v), graph.next(v));
    const VariableId high = std::max(graph.previous(v), graph.next(v));
    if (low != no_id) measures.nodes.neighbours.push_back(low);
    if (high != no_id) measures.nodes.neighbours.push_back(high);
    measures.nodes.first.push_back(static_cast<std::uint32_t>(measures.nodes.neighbours.size()));
  }
  measures.edges = measures.nodes.neighbours.size() / 2;
  return measures;
}

void draw(const GraphSource& source, DotWriter& out) {
  const OrderedGraph graph = make_ordered_graph(source.problem);
  out.open(source.problem.name(), DotWriter::Direction::rightwards);
  for (const VariableId v : graph.order) out.variable(source.problem, v);
  for (const VariableId v : graph.order) {
    if (graph.next(v) != no_id) out.variable_link(v, graph.next(v));
  }
}

}  // namespace

const GraphType ordered_graph_type{"ordered_graph", "",   "the variables in a row by name, each linked to the next",
                                   measure,         draw, false};

}  // namespace entente
