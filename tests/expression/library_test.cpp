// SPDX-License-Identifier: MIT
// Source files.
#include <gtest/gtest.h>

#include "expression/trial.hpp"

namespace entente::expression {
namespace {

std::string trouble_with(const std::string& file) {
  try {
    read_library(file, "costs.py");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Library, offers_constants_and_functions) {
  const auto library = read_library(
      "\"\"\"Costs of the house.\"\"\"\n"
      "import math\n"
      "from math import sqrt\n"
      "\n"
      "WEIGHT = 2.5  # per lamp\n"
      "COLORS = ['red', 'gr' + 'een']\n"
      "DOUBLE = WEIGHT * 2\n"
      "\n"
      "def penalty(a, b, scale=WEIGHT):\n"
      "    '''How much a and b disagree.'''\n"
      "    if a in COLORS:\n"
      "        return 0\n"
      "    return distance(a, b) * scale\n"
      "\n"
      "def distance(a, b): return sqrt((a - b) ** 2) + LATER\n"
      "LATER = math.floor(0.5)\n"
      "def factorial(n):\n"
      "    return 1 if n <= 1 else n * factorial(n - 1)\n",
      "costs.py");
  EXPECT_EQ(value_of("source.penalty(5, 1)", {}, library), "10.0");
  EXPECT_EQ(value_of("source.penalty(5, 1, 2)", {}, library), "8.0");
  EXPECT_EQ(value_of("source.penalty('green', 1)", {}, library), "0");
  EXPECT_EQ(value_of("source.DOUBLE + (x in source.COLORS)", {{"x", std::string("red")}}, library), "6.0");
  EXPECT_EQ(value_of("t = source.factorial(10)\nreturn t", {}, library), "3628800");
  const Expression expression = Expression::compile("source.penalty(v1, v2)", library);
  EXPECT_EQ(expression.names(), (std::vector<std::string>{"v1", "v2"}));
}

TEST(Library, refuses_all_else_and_names_file_and_line) {
  EXPECT_TRUE(trouble_with("import os\n").starts_with("costs.py:1:8: ")) << trouble_with("import os\n");
  EXPECT_TRUE(trouble_with("X = 1\nprint(X)\n").starts_with("costs.py:2:6: ")) << trouble_with("X = 1\nprint(X)\n");
  for (const char* file : {"class A:\n  pass\n",
                           "for i in range(3):\n  X = i\n",
                           "if True:\n  X = 1\n",
                           "X += 1\n",
                           "X, Y = 1, 2\n",
                           "X: int = 1\n",
                           "@cache\ndef f(): return 1\n",
                           "def f(x: int): return x\n",
                           "def f(*args): return 1\n",
                           "def f(a, a): return 1\n",
                           "def f(a=1, b): return 1\n",
                           "def f(): return unknown\n",
                           "def f(): return open('x')\n",
                           "def f(: return 1\n",
                           "def f()\n",
                           "def f(): return g(1, 2)\ndef g(a): return a\n",
                           "X = 1\nX = 2\n",
                           "def f(): return 1\nf = 2\n",
                           "X = Y\nY = 1\n",
                           "X = f()\ndef f(): return 1\n",
                           "X = 1 / 0\n",
                           "while True: pass\n",
                           "X = [0] * 10 ** 9\n",
                           "def f():\n    def g(): return 1\n    return g()\n",
                           "def f(): global X\n",
                           "def f():\nreturn 1\n",
                           "X = 1 Y = 2\n",
                           "from math import *\n",
                           "from math import gamma\ndef f(): return 1\n",
                           "import math, os\n",
                           "lambda: 1\n"})
    EXPECT_TRUE(trouble_with(file).starts_with("costs.py")) << file << trouble_with(file);
}

TEST(Library, takes_definitions_that_stand_on_one_line) {
  const auto library = read_library(
      "A = 1; B = 2\ndef f(): x = A; y = B; return x - y\ndef g(): x = 3; y = 4; return x * y\n", "costs.py");
  EXPECT_EQ(value_of("source.f() + source.g() * source.B", {}, library), "23");
  EXPECT_NE(error_of("source.y", {}, {}, library).message.find("the source file has no `y`"), std::string::npos);
}

TEST(Library, refuses_members_it_does_not_have) {
  const auto library = read_library("K = 1\ndef f(a, b=2): return a\n", "costs.py");
  EXPECT_NE(error_of("source.g(1)", {}, {}, library).message.find("the source file has no function `g`; it has f, K"),
            std::string::npos)
      << error_of("source.g(1)", {}, {}, library).message;
  EXPECT_NE(error_of("source.L", {}, {}, library).message.find("the source file has no `L`"), std::string::npos);
  EXPECT_NE(error_of("source.f", {}, {}, library).message.find("is a function"), std::string::npos);
  EXPECT_NE(error_of("source.f(1, 2, 3)", {}, {}, library).message.find("`f` takes 1 to 2 argument(s), not 3"),
            std::string::npos);
  EXPECT_NE(error_of("f(1)", {}, {}, library).message.find("not allowed"), std::string::npos);
}

TEST(Library, shows_where_in_the_file_an_evaluation_failed) {
  const auto library = read_library("def ratio(a, b):\n  return a / b\n", "costs.py");
  const Trouble trouble = error_of("source.ratio(x, x)", {{"x", std::int64_t{0}}}, {}, library);
  EXPECT_EQ(trouble.kind, ErrorKind::zero_division);
  EXPECT_EQ(trouble.message,
            "costs.py:2:12: division by zero in `  return a / b`, called from `source.ratio(x, x)` for x=0");
}

TEST(Library, keeps_signatures_of_different_files_apart) {
  const char* file = "def f(a): return a\n";
  const auto one = read_library(file, "one.py"), other = read_library(file, "other.py");
  EXPECT_EQ(Expression::compile("source.f(x)", one).signature(), Expression::compile("source.f(y)", one).signature());
  EXPECT_NE(Expression::compile("source.f(x)", one).signature(), Expression::compile("source.f(x)", other).signature());
}

TEST(Library, reads_files_with_a_byte_order_mark_and_carriage_returns) {
  const auto library = read_library("\xef\xbb\xbf# costs\r\nK = 1\r\ndef f(a):\r\n    return a + K\r\n", "costs.py");
  EXPECT_EQ(value_of("source.f(2)", {}, library), "3");
}

}  // namespace
}  // namespace entente::expression
