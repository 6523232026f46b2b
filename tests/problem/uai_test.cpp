// SPDX-License-Identifier: MIT
// Reading UAI: costs are negative logarithms, and observed variables have one value left.
#include <cmath>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr const char* chain =
    "MARKOV\n3\n2 2 3\n3\n1 0\n2 0 1\n2 2 1\n\n2\n 0.25 0.75\n\n4\n 0.5 1e-3\n 1 0\n\n6\n .1 2 3\n 4 5 6\n";

Problem read(const std::string& text) { return parse_uai(text, "p.uai"); }
void expect_refused(const std::string& text, const std::vector<std::string>& parts) {
  expect_error([&] { read(text); }, parts);
}

TEST(Uai, costs_are_negative_logarithms_of_potentials) {
  const Problem problem = read(chain);
  EXPECT_EQ(problem.name(), "p");
  EXPECT_FALSE(problem.cost_limit());
  ASSERT_EQ(problem.variable_count(), 3u);
  EXPECT_EQ(problem.domain(2).values[2], Value(std::int64_t(2)));
  EXPECT_DOUBLE_EQ(cost_of(problem, {0, 1, 2}), -std::log(0.25 * 1e-3 * 6));
  EXPECT_DOUBLE_EQ(cost_of(problem, {1, 0, 1}), -std::log(0.75 * 1 * 3));
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1, 1, 0}).violations, 1u) << "a potential of 0 is impossible";
  EXPECT_FALSE(std::signbit(problem.cost(0, std::vector<ValueIndex>{1, 0})));
  EXPECT_EQ(read("BAYES 1 2 1 1 0 2 0.5 0.5").variable_count(), 1u);
}

TEST(Uai, the_evidence_beside_a_file_is_read_unless_another_is_named) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.uai", chain);
  const std::string other = folder.write("other", "1\n2 0 0 1 0\n");  // the older form: one sample
  const auto violations = [&](const std::string& evidence, std::vector<ValueIndex> assignment) {
    ReadOptions options;
    options.evidence = evidence;
    return read_problem(std::vector<std::string>{file}, options).evaluate(assignment).violations;
  };
  EXPECT_EQ(violations("", {0, 0, 0}), 0u);
  folder.write("p.uai.evid", "1 2 1\n");
  EXPECT_EQ(violations("", {0, 0, 0}), 1u);
  EXPECT_EQ(violations("", {0, 0, 1}), 0u);
  EXPECT_EQ(violations("none", {0, 0, 0}), 0u);
  EXPECT_EQ(violations(other, {0, 0, 0}), 0u);
  EXPECT_EQ(violations(other, {1, 0, 0}), 1u);
  const Problem problem = read_problem(std::vector<std::string>{file});
  EXPECT_EQ(problem.domain_size(2), 3) << "values keep their numbers";
  EXPECT_EQ(problem.initial_value(2), 1);
}

TEST(Uai, evidence_is_checked) {
  const TemporaryFolder folder;
  const std::string file = folder.write("p.uai", chain);
  const auto refused = [&](const std::string& text, const std::vector<std::string>& parts) {
    folder.write("p.uai.evid", text);
    expect_error([&] { read_problem(std::vector<std::string>{file}); }, parts);
  };
  refused("1 3 0\n", {"p.uai.evid:", "variable 3 does not exist"});
  refused("1 0 2\n", {"value 2", "variable 0", "0 to 1"});
  refused("2 0 1\n", {"2 observations announced", "2 numbers follow"});
  refused("2 0 1 0 0\n", {"variable 0 is observed with 1 and with 0"});
  refused("1 zero 1\n", {"p.uai.evid:1", "'zero' is no number"});
  folder.write("p.uai.evid", "0\n");
  EXPECT_NO_THROW(read_problem(std::vector<std::string>{file}));
  ReadOptions options;
  options.evidence = folder.path("none.evid");
  expect_error([&] { read_problem(std::vector<std::string>{file}, options); }, {"none.evid", "cannot be read"});
  const std::string yaml = folder.write("p.yaml", small_problem("  c: {type: intention, function: x + y}\n"));
  expect_error([&] { read_problem(std::vector<std::string>{yaml}, options); }, {"p.yaml", "evidence belongs to UAI"});
}

TEST(BadUai, every_mistake_is_named_with_its_line) {
  expect_refused("", {"p.uai:1", "the file is empty"});
  expect_refused("MARCOV\n1\n2\n", {"p.uai:1", "'MARCOV'", "MARKOV or BAYES"});
  expect_refused("t 2 3 1 100\n", {"'t' at the beginning"});
  expect_refused("MARKOV\n2\n2 0\n", {"p.uai:3: variables", "domain size is 0"});
  expect_refused("MARKOV\n2\n2 2000000\n", {"2000000 values"});
  expect_refused("MARKOV\n99999999999\n2", {"number of variables is 99999999999"});
  expect_refused("MARKOV\n2\n2 2\n1\n2 0 2\n", {"p.uai:5: table 0", "number of a variable is 2", "0 to 1"});
  expect_refused("MARKOV\n2\n2 2\n1\n2 1 1\n", {"table 0", "listed twice"});
  expect_refused("MARKOV\n2\n2 2\n1\n3 0 1 0\n", {"table 0", "number of variables in its scope is 3"});
  expect_refused("MARKOV\n2\n2 2\n1\n2 0 1\n5\n1 1 1 1 1\n", {"p.uai:6: table 0", "5 entries", "4 tuples"});
  expect_refused("MARKOV\n1\n2\n1\n1 0\n2\n 0.5", {"p.uai:7: table 0", "unexpected end of file", "potential"});
  expect_refused("MARKOV\n1\n2\n1\n1 0\n2\n 0.5 nan\n", {"table 0", "nan is no potential"});
  expect_refused("MARKOV\n1\n2\n1\n1 0\n2\n 0.5 -0.5\n", {"table 0", "-0.5 is no potential"});
  expect_refused("MARKOV\n1\n2\n1\n1 0\n2\n 0.5 inf\n", {"inf is no potential"});
  expect_refused("MARKOV\n1\n2\n1\n1 0\n2\n 0.5 1e999\n", {"'1e999' is no number that can be held"});
  std::string huge = "MARKOV\n40\n", scope = "40";
  for (int v = 0; v < 40; ++v) huge += "9 ", scope += " " + std::to_string(v);
  expect_refused(huge + "\n1\n" + scope + "\n1\n1\n", {"table 0", "1 entries", "more than 2^64"});
}

}  // namespace
}  // namespace entente
