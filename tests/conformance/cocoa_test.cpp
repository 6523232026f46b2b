// SPDX-License-Identifier: MIT
// What CoCoA promises: one decision per variable, never by two neighbours at once, best for those who are asked.
#include <gtest/gtest.h>

#include <algorithm>

#include "entente/algorithm/registry.hpp"
#include "graph/constraint_graph.hpp"
#include "runtime/event_engine.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::make_random_problem;

runtime::RunResult run(const Problem& problem, std::uint64_t seed = 1, const std::vector<Setting>& settings = {}) {
  const ConstraintGraph graph = make_constraint_graph(problem);
  runtime::EventTopology topology;
  topology.first = graph.first.data();
  topology.neighbours = graph.neighbours.data();
  topology.count = problem.variable_count();
  runtime::RunControl control;
  control.seed = seed;
  return runtime::run_events(problem, find_algorithm("cocoa"), topology, control, settings);
}

std::uint64_t sent(const runtime::RunResult& result, const std::string& kind) {
  for (const auto& k : result.kinds)
    if (k.name == kind) return k.messages;
  ADD_FAILURE() << "no message " << kind;
  return 0;
}

TEST(Cocoa, TwoVariablesGetTheirBestJointValues) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Problem problem = make_random_problem({.variables = 2,
                                                 .mixed_domains = true,
                                                 .degree = 2,
                                                 .unary = 1,
                                                 .own_costs = 1,
                                                 .hard = seed % 2 ? 0.0 : 0.4,
                                                 .objective = seed % 3 ? Objective::minimise : Objective::maximise},
                                                seed);
    const Evaluation found = problem.evaluate(run(problem, seed).last);
    const double sign = problem.objective() == Objective::minimise ? 1 : -1;
    std::vector<ValueIndex> x(2);
    for (x[0] = 0; x[0] < problem.domain_size(0); ++x[0])
      for (x[1] = 0; x[1] < problem.domain_size(1); ++x[1]) {
        const Evaluation other = problem.evaluate(x);
        EXPECT_LE(found.violations, other.violations) << seed;
        if (found.violations != other.violations) continue;
        EXPECT_LE(sign * found.cost, sign * other.cost + 1e-9) << seed;
      }
  }
}

// Of two neighbours the first to decide tells the other, who then need not: two who decided at once would tell twice.
TEST(Cocoa, NeighboursDecideOneAfterTheOther) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Problem problem = make_random_problem(
        {.variables = 40, .domain = 2 + std::uint32_t(seed % 3), .degree = 1 + double(seed % 7), .wide = 4}, seed);
    const runtime::RunResult result = run(problem, seed);
    EXPECT_EQ(result.end, runtime::RunEnd::by_itself);
    const std::uint64_t edges = make_constraint_graph(problem).neighbours.size() / 2;
    EXPECT_EQ(sent(result, "Decided"), edges) << seed;
    EXPECT_LE(sent(result, "Costs"), sent(result, "Inquiry")) << seed;
    for (VariableId v = 0; v < 40; ++v)
      EXPECT_TRUE(result.last[v] >= 0 && result.last[v] < problem.domain_size(v)) << seed;
  }
}

Problem colouring(std::uint32_t count, double degree, int colours, std::uint64_t seed) {
  ProblemBuilder builder("colouring", Objective::minimise);
  std::vector<Value> values;
  for (std::int64_t c = 0; c < colours; ++c) values.emplace_back(c);
  const auto d = builder.add_domain("d", values);
  for (std::uint32_t v = 0; v < count; ++v) builder.add_variable("", d);
  std::vector<double> cells(std::size_t(colours) * colours);
  for (int c = 0; c < colours; ++c) cells[std::size_t(c) * (colours + 1)] = 1;
  const auto table = builder.add_table(cells);
  Random random(seed);
  for (int e = 0; e < int(count * degree / 2); ++e) {
    const VariableId scope[] = {VariableId(random.below(count)), VariableId(random.below(count))};
    if (scope[0] != scope[1]) builder.add_table_constraint("", scope, table);
  }
  return builder.build();
}

TEST(Cocoa, HoldsUntilItsBestValueIsUniqueUnlessToldNotTo) {
  double careful = 0, hasty = 0, random = 0;
  std::uint64_t held = 0;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Problem problem = colouring(100, 5, 3, seed);
    const runtime::RunResult patient = run(problem, seed), eager = run(problem, seed, {{"uniqueness", "3"}});
    held += sent(patient, "Held");
    EXPECT_EQ(sent(eager, "Held"), 0u);
    careful += problem.evaluate(patient.last).cost;
    hasty += problem.evaluate(eager.last).cost;
    random += problem.constraint_count() / 3.0;
  }
  EXPECT_GT(held, 0u);
  EXPECT_LT(careful, hasty);
  EXPECT_LT(careful, 0.3 * random);
}

TEST(Cocoa, EveryComponentDecidesAndVariablesAloneTakeTheirBestValue) {
  ProblemBuilder builder("parts", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1, 2});
  for (int v = 0; v < 7; ++v) builder.add_variable("", d);
  const std::vector<double> equal{0, 1, 1, 1, 0, 1, 1, 1, 0};
  for (const auto& [a, b] : {std::pair<VariableId, VariableId>{1, 2}, {2, 3}, {4, 5}})
    builder.add_table_constraint("", std::vector<VariableId>{a, b}, equal);
  builder.add_unary_costs(0, std::vector<double>{2, 1, 3});
  builder.add_unary_costs(6, std::vector<double>{2, 1, 0});
  const Problem problem = builder.build();
  const runtime::RunResult result = run(problem);
  EXPECT_EQ(result.last[0], 1);
  EXPECT_EQ(result.last[6], 2);
  EXPECT_EQ(problem.evaluate(result.last).cost, 1);
  EXPECT_EQ(sent(result, "Decided"), 3u);
}

}  // namespace
}  // namespace entente
