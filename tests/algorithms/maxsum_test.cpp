// SPDX-License-Identifier: MIT
// Max-Sum's steps, on one factor of two variables whose numbers can be checked by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "entente/algorithm/factor_population.hpp"
#include "entente/algorithm/population.hpp"
#include "entente/base/error.hpp"
#include "kernel/factor_tables.hpp"

namespace entente::algorithms {
Algorithm maxsum();
}

namespace entente {
namespace {

std::unique_ptr<FactorPopulation> population(const std::vector<Setting>& settings) {
  return algorithms::maxsum().populate_factors(settings);
}

/// A factor of x (2 values) and y (3 values) with costs
///         y=0 y=1 y=2
///   x=0    4   1   7
///   x=1    2   9   3
/// and what both ends have said and believe.
struct Edge {
  static constexpr std::uint32_t row = 8;  // doubles in a cache line

  alignas(64) double table[2 * row] = {4, 1, 7, 1e300, 1e300, 1e300, 1e300, 1e300,
                                       2, 9, 3, 1e300, 1e300, 1e300, 1e300, 1e300};
  alignas(64) double belief_x[2] = {0, 0}, belief_y[4] = {0, 0, 0, 0};
  alignas(64) double factor_x[row] = {}, factor_y[row] = {}, x_factor[row] = {}, y_factor[row] = {};
  alignas(64) std::byte scratch[8192] = {};
  std::array<std::uint32_t, 128> zero{};
  bool stirred = false;

  void speak(const FactorPopulation& population) {
    const kernel::CostKernels& kernels = kernel::cost_kernels(false);
    const std::uint32_t sizes[] = {2, 3}, strides[] = {2, 4};
    const kernel::MessageShape shapes[] = {{1, 2, 1, row}, {1, 3, 1, row}};
    const void* const beliefs[] = {belief_x, belief_y};
    const std::uint32_t* const index[] = {zero.data(), zero.data()};
    void* const factors[] = {factor_x, factor_y};
    void* const variables[] = {x_factor, y_factor};
    FactorBlock block;
    block.kernels = &kernels;
    block.arity = 2;
    block.count = 1;
    block.cycle = 1;
    block.shapes = shapes;
    block.beliefs = beliefs;
    block.strides = strides;
    block.index = index;
    block.factor_sent = factors;
    block.variable_sent = population.remembers_variables() ? variables : nullptr;
    block.table = {1, 1, 2, sizes, row, 2 * row};
    block.tables = table;
    block.rounding = 1e-12;
    block.scratch = scratch;
    block.scratch_bytes = sizeof scratch;
    population.speak(block);
    stirred = block.stirred;
  }
};

void expect_costs(const double* costs, const std::vector<double>& expected) {
  for (std::size_t v = 0; v < expected.size(); ++v) EXPECT_DOUBLE_EQ(costs[v], expected[v]) << "value " << v;
}

TEST(MaxSum, a_factor_tells_the_cheapest_completion_of_each_value) {
  Edge edge;
  edge.speak(*population({{"damping_nodes", "none"}}));
  expect_costs(edge.factor_x, {0, 1});     // row minima 1, 2
  expect_costs(edge.factor_y, {1, 0, 2});  // column minima 2, 1, 3
}

TEST(MaxSum, a_variable_tells_what_it_did_not_hear_from_that_factor) {
  Edge edge;
  edge.factor_x[1] = 5;  // said by this factor: not to be told back
  edge.belief_x[0] = 2;
  edge.belief_x[1] = 6;
  edge.belief_y[2] = 1;
  edge.speak(*population({{"damping_nodes", "none"}}));
  // x tells (2, 1), normalised (1, 0); y tells (0, 0, 1).
  expect_costs(edge.factor_x, {0, 1});     // min(4, 1, 8) = 1, min(2, 9, 4) = 2
  expect_costs(edge.factor_y, {0, 0, 1});  // min(5, 2) = 2, min(2, 9) = 2, min(8, 3) = 3
}

TEST(MaxSum, damps_the_messages_it_is_told_to_damp) {
  const auto run = [](const char* nodes) {
    Edge edge;
    edge.belief_y[0] = 8;
    edge.factor_x[0] = 4;
    edge.belief_x[0] = 4;  // all of it from this factor
    edge.speak(*population({{"damping_nodes", nodes}, {"damping", "0.25"}}));
    return edge;
  };
  // y tells (8, 0, 0), damped (6, 0, 0). The factor answers (min(., 1, 7), min(., 9, 3)) = (1, 3) in either case,
  // normalised (0, 2), damped against (4, 0): (1, 1.5).
  const Edge none = run("none"), vars = run("vars"), factors = run("factors"), both = run("both");
  expect_costs(none.factor_x, {0, 2});
  expect_costs(vars.factor_x, {0, 2});
  expect_costs(factors.factor_x, {1, 1.5});
  expect_costs(both.factor_x, {1, 1.5});
  expect_costs(none.y_factor, {0, 0, 0});  // not remembered
  expect_costs(vars.y_factor, {6, 0, 0});
  expect_costs(factors.y_factor, {0, 0, 0});
  expect_costs(both.y_factor, {6, 0, 0});
}

TEST(MaxSum, remembers_what_variables_said_only_to_damp_it) {
  EXPECT_TRUE(population({})->remembers_variables());
  EXPECT_TRUE(population({{"damping_nodes", "vars"}})->remembers_variables());
  EXPECT_FALSE(population({{"damping_nodes", "factors"}})->remembers_variables());
  EXPECT_FALSE(population({{"damping", "0"}})->remembers_variables());
}

TEST(MaxSum, counts_a_message_as_new_when_it_changes_by_more_than_its_stability) {
  // The factor's messages are (0, 1) and (1, 0, 2); undamped, x's would change from (0, said).
  const auto stirred = [](double said, const char* stability, const char* nodes = "factors") {
    Edge edge;
    edge.factor_x[1] = edge.belief_x[1] = said;
    edge.factor_y[0] = 1;
    edge.factor_y[2] = 2;
    edge.belief_y[0] = 1;
    edge.belief_y[2] = 2;
    edge.speak(*population({{"damping", "0.9"}, {"damping_nodes", nodes}, {"stability", stability}}));
    return edge.stirred;
  };
  EXPECT_FALSE(stirred(1, "0"));
  EXPECT_FALSE(stirred(0.95, "0.1"));
  EXPECT_TRUE(stirred(0.85, "0.1"));  // although damping leaves a change of 0.015
  EXPECT_TRUE(stirred(0.95, "0"));
  EXPECT_FALSE(stirred(1 + 1e-13, "0"));  // rounding
}

TEST(MaxSum, takes_the_first_of_the_cheapest_values) {
  const kernel::CostKernels& kernels = kernel::cost_kernels(true);
  alignas(64) const float beliefs[] = {3, 1, 1, 0, 0, 0, 0, 0, 2, 1, 0, 0};
  std::vector<ValueIndex> values = {1, 1, 2};
  VariableBlock block;
  block.kernels = &kernels;
  block.size = 3;
  block.stride = 4;
  block.count = 3;
  block.beliefs = beliefs;
  block.values = values.data();
  population({})->decide(block);
  EXPECT_EQ(values, (std::vector<ValueIndex>{1, 0, 2}));
  EXPECT_EQ(block.changed, 1u);
}

TEST(MaxSum, draws_preferences_below_its_noise_from_the_seed) {
  const auto draw = [](VariableId id, std::uint64_t salt, std::uint32_t degree, const char* noise) {
    std::vector<double> preferences(50, 0);
    VariableStart start;
    start.id = id;
    start.degree = degree;
    start.size = 50;
    start.salt = salt;
    start.preferences = preferences.data();
    population({{"noise", noise}})->start(start);
    return preferences;
  };
  const auto some = draw(3, 9, 2, "0.01");
  for (const double preference : some) {
    EXPECT_GE(preference, 0);
    EXPECT_LT(preference, 0.01);
  }
  EXPECT_GT(*std::max_element(some.begin(), some.end()), 0.008);  // 50 draws: chance of less below 0.00002
  EXPECT_EQ(draw(3, 9, 2, "0.01"), some);
  EXPECT_NE(draw(4, 9, 2, "0.01"), some);
  EXPECT_NE(draw(3, 8, 2, "0.01"), some);
  EXPECT_EQ(draw(3, 9, 0, "0.01"), std::vector<double>(50, 0));  // nobody to tell: its own costs decide
  EXPECT_EQ(draw(3, 9, 2, "0"), std::vector<double>(50, 0));
}

TEST(MaxSum, declares_its_parameters_with_their_defaults) {
  const Algorithm maxsum = algorithms::maxsum();
  std::string all;
  for (const ParameterInfo& p : maxsum.parameters()) all += p.name + "=" + p.default_value + " ";
  EXPECT_EQ(all, "damping=0.5 damping_nodes=both stability=0.1 noise=0.01 start_messages=leafs ");
  EXPECT_EQ(maxsum.info.graph, Graph::factor);
  EXPECT_EQ(population({})->first_speakers(), Speakers::leaves);
  EXPECT_EQ(population({{"start_messages", "leafs_vars"}})->first_speakers(), Speakers::leaves_and_variables);
  EXPECT_EQ(population({{"start_messages", "all"}})->first_speakers(), Speakers::all);
}

TEST(MaxSum, refuses_parameters_outside_their_range) {
  for (const Setting& bad : std::vector<Setting>{{"damping", "1.5"},
                                                 {"damping", "-0.1"},
                                                 {"damping_nodes", "all"},
                                                 {"noise", "-1"},
                                                 {"stability", "many"},
                                                 {"start_messages", "leaf"},
                                                 {"cycles", "3"}})
    EXPECT_THROW(population({bad}), Error) << bad.first << ":" << bad.second;
}

}  // namespace
}  // namespace entente
