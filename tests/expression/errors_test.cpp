// SPDX-License-Identifier: MIT
// What the language refuses, and how it says so.
#include <gtest/gtest.h>

#include "expression/trial.hpp"

namespace entente::expression {
namespace {

void expect_message(const std::string& text, const std::string& part, const Scope& scope = {}) {
  const Trouble trouble = error_of(text, scope);
  EXPECT_NE(trouble.message.find(part), std::string::npos) << text << "\n" << trouble.message;
}

const Scope zeros{{"x", std::int64_t{0}}, {"y", std::int64_t{0}}};

TEST(Errors, name_file_line_column_and_key) {
  EXPECT_TRUE(error_of("10 if x == else 0").message.starts_with("p.yaml:9:25: constraints.c.function: "))
      << error_of("10 if x == else 0").message;
  // Columns count characters, not bytes.
  EXPECT_TRUE(error_of("größe +* 2").message.starts_with("p.yaml:9:21: ")) << error_of("größe +* 2").message;
}

TEST(Errors, of_an_evaluation_show_the_arguments) {
  const Trouble trouble = error_of("1 / (x - y)", zeros);
  EXPECT_EQ(trouble.kind, ErrorKind::zero_division);
  EXPECT_EQ(trouble.message, "p.yaml:9:16: constraints.c.function: division by zero in `1 / (x - y)` for x=0, y=0");
  expect_message("x + y", "for x='\\x1b[31m', y=0", {{"x", std::string("\x1b[31m")}, {"y", std::int64_t{0}}});
}

TEST(Errors, have_the_kinds_of_pythons_exceptions) {
  EXPECT_EQ(error_of("x + 'a'", zeros).kind, ErrorKind::type);
  EXPECT_EQ(error_of("'a' < x", zeros).kind, ErrorKind::type);
  EXPECT_EQ(error_of("int('x')").kind, ErrorKind::value);
  EXPECT_EQ(error_of("math.sqrt(-1)").kind, ErrorKind::value);
  EXPECT_EQ(error_of("[1][1]").kind, ErrorKind::index);
  EXPECT_EQ(error_of("0 ** -1").kind, ErrorKind::zero_division);
  EXPECT_EQ(error_of("5 % 0.0").kind, ErrorKind::zero_division);
  EXPECT_EQ(error_of("math.exp(1000)").kind, ErrorKind::overflow);
  EXPECT_EQ(error_of("2.0 ** 5000").kind, ErrorKind::overflow);
  EXPECT_EQ(error_of("(-8) ** 0.5").kind, ErrorKind::unsupported);
}

TEST(Errors, of_whole_numbers_beyond_64_bits_say_how_to_go_on) {
  for (const char* text : {"9223372036854775807 + 1", "9223372036854775807 * 2", "-9223372036854775808 - 1", "2 ** 63",
                           "abs(-9223372036854775808)", "-9223372036854775808 // -1", "int(1e30)", "round(1e30)"})
    EXPECT_EQ(error_of(text).kind, ErrorKind::overflow) << text;
  expect_message("2 ** 63", "write one operand as a real number");
  expect_message("100000000000000000000", "as in 1e20");
}

TEST(Errors, say_what_is_not_part_of_the_language) {
  expect_message("__import__('os').system('touch x')", "the function `__import__` is not allowed");
  expect_message("open('f')", "the function `open` is not allowed; allowed are abs, ");
  expect_message("x.__class__", "attributes are not supported");
  expect_message("math.os", "math has no `os`");
  expect_message("math.gamma(2)", "the function `math.gamma` is not allowed; allowed are ");
  expect_message("[i for i in range(3)]", "comprehensions and generators are not supported");
  expect_message("sum(i for i in range(3))", "comprehensions and generators are not supported");
  expect_message("lambda: 1", "`lambda` is not part of the language");
  expect_message("{1: 2}", "`{` is not part of the language");
  expect_message("f'{x}'", "prefix");
  expect_message("[1, 2][0:1]", "slices are not supported");
  expect_message("x & y", "write `and`");
  expect_message("x ^ 2", "`**`");
  expect_message("x ? 1 : 2", "a if condition else b");
  expect_message("max(x, key=y)", "arguments by name");
  expect_message("(x)(1)", "only functions that have a name");
  expect_message("import os\nreturn 1", "only `math` can be imported");
  expect_message("try:\n  x = 1\nreturn x", "`try` is not part of the language");
  expect_message("def f(): return 1\nreturn f()", "functions are defined in a source file");
  expect_message("a = [1]\na[0] = 2\nreturn a", "lists cannot be changed");
  expect_message("a = [1]\na += [2]\nreturn a", "cannot be changed in place");
  expect_message("source.f(1)", "needs a source file");
}

TEST(Errors, explain_common_slips) {
  expect_message("x = 3", "equality is written `==`");
  expect_message("10 if x = 3 else 0", "equality is written `==`");
  expect_message("1 if x", "`else`");
  expect_message("x == 1\nand y == 2", "put it in parentheses");
  expect_message("(1 + 2", "`(` is never closed");
  expect_message("1 + 2)", "`)` closes nothing");
  expect_message("'abc", "never closed");
  expect_message("", "the text ends where a value is expected");
  expect_message("round()", "`round` takes 1 to 2 argument(s), not 0");
  expect_message("if x: break\nreturn 1", "`break` stands outside a loop");
  expect_message("max = 3\nreturn max(1, 2)", "cannot be called");
  expect_message("math.sqrt", "is a function: give it arguments");
  expect_message("1_000_", "is not a number");
  expect_message("0777", "is not a number");
  expect_message("x × 2", "the character `×` is not part of the language");
}

}  // namespace
}  // namespace entente::expression
