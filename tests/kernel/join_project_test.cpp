// SPDX-License-Identifier: MIT
// Join-and-project steps against their definition, over many shapes and on every instruction set.
#include "kernel/join_project.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <string>

#include "entente/base/error.hpp"
#include "kernel_samples.hpp"

namespace entente {
namespace {

using samples::Costs;
using samples::infinity;

constexpr std::uint64_t plenty = std::uint64_t(1) << 32;

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set : {InstructionSet::baseline, InstructionSet::v3, InstructionSet::v4})
    if (is_supported(set)) sets.push_back(set);
  return sets;
}

/// Some tables over `separator` and `own`, and what is to be done with them.
struct Step {
  Dimension own;
  std::vector<Dimension> separator;
  std::vector<CostTable> tables;
};

/// Scopes as positions in the separator, with own_position for the own variable.
constexpr std::size_t own_position = 1000;

Step step_of(ValueIndex own_size, const std::vector<ValueIndex>& sizes,
             const std::vector<std::vector<std::size_t>>& scopes, Costs costs, MemoryBudget& budget) {
  Random random(sizes.size() * 77 + scopes.size());
  Step step{{static_cast<VariableId>(sizes.size()), own_size}, {}, {}};
  for (std::size_t i = 0; i < sizes.size(); ++i) step.separator.push_back({static_cast<VariableId>(i), sizes[i]});
  for (const auto& scope : scopes) {
    std::vector<Dimension> dimensions;
    for (const std::size_t i : scope) dimensions.push_back(i == own_position ? step.own : step.separator[i]);
    step.tables.push_back(samples::random_table(random, dimensions, costs, budget));
  }
  return step;
}

Step random_step(std::uint64_t seed, Costs costs, MemoryBudget& budget) {
  Random random(seed);
  constexpr ValueIndex sizes[] = {1, 2, 2, 3, 4, 5, 7};
  const auto width = static_cast<VariableId>(random.below(7));
  Step step{{width, static_cast<ValueIndex>(1 + random.below(9))}, {}, {}};
  std::vector<Dimension> all = {step.own};
  for (VariableId v = 0; v < width; ++v) all.push_back({v, sizes[random.below(7)]});
  step.separator = samples::random_subset(random, std::vector<Dimension>(all.begin() + 1, all.end()), width);
  const std::size_t tables = random.below(8);
  for (std::size_t k = 0; k < tables; ++k)
    step.tables.push_back(samples::random_table(
        random, samples::random_subset(random, all, random.below(all.size() + 1)), costs, budget));
  return step;
}

/// The least cost of the sum over the own variable's values; the tables are added in the order given.
double least(const Step& step, std::vector<ValueIndex>& values) {
  double best = infinity;
  for (ValueIndex value = 0; value < step.own.size; ++value) {
    values[step.own.variable] = value;
    double total = 0;
    for (const CostTable& table : step.tables) total += samples::cost_at(table.view(), values);
    best = std::min(best, total);
  }
  return best;
}

/// Whole costs add up without rounding, so every cell must be what the definition gives.
void expect_as_defined(const Step& step, const std::string& what) {
  MemoryBudget budget(plenty);
  for (const InstructionSet set : instruction_sets()) {
    const CostTable result = *Projector(set).project(join(step.tables), step.own, step.separator, budget);
    std::vector<ValueIndex> values(step.separator.size() + 1);
    std::size_t wrong = 0;
    samples::each_combination(step.separator, values,
                              [&] { wrong += samples::cost_at(result.view(), values) != least(step, values); });
    EXPECT_EQ(wrong, 0u) << what << " on " << to_text(set);
  }
}

/// Equal bits on all instruction sets, with and without choices; choices and best values reach the minimum.
void expect_bit_equal(const Step& step, const std::string& what) {
  MemoryBudget budget(plenty);
  const Join sum = join(step.tables);
  Projector reference(InstructionSet::baseline);
  const CostTable expected = *reference.project(sum, step.own, step.separator, budget);
  const auto same = [&](const CostTable& table) {
    return std::ranges::equal(table.scope(), expected.scope()) &&
           std::memcmp(table.cells().data(), expected.cells().data(), expected.cells().size_bytes()) == 0;
  };
  ChoiceTable choices;
  for (const InstructionSet set : instruction_sets()) {
    EXPECT_TRUE(same(*Projector(set).project(sum, step.own, step.separator, budget))) << what << to_text(set);
    EXPECT_TRUE(same(*Projector(set).project(sum, step.own, step.separator, budget, {}, &choices)))
        << what << " with choices on " << to_text(set);
  }
  std::vector<ValueIndex> values(step.separator.size() + 1);
  std::size_t wrong = 0;
  samples::each_combination(step.separator, values, [&] {
    std::vector<ValueIndex> at_separator, in_scope;
    std::uint64_t cell = 0;
    for (const Dimension& dimension : step.separator) at_separator.push_back(values[dimension.variable]);
    for (std::size_t i = 0; i < expected.scope().size(); ++i) {
      in_scope.push_back(values[expected.scope()[i]]);
      cell = cell * static_cast<std::uint64_t>(expected.sizes()[i]) + static_cast<std::uint64_t>(in_scope.back());
    }
    const Choice choice = reference.best_value(sum, step.own, step.separator, at_separator);
    wrong += choice.cost != expected.at(in_scope) || choice.value != choices.get(cell);
  });
  EXPECT_EQ(wrong, 0u) << what;
}

TEST(JoinProject, Equals_its_definition_on_random_shapes) {
  MemoryBudget budget(plenty);
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    expect_as_defined(random_step(seed, Costs::whole, budget), "seed " + std::to_string(seed));
}

TEST(JoinProject, Gives_equal_bits_everywhere_on_random_shapes) {
  MemoryBudget budget(plenty);
  for (std::uint64_t seed = 0; seed < 150; ++seed)
    expect_bit_equal(random_step(seed, Costs::fractional, budget), "seed " + std::to_string(seed));
}

struct Shape {
  const char* what;
  ValueIndex own_size;
  std::vector<ValueIndex> sizes;
  std::vector<std::vector<std::size_t>> scopes;
};

const std::vector<Shape>& special_shapes() {
  constexpr std::size_t x = own_position;
  static const std::vector<Shape> shapes = {
      {"nothing to add", 3, {4, 5}, {}},
      {"only the own variable", 5, {}, {{x}, {x}}},
      {"one variable longer than a block", 3, {2, 2500}, {{x, 0, 1}, {1, x}, {0, x}}},
      {"one variable longer than a block, first in its table", 3, {2500, 2}, {{0, 1, x}, {0, x}}},
      {"an own domain longer than a chunk", 20000, {3, 2}, {{x, 0, 1}, {1, x}, {x}}},
      {"long own and long innermost variable", 400, {300}, {{x, 0}, {0, x}, {x}, {0}}},
      {"the next variable among the innermost", 4, {6, 5, 7, 8}, {{x, 3, 2, 1, 0}, {1, x}}},
      {"one full table, own variable last", 6, {9, 8, 7, 5}, {{0, 1, 2, 3, x}}},
      {"two full tables that lie differently", 4, {6, 5, 7, 8}, {{x, 0, 1, 2, 3}, {3, 2, 1, 0, x}}},
      {"three tables that lack different variables",
       4,
       {4, 4, 4, 4, 4},
       {{x, 0, 1, 2, 3}, {x, 1, 2, 3, 4}, {0, 2, 4, x}}},
      {"six full tables",
       3,
       {5, 6, 7, 8},
       {{x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {3, x, 2, 0, 1}}},
      {"six full tables, the first in another order",
       3,
       {5, 6, 7, 8},
       {{3, 1, 2, 0, x}, {x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {x, 0, 1, 2, 3}, {0, x, 1, 2, 3}, {3, x, 2, 0, 1}}},
      {"six tables in one block", 3, {5}, {{x, 0}, {0, x}, {x, 0}, {x, 0}, {x, 0}, {0, x}}},
      {"binary tables only", 5, {5, 5, 5, 5, 5}, {{x, 0}, {1, x}, {x, 2}, {3, x}, {x, 4}, {x}}},
      {"twelve variables of two values",
       2,
       {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2},
       {{x, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, {x, 11, 3, 5}, {2, 7, x}}},
      {"many loops, some of which merge", 5, {3, 4, 3, 4, 3, 4, 5}, {{x, 0, 1, 2, 3, 4, 5, 6}, {2, x}, {0, 3, x}}},
      {"many loops that all merge", 4, {3, 4, 3, 4, 3, 4, 5}, {{0, 1, x, 2, 3, 4, 5, 6}, {x}}},
      {"loops that merge in the table but not in the result", 4, {3, 4, 3, 4, 3, 4, 5}, {{x, 6, 5, 4, 3, 2, 1, 0}}},
      {"a variable that no table has", 3, {4, 30, 40}, {{x, 1}, {x, 2}}},
      {"single values among others", 3, {1, 40, 1, 50}, {{x, 0, 1, 2}, {3, 2, x}}},
  };
  return shapes;
}

TEST(JoinProject, Equals_its_definition_on_special_shapes) {
  MemoryBudget budget(plenty);
  for (const Shape& shape : special_shapes())
    expect_as_defined(step_of(shape.own_size, shape.sizes, shape.scopes, Costs::whole, budget), shape.what);
}

TEST(JoinProject, Gives_equal_bits_everywhere_on_special_shapes) {
  MemoryBudget budget(plenty);
  for (const Shape& shape : special_shapes())
    expect_bit_equal(step_of(shape.own_size, shape.sizes, shape.scopes, Costs::fractional, budget), shape.what);
}

TEST(JoinProject, Takes_the_lowest_of_several_best_values) {
  MemoryBudget budget(plenty);
  const double cells[] = {3, 1, 1, 2};
  const std::vector<CostTable> tables = [&] {
    std::vector<CostTable> list;
    list.push_back(CostTable::borrow({0}, {4}, cells));
    return list;
  }();
  const Choice choice = Projector().best_value(join(tables), {0, 4}, {}, std::vector<ValueIndex>{});
  EXPECT_EQ(choice.value, 1);
  EXPECT_EQ(choice.cost, 1);
}

TEST(JoinProject, Gives_infinity_and_the_first_value_where_nothing_is_allowed) {
  MemoryBudget budget(plenty);
  const double cells[] = {infinity, infinity};
  std::vector<CostTable> tables;
  tables.push_back(CostTable::borrow({0}, {2}, cells));
  EXPECT_EQ(project(join(tables), {0, 2}, {}, budget).cells()[0], infinity);
  EXPECT_EQ(Projector().best_value(join(tables), {0, 2}, {}, std::vector<ValueIndex>{}).value, 0);
}

TEST(JoinProject, Refuses_a_result_beyond_the_budget_and_names_width_and_bytes) {
  MemoryBudget budget(1000);
  const std::vector<Dimension> separator = {{1, 10}, {2, 10}, {3, 10}};
  try {
    project(Join{}, {0, 2}, separator, budget);
    FAIL() << "8000 bytes were allowed within 1000";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
    const std::string text = error.what();
    EXPECT_NE(text.find("3 variables"), std::string::npos) << text;
    EXPECT_NE(text.find("8000 bytes"), std::string::npos) << text;
    EXPECT_NE(text.find("1000 bytes"), std::string::npos) << text;
  }
  EXPECT_EQ(budget.used(), 0u);
}

TEST(JoinProject, Refuses_a_separator_whose_cells_cannot_be_counted) {
  MemoryBudget budget(plenty);
  std::vector<Dimension> separator;
  for (VariableId v = 1; v <= 100; ++v) separator.push_back({v, 10});
  EXPECT_THROW(project(Join{}, {0, 2}, separator, budget), Error);
}

TEST(JoinProject, Ends_early_when_it_is_told_to_stop) {
  MemoryBudget budget(plenty);
  const std::vector<Dimension> separator = {{1, 1000}, {2, 1000}};
  std::atomic<bool> flag = true;
  EXPECT_FALSE(Projector().project(Join{}, {0, 2}, separator, budget, {&flag, {}}));
  flag = false;
  EXPECT_TRUE(Projector().project(Join{}, {0, 2}, separator, budget, {&flag, {}}));
  EXPECT_FALSE(Projector().project(Join{}, {0, 2}, separator, budget, {nullptr, std::chrono::steady_clock::now()}));
  EXPECT_EQ(budget.used(), 0u);
}

TEST(JoinProject, Finds_the_separator_of_a_sum) {
  MemoryBudget budget(plenty);
  Random random(1);
  std::vector<CostTable> tables;
  tables.push_back(samples::random_table(random, {{7, 2}, {3, 3}}, Costs::whole, budget));
  tables.push_back(samples::random_table(random, {{3, 3}, {5, 4}}, Costs::whole, budget));
  const std::vector<Dimension> separator = separator_of(join(tables), 3);
  ASSERT_EQ(separator.size(), 2u);
  EXPECT_EQ(separator[0].variable, 5u);
  EXPECT_EQ(separator[0].size, 4);
  EXPECT_EQ(separator[1].variable, 7u);
}

}  // namespace
}  // namespace entente
