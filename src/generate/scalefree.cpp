// SPDX-License-Identifier: MIT
// Random binary tables on a scale-free graph.
#include "generate/edges.hpp"
#include "generate/options.hpp"
#include "generate/tables.hpp"

namespace entente {

Problem generate_scalefree(const ScalefreeOptions& options) {
  using namespace generate;
  check_range<std::uint64_t>("variables_count", options.variables_count, 2, most_variables);
  check_range<std::uint32_t>("m_edge", options.m_edge, 1, options.variables_count - 1);
  check_range<std::uint32_t>("domain_size", options.domain_size, 1, 4096);
  check_costs(options.costs);
  const std::uint64_t cells = check_cells(options.domain_size, 2);
  const std::uint64_t count = std::uint64_t(options.m_edge) * (options.variables_count - options.m_edge);
  check_constraints(count);

  Random random(options.seed);
  ProblemBuilder builder = builder_with_numbers(
      fmt::format("scalefree_{}_{}_{}", options.variables_count, options.m_edge, options.domain_size),
      options.objective, options.variables_count, options.domain_size, options.noagents);
  builder.reserve(options.variables_count, static_cast<std::uint32_t>(count), cells * count);
  const Edges edges = preferential_edges(options.variables_count, options.m_edge, random);
  CostSource costs(options.costs, random);
  std::vector<double> table(cells);
  for (const auto& [low, high] : edges) {
    costs.fill(table);
    const VariableId scope[] = {low, high};
    builder.add_table_constraint({}, scope, table);
  }
  return builder.build();
}

}  // namespace entente
