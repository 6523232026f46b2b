// SPDX-License-Identifier: MIT
// Function bodies.
#include <gtest/gtest.h>

#include "expression/trial.hpp"

namespace entente::expression {
namespace {

const Scope two{{"v1", std::int64_t{2}}, {"v2", std::int64_t{5}}};

TEST(Body, chooses_with_if_elif_and_else) {
  const char* body =
      "if v1 > v2:\n"
      "    return (v1 - v2) * 2\n"
      "elif v1 == v2: return 6\n"
      "else:\n"
      "\tx = v2 - v1\n"
      "\ty = x * x\n"
      "return y + 0.5\n";
  EXPECT_EQ(value_of(body, two), "9.5");
  EXPECT_EQ(value_of(body, {{"v1", std::int64_t{5}}, {"v2", std::int64_t{5}}}), "6");
  EXPECT_EQ(names_in(body), "v1 v2");
}

TEST(Body, loops_with_for_and_while) {
  EXPECT_EQ(value_of("t = 0\nfor k in range(3):\n  t += k * v1\nreturn t", two), "6");
  EXPECT_EQ(value_of("t = 0\nfor a, b in [(1, 2), (3, 4)]:\n  t += a * b\nreturn t"), "14");
  EXPECT_EQ(value_of("n = 0\nwhile True:\n  n += 1\n  if n % 2: continue\n  if n > 6: break\nreturn n"), "8");
  EXPECT_EQ(value_of("for k in []:\n  pass\nelse:\n  return 1\nreturn 2"), "1");
  EXPECT_EQ(value_of("for k in [1]:\n  break\nelse:\n  return 1\nreturn 2"), "2");
}

TEST(Body, assigns_to_names_and_tuples_of_names) {
  EXPECT_EQ(value_of("a, b = 1, 2\na, b = b, a\nreturn a * 10 + b"), "21");
  EXPECT_EQ(value_of("a = b = 3\na += 1; b **= 2\nreturn a + b"), "13");
  EXPECT_EQ(value_of("(a, (b, c)) = 1, (2, 3)\nreturn a + b + c"), "6");
}

TEST(Body, ignores_comments_blank_lines_and_docstrings) {
  EXPECT_EQ(
      value_of(
          "# first\n\"\"\"What\nit does.\"\"\"\n\nx = [1,  # one\n  2]\n   # crooked comment\nreturn sum(x)  # last"),
      "3");
  EXPECT_EQ(value_of("    x = 1 + \\\n  2\n    return x"), "3");
  EXPECT_EQ(value_of("import math\nfrom math import sqrt, pi\nreturn sqrt(16) + (pi > 3)"), "5.0");
}

TEST(Body, takes_the_word_return_in_a_text_or_comment_for_what_it_is) {
  EXPECT_EQ(value_of("'return'  # return"), "return");
}

TEST(Body, without_return_gives_none_which_is_no_cost) {
  const Trouble trouble = error_of("if v1 > 3:\n  return 1", {{"v1", std::int64_t{0}}});
  EXPECT_EQ(trouble.kind, ErrorKind::type);
  EXPECT_NE(trouble.message.find("without `return`"), std::string::npos) << trouble.message;
}

TEST(Body, refuses_a_local_that_is_read_before_it_is_assigned) {
  const Trouble trouble = error_of("v1 = v1 + 1\nreturn v1");
  EXPECT_EQ(trouble.kind, ErrorKind::name);
  EXPECT_NE(trouble.message.find("`v1` is read before it is assigned"), std::string::npos) << trouble.message;
}

TEST(Body, names_line_and_column_inside_the_text) {
  EXPECT_TRUE(error_of("x = 1\nreturn x +\n").message.starts_with("p.yaml:10:24: "))
      << error_of("x = 1\nreturn x +\n").message;
  EXPECT_TRUE(error_of("x = 0\n\nreturn 1 / x").message.starts_with("p.yaml:11:23: "))
      << error_of("x = 0\n\nreturn 1 / x").message;
}

TEST(Body, refuses_indentation_that_python_refuses) {
  for (const char* body : {"if 1:\nreturn 1", "if 1:\n    x = 1\n  return x", "x = 1\n  return x",
                           "if 1:\n\tx = 1\n        return x", "if 1:\n  if 1:\n    x = 1\n   return x"})
    EXPECT_FALSE(error_of(body).message.empty()) << body;
}

}  // namespace
}  // namespace entente::expression
