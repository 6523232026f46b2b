// SPDX-License-Identifier: MIT
// Tables over products of domains.
#include <gtest/gtest.h>

#include "expression/random_program.hpp"
#include "expression/trial.hpp"

namespace entente::expression {
namespace {

TEST(Table, has_the_last_name_varying_fastest) {
  const std::vector<Value> tens{std::int64_t{10}, std::int64_t{20}}, ones{std::int64_t{1}, 2.5, true};
  const std::span<const Value> domains[] = {tens, ones};
  std::vector<double> cells(6);
  Expression::compile("a + b").tabulate(domains, cells);
  EXPECT_EQ(cells, (std::vector<double>{11, 12.5, 11, 21, 22.5, 21}));
}

TEST(Table, of_no_names_has_one_cell) {
  std::vector<double> cells(1);
  Expression::compile("6 * 7").tabulate({}, cells);
  EXPECT_EQ(cells[0], 42);
}

TEST(Table, of_an_empty_domain_has_no_cells) {
  const std::span<const Value> domains[] = {{}};
  Expression::compile("1 / x").tabulate(domains, {});
}

TEST(Table, takes_texts) {
  const std::vector<Value> colors{std::string("R"), std::string("G")};
  const std::span<const Value> domains[] = {colors, colors};
  std::vector<double> cells(4);
  Expression::compile("1000 if c1 == c2 else len(c1 + c2)").tabulate(domains, cells);
  EXPECT_EQ(cells, (std::vector<double>{1000, 2, 2, 1000}));
}

TEST(Table, equals_the_costs_of_single_evaluations) {
  const std::vector<Value> numbers{std::int64_t{3}, std::int64_t{7}, 0.5}, texts{std::string("R"), std::string("blue")};
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    ProgramWriter writer(5'000'000 + seed);
    const RandomProgram program = seed % 2 ? writer.body() : writer.expression();
    const Expression expression = Expression::compile(program.text);
    std::vector<std::span<const Value>> domains;
    std::vector<std::size_t> position(expression.names().size());
    std::size_t count = 1;
    for (const std::string& name : expression.names()) {
      domains.push_back(name == "p" || name == "q" ? texts : numbers);
      count *= domains.back().size();
    }
    std::vector<double> cells(count), expected;
    std::string tabulated = "no error", single = "no error";
    try {
      expression.tabulate(domains, cells);
    } catch (const EvaluationError& error) {
      tabulated = error.what();
    }
    try {
      for (std::size_t cell = 0; cell < count; ++cell) {
        std::vector<Value> arguments(domains.size());
        for (std::size_t i = domains.size(), rest = cell; i-- > 0; rest /= domains[i].size())
          arguments[i] = domains[i][rest % domains[i].size()];
        expected.push_back(expression.cost(arguments));
        std::vector<const Value*> places;
        for (const Value& argument : arguments) places.push_back(&argument);
        EXPECT_EQ(expression.cost_at(places), expected.back());
      }
    } catch (const EvaluationError& error) {
      single = error.what();
    }
    ASSERT_EQ(tabulated, single) << program.text;
    if (single != "no error") continue;
    ASSERT_EQ(cells, expected) << program.text;
    ++compared;
  }
  EXPECT_GT(compared, 500);
}

TEST(Table, forgets_the_locals_of_the_cell_before) {
  const std::vector<Value> domain{std::int64_t{1}, std::int64_t{0}};
  const std::span<const Value> domains[] = {domain};
  std::vector<double> cells(2);
  EXPECT_THROW(Expression::compile("if x: y = 1\nreturn y").tabulate(domains, cells), EvaluationError);
}

TEST(Table, names_the_arguments_of_the_cell_that_fails) {
  const std::vector<Value> domain{std::int64_t{1}, std::int64_t{0}};
  const std::span<const Value> domains[] = {domain, domain};
  std::vector<double> cells(4);
  try {
    Expression::compile("a / b").tabulate(domains, cells);
    FAIL() << "a division by zero went through";
  } catch (const EvaluationError& error) {
    EXPECT_NE(std::string(error.what()).find("for a=1, b=0"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace entente::expression
