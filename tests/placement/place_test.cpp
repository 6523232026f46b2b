// SPDX-License-Identifier: MIT
// place: what every method keeps to, and what the exact ones promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>

#include "placement/model.hpp"
#include "placement_samples.hpp"

namespace entente::test {
namespace {

using placement::Hosts;
using placement::PlacementModel;

/// The agent of each item of `model` in a distribution.
Hosts hosts_of(const PlacementModel& model, const Distribution& distribution) {
  Hosts hosts(model.items(), no_id);
  for (std::uint32_t a = 0; a < distribution.hosted.size(); ++a)
    for (const std::string& name : distribution.hosted[a].second)
      for (std::uint32_t i = 0; i < model.items(); ++i)
        for (const std::uint32_t c : model.members[i])
          if (model.computation_names[c] == name) hosts[i] = a;
  return hosts;
}

const PlacementMethod& method_called(const std::string& name) {
  static const std::vector<PlacementMethod> methods = placement_methods();
  return *std::find_if(methods.begin(), methods.end(), [&](const auto& method) { return method.name == name; });
}

/// What the method minimises; ilp_fgdp counts load between agents whatever their routes.
double objective_of(const PlacementMethod& method, PlacementModel model, const Hosts& hosts) {
  if (method.name == "ilp_fgdp") model.uniform_routes = true, model.default_route = 1;
  const PlacementCost cost = cost_of(model, hosts, {});
  return method.communication_only ? cost.communication : cost.total;
}

/// By trying every placement; infinite if none is allowed. Agents have to host something where `each` is set.
double lowest_objective(const PlacementModel& model, const PlacementMethod& method, bool each) {
  const Hosts pins = model.pins(method.free_hosts);
  Hosts hosts(model.items(), 0);
  double lowest = std::numeric_limits<double>::infinity();
  for (bool more = true; more;) {
    const std::set<std::uint32_t> used(hosts.begin(), hosts.end());
    if (holds(model, hosts, pins) && (!each || used.size() == model.agents()))
      lowest = std::min(lowest, objective_of(method, model, hosts));
    std::uint32_t at = 0;
    while (at < hosts.size() && ++hosts[at] == model.agents()) hosts[at++] = 0;
    more = at < hosts.size();
  }
  return lowest;
}

void expect_promises_kept(const SampleOptions& sample, Graph graph, std::uint64_t seed) {
  const Problem problem = sample_problem(sample, graph, seed);
  const PlacementModel model = PlacementModel::make(problem, graph, {}, placement::Together::hints);
  std::vector<std::pair<std::string, double>> totals;
  for (const std::string& name : methods_for(graph)) {
    SCOPED_TRACE(fmt::format("{}, seed {}", name, seed));
    const PlacementMethod& method = method_called(name);
    const bool each = method.communication_only;
    const double lowest = lowest_objective(model, method, each);
    try {
      const PlacementResult result = place(problem, graph, name);
      std::multiset<std::string> hosted;
      for (const auto& [agent, computations] : result.distribution.hosted)
        hosted.insert(computations.begin(), computations.end());
      EXPECT_EQ(hosted.size(), model.computation_names.size());
      EXPECT_EQ(std::set<std::string>(hosted.begin(), hosted.end()).size(), hosted.size());
      const Hosts hosts = hosts_of(model, result.distribution);
      EXPECT_TRUE(holds(model, hosts, model.pins(method.free_hosts)));
      EXPECT_DOUBLE_EQ(cost_of(model, hosts, {}).total, result.cost.total);
      EXPECT_DOUBLE_EQ(placement_cost(problem, graph, result.distribution).total, result.cost.total);
      if (method.exact) {
        EXPECT_TRUE(result.proven);
        EXPECT_NEAR(objective_of(method, model, hosts), lowest, 1e-6);
      }
      if (!method.free_hosts) totals.emplace_back(name, result.cost.total);
    } catch (const PlacementFailure& failure) {
      EXPECT_EQ(lowest, std::numeric_limits<double>::infinity()) << failure.what();
    }
  }
  const auto exact =
      std::find_if(totals.begin(), totals.end(), [](const auto& one) { return one.first == "ilp_compref"; });
  for (const auto& [name, total] : totals) EXPECT_LE(exact->second, total + 1e-9) << name << ", seed " << seed;
}

TEST(Place, every_method_keeps_to_limits_and_exact_ones_find_what_trying_all_finds) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SampleOptions sample{.variables = 7, .links = 9};
    sample.routes = seed % 2 == 0;
    sample.hosting = seed % 4 < 2;
    sample.hints = seed % 5 != 0;
    sample.free_hosts = seed % 3 == 0;
    expect_promises_kept(sample, Graph::constraint, seed);
  }
}

TEST(Place, does_so_on_factor_graphs_too) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SampleOptions sample{.variables = 4, .links = 4};
    sample.routes = seed % 2 == 1;
    sample.free_hosts = seed % 3 == 0;
    if (seed % 4 == 0) sample.capacity = 0;
    // The greedy methods pair what is called c_x with x only; the brute force does not know of it.
    if (!sample.routes) sample.hints = false;
    expect_promises_kept(sample, Graph::factor, seed);
  }
}

TEST(Place, takes_pseudotrees_and_rows_of_variables) {
  const Problem problem = sample_problem({.variables = 8, .links = 12, .capacity = 0}, Graph::constraint, 3);
  for (const Graph graph : {Graph::pseudotree, Graph::ordered})
    for (const std::string& name : methods_for(graph))
      EXPECT_NO_THROW(place(problem, graph, name)) << name << " on " << graph_name(graph);
}

TEST(Place, gives_the_same_twice) {
  const Problem problem = sample_problem({.variables = 30, .links = 60, .agents = 6}, Graph::constraint, 5);
  for (const std::string& name : methods_for(Graph::constraint)) {
    if (method_called(name).exact) continue;
    EXPECT_EQ(place(problem, Graph::constraint, name).distribution.hosted,
              place(problem, Graph::constraint, name).distribution.hosted)
        << name;
  }
  const Problem small = sample_problem({}, Graph::constraint, 5);
  EXPECT_EQ(place(small, Graph::constraint, "oilp_cgdp").distribution.hosted,
            place(small, Graph::constraint, "oilp_cgdp").distribution.hosted);
}

TEST(Place, a_hosting_cost_that_is_zero_by_default_pins_nothing) {
  SampleOptions sample{.variables = 12, .links = 20, .agents = 4, .routes = false, .hosting = false};
  sample.hints = sample.free_hosts = false;
  sample.capacity = 1.3;
  const Problem problem = sample_problem(sample, Graph::constraint, 1);
  for (const std::string& name : methods_for(Graph::constraint)) {
    if (method_called(name).exact) continue;  // equal agents: a long proof that there is nothing to learn from
    const PlacementResult result = place(problem, Graph::constraint, name);
    for (const auto& [agent, hosted] : result.distribution.hosted) EXPECT_LT(hosted.size(), 12u) << name;
  }
}

TEST(Place, oneagent_pairs_in_order_and_makes_way_for_hints) {
  ProblemBuilder builder("two", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1});
  builder.add_variable("x", domain), builder.add_variable("y", domain);
  for (const char* name : {"a", "b"}) builder.add_agent({.name = name});
  builder.placement().must_host["a"] = {"y"};
  const PlacementResult result = place(builder.build(), Graph::constraint, "oneagent");
  EXPECT_EQ(result.distribution.hosted[0].second, std::vector<std::string>{"y"});
  EXPECT_EQ(result.distribution.hosted[1].second, std::vector<std::string>{"x"});
}

}  // namespace
}  // namespace entente::test
