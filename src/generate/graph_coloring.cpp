// SPDX-License-Identifier: MIT
// Graph colouring on random, grid and scale-free graphs, hard or weighted.
#include <array>
#include <cmath>
#include <string>

#include "generate/edges.hpp"
#include "generate/options.hpp"
#include "generate/tables.hpp"

namespace entente {

namespace {

using generate::Edges;

constexpr double conflict_cost = 1000;
constexpr int most_draws = 1000;
constexpr std::uint64_t most_drawn_edges = 50'000'000;

const char* graph_word(ColoringGraph graph) {
  switch (graph) {
    case ColoringGraph::random: return "random";
    case ColoringGraph::grid: return "grid";
    case ColoringGraph::scalefree: return "scalefree";
  }
  return "";
}

Edges random_graph(const GraphColoringOptions& options, Random& random) {
  const std::uint32_t variables = options.variables_count;
  if (!options.p_edge) generate::refuse("p_edge", "none was given; a random graph needs the probability of an edge");
  const double probability = *options.p_edge;
  generate::check_range("p_edge", probability, 0.0, 1.0);
  const double expected = probability * 0.5 * variables * (variables - 1.0);
  generate::check_constraints(static_cast<std::uint64_t>(expected));

  if (options.allow_subgraph) {
    return generate::random_edges(variables, probability, generate::most_constraints, random);
  }
  std::uint64_t drawn = 0;
  int draws = 0;
  for (; draws < most_draws && (draws == 0 || drawn < most_drawn_edges); ++draws) {
    Edges edges = generate::random_edges(variables, probability, generate::most_constraints, random);
    drawn += edges.size() + variables;
    if (generate::is_connected(variables, edges)) return edges;
  }
  generate::refuse("p_edge",
                   fmt::format("{} gave no connected graph of {} variables in {} draws; use at least {:.2g}, "
                               "or allow_subgraph",
                               probability, variables, draws, std::min(1.0, (std::log(variables) + 1) / variables)));
}

Edges grid_graph(const GraphColoringOptions& options) {
  const auto side = static_cast<std::uint32_t>(std::sqrt(static_cast<double>(options.variables_count)));
  if (side * side != options.variables_count) {
    generate::refuse("variables_count",
                     fmt::format("{} is no square number, which a grid needs; the nearest are {} and {}",
                                 options.variables_count, side * side, (side + 1) * (side + 1)));
  }
  return generate::grid_edges(side);
}

Edges scalefree_graph(const GraphColoringOptions& options, Random& random) {
  if (!options.m_edge) {
    generate::refuse("m_edge", "none was given; a scale-free graph needs the number of edges of a new variable");
  }
  generate::check_range<std::uint64_t>("variables_count", options.variables_count, 2, generate::most_variables);
  generate::check_range<std::uint32_t>("m_edge", *options.m_edge, 1, options.variables_count - 1);
  generate::check_constraints(std::uint64_t(*options.m_edge) * (options.variables_count - *options.m_edge));
  return generate::preferential_edges(options.variables_count, *options.m_edge, random);
}

void check(const GraphColoringOptions& options) {
  generate::check_range<std::uint64_t>("variables_count", options.variables_count, 1, generate::most_variables);
  generate::check_range<std::uint32_t>("colors_count", options.colors_count, 1, 1000);
  if (options.soft && options.intentional) {
    generate::refuse("intentional", "random costs have no expression; leave out soft or intentional");
  }
  if (options.p_edge && options.graph != ColoringGraph::random) {
    generate::refuse("p_edge", fmt::format("only a random graph has it, not a {} one", graph_word(options.graph)));
  }
  if (options.m_edge && options.graph != ColoringGraph::scalefree) {
    generate::refuse("m_edge", fmt::format("only a scalefree graph has it, not a {} one", graph_word(options.graph)));
  }
}

std::vector<Value> colors(std::uint32_t count) {
  constexpr std::array names{"R", "G", "B", "O", "F", "Y", "L", "C"};
  std::vector<Value> values;
  for (std::uint32_t i = 0; i < count; ++i) {
    values.emplace_back(i < names.size() ? std::string(names[i]) : fmt::format("C{}", i + 1));
  }
  return values;
}

void add_soft_constraints(ProblemBuilder& builder, const Edges& edges, std::uint32_t count, Random& random) {
  CostOptions options;
  options.cost_high = 9;
  generate::CostSource costs(options, random);
  std::vector<double> table(std::size_t(count) * count);
  for (const auto& [low, high] : edges) {
    costs.fill(table);
    const VariableId scope[] = {low, high};
    builder.add_table_constraint({}, scope, table);
  }
}

void add_hard_constraints(ProblemBuilder& builder, const Edges& edges, std::uint32_t count) {
  std::vector<double> cells(std::size_t(count) * count, 0.0);
  for (std::uint32_t color = 0; color < count; ++color) cells[color * (std::size_t(count) + 1)] = conflict_cost;
  const ProblemBuilder::TableId table = builder.add_table(cells);
  for (const auto& [low, high] : edges) {
    const VariableId scope[] = {low, high};
    builder.add_table_constraint({}, scope, table);
  }
}

void add_expressions(ProblemBuilder& builder, const Edges& edges) {
  for (const auto& [low, high] : edges) {
    builder.add_expression({}, fmt::format("{} if v{:02} == v{:02} else 0", conflict_cost, low, high));
  }
}

}  // namespace

Problem generate_graph_coloring(const GraphColoringOptions& options) {
  check(options);
  Random random(options.seed);
  Edges edges;
  switch (options.graph) {
    case ColoringGraph::random: edges = random_graph(options, random); break;
    case ColoringGraph::grid: edges = grid_graph(options); break;
    case ColoringGraph::scalefree: edges = scalefree_graph(options, random); break;
  }

  ProblemBuilder builder(fmt::format("{} {} graph coloring", graph_word(options.graph), options.soft ? "soft" : "hard"),
                         Objective::minimise);
  const std::uint32_t domain = builder.add_domain("colors", colors(options.colors_count), "color");
  const std::size_t cells = options.soft ? edges.size() * options.colors_count * options.colors_count : 0;
  builder.reserve(options.variables_count, static_cast<std::uint32_t>(edges.size()), cells);
  for (std::uint32_t v = 0; v < options.variables_count; ++v) {
    builder.add_variable(fmt::format("v{:02}", v), domain);
    if (!options.noagents) builder.add_agent({.name = fmt::format("a{:02}", v), .capacity = {}, .extra = {}});
  }
  if (options.soft) {
    add_soft_constraints(builder, edges, options.colors_count, random);
  } else if (options.intentional) {
    add_expressions(builder, edges);
  } else {
    add_hard_constraints(builder, edges, options.colors_count);
  }
  return builder.build();
}

}  // namespace entente
