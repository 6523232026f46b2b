// SPDX-License-Identifier: MIT
// The generators: shapes, names, ranges, determinism, refusals.
#include "entente/generate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "entente/base/error.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

/// A number that changes with any scope, cost or domain size.
std::uint64_t fingerprint(const Problem& problem) {
  std::uint64_t hash = mix(problem.variable_count());
  const auto add = [&](std::uint64_t part) { hash = mix(hash ^ part); };
  for (VariableId v = 0; v < problem.variable_count(); ++v) add(static_cast<std::uint64_t>(problem.domain_size(v)));
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    for (const VariableId v : problem.scope(c)) add(v);
    for (const double cell : problem.function(c).cells) add(std::bit_cast<std::uint64_t>(cell));
  }
  return hash;
}

bool is_connected(const Problem& problem) {
  std::set<VariableId> reached{0};
  std::vector<VariableId> waiting{0};
  while (!waiting.empty()) {
    const VariableId v = waiting.back();
    waiting.pop_back();
    for (const ConstraintId c : problem.constraints_of(v)) {
      for (const VariableId u : problem.scope(c)) {
        if (reached.insert(u).second) waiting.push_back(u);
      }
    }
  }
  return reached.size() == problem.variable_count();
}

void expect_refused(auto generate, const char* option, ErrorCode code = ErrorCode::wrong_use) {
  try {
    generate();
    ADD_FAILURE() << "accepted; expected a complaint about " << option;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string(error.what()).find(option), std::string::npos) << error.what();
  }
}

GraphColoringOptions random_coloring() {
  GraphColoringOptions options;
  options.variables_count = 30;
  options.colors_count = 3;
  options.p_edge = 0.12;
  options.seed = 5;
  return options;
}

TEST(GraphColoring, on_a_random_graph_is_connected_and_punishes_equal_colors) {
  const Problem problem = generate_graph_coloring(random_coloring());
  EXPECT_EQ(problem.variable_count(), 30u);
  EXPECT_EQ(problem.variable_name(0), "v00");
  EXPECT_EQ(problem.variable_name(29), "v29");
  EXPECT_EQ(problem.constraint_name(0), "c0");
  EXPECT_EQ(problem.agents().size(), 30u);
  EXPECT_EQ(problem.agents()[7].name, "a07");
  EXPECT_EQ(problem.domain(0).name, "colors");
  EXPECT_EQ(problem.domain(0).type, "color");
  EXPECT_EQ(problem.domain(0).values, (std::vector<Value>{"R", "G", "B"}));
  EXPECT_TRUE(is_connected(problem));
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto cells = problem.function(c).cells;
    EXPECT_EQ(std::vector<double>(cells.begin(), cells.end()),
              (std::vector<double>{1000, 0, 0, 0, 1000, 0, 0, 0, 1000}));
  }
}

TEST(GraphColoring, as_expressions_is_the_same_problem_as_with_tables) {
  GraphColoringOptions options = random_coloring();
  const std::uint64_t tables = fingerprint(generate_graph_coloring(options));
  options.intentional = true;
  EXPECT_EQ(fingerprint(generate_graph_coloring(options)), tables);
}

TEST(GraphColoring, soft_costs_are_whole_numbers_from_zero_to_nine_and_all_occur) {
  GraphColoringOptions options = random_coloring();
  options.soft = true;
  options.noagents = true;
  const Problem problem = generate_graph_coloring(options);
  EXPECT_TRUE(problem.agents().empty());
  std::set<double> costs;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto cells = problem.function(c).cells;
    costs.insert(cells.begin(), cells.end());
  }
  EXPECT_EQ(costs, (std::set<double>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST(GraphColoring, on_a_grid_has_the_grids_edges) {
  GraphColoringOptions options;
  options.variables_count = 16;
  options.colors_count = 2;
  options.graph = ColoringGraph::grid;
  const Problem problem = generate_graph_coloring(options);
  EXPECT_EQ(problem.constraint_count(), 24u);  // 2 * 4 * 3
  EXPECT_EQ(problem.constraints_of(0).size(), 2u);
  EXPECT_EQ(problem.constraints_of(5).size(), 4u);
}

TEST(GraphColoring, on_a_scale_free_graph_has_its_edges_and_is_connected) {
  GraphColoringOptions options;
  options.variables_count = 120;
  options.colors_count = 10;
  options.graph = ColoringGraph::scalefree;
  options.m_edge = 3;
  const Problem problem = generate_graph_coloring(options);
  EXPECT_EQ(problem.constraint_count(), 3u * 117);
  EXPECT_TRUE(is_connected(problem));
  EXPECT_EQ(problem.variable_name(119), "v119");
  EXPECT_EQ(problem.domain(0).values[9], Value("C10"));
}

TEST(GraphColoring, may_fall_apart_only_when_allowed) {
  GraphColoringOptions options = random_coloring();
  options.p_edge = 0.001;
  expect_refused([&] { generate_graph_coloring(options); }, "p_edge");
  options.allow_subgraph = true;
  EXPECT_FALSE(is_connected(generate_graph_coloring(options)));
  options.variables_count = 1;
  options.allow_subgraph = false;
  EXPECT_EQ(generate_graph_coloring(options).constraint_count(), 0u);
}

TEST(GraphColoring, refuses_what_it_cannot_do_and_names_the_option) {
  const auto refused = [](auto change, const char* option) {
    GraphColoringOptions options = random_coloring();
    change(options);
    expect_refused([&] { generate_graph_coloring(options); }, option);
  };
  refused([](auto& o) { o.variables_count = 0; }, "variables_count");
  refused([](auto& o) { o.colors_count = 0; }, "colors_count");
  refused([](auto& o) { o.p_edge.reset(); }, "p_edge");
  refused([](auto& o) { o.p_edge = 1.5; }, "1.5 is outside [0, 1]");
  refused([](auto& o) { o.p_edge = std::nan(""); }, "p_edge");
  refused([](auto& o) { o.m_edge = 2; }, "m_edge");
  refused([](auto& o) { o.soft = o.intentional = true; }, "intentional");
  const auto grid = [](auto& o) { o.graph = ColoringGraph::grid; };
  refused(grid, "p_edge");
  refused([&](auto& o) { grid(o), o.p_edge.reset(); }, "the nearest are 25 and 36");
  const auto scalefree = [](auto& o) { o.graph = ColoringGraph::scalefree, o.p_edge.reset(); };
  refused(scalefree, "m_edge");
  refused([&](auto& o) { scalefree(o), o.m_edge = 0; }, "m_edge");
  refused([&](auto& o) { scalefree(o), o.m_edge = 30; }, "30 is outside [1, 29]");
}

TEST(GraphColoring, too_large_to_hold_is_refused_before_memory_is_taken) {
  GraphColoringOptions options = random_coloring();
  options.variables_count = 100'000'000;
  options.p_edge = 0.5;
  expect_refused([&] { generate_graph_coloring(options); }, "constraints", ErrorCode::too_large);
}

TEST(Ising, is_a_torus_of_spins_with_the_given_strengths) {
  IsingOptions options;
  options.row_count = 4;
  options.col_count = 5;
  const Problem problem = generate_ising(options).problem;
  EXPECT_EQ(problem.variable_count(), 20u);
  EXPECT_EQ(problem.constraint_count(), 20u + 40);
  EXPECT_EQ(problem.agents().size(), 20u);
  EXPECT_EQ(problem.agents()[19].name, "a_3_4");
  EXPECT_TRUE(problem.find_constraint("cb_v_0_0_v_0_4").has_value());  // around
  EXPECT_TRUE(problem.find_constraint("cb_v_0_1_v_3_1").has_value());
  EXPECT_TRUE(problem.find_constraint("cb_v_1_1_v_1_2").has_value());
  double strongest = 0, strongest_alone = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    const auto cells = problem.function(c).cells;
    const double k = cells[0];
    if (cells.size() == 2) {
      EXPECT_EQ(problem.constraint_name(c), "cu_" + problem.variable_name(problem.scope(c)[0]));
      EXPECT_EQ(cells[1], -k);
      strongest_alone = std::max(strongest_alone, std::abs(k));
    } else {
      EXPECT_EQ(std::vector<double>(cells.begin(), cells.end()), (std::vector<double>{k, -k, -k, k}));
      strongest = std::max(strongest, std::abs(k));
    }
  }
  EXPECT_LE(strongest, 1.6);
  EXPECT_GT(strongest, 1.2);  // forty draws all below three quarters: 0.75^40 = 1e-5, and the seed is fixed
  EXPECT_LE(strongest_alone, 0.05);
  for (VariableId v = 0; v < 20; ++v) EXPECT_EQ(problem.constraints_of(v).size(), 5u);
}

TEST(Ising, as_expressions_is_the_same_problem_as_with_tables) {
  IsingOptions options;
  options.row_count = 3;
  const std::uint64_t tables = fingerprint(generate_ising(options).problem);
  options.intentional = true;
  EXPECT_EQ(fingerprint(generate_ising(options).problem), tables);
}

TEST(Ising, distributions_host_every_computation_once) {
  for (const std::uint32_t rows : {1u, 2u, 3u}) {
    for (const std::uint32_t columns : {1u, 2u, 4u}) {
      IsingOptions options;
      options.row_count = rows;
      options.col_count = columns;
      options.fg_dist = options.var_dist = true;
      const IsingProblem ising = generate_ising(options);
      std::set<std::string> expected;
      for (VariableId v = 0; v < ising.problem.variable_count(); ++v) expected.insert(ising.problem.variable_name(v));
      ASSERT_TRUE(ising.var_dist && ising.fg_dist);
      for (const auto& [agent, hosted] : ising.var_dist->hosted) {
        ASSERT_EQ(hosted.size(), 1u);
        EXPECT_EQ("a" + hosted[0].substr(1), agent);
      }
      for (ConstraintId c = 0; c < ising.problem.constraint_count(); ++c) {
        expected.insert(ising.problem.constraint_name(c));
      }
      std::multiset<std::string> hosted_by_factor;
      for (const auto& [agent, hosted] : ising.fg_dist->hosted) hosted_by_factor.insert(hosted.begin(), hosted.end());
      EXPECT_EQ(hosted_by_factor, std::multiset<std::string>(expected.begin(), expected.end()));
      EXPECT_EQ(ising.fg_dist->hosted.size(), rows * columns);
    }
  }
}

TEST(Ising, gives_no_distribution_that_was_not_asked_for_and_agents_only_when_wanted) {
  IsingOptions options;
  options.row_count = 2;
  options.no_agents = true;
  const IsingProblem ising = generate_ising(options);
  EXPECT_FALSE(ising.fg_dist || ising.var_dist);
  EXPECT_TRUE(ising.problem.agents().empty());
  EXPECT_EQ(ising.problem.constraint_count(), 4u + 4);
}

TEST(Ising, refuses_ranges_and_sizes_that_make_no_grid) {
  expect_refused([] { generate_ising({}); }, "row_count");
  expect_refused([] { generate_ising({.row_count = 3, .bin_range = -1}); }, "bin_range");
  expect_refused([] { generate_ising({.row_count = 3, .un_range = INFINITY}); }, "un_range");
  expect_refused([] { generate_ising({.row_count = 100000, .col_count = 100000}); }, "col_count");
}

RandomOptions small_random() {
  RandomOptions options;
  options.variables_count = 20;
  options.constraints_count = 40;
  options.seed = 11;
  return options;
}

TEST(RandomProblem, has_as_many_different_scopes_as_asked_for_with_costs_in_range) {
  for (const std::uint32_t arity : {1u, 2u, 3u, 4u}) {
    RandomOptions options = small_random();
    options.arity = arity;
    options.constraints_count = 20;
    options.costs = {.cost_low = -3, .cost_high = 4};
    const Problem problem = generate_random(options);
    EXPECT_EQ(problem.constraint_count(), 20u);
    EXPECT_EQ(problem.variable_name(3), "x3");
    EXPECT_EQ(problem.agents().size(), 20u);
    std::set<std::vector<VariableId>> scopes;
    std::set<double> costs;
    for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
      const auto scope = problem.scope(c);
      EXPECT_EQ(scope.size(), arity);
      EXPECT_TRUE(std::is_sorted(scope.begin(), scope.end()));
      scopes.emplace(scope.begin(), scope.end());
      const auto cells = problem.function(c).cells;
      EXPECT_EQ(cells.size(), std::size_t(std::pow(3, arity)));
      costs.insert(cells.begin(), cells.end());
    }
    EXPECT_EQ(scopes.size(), 20u);
    EXPECT_EQ(costs, (std::set<double>{-3, -2, -1, 0, 1, 2, 3, 4}));
  }
}

TEST(RandomProblem, density_is_a_share_of_all_scopes) {
  RandomOptions options = small_random();
  options.constraints_count.reset();
  options.density = 0.3;
  EXPECT_EQ(generate_random(options).constraint_count(), 57u);  // 0.3 * 190
  options.density = 1;
  EXPECT_EQ(generate_random(options).constraint_count(), 190u);
  options.arity = 3;
  EXPECT_EQ(generate_random(options).constraint_count(), 1140u);
  options.density = 0;
  EXPECT_EQ(generate_random(options).constraint_count(), 0u);
}

TEST(RandomProblem, scopes_too_many_to_number_are_drawn_all_the_same) {
  RandomOptions options = small_random();
  options.variables_count = 1'000'000;
  options.noagents = true;
  options.arity = 5;
  options.domain_size = 2;
  const Problem problem = generate_random(options);
  EXPECT_EQ(problem.constraint_count(), 40u);
  for (ConstraintId c = 0; c < 40; ++c) {
    const auto scope = problem.scope(c);
    EXPECT_EQ(std::set<VariableId>(scope.begin(), scope.end()).size(), 5u);
  }
}

TEST(RandomProblem, real_costs_fill_their_range_and_hard_ones_come_at_their_share) {
  RandomOptions options = small_random();
  options.domain_size = 10;
  options.costs = {.cost_low = 2, .cost_high = 3, .real_costs = true, .hard_share = 0.25};
  options.objective = Objective::maximise;
  const Problem problem = generate_random(options);
  EXPECT_EQ(problem.objective(), Objective::maximise);
  int hard = 0, fractional = 0;
  for (ConstraintId c = 0; c < problem.constraint_count(); ++c) {
    for (const double cell : problem.function(c).cells) {
      hard += std::isinf(cell);
      fractional += std::isfinite(cell) && cell != std::floor(cell);
      EXPECT_TRUE(std::isinf(cell) || (cell >= 2 && cell < 3)) << cell;
    }
  }
  EXPECT_NEAR(hard, 1000, 5 * 27.4);  // 4000 cells, standard deviation sqrt(4000 * 0.25 * 0.75)
  EXPECT_GT(fractional, 2500);
}

TEST(RandomProblem, refuses_what_it_cannot_do_and_names_the_option) {
  const auto refused = [](auto change, const char* option, ErrorCode code = ErrorCode::wrong_use) {
    RandomOptions options = small_random();
    change(options);
    expect_refused([&] { generate_random(options); }, option, code);
  };
  refused([](auto& o) { o.variables_count = 0; }, "variables_count");
  refused([](auto& o) { o.constraints_count = 191; }, "191 is more than the 190 scopes");
  refused([](auto& o) { o.density = 0.5; }, "not both");
  refused([](auto& o) { o.constraints_count.reset(); }, "density");
  refused([](auto& o) { o.constraints_count.reset(), o.density = -0.1; }, "density");
  refused([](auto& o) { o.domain_size = 0; }, "domain_size");
  refused([](auto& o) { o.arity = 0; }, "arity");
  refused([](auto& o) { o.arity = 21; }, "21 is outside [1, 20]");
  refused([](auto& o) { o.costs.cost_low = 101; }, "cost_high");
  refused([](auto& o) { o.costs.cost_low = 0.5; }, "cost_low");
  refused([](auto& o) { o.costs.cost_high = std::nan(""); }, "cost_high");
  refused([](auto& o) { o.costs.hard_share = 2; }, "hard_share");
  refused([](auto& o) { o.domain_size = 1000, o.arity = 3; }, "domain_size", ErrorCode::too_large);
}

TEST(Scalefree, has_its_edges_and_is_connected) {
  ScalefreeOptions options;
  options.variables_count = 200;
  options.m_edge = 3;
  options.domain_size = 4;
  const Problem problem = generate_scalefree(options);
  EXPECT_EQ(problem.constraint_count(), 3u * 197);
  EXPECT_TRUE(is_connected(problem));
  EXPECT_EQ(problem.domain_size(0), 4);
  EXPECT_EQ(problem.agents().size(), 200u);
  expect_refused([] { generate_scalefree({.variables_count = 1}); }, "variables_count");
  expect_refused([] { generate_scalefree({.variables_count = 5, .m_edge = 5}); }, "m_edge");
}

TEST(Generators, are_functions_of_their_seed) {
  const auto all = [](std::uint64_t seed) {
    GraphColoringOptions coloring = random_coloring();
    coloring.soft = true;
    coloring.seed = seed;
    IsingOptions ising{.row_count = 4, .seed = seed};
    RandomOptions random = small_random();
    random.seed = seed;
    ScalefreeOptions scalefree{.variables_count = 50, .seed = seed};
    return std::vector<std::uint64_t>{fingerprint(generate_graph_coloring(coloring)),
                                      fingerprint(generate_ising(ising).problem), fingerprint(generate_random(random)),
                                      fingerprint(generate_scalefree(scalefree))};
  };
  const auto first = all(1), second = all(2);
  EXPECT_EQ(first, all(1));
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NE(first[i], second[i]);
  // Written down once: a change here changes everybody's benchmarks.
  EXPECT_EQ(first, (std::vector<std::uint64_t>{9980127580219117997u, 3416487797232479462u, 12651493773795741411u,
                                               215586967283332911u}));
}

}  // namespace
}  // namespace entente
