// SPDX-License-Identifier: MIT
// Cost kernels of every instruction set and type of number against plain loops. Costs are whole and small, so every
// sum is exact and results are equal, not near.
#include "kernel/factor_tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "entente/base/array.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"

namespace entente::kernel {
namespace {

using Vector = std::vector<double>;

class FactorKernels : public testing::TestWithParam<std::tuple<InstructionSet, bool>> {
 protected:
  void SetUp() override {
    if (!is_supported(std::get<0>(GetParam()))) GTEST_SKIP() << "this processor lacks the instruction set";
  }
  const CostKernels& kernels() const { return cost_kernels(std::get<1>(GetParam()), std::get<0>(GetParam())); }

  double get(const Array<std::byte>& numbers, std::size_t i) const {
    if (kernels().number_bytes == sizeof(float)) return reinterpret_cast<const float*>(numbers.data())[i];
    return reinterpret_cast<const double*>(numbers.data())[i];
  }
  void set(const Array<std::byte>& numbers, std::size_t i, double x) const {
    if (kernels().number_bytes == sizeof(float))
      reinterpret_cast<float*>(numbers.data())[i] = static_cast<float>(x);
    else
      reinterpret_cast<double*>(numbers.data())[i] = x;
  }
  Array<std::byte> numbers(std::size_t count) const { return Array<std::byte>(count * kernels().number_bytes); }

  MessageShape shape(std::uint32_t groups, std::uint32_t size, bool side_by_side) const {
    const std::uint32_t lanes = kernels().lanes;
    if (side_by_side) return {groups, size, lanes, size * lanes};
    return {groups, size, 1, (size + lanes - 1) / lanes * lanes};
  }
  static std::size_t at(const MessageShape& s, std::size_t factor, std::size_t value) {
    return factor / s.lanes * s.row + value * s.lanes + factor % s.lanes;
  }
  /// Messages of whole costs.
  Array<std::byte> messages(const MessageShape& s) {
    Array<std::byte> m = numbers(s.numbers());
    for (std::size_t f = 0; f < s.groups * std::size_t(s.lanes); ++f)
      for (std::uint32_t v = 0; v < s.size; ++v) set(m, at(s, f, v), double(random_.below(200)) - 50);
    return m;
  }
  Vector message(const MessageShape& s, const Array<std::byte>& m, std::size_t factor) const {
    Vector costs;
    for (std::uint32_t v = 0; v < s.size; ++v) costs.push_back(get(m, at(s, factor, v)));
    return costs;
  }
  std::uint32_t stride(std::uint32_t size) const {
    const std::uint32_t lanes = kernels().lanes, tile = 16 / kernels().number_bytes;
    for (std::uint32_t part = tile; part < lanes; part *= 2)
      if (size <= part) return part;
    return (size + lanes - 1) / lanes * lanes;
  }
  template <class Check>
  void each_shape(Check check) {
    for (const bool side_by_side : {false, true})
      for (std::uint32_t size = 1; size <= 21; ++size)
        for (const std::uint32_t groups : {1u, 3u}) check(shape(groups, size, side_by_side));
  }

  Random random_{3};
};

TEST_P(FactorKernels, min_marginals_are_the_cheapest_completions) {
  const std::vector<std::vector<std::uint32_t>> scopes = {{2, 2},    {3, 3},       {4, 7},    {10, 10}, {5, 1},
                                                          {1, 5},    {12, 13},     {9, 6},    {3, 8},   {2, 3, 4},
                                                          {3, 3, 3}, {2, 1, 3, 2}, {2, 17, 2}};
  for (const auto& sizes : scopes)
    for (const bool side_by_side : {false, true}) {
      const auto arity = static_cast<std::uint32_t>(sizes.size());
      const std::uint32_t groups = 2, lanes = side_by_side ? kernels().lanes : 1;
      std::vector<MessageShape> shapes;
      std::vector<Array<std::byte>> in, out;
      std::vector<const void*> ins;
      std::vector<void*> outs;
      std::uint64_t cells = 1;
      for (const std::uint32_t size : sizes) {
        shapes.push_back(shape(groups, size, side_by_side));
        in.push_back(messages(shapes.back()));
        out.push_back(numbers(shapes.back().numbers()));
        ins.push_back(in.back().data());
        outs.push_back(out.back().data());
        cells *= size;
      }
      const std::uint32_t width = sizes.back(), row = side_by_side ? width : shapes.back().row;
      const TableShape table{groups, lanes, arity, sizes.data(), row, cells / width * row};
      Array<std::byte> tables = numbers(table.cells * groups * lanes);
      std::vector<std::vector<Vector>> expected(groups * lanes);
      for (std::size_t f = 0; f < groups * lanes; ++f) {
        for (const std::uint32_t size : sizes) expected[f].emplace_back(size, 1e9);
        for (std::uint64_t cell = 0; cell < cells; ++cell) {
          std::vector<std::uint32_t> tuple(arity);
          std::uint64_t rest = cell;
          for (std::uint32_t k = arity; k-- > 0; rest /= sizes[k]) tuple[k] = std::uint32_t(rest % sizes[k]);
          const double cost = double(random_.below(300));
          double whole = cost;
          set(tables, (f / lanes * table.cells + cell / width * row + cell % width) * lanes + f % lanes, cost);
          for (std::uint32_t k = 0; k < arity; ++k) whole += get(in[k], at(shapes[k], f, tuple[k]));
          for (std::uint32_t k = 0; k < arity; ++k) {
            double& low = expected[f][k][tuple[k]];
            low = std::min(low, whole - get(in[k], at(shapes[k], f, tuple[k])));
          }
        }
        for (std::uint64_t r = 0; r < cells / width; ++r)
          for (std::uint32_t c = width; c < row; ++c) set(tables, f * table.cells + r * row + c, 1e30);
      }
      kernels().min_marginals(table, tables.data(), ins.data(), outs.data());
      for (std::size_t f = 0; f < groups * lanes; ++f)
        for (std::uint32_t k = 0; k < arity; ++k) {
          ASSERT_EQ(message(shapes[k], out[k], f), expected[f][k]) << "factor " << f << ", position " << k;
          for (std::uint32_t c = sizes[k]; !side_by_side && c < shapes[k].row; ++c)
            ASSERT_EQ(get(out[k], f * shapes[k].row + c), 0);
        }
    }
}

TEST_P(FactorKernels, messages_arrive_at_the_rows_they_are_meant_for) {
  each_shape([&](const MessageShape& s) {
    constexpr std::uint32_t variables = 9;
    const std::uint32_t step = stride(s.size), factors = s.groups * s.lanes, count = factors - (factors > 2 ? 2 : 0);
    std::vector<std::uint32_t> index(factors + 64), slot(factors + 64);
    for (std::uint32_t f = 0; f < factors; ++f) {
      index[f] = std::uint32_t(random_.below(variables));
      slot[f] = factors - 1 - f;
    }
    const Array<std::byte> m = messages(s);
    Array<std::byte> rows = numbers(variables * step), slots = numbers(factors * step);
    Array<std::byte> collected = numbers(variables * step), back = numbers(s.numbers());
    std::vector<Vector> expected(variables, Vector(step, 0));
    for (std::uint32_t f = 0; f < count; ++f)
      for (std::uint32_t v = 0; v < s.size; ++v) expected[index[f]][v] += get(m, at(s, f, v));
    kernels().add(s, count, m.data(), step, index.data(), rows.data());
    kernels().store(s, count, m.data(), step, slot.data(), slots.data());
    std::vector<std::uint32_t> row_of(factors);
    for (std::uint32_t f = 0; f < factors; ++f) row_of[slot[f]] = index[f];
    kernels().collect(step, factors, slots.data(), row_of.data(), collected.data());
    for (std::uint32_t i = 0; i < variables; ++i)
      for (std::uint32_t c = 0; c < step; ++c) {
        ASSERT_EQ(get(rows, i * step + c), expected[i][c]) << "size " << s.size << ", lanes " << s.lanes;
        ASSERT_EQ(get(collected, i * step + c), expected[i][c]) << "size " << s.size << ", lanes " << s.lanes;
      }
    kernels().gather(s, rows.data(), step, index.data(), back.data());
    for (std::uint32_t f = 0; f < factors; ++f)
      ASSERT_EQ(message(s, back, f), Vector(expected[index[f]].begin(), expected[index[f]].begin() + s.size));
  });
}

TEST_P(FactorKernels, arithmetic_is_by_value) {
  each_shape([&](const MessageShape& s) {
    const Array<std::byte> a = messages(s), b = messages(s);
    Array<std::byte> difference = numbers(s.numbers()), mixed = numbers(s.numbers()), low = numbers(s.numbers());
    for (Array<std::byte>* copy : {&difference, &low}) kernels().copy(s.numbers(), a.data(), copy->data());
    kernels().copy(s.numbers(), b.data(), mixed.data());
    kernels().subtract(s.numbers(), difference.data(), b.data());
    kernels().blend(s.numbers(), a.data(), 0.25, mixed.data());
    kernels().normalise(s, low.data());
    for (std::size_t f = 0; f < s.groups * std::size_t(s.lanes); ++f) {
      double least = 1e9;
      for (const double cost : message(s, a, f)) least = std::min(least, cost);
      for (std::uint32_t v = 0; v < s.size; ++v) {
        const std::size_t i = at(s, f, v);
        ASSERT_EQ(get(difference, i), get(a, i) - get(b, i));
        ASSERT_EQ(get(mixed, i), 0.25 * get(a, i) + 0.75 * get(b, i));
        ASSERT_EQ(get(low, i), get(a, i) - least);
      }
    }
  });
}

TEST_P(FactorKernels, close_looks_at_every_message) {
  each_shape([&](const MessageShape& s) {
    Array<std::byte> a = numbers(s.numbers()), b = numbers(s.numbers());
    const std::size_t factors = s.groups * std::size_t(s.lanes);
    for (std::size_t f = 0; f < factors; ++f) {
      set(a, at(s, f, 0), 100);
      set(b, at(s, f, 0), 100);
    }
    ASSERT_TRUE(kernels().close(s, a.data(), b.data(), 0, 0));
    for (const std::size_t f : {std::size_t(0), factors / 2, factors - 1}) {
      set(b, at(s, f, s.size - 1), s.size == 1 ? 80 : 20);  // 20 away
      ASSERT_FALSE(kernels().close(s, a.data(), b.data(), 0, 0));
      ASSERT_FALSE(kernels().close(s, a.data(), b.data(), 0.19, 0));
      ASSERT_TRUE(kernels().close(s, a.data(), b.data(), 0.21, 0));
      ASSERT_FALSE(kernels().close(s, a.data(), b.data(), 0, 19));
      ASSERT_TRUE(kernels().close(s, a.data(), b.data(), 0, 21));
      set(b, at(s, f, s.size - 1), s.size == 1 ? 100 : 0);
    }
  });
}

TEST_P(FactorKernels, the_first_of_the_cheapest_values_is_chosen) {
  for (std::uint32_t size = 1; size <= 21; ++size) {
    const std::uint32_t step = stride(size), count = 11;
    Array<std::byte> rows = numbers(step * count);
    std::vector<std::int32_t> values(count, 0), expected(count, 0);
    std::uint64_t changed = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      for (std::uint32_t v = 0; v < size; ++v) set(rows, i * step + v, double(random_.below(4)) + 1);  // many ties
      for (std::uint32_t v = 1; v < size; ++v)
        if (get(rows, i * step + v) < get(rows, i * step + std::uint32_t(expected[i]))) expected[i] = std::int32_t(v);
      changed += expected[i] != 0;
    }
    EXPECT_EQ(kernels().cheapest(size, step, count, rows.data(), values.data()), changed);
    EXPECT_EQ(values, expected) << "size " << size;
    EXPECT_EQ(kernels().cheapest(size, step, count, rows.data(), values.data()), 0u);
  }
}

TEST_P(FactorKernels, evaluates_the_cells_at_the_values) {
  for (const std::vector<std::uint32_t>& sizes : std::vector<std::vector<std::uint32_t>>{{2, 3}, {11, 13}, {3, 2, 4}})
    for (const bool side_by_side : {false, true}) {
      const auto arity = static_cast<std::uint32_t>(sizes.size());
      const std::uint32_t lanes = side_by_side ? kernels().lanes : 1, groups = side_by_side ? 9 : 150;
      const std::uint32_t count = groups * lanes - (side_by_side ? 3 : 0), width = sizes.back();
      const std::uint32_t row = side_by_side ? width : shape(1, width, false).row;
      std::uint64_t cells = row;
      for (std::uint32_t k = 0; k + 1 < arity; ++k) cells *= sizes[k];
      const TableShape table{groups, lanes, arity, sizes.data(), row, cells};
      Array<std::byte> tables = numbers(cells * groups * lanes);
      for (std::size_t i = 0; i < cells * groups * lanes; ++i)
        set(tables, i, random_.below(9) == 0 ? 4096 : double(random_.below(90)));
      constexpr std::uint32_t variables = 40;
      std::vector<std::vector<std::int32_t>> values(arity);
      std::vector<std::vector<std::uint32_t>> index(arity);
      std::vector<const std::int32_t*> value_of;
      std::vector<const std::uint32_t*> index_of;
      for (std::uint32_t k = 0; k < arity; ++k) {
        for (std::uint32_t i = 0; i < variables; ++i) values[k].push_back(std::int32_t(random_.below(sizes[k])));
        for (std::uint32_t f = 0; f < groups * lanes + 64; ++f)
          index[k].push_back(std::uint32_t(random_.below(variables)));
        value_of.push_back(values[k].data());
        index_of.push_back(index[k].data());
      }
      double cost = 0, expected = 0;
      std::uint64_t violations = 0, broken = 0;
      for (std::uint32_t f = 0; f < count; ++f) {
        std::uint64_t cell = 0;
        for (std::uint32_t k = 0; k < arity; ++k)
          cell = cell * (k + 1 == arity ? row : sizes[k]) + std::uint32_t(values[k][index[k][f]]);
        const double own = get(tables, (f / lanes * cells + cell) * lanes + f % lanes);
        own == 4096 ? void(++broken) : void(expected += own);
      }
      kernels().evaluate(table, count, tables.data(), value_of.data(), index_of.data(), 2048, &cost, &violations);
      EXPECT_EQ(cost, expected);
      EXPECT_EQ(violations, broken);
    }
}

INSTANTIATE_TEST_SUITE_P(, FactorKernels,
                         testing::Combine(testing::Values(InstructionSet::baseline, InstructionSet::v3,
                                                          InstructionSet::v4),
                                          testing::Bool()),
                         [](const auto& info) {
                           return std::string(to_text(std::get<0>(info.param))) +
                                  (std::get<1>(info.param) ? "_float" : "_double");
                         });

TEST(ForEachTuple, visits_every_tuple_of_any_kind_of_function_in_order) {
  ProblemBuilder builder("tuples", Objective::minimise, {.cells_per_table = 4});
  const auto two = builder.add_domain("two", {0, 1}), three = builder.add_domain("three", {0, 1, 2});
  const VariableId scope[] = {builder.add_variable("a", two), builder.add_variable("b", three)};
  builder.add_table_constraint("", scope, Vector{0, 1, 2, 10, 11, 12});
  builder.add_sparse_constraint("", scope, SparseTable{2, 7, {0, 1, 1, 2}, {1, 12}});
  builder.add_expression("", "a * 10 + b");
  const Problem problem = builder.build();
  const auto visit = [&](ConstraintId constraint, std::size_t most) {
    Vector seen;
    const bool all = for_each_tuple(problem, constraint, [&](std::span<const ValueIndex> tuple, double cost) {
      EXPECT_EQ(tuple[0] * 3 + tuple[1], ValueIndex(seen.size()));
      seen.push_back(cost);
      return seen.size() < most;
    });
    EXPECT_EQ(all, seen.size() < most);
    return seen;
  };
  EXPECT_EQ(visit(0, 99), (Vector{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(visit(1, 99), (Vector{7, 1, 7, 7, 7, 12}));
  EXPECT_EQ(visit(2, 99), (Vector{0, 1, 2, 10, 11, 12}));
  EXPECT_EQ(visit(0, 3), (Vector{0, 1, 2}));
}

}  // namespace
}  // namespace entente::kernel
