// SPDX-License-Identifier: MIT
// Texts that would take for ever, use up the memory or break the stack: each ends soon in an error.
#include <gtest/gtest.h>

#include <chrono>

#include "expression/trial.hpp"

namespace entente::expression {
namespace {

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

/// The trouble with `text`, found within a second; more is allowed where sanitizers slow everything down.
Trouble quick_trouble(const std::string& text) {
  const auto start = std::chrono::steady_clock::now();
  Trouble trouble = error_of(text, {{"x", std::int64_t{0}}, {"y", std::int64_t{1}}});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5)) << text.substr(0, 60);
  EXPECT_LT(trouble.message.size(), 600u);
  return trouble;
}

TEST(Hostile, nesting_is_refused_before_the_stack_is_used_up) {
  constexpr int deep = 70'000;
  for (const std::string& text :
       {repeated("(", deep) + "x" + repeated(")", deep), repeated("[", deep) + repeated("]", deep),
        repeated("not ", deep) + "x", repeated("-", deep) + "x", repeated("x ** ", deep) + "x",
        repeated("abs(", deep) + "x" + repeated(")", deep), repeated("x[", deep) + "0" + repeated("]", deep),
        repeated("-(", deep) + "x" + repeated(")", deep), repeated("(1 if x else ", deep) + "2" + repeated(")", deep),
        repeated("(x, ", deep) + "1" + repeated(")", deep)}) {
    const Trouble trouble = quick_trouble(text);
    EXPECT_EQ(trouble.code, ErrorCode::too_large) << trouble.message;
    EXPECT_NE(trouble.message.find("too deep"), std::string::npos) << trouble.message;
  }
  std::string blocks;
  for (int i = 0; i < 1000; ++i) blocks += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
  EXPECT_EQ(quick_trouble(blocks + std::string(1000, ' ') + "return 1").code, ErrorCode::too_large);
}

TEST(Hostile, long_flat_chains_are_no_nesting) {
  constexpr int many = 50'000;
  EXPECT_EQ(value_of("1" + repeated(" + 1", many)), "50001");
  EXPECT_EQ(value_of("0" + repeated(" or 0", many)), "0");
  EXPECT_EQ(value_of("1" + repeated(" == 1", many)), "true");
  EXPECT_EQ(value_of(repeated("1 if 0 else ", many) + "2"), "2");
  EXPECT_EQ(value_of("max(" + repeated("1, ", many) + "2)"), "2");
  EXPECT_EQ(value_of("if 0: return 1\n" + repeated("elif 0: return 1\n", many) + "return 2"), "2");
  EXPECT_EQ(value_of(repeated("x = 1\n", many) + "return x"), "1");
}

TEST(Hostile, many_names_calls_and_imports_take_no_quadratic_time) {
  constexpr int many = 40'000;
  std::string names = "a = 1\nfrom math import sin" + repeated(", sin", many) + "\nreturn 0", calls = "0", parameters;
  for (int i = 0; i < many; ++i) {
    names += " + n" + std::to_string(i);
    calls += "+abs(n" + std::to_string(i) + ")";
    parameters += "p" + std::to_string(i) + ", ";
  }
  for (const std::string& text : {names, calls, "a = 1\nb = a\nreturn " + calls}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(Expression::compile(text).names().size(), static_cast<std::size_t>(many));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(read_library("def f(" + parameters + "): return 1\n", "costs.py"), Error);
  quick_trouble(repeated("[", 190) + repeated("1, ", 300'000) + "x" + repeated("]", 190));
  quick_trouble(repeated("from math import none\n", many) + "return 1");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Hostile, endless_work_ends_at_the_instruction_budget) {
  for (const char* text : {"while True: pass\nreturn 1", "while True:\n  for i in range(10): continue\nreturn 1",
                           "for i in range(10 ** 12): x\nreturn i", "sum(range(10 ** 12))", "max(range(10 ** 15))",
                           "all(range(1, 10 ** 12))", "'x' in ([0] * 60000 + [1]) * 1 or sum(range(10 ** 9))",
                           "a = 'a' * 1000000\nfor i in range(1000000): a == 'a' * 1000000\nreturn 1",
                           "a = [0] * 1000\nfor i in range(1000000): a == [0] * 1000\nreturn 1",
                           "a = 'a' * 999999\nb = 'a' * 500000 + 'b'\nreturn b in a"})
    EXPECT_EQ(quick_trouble(text).kind, ErrorKind::budget) << text;
}

TEST(Hostile, large_numbers_texts_and_lists_are_refused) {
  EXPECT_EQ(quick_trouble("9 ** 9 ** 9").kind, ErrorKind::overflow);
  EXPECT_EQ(quick_trouble("9 ** 9 ** 9 ** 9").kind, ErrorKind::overflow);
  EXPECT_EQ(quick_trouble("1 ** 9223372036854775807").message, "");
  for (const char* text :
       {"'a' * 10 ** 9", "[0] * 10 ** 9", "[[0] * 1000] * 10 ** 12", "len('a' * 9223372036854775807)",
        "(0,) * 10 ** 18", "a = 'ab'\nwhile True: a = a + a\nreturn a", "a = [1]\nwhile True: a = a + a\nreturn a",
        "a = ''\nfor i in range(10 ** 6): a = 'x' * 1000000\nreturn a"})
    EXPECT_EQ(quick_trouble(text).kind, ErrorKind::budget) << text;
  EXPECT_EQ(quick_trouble("range(-9223372036854775808, 9223372036854775807)").kind, ErrorKind::overflow);
}

TEST(Hostile, lists_in_lists_can_neither_grow_deep_nor_be_compared_for_ever) {
  EXPECT_EQ(quick_trouble("a = [1]\nwhile True: a = [a]\nreturn 1").kind, ErrorKind::budget);
  EXPECT_EQ(quick_trouble("a = b = [1]\nfor i in range(60):\n  a = [a, a]\n  b = [b, b]\nreturn a == b").kind,
            ErrorKind::budget);
}

TEST(Hostile, a_long_text_is_refused_unread) {
  const Trouble trouble = quick_trouble(std::string((1 << 20) + 1, '1'));
  EXPECT_EQ(trouble.code, ErrorCode::too_large);
}

TEST(Hostile, long_names_and_numbers_are_shortened_in_messages) {
  quick_trouble("x + " + std::string(100'000, '9'));
  quick_trouble(std::string(100'000, 'f') + "(1)");
  quick_trouble("math." + std::string(100'000, 'f'));
  quick_trouble("int('" + std::string(100'000, '7') + "')");
  quick_trouble("'" + std::string(100'000, 'q'));
}

TEST(Hostile, odd_bytes_are_refused) {
  for (const std::string& text :
       {std::string("1 + \0 2", 7), std::string("\xff\xfe"), std::string("x\xc3"), std::string("'\\"),
        std::string("'\\x"), std::string("'\\ud800'"), std::string("\x1b[31m")})
    EXPECT_FALSE(quick_trouble(text).message.empty());
}

TEST(Hostile, calls_without_end_are_refused) {
  const auto library = read_library(
      "def f(x): return f(x + 1)\ndef g(x): return h(x) + h(x)\ndef h(x): return 0 if x > 60 else h(x + 1) + h(x + "
      "1)\n",
      "costs.py");
  EXPECT_EQ(error_of("source.f(0)", {}, {}, library).kind, ErrorKind::budget);
  EXPECT_EQ(error_of("source.g(0)", {}, {}, library).kind, ErrorKind::budget);
}

TEST(Hostile, a_table_has_a_budget_of_its_own) {
  const Expression slow =
      Expression::compile("t = 0\nwhile t < 100000: t += 1\nreturn t + x", {}, {}, {.table_instructions = 5'000'000});
  std::vector<Value> domain;
  for (std::int64_t i = 0; i < 1000; ++i) domain.emplace_back(i);
  std::vector<double> cells(domain.size());
  const std::span<const Value> domains[] = {domain};
  EXPECT_THROW(slow.tabulate(domains, cells), EvaluationError);
}

}  // namespace
}  // namespace entente::expression
