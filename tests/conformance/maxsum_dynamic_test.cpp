// SPDX-License-Identifier: MIT
// Max-Sum on problems that change: the result follows the optimum, and messages survive what does not concern them.
#include <gtest/gtest.h>

#include "conformance/maxsum_variants.hpp"
#include "entente/base/error.hpp"
#include "entente/problem/formats.hpp"
#include "entente/solve/dynamic_maxsum.hpp"
#include "runtime/factor_samples.hpp"

namespace entente {
namespace {

using samples::Shape;

const DynamicMaxSum::Options exact{{{"stability", "0"}, {"noise", "0.0001"}}, 3, 1};

void expect_optimum(DynamicMaxSum& run, const DynamicMaxSum::State& state, const std::string& when) {
  const Evaluation best = samples::optimum(run.problem());
  EXPECT_EQ(state.violations, best.violations) << when;
  EXPECT_NEAR(state.cost, best.cost, 0.001) << when;
  const Evaluation paid = run.problem().evaluate(state.assignment);
  EXPECT_EQ(state.cost, paid.cost) << when;
  EXPECT_EQ(state.violations, paid.violations) << when;
}

std::vector<double> random_costs(Random& random, std::size_t count) {
  std::vector<double> costs(count);
  for (double& cost : costs) cost = double(random.below(100)) - 20;
  return costs;
}

TEST(DynamicMaxSum, follows_the_optimum_of_a_tree_whose_factors_change) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Shape shape;
    shape.variables = 7;
    shape.hard_share = seed % 3 ? 0 : 0.1;
    shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
    const Problem problem = samples::random_problem(shape, seed);
    DynamicMaxSum run(problem, {}, exact);
    expect_optimum(run, run.advance(1000), "at first, seed " + std::to_string(seed));
    Random random(seed);
    for (int change = 0; change < 4; ++change) {
      const auto c = ConstraintId(random.below(problem.constraint_count()));
      std::size_t cells = 1;
      for (const VariableId v : problem.scope(c)) cells *= std::size_t(problem.domain_size(v));
      run.change_factor(problem.constraint_name(c), random_costs(random, cells));
      run.advance(5);
      const auto state = run.advance(1000);
      expect_optimum(run, state, "changed, seed " + std::to_string(seed));
      EXPECT_TRUE(state.settled) << "seed " << seed;
    }
  }
}

TEST(DynamicMaxSum, follows_factors_that_come_and_go) {
  ProblemBuilder builder("chain", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1, 2});
  for (const char* name : {"a", "b", "c", "d"}) builder.add_variable(name, d);
  builder.add_unary_costs(0, std::vector<double>{2, 0, 1});
  DynamicMaxSum run(builder.build(), {}, exact);
  Random random(4);
  expect_optimum(run, run.advance(100), "without factors");
  const std::vector<std::string> ab = {"a", "b"}, bc = {"c", "b"}, cd = {"c", "d"}, acd = {"a", "c", "d"};
  run.add_factor("ab", ab, random_costs(random, 9));
  run.add_factor("cd", cd, random_costs(random, 9));
  expect_optimum(run, run.advance(500), "two parts");
  run.add_factor("bc", bc, random_costs(random, 9));
  expect_optimum(run, run.advance(500), "joined");
  run.remove_factor("ab");
  run.remove_factor("cd");
  expect_optimum(run, run.advance(500), "cut");
  run.add_factor("acd", acd, random_costs(random, 27));
  const auto state = run.advance(500);
  expect_optimum(run, state, "joined otherwise");
  EXPECT_TRUE(state.settled);
  EXPECT_EQ(run.problem().constraint_count(), 2u);
}

const char* lights = R"(
name: lights
objective: min
domains:
  level: {values: [0, 1, 2, 3, 4]}
  yes: {values: [true, false]}
variables:
  left: {domain: level, cost_function: 0.7 * left}
  right: {domain: level, cost_function: 0.5 * right}
external_variables:
  presence: {domain: yes, initial_value: true}
  sun: {domain: level, initial_value: 0}
constraints:
  bright: {type: intention, function: 10 * abs(left + right + sun - 5) if presence else left + right}
  even: {type: intention, function: 0.3 * abs(left - sun)}
  weather: {type: intention, function: 7 if sun == 0 else 0}
)";

TEST(DynamicMaxSum, external_variables_slice_factors_where_they_are_now) {
  ReadOptions options;
  options.externals_as_variables = true;
  const std::vector<std::string> externals = {"presence", "sun"};
  DynamicMaxSum run(parse_pydcop_yaml(lights, "lights", options), externals, exact);
  const auto same_as_read = [&](const std::map<std::string, std::string>& values) {
    ReadOptions now;
    now.externals = values;
    const Problem read = parse_pydcop_yaml(lights, "lights", now);
    const auto state = run.advance(500);
    EXPECT_EQ(run.problem().variable_count(), read.variable_count());
    EXPECT_EQ(state.cost, samples::optimum(read).cost);
    EXPECT_EQ(read.evaluate(state.assignment).cost, state.cost);
  };
  same_as_read({});
  run.set_external("sun", std::int64_t(3));
  same_as_read({{"sun", "3"}});
  run.set_external("presence", false);
  same_as_read({{"sun", "3"}, {"presence", "false"}});
  run.set_external("presence", true);
  run.set_external("sun", std::int64_t(0));
  same_as_read({});
}

TEST(DynamicMaxSum, goes_on_where_it_was_instead_of_beginning_again) {
  // A long chain: what its far end knows takes as many cycles as it has links to arrive.
  ProblemBuilder builder("chain", Objective::minimise);
  const auto d = builder.add_domain("d", {0, 1});
  const int n = 60;
  for (int i = 0; i < n; ++i) builder.add_variable("", d);
  builder.add_unary_costs(VariableId(n - 1), std::vector<double>{1, 0});
  for (VariableId v = 0; v + 1 < n; ++v)
    builder.add_table_constraint("f" + std::to_string(v), std::vector{v, v + 1}, std::vector<double>{0, 9, 9, 0});
  const Problem problem = builder.build();
  DynamicMaxSum run(problem, {}, exact);
  EXPECT_EQ(run.advance(1000).cost, 0);
  run.change_factor("f0", {8, 0, 0, 8});  // the first two are to differ
  EXPECT_EQ(run.advance(20).cost, 0) << "everybody else still knew what to do";
  DynamicMaxSum fresh(run.problem(), {}, exact);
  EXPECT_GT(fresh.advance(20).cost, 0);
}

TEST(DynamicMaxSum, advancing_in_parts_is_advancing_at_once) {
  const Problem problem = samples::random_pairs(50, 4, 100, 7);
  DynamicMaxSum parts(problem), whole(problem);
  DynamicMaxSum::State state;
  for (int part = 0; part < 5; ++part) state = parts.advance(8);
  const auto at_once = whole.advance(40);
  EXPECT_EQ(state.cycles, 40u);
  EXPECT_EQ(state.assignment, at_once.assignment);
  EXPECT_EQ(state.cost, at_once.cost);
}

TEST(DynamicMaxSum, without_changes_the_command_line_runs_max_sum) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const Problem problem = samples::random_pairs(30, 4, 60, seed);
    const Outcome dynamic = samples::solved(problem, "maxsum_dynamic", {}, 50);
    const Outcome plain = samples::solved(problem, "maxsum", {{"start_messages", "all"}}, 50);
    EXPECT_EQ(dynamic.assignment, plain.assignment);
    EXPECT_EQ(dynamic.messages, plain.messages);
  }
}

template <class F>
std::string refusal(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
    return error.what();
  }
  return "accepted";
}

TEST(DynamicMaxSum, refuses_changes_that_do_not_fit_and_stays_as_it_was) {
  ReadOptions options;
  options.externals_as_variables = true;
  const std::vector<std::string> externals = {"presence", "sun"}, nobody = {"lefd"}, twice = {"left", "left"};
  DynamicMaxSum run(parse_pydcop_yaml(lights, "lights", options), externals, exact);
  const double before = run.advance(100).cost;
  const auto has = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  EXPECT_PRED2(has, refusal([&] { run.set_external("sun", std::int64_t(9)); }), "9 is not in domain level");
  EXPECT_PRED2(has, refusal([&] { run.set_external("left", std::int64_t(1)); }), "left is not an external variable");
  EXPECT_PRED2(has, refusal([&] { run.remove_factor("brigth"); }), "no factor brigth");
  EXPECT_PRED2(has, refusal([&] { run.change_factor("even", {1, 2}); }), "2 costs; expected 25");
  EXPECT_PRED2(has, refusal([&] { run.add_factor("even", twice, {}); }), "already");
  EXPECT_PRED2(has, refusal([&] { run.add_factor("new", nobody, {}); }), "did you mean 'left'");
  EXPECT_PRED2(has, refusal([&] { run.add_factor("new", twice, {}); }), "twice");
  EXPECT_PRED2(has, refusal([&] { run.advance(0); }), "1 or more");
  EXPECT_EQ(run.advance(100).cost, before);
}

}  // namespace
}  // namespace entente
