// SPDX-License-Identifier: MIT
// Malformed problem files: each is refused with a message that names file, line and key, or loads with a warning.
#include <chrono>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

struct Case {
  const char* what;
  std::string text;
  std::vector<std::string> message;
};

void expect_refused(const std::vector<Case>& cases) {
  for (const Case& bad : cases) {
    SCOPED_TRACE(bad.what);
    expect_error([&] { parse(bad.text); }, bad.message);
  }
}

std::string with_domain(const std::string& domain) {
  return "name: t\nobjective: min\ndomains:\n  d: " + domain + "\nvariables:\n  x: {domain: d}\n";
}
std::string with_variable(const std::string& variable) {
  return "name: t\nobjective: min\ndomains:\n  d: {values: [0, 1, 2]}\nvariables:\n  x: " + variable +
         "\n  y: {domain: d}\n";
}
std::string table(const std::string& body) { return small_problem("  c:\n    type: extensional\n" + body); }
std::string function(const std::string& text) {
  return small_problem("  c: {type: intention, function: " + text + "}\n");
}
std::string after(const std::string& sections) {
  return small_problem("  c: {type: intention, function: x + y}\n") + sections;
}

TEST(BadYaml, sections_that_are_missing_or_of_another_shape_are_refused) {
  expect_refused({
      {"list at the top", "- a\n- b\n", {"p.yaml:1:1", "top level is a list"}},
      {"text at the top", "hello\n", {"p.yaml:1:1", "hello"}},
      {"no objective", "name: t\nvariables: {}\n", {"p.yaml", "objective", "min", "max"}},
      {"bad objective", "name: t\nobjective: minimise\n", {"p.yaml:2:12: objective", "minimise"}},
      {"no variables", "name: t\nobjective: min\n", {"p.yaml: variables: missing"}},
      {"variables is a list", "name: t\nobjective: min\nvariables: [x]\n", {"p.yaml:3", "variables must be a map"}},
      {"a name is a map", "name: {a: 1}\nobjective: min\n", {"p.yaml:1:7: name", "a map"}},
      {"constraints is a text", small_problem("  zzz\n"), {"p.yaml:9", "constraints must be a map"}},
      {"agents is a number", "name: t\nobjective: min\nvariables: {}\nagents: 3\n", {"p.yaml:4:9: agents", "3"}},
      {"a section twice", after("variables: {z: {domain: d}}\n"), {"p.yaml:11:1", "variables", "line 5"}},
      {"an empty name", "name: t\nobjective: min\nvariables: {\"\": {domain: d}}\n", {"p.yaml:3", "name is empty"}},
  });
}

TEST(BadYaml, domains_that_make_no_sense_are_refused) {
  expect_refused({
      {"no values", with_domain("{type: foo}"), {"p.yaml:4:3: domains.d.values", "missing"}},
      {"no value", with_domain("{values: []}"), {"p.yaml:4:15: domains.d.values", "no value"}},
      {"a number", with_domain("{values: 3}"), {"p.yaml:4:15", "the number 3", "list"}},
      {"a text", with_domain("{values: abc}"), {"p.yaml:4:15", "abc"}},
      {"a list inside", with_domain("{values: [1, [2]]}"), {"p.yaml:4:19", "a list"}},
      {"null inside", with_domain("{values: [1, ~]}"), {"p.yaml:4:19", "null"}},
      {"NaN inside", with_domain("{values: [.nan]}"), {"p.yaml:4", "NaN"}},
      {"twice", with_domain("{values: [0, 1, 1]}"), {"p.yaml:4", "domains.d", "1 is there twice"}},
      {"the same number", with_domain("{values: [0, 1, true]}"), {"domains.d", "true", "1"}},
      {"reverse range", with_domain("{values: [10 .. 1]}"), {"p.yaml:4:16: domains.d.values", "10 .. 1 is empty"}},
      {"huge range", with_domain("{values: [1 .. 1000000000000]}"), {"p.yaml:4:16", "1000000000000", "1048576"}},
      {"the largest range", with_domain("{values: [-9223372036854775808 .. 9223372036854775807]}"), {"more than"}},
      {"letters", with_domain("{values: [a .. z]}"), {"p.yaml:4:16", "a .. z", "whole numbers"}},
      {"real range", with_domain("{values: [0.5 .. 2]}"), {"0.5 .. 2", "whole numbers"}},
      {"open range", with_domain("{values: [1 ..]}"), {"whole numbers"}},
      {"overflow",
       with_domain("{values: [9223372036854775806 .. 9223372036854775809]}"),
       {"9223372036854775809", "out of range"}},
      {"large number",
       with_domain("{values: [9223372036854775808, 1]}"),
       {"p.yaml:4:16", "9223372036854775808", "64 bits"}},
      {"no map", with_domain("[1, 2]"), {"p.yaml:4", "domains.d", "a list"}},
      {"bad default", with_domain("{values: [1, 2], initial_value: 3}"), {"domains.d.initial_value", "3"}},
  });
}

TEST(BadYaml, variables_that_make_no_sense_are_refused) {
  expect_refused({
      {"no domain", with_variable("{}"), {"p.yaml:6:3: variables.x.domain", "missing"}},
      {"nothing", with_variable(""), {"p.yaml:6:3: variables.x", "nothing"}},
      {"unknown domain", with_variable("{domain: dd}"), {"p.yaml:6:15: variables.x.domain", "dd", "did you mean 'd'"}},
      {"domain is a list", with_variable("{domain: [d]}"), {"p.yaml:6:15", "a list"}},
      {"bad initial", with_variable("{domain: d, initial_value: 7}"), {"p.yaml:6:33: variables.x.initial_value", "7"}},
      {"zero is checked too",
       with_domain("{values: [1, 2]}") + "  z: {domain: d, initial_value: 0}\n",
       {"variables.z.initial_value", "0"}},
      {"initial text", with_variable("{domain: d, initial_value: '1'}"), {"initial_value", "'1'"}},
      {"other variable",
       with_variable("{domain: d, cost_function: 2 * y}"),
       {"p.yaml:6:33: variables.x.cost_function", "y"}},
      {"cost syntax", with_variable("{domain: d, cost_function: 2 *}"), {"variables.x.cost_function"}},
      {"cost NaN", with_variable("{domain: d, cost_function: \"float('nan')\"}"), {"variables.x.cost_function", "NaN"}},
      {"negative noise",
       with_variable("{domain: d, cost_function: x, noise_level: -1}"),
       {"variables.x.noise_level", "-1"}},
      {"endless noise", with_variable("{domain: d, cost_function: x, noise_level: .inf}"), {"noise_level"}},
      {"noise text", with_variable("{domain: d, cost_function: x, noise_level: much}"), {"noise_level", "much"}},
      {"own costs",
       with_variable("{domain: d, unary_costs: [1, 2]}"),
       {"variables.x.unary_costs", "2 costs for 3 values"}},
      {"control characters",
       with_variable("{domain: d}\n  \"a\\nb\\e[31m\\0\": {domain: d}"),
       {"p.yaml:7:3", "\\x0a", "\\x1b", "control"}},
      {"external without a value",
       after("external_variables: {e: {domain: d}}\n"),
       {"p.yaml:11:22: external_variables.e.initial_value"}},
      {"external and variable",
       after("external_variables: {x: {domain: d, initial_value: 0}}\n"),
       {"external_variables.x", "both"}},
  });
}

TEST(BadYaml, functions_that_make_no_sense_are_refused) {
  expect_refused({
      {"unknown name", function("10 if x == zz else 0"), {"p.yaml:9", "constraints.c.function", "unknown variable zz"}},
      {"misspelt name",
       small_problem("  c: {type: intention, function: lampe}\n") +
           "external_variables: {lamp: {domain: d, initial_value: 0}}\n",
       {"did you mean 'lamp'"}},
      {"syntax", function("10 if x == else 0"), {"p.yaml:9:45", "constraints.c.function"}},
      {"call out", function("__import__('os').system('true')"), {"p.yaml:9", "constraints.c.function"}},
      {"attribute", function("x.__class__.__mro__"), {"p.yaml:9:35", "constraints.c.function"}},
      {"division by zero",
       function("1 / (x - y)"),
       {"p.yaml:9", "constraints.c.function", "division by zero", "x=0, y=0"}},
      {"text cost", function("\"'abc' if x == y else 0\""), {"constraints.c.function", "x=0, y=0"}},
      {"NaN", function("float('nan') if x == y else 0"), {"constraints.c.function", "NaN"}},
      {"types", function("x + 'a'"), {"constraints.c.function", "x=0"}},
      {"comprehension", function("\"[i for i in range(10**12)][0]\""), {"constraints.c.function"}},
      {"endless loop",
       small_problem("  c:\n    type: intention\n    function: |\n      while True:\n          pass\n      return x\n"),
       {"p.yaml:12:7", "constraints.c.function"}},
      {"huge power", function("9**9**9**9 if x == y else 0"), {"constraints.c.function"}},
      {"parentheses",
       function(std::string(20000, '(') + "x" + std::string(20000, ')')),
       {"constraints.c.function", "deep"}},
      {"in a body",
       small_problem("  c:\n    type: intention\n    function: |\n      a = 1\n      return a + * 2\n"),
       {"p.yaml:13", "constraints.c.function"}},
      {"no type", small_problem("  c: {function: x}\n"), {"p.yaml:9:3: constraints.c.type", "missing"}},
      {"bad type",
       small_problem("  c: {type: intensional, function: x}\n"),
       {"p.yaml:9:13: constraints.c.type", "intensional"}},
      {"no function", small_problem("  c: {type: intention}\n"), {"p.yaml:9:3: constraints.c.function", "missing"}},
      {"empty function", small_problem("  c: {type: intention, function: ' '}\n"), {"constraints.c.function", "empty"}},
      {"function is a list", small_problem("  c: {type: intention, function: [x]}\n"), {"p.yaml:9:34", "a list"}},
      {"constraint is a text", small_problem("  c: x + y\n"), {"p.yaml:9:3: constraints.c", "x + y"}},
      {"no source",
       small_problem("  c: {type: intention, source: ./none.py, function: source.f(x)}\n"),
       {"p.yaml:9:32: constraints.c.source", "none.py", "No such file"}},
      {"bad partial",
       small_problem("  c: {type: intention, function: x + y, partial: {x: 99}}\n"),
       {"p.yaml:9:54: constraints.c.partial.x", "99"}},
      {"unused partial",
       small_problem("  c: {type: intention, function: x, partial: {y: 1}}\n"),
       {"constraints.c", "partial", "y"}},
      {"partial is a list",
       small_problem("  c: {type: intention, function: x, partial: [x]}\n"),
       {"constraints.c.partial", "a list"}},
  });
}

TEST(BadYaml, tables_that_make_no_sense_are_refused) {
  const std::string head = "    variables: [x, y]\n    default: 0\n    values:\n";
  expect_refused({
      {"long tuple",
       table(head + "      10: 0 0 1 | 1 1\n"),
       {"p.yaml:14:11: constraints.c.values", "'0 0 1' has 3 values for 2"}},
      {"short tuple", table(head + "      10: 0 | 1 1\n"), {"p.yaml:14:11", "'0' has 1 value for 2"}},
      {"bad value", table(head + "      10: 0 9 | 1 1\n"), {"p.yaml:14:11", "value 9", "of y"}},
      {"empty tuple", table(head + "      10: 0 0 | | 1 1\n"), {"p.yaml:14:11", "empty"}},
      {"bar at the end", table(head + "      10: 0 0 |\n"), {"p.yaml:14:11", "empty"}},
      {"no tuple", table(head + "      10:\n"), {"p.yaml:14", "nothing"}},
      {"tuple list", table(head + "      10: [0 0]\n"), {"p.yaml:14:11", "a list"}},
      {"open quote", table(head + "      10: \"'0 0 | 1 1\"\n"), {"p.yaml:14:11", "quote"}},
      {"NaN", table(head + "      .nan: 0 0\n"), {"p.yaml:14:7: constraints.c.values", "NaN"}},
      {"text cost", table(head + "      ten: 0 0\n"), {"p.yaml:14:7", "'ten' is not a number"}},
      {"boolean cost", table(head + "      true: 0 0\n"), {"p.yaml:14:7", "boolean"}},
      {"given twice", table(head + "      10: 0 0 | 1 1\n      3: 0 0\n"), {"p.yaml:15:10", "'0 0'", "10", "3"}},
      {"unknown variable",
       table("    variables: [x, yy]\n    values: {0: 0 0}\n"),
       {"p.yaml:11:20: constraints.c.variables", "yy", "did you mean 'y'"}},
      {"twice", table("    variables: [x, x]\n    values: {0: 0 0}\n"), {"p.yaml:11:16", "x is listed twice"}},
      {"no variable", table("    variables: []\n    values: {}\n"), {"p.yaml:11:16", "empty"}},
      {"variables is a map", table("    variables: {x: y}\n    values: {}\n"), {"p.yaml:11:16", "a map"}},
      {"no variables", table("    values: {0: 0 0}\n"), {"p.yaml:9:3: constraints.c.variables", "missing"}},
      {"no values", table("    variables: [x, y]\n    default: 0\n"), {"p.yaml:9:3: constraints.c.values", "missing"}},
      {"values is a list", table("    variables: [x, y]\n    values: [1]\n"), {"p.yaml:12:13", "a list"}},
      {"a hole", table("    variables: [x, y]\n    values: {10: 0 0 | 1 1}\n"), {"p.yaml:9", "x=0, y=1", "no default"}},
      {"text default",
       table("    variables: [x, y]\n    default: much\n    values: {}\n"),
       {"p.yaml:12:14: constraints.c.default", "much"}},
  });
}

TEST(BadYaml, agents_and_their_placement_are_checked) {
  const std::string head = "name: t\nobjective: min\ndomains: {d: {values: [0]}}\nvariables: {x: {domain: d}}\n";
  const std::string agents = head + "agents: [a1, a2]\n";
  expect_refused({
      {"negative", head + "agents: {a1: {capacity: -5}}\n", {"p.yaml:5:25: agents.a1.capacity", "-5"}},
      {"text", head + "agents: {a1: {capacity: lots}}\n", {"p.yaml:5:25: agents.a1.capacity", "lots"}},
      {"NaN", head + "agents: {a1: {capacity: .nan}}\n", {"agents.a1.capacity", "NaN"}},
      {"twice", head + "agents: [a1, a1]\n", {"p.yaml:5:14: agents.a1", "twice"}},
      {"a list", head + "agents: [[a1]]\n", {"p.yaml:5:10: agents", "a list"}},
      {"no properties", head + "agents: {a1: 5}\n", {"p.yaml:5:10: agents.a1", "5"}},
      {"unknown agent", agents + "routes: {a1: {a9: 3}}\n", {"p.yaml:6:15: routes.a1.a9", "a9"}},
      {"unknown origin", agents + "routes: {a7: {a1: 3}}\n", {"p.yaml:6:10: routes.a7"}},
      {"two costs", agents + "routes: {a1: {a2: 3}, a2: {a1: 4}}\n", {"p.yaml:6:32: routes.a2.a1", "3", "4"}},
      {"text route", agents + "routes: {a1: {a2: far}}\n", {"routes.a1.a2", "far"}},
      {"own route", agents + "routes: {a1: {a1: 3}}\n", {"routes.a1.a1", "itself"}},
      {"route shape", agents + "routes: {a1: 3}\n", {"routes.a1", "3"}},
      {"unknown host", agents + "hosting_costs: {zz: {default: 3}}\n", {"p.yaml:6:17: hosting_costs.zz", "zz"}},
      {"unknown hosted",
       agents + "hosting_costs: {a1: {computations: {q: 3}}}\n",
       {"p.yaml:6:37: hosting_costs.a1.computations.q"}},
      {"hosting shape", agents + "hosting_costs: {a1: 3}\n", {"hosting_costs.a1", "3"}},
      {"unknown hint",
       agents + "distribution_hints: {must_host: {a1: [nope]}}\n",
       {"p.yaml:6:39: distribution_hints.must_host.a1", "nope"}},
      {"unknown hint agent", agents + "distribution_hints: {must_host: {a8: [x]}}\n", {"must_host.a8"}},
      {"two hosts", agents + "distribution_hints: {must_host: {a1: [x], a2: [x]}}\n", {"must_host.a2", "a1", "a2"}},
      {"hint shape", agents + "distribution_hints: {host_with: {x: x}}\n", {"host_with.x"}},
  });
}

TEST(BadYaml, what_is_only_doubtful_loads_with_a_warning) {
  const auto warning = [](const std::string& text) {
    std::vector<std::string> warnings;
    parse(text, &warnings);
    return warnings.empty() ? "no warning" : warnings[0];
  };
  const auto expect_warning = [&](const std::string& text, const std::string& part) {
    EXPECT_NE(warning(text).find(part), std::string::npos) << "no '" << part << "' in: " << warning(text);
  };
  expect_warning("objective: min\nvariables: {}\n", "name: missing; the problem is called p");
  expect_warning(after("variabels: {}\n"),
                 "p.yaml:11:1: unknown key 'variabels', which has no effect; did you mean 'variables'?");
  expect_warning(with_domain("{values: [0], typ: a}"), "did you mean 'type'");
  expect_warning(with_variable("{domain: d, inital_value: 1}"), "did you mean 'initial_value'");
  expect_warning(after("external_variables: {e: {domain: d, initial_value: 0, domian: d}}\n"), "did you mean 'domain'");
  expect_warning(small_problem("  c: {type: intention, function: x, defualt: 1}\n"), "did you mean 'default'");
  expect_warning(small_problem("  c: {type: intention, function: x, default: 1}\n"), "no effect");
  expect_warning(small_problem("  x: {type: intention, function: y}\n"), "constraints.x: a variable has the same name");
  expect_warning(with_variable("{domain: d}\n  if: {domain: d}"), "variables.if");
  expect_warning(with_variable("{domain: d, noise_level: 1}"), "noise_level: has no effect");
  expect_warning(with_domain("{values: [yes, no]}"), "yes is read as a text");
  EXPECT_EQ(warning(with_variable("{domain: d, foo: bar}")), "no warning") << "other keys of variables are kept";
  EXPECT_EQ(warning(with_domain("{values: ['yes', 'no']}")), "no warning");
  EXPECT_EQ(warning(with_domain("{values: [y, n]}")), "no warning");
}

TEST(BadYaml, large_and_odd_but_well_formed_files_load_fast) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(parse("description: '" + std::string(2000000, 'x') + "'\n" + small_problem("")).description().size(),
            2000000u);
  const Problem named = parse(with_variable("{domain: d}\n  ? " + std::string(1000000, 'n') + "\n  : {domain: d}"));
  EXPECT_EQ(named.variable_name(1).size(), 1000000u);

  std::string wide = "name: t\nobjective: min\ndomains: {d: {values: [0 .. 9]}}\nvariables:\n", names, sum, zeros;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "v" + std::to_string(i);
    wide += "  " + name + ": {domain: d}\n";
    names += (i ? ", " : "") + name;
    if (i < 30) sum += (i ? " + " : "") + name;
    zeros += "0 ";
  }
  const Problem problem =
      parse(wide + "constraints:\n  sum: {type: intention, function: " + sum +
            "}\n  wide: {type: extensional, variables: [" + names + "], default: 1, values: {5: " + zeros + "}}\n");
  EXPECT_EQ(problem.function(0).kind, FunctionKind::lazy);
  EXPECT_EQ(problem.function(1).kind, FunctionKind::sparse);
  EXPECT_EQ(cost_of(problem, std::vector<ValueIndex>(40, 0)), 5);
  EXPECT_EQ(cost_of(problem, std::vector<ValueIndex>(40, 9)), 271);  // 30 * 9 + 1

  const Problem infeasible = parse(function("float('inf')"));
  EXPECT_EQ(infeasible.evaluate(std::vector<ValueIndex>{0, 0}).violations, 1u);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace entente
