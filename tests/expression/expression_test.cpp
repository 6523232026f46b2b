// SPDX-License-Identifier: MIT
// What expressions mean; cpython_test.cpp compares many more with CPython.
#include "expression/expression.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <locale>

#include "expression/trial.hpp"

namespace entente::expression {
namespace {

using std::string;

TEST(Expression, computes_with_pythons_precedence) {
  EXPECT_EQ(value_of("1 + 2 * 3 ** 2"), "19");
  EXPECT_EQ(value_of("-2 ** 2"), "-4");
  EXPECT_EQ(value_of("2 ** -1"), "0.5");
  EXPECT_EQ(value_of("2 ** 3 ** 2"), "512");
  EXPECT_EQ(value_of("10 - 4 - 3"), "3");
  EXPECT_EQ(value_of("not 1 == 2"), "true");
  EXPECT_EQ(value_of("1 or 2 and 3"), "1");
  EXPECT_EQ(value_of("1 if 0 else 2 if 0 else 3"), "3");
}

TEST(Expression, divides_and_takes_remainders_towards_minus_infinity) {
  EXPECT_EQ(value_of("7 / 2"), "3.5");
  EXPECT_EQ(value_of("-7 // 2"), "-4");
  EXPECT_EQ(value_of("-7 % 3"), "2");
  EXPECT_EQ(value_of("7 % -3"), "-2");
  EXPECT_EQ(value_of("-7.5 // 2"), "-4.0");
  EXPECT_EQ(value_of("1 // 0.1"), "9.0");  // 0.1 is a little more than a tenth
  EXPECT_EQ(value_of("-9223372036854775808 % -1"), "0");
}

TEST(Expression, divides_long_whole_numbers_to_the_nearest_real_number) {
  // (2^53 + 1) / 1 lies between two doubles; converting first would lose the odd bit before dividing by 3.
  EXPECT_EQ(value_of("9007199254740993 / 3"), "3002399751580331.0");
  EXPECT_EQ(value_of("9223372036854775807 / -9223372036854775808"), "-1.0");
}

TEST(Expression, rounds_half_to_even_and_decimals_by_their_exact_value) {
  EXPECT_EQ(value_of("round(0.5)"), "0");
  EXPECT_EQ(value_of("round(1.5)"), "2");
  EXPECT_EQ(value_of("round(-2.5)"), "-2");
  EXPECT_EQ(value_of("round(2.675, 2)"), "2.67");  // 2.675 is stored a little below
  EXPECT_EQ(value_of("round(0.125, 2)"), "0.12");
  EXPECT_EQ(value_of("round(1250.0, -2)"), "1200.0");
  EXPECT_EQ(value_of("round(15, -1)"), "20");
  EXPECT_EQ(value_of("round(25, -1)"), "20");
}

TEST(Expression, gives_the_deciding_operand_of_and_and_or) {
  EXPECT_EQ(value_of("0 or 'R'"), "R");
  EXPECT_EQ(value_of("'' and 3"), "");
  EXPECT_EQ(value_of("2 and 3.5"), "3.5");
  EXPECT_EQ(value_of("1 == 1.0 == True"), "true");
}

TEST(Expression, compares_in_chains_and_looks_at_each_operand_once) {
  EXPECT_EQ(value_of("1 < 2 < 3"), "true");
  EXPECT_EQ(value_of("1 < 3 < 2"), "false");
  EXPECT_EQ(value_of("3 < 2 < 1 / 0"), "false");  // the division is never reached
}

TEST(Expression, compares_whole_and_real_numbers_exactly) {
  EXPECT_EQ(value_of("9007199254740993 == 9007199254740992.0"), "false");
  EXPECT_EQ(value_of("9007199254740993 > 9007199254740992.0"), "true");
  EXPECT_EQ(value_of("9223372036854775807 < 9223372036854775808.0"), "true");
}

TEST(Expression, knows_texts_lists_and_tuples) {
  EXPECT_EQ(value_of("'R' in ['R', 'G']"), "true");
  EXPECT_EQ(value_of("'x' not in 'größe'"), "true");
  EXPECT_EQ(value_of("len('größe')"), "5");
  EXPECT_EQ(value_of("'größe'[2]"), "ö");
  EXPECT_EQ(value_of("'ab' * 2 + \"c\""), "ababc");
  EXPECT_EQ(value_of("sum([1, 2, 3.5])"), "6.5");
  EXPECT_EQ(value_of("max((3, 1)) - min([4, 2], [4, 1])[1]"), "2");
  EXPECT_EQ(value_of("[10, 20, 30][-1]"), "30");
  EXPECT_EQ(value_of("sum(range(1, 10, 3))"), "12");
  EXPECT_EQ(value_of("3 if'b'in'abc'else 4"), "3");
  EXPECT_EQ(value_of("'\\u00e4\\n' == 'ä' '\\n'"), "true");
}

TEST(Expression, offers_the_functions_and_constants_of_math) {
  EXPECT_EQ(value_of("math.floor(-0.5) + math.ceil(0.5) + math.trunc(-1.5)"), "-1");
  EXPECT_EQ(value_of("math.hypot(3, 4)"), "5.0");
  EXPECT_EQ(value_of("math.log(8, 2)"), "3.0");
  EXPECT_EQ(value_of("math.isinf(math.inf) and math.isnan(math.nan)"), "true");
  EXPECT_EQ(value_of("math.gcd(12, 18)"), "6");
  EXPECT_EQ(value_of("float('-inf') < -1e308 and float(' 1_0.5 ') == 10.5 and int('-7') == -7"), "true");
}

TEST(Expression, takes_its_free_names_as_its_scope_in_order_of_appearance) {
  EXPECT_EQ(names_in("10 if b == a else abs(b - c)"), "b a c");
  EXPECT_EQ(names_in("math.pi * r ** 2 + math.sqrt(r)"), "r");
  EXPECT_EQ(names_in("größe * 2"), "größe");
  EXPECT_EQ(names_in("3"), "");
}

TEST(Expression, lets_variables_be_called_like_functions) {
  EXPECT_EQ(names_in("max(max, sum) + id"), "max sum id");
  EXPECT_EQ(value_of("max(max, 3)", {{"max", std::int64_t{5}}}), "5");
  EXPECT_EQ(names_in("math + source"), "math source");
}

TEST(Expression, says_which_variables_it_can_refer_to) {
  for (const char* name : {"x", "v_1", "größe", "max", "math", "_"}) EXPECT_TRUE(is_name(name)) << name;
  for (const char* name : {"", "if", "None", "lambda", "v-1", "1v", "a b", " a", "a ", "a.b", "'a'", "a\n", "#"})
    EXPECT_FALSE(is_name(name)) << name;
}

TEST(Expression, gives_costs_as_numbers) {
  EXPECT_EQ(Expression::compile("v1 != v2").cost(std::vector<Value>{std::int64_t{1}, std::int64_t{2}}), 1.0);
  EXPECT_EQ(Expression::compile("float('inf')").cost({}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(error_of("float('nan')").kind, ErrorKind::value);
  EXPECT_EQ(error_of("'abc'").kind, ErrorKind::type);
  EXPECT_EQ(error_of("None").kind, ErrorKind::type);
  EXPECT_EQ(error_of("[1]").kind, ErrorKind::type);
}

TEST(Expression, reads_a_text_that_is_indented_or_ends_in_blank_lines) {
  EXPECT_EQ(value_of("  1 + 1\n\n"), "2");
  EXPECT_EQ(value_of("\r\n1 + 1\r\n"), "2");
  EXPECT_EQ(value_of("(1 +\n   1)  # two\n"), "2");
}

TEST(Expression, evaluates_alike_whatever_the_locale) {
  const std::locale before;
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    try {
      std::locale::global(std::locale(name));
    } catch (const std::runtime_error&) {
      continue;  // not installed here
    }
    EXPECT_EQ(value_of("0.5 + float('1.25') + round(2.125, 2)"), "3.87");
    EXPECT_EQ(value_of("str(1234567.5)"), "1234567.5");
  }
  std::locale::global(before);
}

TEST(Signature, is_equal_for_functions_that_differ_in_the_names_of_their_arguments) {
  const auto signature = [](const char* text) { return Expression::compile(text).signature(); };
  EXPECT_EQ(signature("10 if v1 == v2 else 0"), signature("10  if (a==b) else 0"));
  EXPECT_NE(signature("10 if v1 == v2 else 0"), signature("10 if v1 == v1 else 0"));
  EXPECT_NE(signature("10 if v1 == v2 else 0"), signature("11 if v1 == v2 else 0"));
  EXPECT_NE(signature("10 if v1 == v2 else 0"), signature("10 if v2 == v1 else 0.0"));
  EXPECT_NE(signature("x in ['ab', 'c']"), signature("x in ['a', 'bc']"));
  EXPECT_NE(signature("0.0 + x"), signature("-0.0 + x"));
}

}  // namespace
}  // namespace entente::expression
