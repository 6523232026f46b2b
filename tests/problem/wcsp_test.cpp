// SPDX-License-Identifier: MIT
// Reading WCSP: what a file says is what assignments cost.
#include <limits>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

constexpr double hard = std::numeric_limits<double>::infinity();

Problem read(const std::string& text, std::vector<std::string>* warnings = nullptr) {
  ReadOptions options;
  if (warnings) options.warn = [warnings](const std::string& warning) { warnings->push_back(warning); };
  return parse_wcsp(text, "p.wcsp", options);
}

TEST(Wcsp, a_small_file_says_names_domains_and_costs) {
  const Problem problem =
      read("tiny 3 3 4 100\n3 2 3\n2 0 1 5 2\n0 0 1\n2 1 7\n1 2 0 1\n1 4\n0 6 0\n2 2 0 0 1 0 2 9\n");
  EXPECT_EQ(problem.name(), "tiny");
  EXPECT_EQ(problem.objective(), Objective::minimise);
  ASSERT_EQ(problem.variable_count(), 3u);
  EXPECT_EQ(problem.variable_name(2), "x2");
  EXPECT_EQ(problem.domain(1).values, (std::vector<Value>{std::int64_t(0), std::int64_t(1)}));
  EXPECT_EQ(problem.domain_id(0), problem.domain_id(2)) << "domains of one size are one domain";
  EXPECT_EQ(cost_of(problem, {0, 0, 0}), 1 + 6);
  EXPECT_EQ(cost_of(problem, {2, 1, 1}), 7 + 4 + 6);
  EXPECT_EQ(cost_of(problem, {2, 0, 0}), 5 + 6 + 9) << "the scope 2 0 has its second variable last";
  EXPECT_EQ(problem.unary_costs(2).size(), 3u) << "a function of one variable is the variable's own cost";
  EXPECT_TRUE(problem.unary_costs(0).empty());
}

TEST(Wcsp, costs_from_the_top_on_are_hard_and_the_total_has_to_stay_below) {
  const Problem problem = read("t 2 2 2 10\n2 2\n2 0 1 0 3\n0 0 10\n0 1 99\n1 0 9\n1 0 0 1\n1 1\n");
  EXPECT_EQ(problem.cost_limit(), 10.0);
  EXPECT_EQ(problem.cost(0, std::vector<ValueIndex>{0, 1}), hard);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{0, 0}).violations, 1u);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1, 1}).violations, 0u);
  // 9 + 1 is the top itself.
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{1, 0}).violations, 1u);
  EXPECT_TRUE(problem.acceptable(9));
  EXPECT_FALSE(problem.acceptable(10));
}

TEST(Wcsp, shared_functions_share_their_table) {
  const Problem problem = read("s 4 3 4 50\n3 3 3 3\n-2 0 1 0 2\n0 0 7\n2 1 60\n2 2 3 0 -1\n-1 0 1 1\n2 8\n1 3 1 -2\n");
  EXPECT_EQ(problem.function(0).cells.data(), problem.function(1).cells.data());
  EXPECT_EQ(cost_of(problem, {0, 0, 0, 0}), 7 + 7 + 1 + 1);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>{0, 1, 2, 1}).violations, 1u);
  EXPECT_EQ(problem.unary_costs(3)[2], 8);
}

TEST(Wcsp, large_functions_with_few_tuples_stay_sparse) {
  std::string text = "large 6 50 2 1000\n50 50 50 50 50 50\n6 0 1 2 3 4 5 2 3\n";
  text += "9 0 0 0 0 0 5\n1 2 3 4 5 6 7\n1 2 3 4 5 6 8\n2 0 1 0 0\n";
  std::vector<std::string> warnings;
  const Problem problem = read(text, &warnings);
  ASSERT_EQ(problem.function(0).kind, FunctionKind::sparse);
  EXPECT_EQ(problem.function(1).kind, FunctionKind::table);
  EXPECT_EQ(cost_of(problem, {9, 0, 0, 0, 0, 0}), 5);
  EXPECT_EQ(cost_of(problem, {1, 2, 3, 4, 5, 6}), 8) << "of a tuple that is given twice the last one counts";
  EXPECT_EQ(cost_of(problem, {1, 2, 3, 4, 5, 7}), 2);
}

TEST(Wcsp, a_tuple_given_twice_with_other_costs_is_a_warning) {
  std::vector<std::string> warnings;
  const Problem problem = read("t 2 2 1 10\n2 2\n2 0 1 0 2\n1 1 3\n1 1 4\n", &warnings);
  EXPECT_EQ(cost_of(problem, {1, 1}), 4);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("p.wcsp:5: cost function 0: a tuple is given twice"), std::string::npos) << warnings[0];
}

TEST(Wcsp, what_the_header_gets_wrong_but_harms_nothing_is_a_warning) {
  std::vector<std::string> warnings;
  read("t 2 2 1 10\n2 3\n2 0 1 0 0\nand more\n", &warnings);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("domain of 3 values, though the header says"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("text after the 1 cost functions"), std::string::npos) << warnings[1];
}

TEST(Wcsp, blanks_between_words_may_be_many_and_lines_are_still_counted) {
  for (const std::size_t many : {1u, 2u, 7u, 8u, 9u, 16u, 17u, 70000u, 300000u}) {
    const std::string gap(many, ' ');
    const Problem problem = read("t" + gap + "1 2 1 10" + gap + "\n" + gap + "2\n1" + gap + "0 0 1\n1" + gap + "5");
    EXPECT_EQ(cost_of(problem, {1}), 5) << many;
    expect_error([&] { read("t 1 2 1 10\n2" + gap + "\n" + gap + "\n" + gap + "x"); }, {"p.wcsp:4:", "'x'"});
  }
}

TEST(Wcsp, an_interval_is_a_domain_and_line_breaks_do_not_matter) {
  const Problem problem = read("t 1 4 1 10\r\n-4\r\n1\n0\n2\n1\n3\n0");
  EXPECT_EQ(problem.domain_size(0), 4);
  EXPECT_EQ(cost_of(problem, {3}), 0);
  EXPECT_EQ(cost_of(problem, {1}), 2);
}

}  // namespace
}  // namespace entente
