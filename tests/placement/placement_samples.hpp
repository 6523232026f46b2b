// SPDX-License-Identifier: MIT
// Problems to place: small random ones with every kind of limit, and large ones.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/placement.hpp"
#include "entente/problem/builder.hpp"

namespace entente::test {

struct SampleOptions {
  std::uint32_t variables = 5, links = 6, agents = 3;
  bool routes = true, hosting = true, hints = true, free_hosts = true;
  double capacity = 1.7;  ///< Times the even share; 0: none.
};

/// Binary tables over two values of a random graph.
inline ProblemBuilder sample_builder(const SampleOptions& options, Random& random) {
  ProblemBuilder builder("sample", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1});
  for (std::uint32_t v = 0; v < options.variables; ++v) builder.add_variable(fmt::format("x{}", v), domain);
  const auto table = builder.add_table(std::vector<double>{1, 0, 0, 1});
  for (std::uint32_t c = 0; c < options.links; ++c) {
    const auto a = VariableId(random.below(options.variables));
    const auto b = VariableId((a + 1 + random.below(options.variables - 1)) % options.variables);
    builder.add_table_constraint(fmt::format("c{}", c), std::vector<VariableId>{a, b}, table);
  }
  return builder;
}

/// Numbers are small and whole, so that costs are exact. The capacity is a share of what `graph` needs.
inline Problem sample_problem(const SampleOptions& options, Graph graph, std::uint64_t seed) {
  Random random(seed);
  ProblemBuilder builder = sample_builder(options, random);
  const double needed = graph == Graph::factor ? 8.0 * options.links : 2.0 * options.links;
  for (std::uint32_t a = 0; a < options.agents; ++a) {
    AgentDefinition agent{.name = fmt::format("a{}", a)};
    if (options.capacity > 0)
      agent.capacity = double(std::uint64_t(options.capacity * needed / options.agents) + random.below(3));
    builder.add_agent(agent);
  }
  Placement& said = builder.placement();
  for (std::uint32_t a = 0; options.routes && a < options.agents; ++a)
    for (std::uint32_t b = a + 1; b < options.agents; ++b)
      said.routes[{fmt::format("a{}", a), fmt::format("a{}", b)}] = double(1 + random.below(5));
  for (std::uint32_t a = 0; options.hosting && a < options.agents; ++a)
    for (std::uint32_t v = 0; v < options.variables; ++v)
      said.computation_hosting_costs[{fmt::format("a{}", a), fmt::format("x{}", v)}] = double(1 + random.below(9));
  if (options.free_hosts) said.computation_hosting_costs[{"a1", "x2"}] = 0;
  if (options.hints) {
    said.must_host["a0"] = {"x0"};
    said.host_with["x1"] = {"x3"};
  }
  return builder.build();
}

inline std::vector<std::string> methods_for(Graph graph) {
  std::vector<std::string> names;
  for (const PlacementMethod& method : placement_methods())
    if (method.name != "oneagent" && (!method.graph || *method.graph == graph)) names.push_back(method.name);
  return names;
}

}  // namespace entente::test
