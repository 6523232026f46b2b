// SPDX-License-Identifier: MIT
// What well-formed pyDCOP YAML means.
#include <cmath>
#include <limits>

#include "problem/problem_data.hpp"
#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

std::vector<Value> domain_of(const std::string& values) {
  const Problem problem =
      parse("name: t\nobjective: min\ndomains: {d: {values: " + values + "}}\nvariables: {x: {domain: d}}\n");
  return problem.domain(0).values;
}

std::vector<Value> whole(std::initializer_list<std::int64_t> list) { return {list.begin(), list.end()}; }

TEST(PydcopYaml, every_documented_way_to_write_a_domain_is_read) {
  EXPECT_EQ(domain_of("[0, 1, 5]"), whole({0, 1, 5}));
  EXPECT_EQ(domain_of("[5]"), whole({5}));
  EXPECT_EQ(domain_of("[-2 .. 2]"), whole({-2, -1, 0, 1, 2}));
  EXPECT_EQ(domain_of("['1..3']"), whole({1, 2, 3}));
  EXPECT_EQ(domain_of("\"0 .. 3\""), whole({0, 1, 2, 3}));
  EXPECT_EQ(domain_of("7 .. 7"), whole({7}));
  EXPECT_EQ(domain_of("[0x10, 0o10, 010]"), whole({16, 8, 10}));
  EXPECT_EQ(domain_of("[A, \"B\", 'too bad', Y, '1', 'true']"),
            (std::vector<Value>{"A", "B", "too bad", "Y", "1", "true"}));
  EXPECT_EQ(domain_of("[true, False]"), (std::vector<Value>{true, false}));
  EXPECT_EQ(domain_of("[yes, no, on, off]"), (std::vector<Value>{"yes", "no", "on", "off"}));
  EXPECT_EQ(domain_of("[1, 0.5, -3.0, a, 1e3, .inf]"),
            (std::vector<Value>{std::int64_t(1), 0.5, -3.0, "a", 1000.0, inf}));
  EXPECT_EQ(domain_of("[a .. z, b]"), (std::vector<Value>{"a .. z", "b"}));
}

TEST(PydcopYaml, initial_values_come_from_the_variable_or_from_its_domain) {
  const Problem problem = parse(
      "name: t\nobjective: min\ndomains:\n  d: {values: [3 .. 6], initial_value: 4, type: level}\n  b: {values: [true, "
      "false]}\n"
      "variables:\n  p: {domain: d}\n  q: {domain: d, initial_value: 3}\n  r: {domain: b}\n  s: {domain: b, "
      "initial_value: false}\n"
      "  t: {domain: d, initial_value: 5.0}\n");
  EXPECT_EQ(problem.initial_value(0), 1);
  EXPECT_EQ(problem.initial_value(1), 0);
  EXPECT_EQ(problem.initial_value(2), no_value);
  EXPECT_EQ(problem.initial_value(3), 1);
  EXPECT_EQ(problem.initial_value(4), 2);
  EXPECT_EQ(problem.domain(0).type, "level");
}

TEST(PydcopYaml, functions_are_expressions_bodies_or_constants) {
  const Problem problem = parse(small_problem(R"(
  expression: {type: intention, function: 10 * abs(x - y) + x}
  body:
    type: intention
    function: |
      if x > y:
          b = 4
      else:
          b = 2
      return b + y
  number: {type: intention, function: 3}
  real: {type: intention, function: 2.5}
  truth: {type: intention, function: true}
  hard: {type: intention, function: .inf}
  quoted: {type: intention, function: "1 if x == 1 else 0"}
)"));
  EXPECT_EQ(problem.constraint_count(), 7u);
  const auto cost = [&](const char* name, std::vector<ValueIndex> tuple) {
    return problem.cost(*problem.find_constraint(name), tuple);
  };
  EXPECT_EQ(cost("expression", {2, 1}), 12);
  EXPECT_EQ(cost("body", {2, 1}), 5);
  EXPECT_EQ(cost("body", {1, 1}), 3);
  EXPECT_EQ(cost("number", {}), 3);
  EXPECT_EQ(cost("real", {}), 2.5);
  EXPECT_EQ(cost("truth", {}), 1);
  EXPECT_EQ(cost("hard", {}), inf);
  EXPECT_EQ(cost("quoted", {1}), 1);
}

TEST(PydcopYaml, functions_that_compute_the_same_share_one_table) {
  const Problem problem = parse(
      "name: t\nobjective: min\ndomains: {d: {values: [0 .. 2]}, e: {values: [0 .. 3]}}\n"
      "variables: {p: {domain: d}, q: {domain: d}, r: {domain: d}, s: {domain: e}}\nconstraints:\n"
      "  a: {type: intention, function: 1 if p == q else 0}\n"
      "  b: {type: intention, function: 1 if r == p else 0}\n"
      "  other_constant: {type: intention, function: 2 if r == p else 0}\n"
      "  other_shape: {type: intention, function: 1 if r == s else 0}\n");
  EXPECT_EQ(problem.function(0).cells.data(), problem.function(1).cells.data());
  EXPECT_NE(problem.function(0).cells.data(), problem.function(2).cells.data());
  EXPECT_EQ(problem.function(3).cells.size(), 12u);
  EXPECT_EQ(problem.scope(1)[0], 2u);
}

TEST(PydcopYaml, partial_freezes_a_variable) {
  const Problem problem =
      parse(small_problem("  c: {type: intention, function: abs(2 * x - y) + k, partial: {x: 2, k: 100}}\n"));
  ASSERT_EQ(problem.scope(0).size(), 1u);
  EXPECT_EQ(problem.scope(0)[0], 1u);
  EXPECT_EQ(problem.cost(0, std::vector<ValueIndex>{1}), 103);  // |2 * 2 - 1| + 100
}

TEST(PydcopYaml, external_variables_slice_functions_and_tables) {
  const std::string text = R"(
name: t
objective: min
domains: {d: {values: [0 .. 2]}, season: {values: [summer, winter]}, b: {values: [true, false]}}
variables: {x: {domain: d}}
external_variables:
  when: {domain: season, initial_value: winter}
  on: {domain: b, initial_value: true}
constraints:
  f: {type: intention, function: 10 * x if when == 'winter' and on else x}
  t: {type: extensional, variables: [x, when], default: 1, values: {0: 2 winter | 0 summer, 4: 1 winter}}
  k: {type: extensional, variables: [when], values: {3: winter, 5: summer}}
)";
  const Problem problem = parse(text);
  ASSERT_EQ(problem.external_variables().size(), 2u);
  EXPECT_EQ(problem.scope(1).size(), 1u);
  EXPECT_EQ(cost_of(problem, {1}), 10 + 4 + 3);
  EXPECT_EQ(cost_of(problem, {2}), 20 + 0 + 3);
  ReadOptions options;
  options.externals = {{"when", "summer"}, {"on", "false"}};
  const Problem summer = parse(text, nullptr, options);
  EXPECT_EQ(cost_of(summer, {0}), 0 + 0 + 5);
  EXPECT_EQ(cost_of(summer, {1}), 1 + 1 + 5);
  expect_error(
      [&] {
        parse(text, nullptr, ReadOptions{.externals = {{"wen", "summer"}}});
      },
      {"--ext wen", "did you mean 'when'"});
  expect_error(
      [&] {
        parse(text, nullptr, ReadOptions{.externals = {{"when", "sumer"}}});
      },
      {"--ext when", "sumer", "did you mean 'summer'"});
}

TEST(PydcopYaml, tables_are_read_with_defaults_quotes_and_single_values) {
  const Problem problem = parse(R"(
name: t
objective: min
domains:
  mood: {values: [good, 'too bad', "it's", a|b, '']}
  d: {values: [0, 1, 2]}
  mixed: {values: [2, '1', 1, true2, 0.5]}
  flag: {values: [true, 'True', false]}
variables: {m: {domain: mood}, z: {domain: d}, n: {domain: mixed}, w: {domain: flag}}
constraints:
  bare: {type: extensional, variables: z, default: 2, values: {0: 1, -1.5: 2}}
  listed: {type: extensional, variables: [z], values: {1: 0|1, .inf: 2}}
  words: {type: extensional, variables: m, values: {1: good, 2: too bad, 3: "it's", 4: "'a|b'", 5: "''"}}
  pair:
    type: extensional
    variables: [m, z]
    default: 9
    values:
      1: "'too bad' 1 | good 0"
      -.inf: "\"it's\" 2|'it''s' 1"
      1e2: |
        good 1
        | good 2
  kinds: {type: extensional, variables: n, default: 0, values: {1: '1', 2: "'1'", 3: true2 | 5e-1, 4: 2.0}}
  flags: {type: extensional, variables: w, default: 0, values: {1: True, 2: "'True'", 3: false}}
)");
  const auto cost = [&](const char* name, std::vector<ValueIndex> tuple) {
    return problem.cost(*problem.find_constraint(name), tuple);
  };
  EXPECT_EQ(cost("bare", {0}), 2);
  EXPECT_EQ(cost("bare", {1}), 0);
  EXPECT_EQ(cost("bare", {2}), -1.5);
  EXPECT_EQ(cost("listed", {1}), 1);
  EXPECT_EQ(cost("listed", {2}), inf);
  for (ValueIndex value = 0; value < 5; ++value) EXPECT_EQ(cost("words", {value}), value + 1);
  EXPECT_EQ(cost("pair", {1, 1}), 1);
  EXPECT_EQ(cost("pair", {0, 0}), 1);
  EXPECT_EQ(cost("pair", {2, 2}), -inf);
  EXPECT_EQ(cost("pair", {2, 1}), -inf);
  EXPECT_EQ(cost("pair", {0, 2}), 100);
  EXPECT_EQ(cost("pair", {3, 0}), 9);
  EXPECT_EQ(cost("kinds", {0}), 4);
  EXPECT_EQ(cost("kinds", {1}), 2);
  EXPECT_EQ(cost("kinds", {2}), 1);
  EXPECT_EQ(cost("kinds", {3}), 3);
  EXPECT_EQ(cost("kinds", {4}), 3);
  for (ValueIndex value = 0; value < 3; ++value) EXPECT_EQ(cost("flags", {value}), value + 1);
}

TEST(PydcopYaml, a_table_is_sparse_when_few_of_many_tuples_are_given) {
  const std::string head = R"(
name: t
objective: min
domains: {d: {values: [0 .. 99]}}
variables: {x: {domain: d}, y: {domain: d}}
constraints: {c: {type: extensional, variables: [x, y], default: 1, values: {2: )";
  const auto kind = [&](const std::string& tuples) { return parse(head + tuples + "}}}\n").function(0).kind; };
  EXPECT_EQ(kind("1 1"), FunctionKind::sparse);  // 1 of 10,000
  std::string many = "0 0";
  for (int i = 1; i < 200; ++i) many += " | " + std::to_string(i % 100) + " " + std::to_string(i / 2);
  EXPECT_EQ(kind(many), FunctionKind::table);
}

TEST(PydcopYaml, own_costs_and_noise_belong_to_the_variable) {
  const std::string text =
      "name: t\nobjective: min\ndomains: {d: {values: [1 .. 4]}}\nvariables:\n  p: {domain: d}\n  q: {domain: d, "
      "cost_function: 0.5 * q}\n"
      "  r: {domain: d, cost_function: r, noise_level: 0.25}\n  s: {domain: d, unary_costs: [1, 2, .inf, 4]}\n";
  const Problem problem = parse(text);
  EXPECT_TRUE(problem.unary_costs(0).empty());
  EXPECT_EQ(problem.unary_costs(1)[3], 2);
  EXPECT_EQ(problem.unary_costs(3)[2], inf);
  std::vector<double> noise;
  for (std::size_t i = 0; i < 4; ++i) noise.push_back(problem.unary_costs(2)[i] - static_cast<double>(i + 1));
  for (const double amount : noise) EXPECT_TRUE(amount >= 0 && amount < 0.25) << amount;
  EXPECT_NE(noise[0], noise[1]);
  const Problem again = parse(text), other = parse(text, nullptr, ReadOptions{.seed = 1});
  EXPECT_EQ(again.unary_costs(2)[0], problem.unary_costs(2)[0]);
  EXPECT_NE(other.unary_costs(2)[0], problem.unary_costs(2)[0]);
}

TEST(PydcopYaml, agents_routes_hosting_costs_and_hints_are_read) {
  const Problem problem = parse(R"(
name: t
objective: min
domains: {d: {values: [0, 1, 2]}}
variables: {x: {domain: d}, y: {domain: d}}
constraints: {c: {type: intention, function: x}}
agents:
  a1: {capacity: 100, foo: bar, place: [1, {b: c}]}
  a2: {capacity: 0x10}
  a3:
  a4: {capacity: 1.0e+2}
routes:
  default: 5
  a2: {a1: 10, a3: 4}
  a1: {a2: 10}
hosting_costs:
  default: 1000
  a1: {default: 5000, computations: {x: 10, c: 30}}
  a3: {computations: {y: 0}}
distribution_hints:
  must_host: {a1: [x], a2: []}
  host_with: {x: [c]}
)");
  ASSERT_EQ(problem.agents().size(), 4u);
  EXPECT_EQ(problem.agents()[0].capacity, 100);
  EXPECT_EQ(problem.agents()[0].extra.at("foo"), "bar");
  EXPECT_EQ(problem.agents()[0].extra.at("place"), "[1, {b: c}]");
  EXPECT_EQ(problem.agents()[1].capacity, 16);
  EXPECT_FALSE(problem.agents()[2].capacity);
  const Placement& placement = problem.placement();
  EXPECT_EQ(placement.default_route, 5);
  EXPECT_EQ(placement.routes.at({"a1", "a2"}), 10);
  EXPECT_EQ(placement.routes.at({"a2", "a3"}), 4);
  EXPECT_EQ(placement.default_hosting_cost, 1000);
  EXPECT_EQ(placement.agent_hosting_costs.at("a1"), 5000);
  EXPECT_EQ(placement.computation_hosting_costs.at({"a1", "c"}), 30);
  EXPECT_EQ(placement.must_host.at("a1"), std::vector<std::string>{"x"});
  EXPECT_EQ(placement.host_with.at("x"), std::vector<std::string>{"c"});
  EXPECT_TRUE(placement.has_routes && placement.has_hosting_costs && placement.has_hints);
}

TEST(PydcopYaml, yaml_is_read_in_all_its_styles) {
  std::vector<std::string> warnings;
  const Problem problem = parse(R"(%YAML 1.1
---
"name": "styles"   # a comment
description: >-
  folded
  text
objective: "min"
domains: &all
  d: &d {values: [0, 1, 2], type: ''}
  e:
    <<: *d
    type: "same values"
  höhe: { "values" : [ "klein", 'groß' ] }
variables:
  ? x
  : {domain: d}
  "y": {domain: e}
  größe:
    domain: höhe
constraints:
  c1: &c
    type: intention
    function: >
      2 * abs(x - 1)
      + y
  'c 2 with blanks': {type: intention, function: "0 if größe == 'groß' else 4"}
  c3: *c
...
)",
                                &warnings);
  EXPECT_TRUE(warnings.empty()) << warnings[0];
  EXPECT_EQ(problem.name(), "styles");
  EXPECT_EQ(problem.description(), "folded text");
  EXPECT_EQ(problem.domain(1).type, "same values");
  EXPECT_EQ(cost_of(problem, {0, 2, 0}), 2 * (2 + 2) + 4);
  EXPECT_TRUE(problem.find_variable("größe"));
}

TEST(PydcopYaml, carriage_returns_and_a_byte_order_mark_read_like_line_feeds) {
  const std::string text =
      small_problem("  c:\n    type: intention\n    function: |\n      a = x\n      return a + y\n");
  std::string windows = "\xef\xbb\xbf";
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(cost_of(parse(windows), {1, 2}), 3);
  EXPECT_EQ(parse(windows).data().texts.size(), parse(text).data().texts.size());
}

TEST(PydcopYaml, the_objective_is_kept_and_infinity_is_an_option) {
  const std::string text =
      "name: t\nobjective: max\ndomains: {d: {values: [0, 1]}}\nvariables: {x: {domain: d}}\n"
      "constraints: {c: {type: intention, function: 10000 * x}}\n";
  const Problem problem = parse(text, nullptr, ReadOptions{.infinity = 10000});
  EXPECT_EQ(problem.objective(), Objective::maximise);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1}).violations, 1u);
  EXPECT_EQ(parse(text).evaluate(std::vector<ValueIndex>{1}).cost, 10000);
}

TEST(PydcopYaml, a_table_beyond_the_limit_is_computed_when_asked) {
  BuildLimits limits;
  limits.cells_per_table = 8;
  const Problem problem = parse(
      small_problem("  c: {type: intention, function: 10 * x + y}\n  d: {type: intention, function: 10 * y + x}\n"),
      nullptr, ReadOptions{.limits = limits});
  EXPECT_EQ(problem.function(0).kind, FunctionKind::lazy);
  EXPECT_EQ(problem.cost(0, std::vector<ValueIndex>{1, 2}), 12);
  EXPECT_EQ(problem.function(0).lazy, problem.function(1).lazy) << "shared, as tables are";
  EXPECT_EQ(cost_of(problem, {1, 2}), 33);
  expect_error(
      [&] {
        parse(small_problem("  c: {type: intention, function: 1 / (x - y)}\n"), nullptr, ReadOptions{.limits = limits});
      },
      {"division by zero"});
}

}  // namespace
}  // namespace entente
