// SPDX-License-Identifier: MIT
// Reading CFN, in JSON and in the concise form, and what is refused.
#include <limits>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr double forbidden = std::numeric_limits<double>::infinity();

Problem read(const std::string& text) { return parse_cfn(text, "p.cfn"); }
void expect_refused(const std::string& text, const std::vector<std::string>& parts) {
  expect_error([&] { read(text); }, parts);
}

/// A file with variables x of two values and y of three.
std::string with(const std::string& functions) {
  return R"({"problem": {"name": "t", "mustbe": "<10.0"}, "variables": {"x": ["a", "b"], "y": 3},)"
         "\n\"functions\": {" +
         functions + "}}";
}

TEST(Cfn, json_says_names_values_and_costs) {
  const Problem problem = read(with(R"("f": {"scope": ["x", "y"], "costs": [0, 1, 2.5, -1, inf, 4]},
      "g": {"scope": ["y", "x"], "defaultcost": 1, "costs": [2, "a", 5, 0, "b", 0.25]},
      "h": {"scope": ["x"], "costs": [0.5, 3]}, "k": {"scope": [], "costs": [-2]})"));
  EXPECT_EQ(problem.name(), "t");
  EXPECT_EQ(problem.cost_limit(), 10.0);
  EXPECT_EQ(problem.domain(0).values, (std::vector<Value>{std::string("a"), std::string("b")}));
  EXPECT_EQ(problem.domain(1).values[2], Value(std::int64_t(2)));
  EXPECT_EQ(problem.constraint_name(1), "g");
  EXPECT_EQ(cost_of(problem, {0, 2}), 2.5 + 5 + 0.5 - 2);
  EXPECT_EQ(cost_of(problem, {1, 0}), -1 + 0.25 + 3 - 2);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1, 1}).violations, 1u);
  EXPECT_EQ(problem.cost(0, std::vector<ValueIndex>{1, 1}), forbidden);
}

TEST(Cfn, the_concise_form_says_the_same) {
  const std::string concise =
      "# comment\n{ problem {t <10.0}\n variables [[a b] 3]\n# another\nfunctions {\n"
      "{scope: [0 1] costs: [0 1 2.5 -1 inf 4]} {scope [1 0] defaultcost 1 costs [2 a 5  0 b 0.25]}\n"
      "h {scope: {0}, costs: {0.5 3}} {scope [] costs [-2]} }";
  const Problem problem = read(concise);
  EXPECT_EQ(problem.variable_name(1), "x1");
  EXPECT_EQ(cost_of(problem, {0, 2}), 2.5 + 5 + 0.5 - 2);
  EXPECT_EQ(cost_of(problem, {1, 0}), -1 + 0.25 + 3 - 2);
}

TEST(Cfn, a_greater_sign_means_to_maximise) {
  const Problem problem = read(R"({"problem": {"name": "m", "mustbe": ">-5"}, "variables": {"x": 2},
      "functions": {"f": {"scope": ["x"], "costs": [-5, 1]}}})");
  EXPECT_EQ(problem.objective(), Objective::maximise);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{0}).violations, 1u) << "-5 is not better than the bound";
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1}).violations, 0u);
}

TEST(Cfn, costs_by_reference_are_shared_whatever_the_order) {
  const Problem problem = read(with(R"("f": {"scope": ["x", "y"], "costs": "g"},
      "g": {"scope": ["x", "y"], "costs": "h"}, "u": {"scope": ["y"], "costs": "v"}, "v": {"scope": ["y"], "costs": [1, 2, 3]},
      "h": {"scope": ["x", "y"], "costs": [0, 1, 2, 3, 4, 5]}, "late": {"scope": ["x", "y"], "costs": "f"})"));
  ASSERT_EQ(problem.constraint_count(), 4u);
  for (ConstraintId c = 1; c < 4; ++c)
    EXPECT_EQ(problem.function(c).cells.data(), problem.function(0).cells.data()) << problem.constraint_name(c);
  EXPECT_EQ(cost_of(problem, {1, 0}), 4 * 3 + 2);
}

TEST(Cfn, labels_come_before_positions) {
  const Problem problem = read(R"({"problem": {"name": "p", "mustbe": "<9"}, "variables": {"x": ["1", "0"]},
      "functions": {"f": {"scope": ["x"], "defaultcost": 0, "costs": ["0", 5]}}})");
  EXPECT_EQ(cost_of(problem, {1}), 5) << "the value called 0 is the second";
}

TEST(Cfn, quotes_may_hold_any_text) {
  const Problem problem = read(R"({"problem": {"name": "a \"b\"\\ \u00e9\ud83d\ude00", "mustbe": "<9"},
      "variables": {"1": ["v w", "{"], "x,y": 2}, "functions": {}})");
  EXPECT_EQ(problem.name(), "a \"b\"\\ \xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(problem.variable_name(0), "1");
  EXPECT_EQ(problem.domain(0).values[0], Value(std::string("v w")));
}

TEST(Cfn, keywords_take_their_parameters_by_name) {
  const Problem problem = read(R"({problem: {k "<1000"} variables: {a: 3 b: 3 c: 3 d: 3} functions: {
    s: {scope: [a b c d] type: salldiff params: {metric: "var" cost: 0.5}}
    g: {scope: [a b c d] type: sgcc params: {metric: dec cost: 2 bounds: [[0 1 2] [1 0 1]]}}
    e: {scope: [a b c d] type: ssame params: {cost: 4 vars1: [a b] vars2: [c d]}}
    k: {scope: [a b] type: knapsack params: {capacity: 1 weights: [1 1]}}
    p: {scope: [a b] type: knapsackp params: {capacity: 0 weightedvalues: [[[1 2]] [[0 1] [2 2]]]}}
    w: {scope: [a b c] type: wsum params: {metric: lin cost: 1 comparator: "<=" to: 3}}
    r: {scope: [a b] type: ">=" params: [1 9]}}})");
  // a=2 b=1 c=1 d=1: two repeated, 0 is short by one and 1 over by two, one of each list alone, 4 is one above 3.
  EXPECT_EQ(cost_of(problem, {2, 1, 1, 1}), 0.5 * 2 + 2 * 3 + 4 + 1 + 0);
  EXPECT_GT(problem.evaluate(std::vector<ValueIndex>{0, 0, 0, 0}).violations, 0u);
}

TEST(Cfn, a_missing_last_bracket_is_a_warning) {
  std::vector<std::string> warnings;
  ReadOptions options;
  options.warn = [&](const std::string& text) { warnings.push_back(text); };
  parse_cfn("{problem {t <9} variables {x: 2} functions {}", "p.cfn", options);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("bracket is missing"), std::string::npos) << warnings[0];
}

TEST(BadCfn, the_head_is_checked) {
  expect_refused("", {"p.cfn:1", "the file is empty"});
  expect_refused("name: t\n", {"'name' at the beginning"});
  expect_refused(std::string(1 << 20, '['), {"p.cfn:1: problem", "an opening bracket", "expected the name"});
  expect_refused(R"({"problem": {"name": "t"}})", {"mustbe is missing", "<bound"});
  expect_refused(R"({"problem": {"name": "t", "mustbe": "10"}})", {"problem.mustbe", "'10' has no < or >"});
  expect_refused(R"({"problem": {"name": "t", "mustbe": "<ten"}})", {"'<ten' is no bound"});
  expect_refused(R"({"problem": {"name": "t", "name": "u", "mustbe": "<1"}})", {"name is given twice"});
  expect_refused(R"({"problem": {"name": "t", "mustbe": "<1"}, "functions": {}})",
                 {"'functions'", "section variables"});
  expect_refused("{\"problem\": {\"name\": \"t\n\", \"mustbe\": \"<1\"}}", {"p.cfn:1", "has no end"});
  expect_refused(R"({"problem": {"name": "\ud800", "mustbe": "<1"}})", {"surrogate"});
  expect_refused(R"({"problem": {"name": "\u0000", "mustbe": "<1"}})", {"control characters"});
}

TEST(BadCfn, variables_are_checked) {
  const auto variables = [](const std::string& text) {
    return R"({"problem": {"name": "t", "mustbe": "<1"}, "variables": {)" + text + "}, \"functions\": {}}";
  };
  expect_refused(variables(R"("x": ["a", "a"])"), {"variables.x", "the value a is there twice"});
  expect_refused(variables(R"("x": 2, "x": 3)"), {"x is defined twice"});
  expect_refused(variables(R"("x": [])"), {"no value"});
  expect_refused(variables(R"("x": 0)"), {"variables.x", "no value"});
  expect_refused(variables(R"("x": 999999999999)"), {"999999999999 values", "at most"});
  expect_refused(variables(R"("x": many)"), {"'many'", "list of values"});
}

TEST(BadCfn, functions_are_checked) {
  const std::string whole = with(R"("f": {"scope": ["x"], "costs": [1.0)");
  expect_refused(whole.substr(0, whole.size() - 2), {"p.cfn:2: functions.f", "unexpected end of file in its costs"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [1, 2, 3]})"), {"functions.f", "3 costs", "2 tuples"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [1]})"), {"1 costs are given", "defaultcost"});
  expect_refused(with(R"("f": {"scope": ["z"], "costs": [1, 2]})"), {"functions.f", "unknown variable z"});
  expect_refused(with(R"("f": {"scope": [7], "costs": [1, 2]})"), {"variable number 7"});
  expect_refused(with(R"("f": {"scope": ["x", 0], "costs": [1, 2]})"), {"listed twice"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [nan, 2]})"), {"'nan' is no cost"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [1e999, 2]})"), {"'1e999' is no cost"});
  expect_refused(with(R"("f": {"scope": ["x"], "defaultcost": 1, "costs": ["q", 2]})"), {"value q", "domain of x"});
  expect_refused(with(R"("f": {"scope": ["y"], "defaultcost": 1, "costs": [3, 2]})"), {"value number 3", "0 to 2"});
  expect_refused(with(R"("f": {"costs": [1, 2]})"), {"'costs'", "scope first"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [1, 2], "defaultcost": 1})"),
                 {"defaultcost", "after the costs"});
  expect_refused(with(R"("f": {"scope": ["x"]})"), {"costs are missing"});
  expect_refused(with(R"("f": {"scope": ["x"], "price": [1]})"), {"'price'", "expected scope"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": [1, 2]}, "f": {"scope": ["x"], "costs": [1, 2]})"),
                 {"f is defined twice"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": "g"}, "g": {"scope": ["x"], "costs": "f"})"),
                 {"circular", "g and f"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": "f"})"), {"circular"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": "nowhere"})"), {"unknown function nowhere"});
  expect_refused(with(R"("f": {"scope": ["x"], "costs": "g"}, "g": {"scope": ["y"], "costs": [1, 2, 3]})"),
                 {"functions.f", "3 values", "2"});
  expect_refused(with(R"("f": {"scope": ["x", "y"], "type": "frobnicate", "params": []})"),
                 {"'frobnicate' is not supported"});
  expect_refused(with(R"("f": {"scope": ["x", "y"], "type": ">=", "params": [[[[[1]]]]]})"), {"lists in lists"});
  expect_refused(with(R"("f": {"scope": ["x", "y"], "type": ">=", "params": [1, 2, 3]})"),
                 {"'3' is one parameter too many"});
}

}  // namespace
}  // namespace entente
