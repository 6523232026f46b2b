// SPDX-License-Identifier: MIT
// What is written reads back as the same problem.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>

#include "problem/problem_data.hpp"
#include "problem/problem_testing.hpp"

namespace entente {
namespace {

std::string written(const Problem& problem) {
  std::ostringstream out;
  write_pydcop_yaml(problem, out);
  return out.str();
}

/// Cost of a constraint for each of up to 3000 tuples.
std::vector<double> some_costs(const Problem& problem, ConstraintId constraint) {
  std::vector<double> costs;
  const auto scope = problem.scope(constraint);
  std::vector<ValueIndex> tuple(scope.size(), 0);
  for (int count = 0; count < 3000; ++count) {
    costs.push_back(problem.cost(constraint, tuple));
    std::size_t k = scope.size();
    while (k > 0 && ++tuple[k - 1] == problem.domain_size(scope[k - 1])) tuple[--k] = 0;
    if (k == 0) break;
  }
  return costs;
}

void expect_same(const Problem& left, const Problem& right) {
  EXPECT_EQ(left.name(), right.name());
  EXPECT_EQ(left.description(), right.description());
  EXPECT_EQ(left.objective(), right.objective());
  ASSERT_EQ(left.domains().size(), right.domains().size());
  for (std::size_t d = 0; d < left.domains().size(); ++d) {
    EXPECT_EQ(left.domains()[d].name, right.domains()[d].name);
    EXPECT_EQ(left.domains()[d].type, right.domains()[d].type);
    EXPECT_EQ(left.domains()[d].values, right.domains()[d].values);
  }
  ASSERT_EQ(left.variable_count(), right.variable_count());
  for (VariableId v = 0; v < left.variable_count(); ++v) {
    EXPECT_EQ(left.variable_name(v), right.variable_name(v));
    EXPECT_EQ(left.domain_id(v), right.domain_id(v));
    EXPECT_EQ(left.initial_value(v), right.initial_value(v));
    EXPECT_TRUE(std::ranges::equal(left.unary_costs(v), right.unary_costs(v))) << left.variable_name(v);
  }
  EXPECT_EQ(left.data().variable_extra, right.data().variable_extra);
  ASSERT_EQ(left.constraint_count(), right.constraint_count());
  for (ConstraintId c = 0; c < left.constraint_count(); ++c) {
    EXPECT_EQ(left.constraint_name(c), right.constraint_name(c));
    EXPECT_TRUE(std::ranges::equal(left.scope(c), right.scope(c)));
    EXPECT_EQ(some_costs(left, c), some_costs(right, c)) << left.constraint_name(c);
  }
  ASSERT_EQ(left.external_variables().size(), right.external_variables().size());
  for (std::size_t e = 0; e < left.external_variables().size(); ++e)
    EXPECT_EQ(left.external_variables()[e].value, right.external_variables()[e].value);
  ASSERT_EQ(left.agents().size(), right.agents().size());
  for (std::size_t a = 0; a < left.agents().size(); ++a) {
    EXPECT_EQ(left.agents()[a].name, right.agents()[a].name);
    EXPECT_EQ(left.agents()[a].capacity, right.agents()[a].capacity);
    EXPECT_EQ(left.agents()[a].extra, right.agents()[a].extra);
  }
  const Placement &p = left.placement(), &q = right.placement();
  EXPECT_EQ(p.default_route, q.default_route);
  EXPECT_EQ(p.routes, q.routes);
  EXPECT_EQ(p.default_hosting_cost, q.default_hosting_cost);
  EXPECT_EQ(p.agent_hosting_costs, q.agent_hosting_costs);
  EXPECT_EQ(p.computation_hosting_costs, q.computation_hosting_costs);
  EXPECT_EQ(p.must_host, q.must_host);
  EXPECT_EQ(p.host_with, q.host_with);
}

TEST(RoundTrip, everything_a_file_can_say_survives) {
  const Problem problem = parse(R"(
name: 'all: of it'
description: |
  two
  lines
objective: max
domains:
  d: {values: [0 .. 3], type: 'a b'}
  m: {values: ['too bad', "it's", '', yes, a|b], initial_value: yes}
  r: {values: [-0.5, 1e3, .inf, 2, '2']}
  b: {values: [true, false]}
variables:
  x: {domain: d, initial_value: 2, cost_function: 0.5 * x, noise_level: 0.2, foo: [1, {b: 'c d'}]}
  y: {domain: m}
  z: {domain: r, unary_costs: [1, .inf, 0.1, -3, 0]}
  'v w': {domain: d, unary_costs: [0, 1, 2, 3]}
external_variables: {on: {domain: b, initial_value: false}}
constraints:
  f: {type: intention, function: x + k if on else 2 * x + k, partial: {k: 3}}
  body:
    type: intention
    function: |
      a = x   # twice

      return a * 2
  constant: {type: intention, function: .inf}
  table: {type: extensional, variables: [y, x], default: 7, values: {1: "'too bad' 1 | yes 2", .inf: "'it''s' 0 | '' 3 | 'a|b' 1"}}
  kinds: {type: extensional, variables: [z], default: 0, values: {1: 2, 2: "'2'"}}
  with_external: {type: extensional, variables: [on, x], default: -1, values: {2.5: true 0 | false 2}}
  whole: {type: extensional, variables: [on], values: {2: true, 3: false}}
agents: {a1: {capacity: 2.5, foo: "x, y"}, a2: , 'a 3': {capacity: 4}}
routes: {default: 2, a1: {a2: 0.5, 'a 3': 7}}
hosting_costs: {default: 10, a1: {default: 3, computations: {x: 1, f: 2}}, 'a 3': {computations: {z: 0}}}
distribution_hints: {must_host: {a1: [x, 'v w']}, host_with: {x: [f, body]}}
)");
  const std::string text = written(problem);
  SCOPED_TRACE(text);
  expect_same(problem, parse(text));
  EXPECT_EQ(written(parse(text)), text) << "written again, nothing changes";
  ReadOptions on;
  on.externals["on"] = "true";
  EXPECT_EQ(parse(text, nullptr, on).cost(0, std::array{1}), 4)
      << "external variables can still be given another value";
  EXPECT_EQ(parse(text, nullptr, on).cost(5, std::array{0}), 2.5);
}

TEST(RoundTrip, functions_of_a_source_file_are_written_as_tables) {
  const TemporaryFolder folder;
  folder.write("costs.py", "def far(a, b):\n    return abs(a - b)\n");
  const std::string file = folder.write(
      "p.yaml", small_problem("  c: {type: intention, source: ./costs.py, function: 'source.far(x, y)'}\n"));
  const Problem problem = read_problem(std::array{file});
  EXPECT_EQ(problem.cost(0, std::array{2, 0}), 2);
  expect_same(problem, parse(written(problem)));
  ReadOptions small;
  small.limits.cells_per_table = 4;
  const Problem lazy = read_problem(std::array{file}, small);
  ASSERT_EQ(lazy.function(0).kind, FunctionKind::lazy);
  expect_same(lazy, parse(written(lazy), nullptr, small));
}

TEST(RoundTrip, names_of_a_thousand_characters_and_more_survive) {
  ProblemBuilder builder(std::string(5000, 'p'), Objective::minimise);
  const auto d = builder.add_domain(std::string(2000, 'd'), numbers(2));
  const VariableId x = builder.add_variable(std::string(3000, 'v'), d);
  builder.add_table_constraint(std::string(3000, 'c'), std::array{x}, std::array{0., 1.});
  builder.add_agent({.name = std::string(1500, 'a'), .capacity = 1, .extra = {{std::string(1200, 'k'), "1"}}});
  builder.placement().must_host[std::string(1500, 'a')] = {std::string(3000, 'v')};
  const Problem problem = builder.build();
  expect_same(problem, parse(written(problem)));
}

TEST(RoundTrip, a_domain_that_the_format_cannot_say_is_refused) {
  ProblemBuilder builder("p", Objective::minimise);
  builder.add_variable("x", builder.add_domain("d", {Value("1 .. 2")}));
  const Problem problem = builder.build();
  expect_error([&] { written(problem); }, {"domains.d", "range"});
}

// Random problems: odd names, domains of all kinds, tables, sparse tables, functions, own costs, agents.

rc::Gen<std::string> odd_text() {
  return rc::gen::map(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 22)), [](const std::vector<int>& picks) {
    const char* pieces[] = {"a", "b", "Z", "1", "0",    " ", "'",  "\"",           "|", ":", ": ", "#", "-",
                            ".", ",", "[", "}", "true", "ü", "\\", "\xe2\x80\xa8", "é"};
    std::string text;
    for (const int pick : picks) text += pieces[pick];
    return text;
  });
}

rc::Gen<double> odd_cost() {
  const double infinite = std::numeric_limits<double>::infinity();
  return rc::gen::oneOf(rc::gen::element(0.0, 1.0, 2.0, infinite, -infinite, 1e300, 1e-300, 0.1, 12345678901234567.0),
                        rc::gen::map(rc::gen::inRange(-100000, 100000), [](int n) { return n / 64.0; }));
}

rc::Gen<Value> odd_value() {
  return rc::gen::oneOf(rc::gen::map(odd_text(), [](std::string text) { return Value(std::move(text)); }),
                        rc::gen::map(rc::gen::inRange(-3, 12), [](int n) { return Value(std::int64_t(n)); }),
                        rc::gen::map(odd_cost(), [](double number) { return Value(number); }),
                        rc::gen::map(rc::gen::arbitrary<bool>(), [](bool truth) { return Value(truth); }));
}

std::vector<Value> odd_domain() {
  std::vector<Value> values;
  for (Value& value : *rc::gen::container<std::vector<Value>>(*rc::gen::inRange(1, 6), odd_value()))
    if (std::ranges::none_of(values, [&](const Value& other) { return same_value(value, other); }))
      values.push_back(value);
  if (values.size() == 1) values.push_back(std::string("another"));
  return values;
}

RC_GTEST_PROP(RoundTrip, random_problems_survive, ()) {
  const auto below = [](std::size_t count) { return *rc::gen::inRange<std::size_t>(0, count); };
  ProblemBuilder builder(*odd_text(), *rc::gen::element(Objective::minimise, Objective::maximise));
  builder.set_description(*odd_text());
  std::vector<std::vector<Value>> domains;
  for (std::size_t i = 0, count = 1 + below(3); i < count; ++i) {
    domains.push_back(below(2) ? odd_domain() : numbers(static_cast<std::int64_t>(1 + below(40))));
    builder.add_domain("d" + std::to_string(i) + *odd_text(), domains.back(), *odd_text());
  }
  const std::size_t variables = 1 + below(5);
  for (std::size_t v = 0; v < variables; ++v) {
    const std::size_t domain = below(domains.size());
    const auto initial = static_cast<ValueIndex>(below(domains[domain].size() + 1)) - 1;
    const std::string name = below(2) ? "v" + std::to_string(v) : "n" + std::to_string(v) + *odd_text();
    const VariableId variable = builder.add_variable(name, static_cast<std::uint32_t>(domain), initial);
    if (below(2))
      builder.add_unary_costs(variable, *rc::gen::container<std::vector<double>>(domains[domain].size(), odd_cost()));
  }
  for (std::size_t c = 0, count = below(5); c < count; ++c) {
    std::vector<VariableId> scope;
    std::size_t cells = 1;
    for (VariableId v = 0; v < variables; ++v) {
      const std::size_t size = builder.domain(builder.domain_id(v)).values.size();
      if (below(2) == 0 || cells * size > 2000) continue;
      cells *= size;
      scope.insert(scope.begin() + static_cast<std::ptrdiff_t>(below(scope.size() + 1)), v);
    }
    const std::string name = below(3) ? "c" + std::to_string(c) + *odd_text() : "";
    if (below(2) && !scope.empty()) {
      SparseTable table{static_cast<std::uint32_t>(scope.size()), *odd_cost(), {}, {}};
      std::set<std::vector<ValueIndex>> tuples;
      for (std::size_t i = 0, n = below(6); i < n; ++i) {
        std::vector<ValueIndex> tuple;
        for (const VariableId v : scope)
          tuple.push_back(static_cast<ValueIndex>(below(builder.domain(builder.domain_id(v)).values.size())));
        tuples.insert(tuple);
      }
      for (const auto& tuple : tuples) {
        table.tuples.insert(table.tuples.end(), tuple.begin(), tuple.end());
        table.costs.push_back(*odd_cost());
      }
      builder.add_sparse_constraint(name, scope, table);
    } else {
      builder.add_table_constraint(name, scope, *rc::gen::container<std::vector<double>>(cells, odd_cost()));
    }
  }
  for (std::size_t a = 0, count = below(4); a < count; ++a)
    builder.add_agent({.name = "a" + std::to_string(a) + *odd_text(), .capacity = {}, .extra = {}});
  const Problem problem = builder.build();
  const std::string text = written(problem);
  Problem again = problem;
  try {
    again = parse(text);
  } catch (const Error& error) {
    RC_FAIL(std::string(error.what()) + "\n" + text);
  }
  expect_same(problem, again);
  RC_ASSERT(!::testing::Test::HasFailure());
}

}  // namespace
}  // namespace entente
