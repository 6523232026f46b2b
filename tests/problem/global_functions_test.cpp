// SPDX-License-Identifier: MIT
// Cost functions by keyword: each costs what a direct count says, for every tuple.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "problem/problem_testing.hpp"

namespace entente {
namespace {

using Tuple = std::vector<int>;
constexpr double forbidden = std::numeric_limits<double>::infinity();

/// Compares a function over variables 0, 1, … of three values with `expected`, for every tuple.
void expect_costs(std::size_t arity, const std::string& function, const std::function<double(const Tuple&)>& expected) {
  std::string text = "t " + std::to_string(arity) + " 3 1 1000\n";
  std::string scope = std::to_string(arity);
  for (std::size_t k = 0; k < arity; ++k) text += "3 ", scope += " " + std::to_string(k);
  text += "\n" + scope + " -1 " + function + "\n";
  for (const std::size_t cells : {std::size_t(1) << 20, std::size_t(0)}) {  // as a table, and computed when asked
    ReadOptions options;
    options.limits.cells_per_table = cells;
    const Problem problem = parse_wcsp(text, "p.wcsp", options);
    Tuple tuple(arity, 0);
    for (;;) {
      const Evaluation got = problem.evaluate(std::vector<ValueIndex>(tuple.begin(), tuple.end()));
      const double cost = got.violations ? forbidden : got.cost;
      ASSERT_EQ(cost, expected(tuple)) << function << " at " << ::testing::PrintToString(tuple);
      std::size_t k = arity;
      while (k > 0 && ++tuple[k - 1] == 3) tuple[--k] = 0;
      if (k == 0) break;
    }
  }
}

int count(const Tuple& tuple, int value) { return static_cast<int>(std::ranges::count(tuple, value)); }
int sum(const Tuple& tuple) {
  int total = 0;
  for (const int value : tuple) total += value;
  return total;
}
double outside(int number, int least, int most) { return std::max({0, least - number, number - most}); }

TEST(GlobalFunctions, arithmetic_ones_measure_how_far_two_values_are_off) {
  expect_costs(2, ">= 1 1", [](const Tuple& t) {
    const int by = t[1] + 1 - t[0];
    return by <= 0 ? 0 : by <= 1 ? by : forbidden;
  });
  expect_costs(2, "> 0 2", [](const Tuple& t) {
    return std::max(0, t[1] + 1 - t[0]) <= 2 ? std::max(0, t[1] + 1 - t[0]) : forbidden;
  });
  expect_costs(2, "<= 0 5", [](const Tuple& t) { return std::max(0, t[0] - t[1]); });
  expect_costs(2, "< 0 5", [](const Tuple& t) { return std::max(0, t[0] + 1 - t[1]); });
  expect_costs(2, "= 1 1",
               [](const Tuple& t) { return std::abs(t[1] + 1 - t[0]) <= 1 ? std::abs(t[1] + 1 - t[0]) : forbidden; });
  expect_costs(2, "disj 1 2 7", [](const Tuple& t) { return t[0] >= t[1] + 2 || t[1] >= t[0] + 1 ? 0 : 7; });
  expect_costs(2, "sdisj 1 1 2 2 3 4", [](const Tuple& t) {
    if (t[0] < 2 && t[1] < 2 && t[0] == t[1]) return forbidden;
    return (t[0] == 2 ? 3.0 : 0.0) + (t[1] == 2 ? 4.0 : 0.0);
  });
}

TEST(GlobalFunctions, all_different_counts_variables_or_pairs) {
  const auto repeated = [](const Tuple& t) {
    return static_cast<int>(t.size() - std::set<int>(t.begin(), t.end()).size());
  };
  const auto pairs = [](const Tuple& t) {
    int equal = 0;
    for (std::size_t i = 0; i < t.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) equal += t[i] == t[j];
    return equal;
  };
  expect_costs(4, "salldiff var 3", [&](const Tuple& t) { return 3 * repeated(t); });
  expect_costs(4, "salldiff dec 3", [&](const Tuple& t) { return 3 * pairs(t); });
  expect_costs(4, "walldiff lin 3", [&](const Tuple& t) { return 3 * repeated(t); });
  expect_costs(3, "walldiff quad 3", [&](const Tuple& t) { return 3 * repeated(t) * repeated(t); });
  expect_costs(3, "salldiff var 1000", [&](const Tuple& t) { return pairs(t) ? forbidden : 0; });
  // Each pair costs less than the top of 1000, but three together reach it.
  expect_costs(3, "salldiff dec 400", [&](const Tuple& t) { return pairs(t) == 3 ? forbidden : 400 * pairs(t); });
}

TEST(GlobalFunctions, hard_differences_and_sums_over_pairs_become_functions_of_two_variables) {
  const Problem problem = parse_wcsp(
      "t 40 40 1 9\n" +
          [] {
            std::string sizes, scope;
            for (int v = 0; v < 40; ++v) sizes += "40 ", scope += " " + std::to_string(v);
            return sizes + "\n40" + scope + " -1 salldiff var 9\n";
          }(),
      "p.wcsp");
  ASSERT_EQ(problem.constraint_count(), 40u * 39 / 2);
  EXPECT_EQ(problem.function(0).cells.data(), problem.function(779).cells.data()) << "all share one table";
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>(40, 3)).violations, 780u);
}

TEST(GlobalFunctions, large_scopes_are_computed_when_asked) {
  std::string text = "t 40 2 1 1000\n", scope;
  for (int v = 0; v < 40; ++v) text += "2 ", scope += " " + std::to_string(v);
  const Problem problem = parse_wcsp(text + "\n40" + scope + " -1 wsum lin 2 <= 30\n", "p.wcsp");
  EXPECT_EQ(problem.function(0).kind, FunctionKind::lazy);
  EXPECT_EQ(problem.evaluate(std::vector<ValueIndex>(40, 1)).cost, 20);
}

TEST(GlobalFunctions, cardinalities_cost_shortage_and_excess) {
  expect_costs(4, "sgcc dec 3 2 0 1 1 1 2 3",
               [](const Tuple& t) { return 3 * (outside(count(t, 0), 1, 1) + outside(count(t, 1), 2, 3)); });
  expect_costs(4, "sgcc var 3 2 0 1 1 1 2 3", [](const Tuple& t) {
    const int shortage = std::max(0, 1 - count(t, 0)) + std::max(0, 2 - count(t, 1));
    const int excess = std::max(0, count(t, 0) - 1) + std::max(0, count(t, 1) - 3);
    return 3 * std::max(shortage, excess);
  });
  expect_costs(3, "sgcc wdec 1 1 0 1 1 2 5",
               [](const Tuple& t) { return count(t, 0) < 1 ? 2 : 5 * (count(t, 0) - 1); });
  expect_costs(3, "wgcc quad 3 1 2 0 1", [](const Tuple& t) { return 3 * std::pow(outside(count(t, 2), 0, 1), 2); });
  expect_costs(4, "samong var 3 1 2 2 0 2",
               [](const Tuple& t) { return 3 * outside(count(t, 0) + count(t, 2), 1, 2); });
  expect_costs(4, "wamong lin 3 1 1 0 1", [](const Tuple& t) { return 3 * outside(count(t, 1), 0, 1); });
  expect_costs(3, "wvaramong hard 1000 1 1",
               [](const Tuple& t) { return (t[0] == 1) + (t[1] == 1) == t[2] ? 0 : forbidden; });
}

TEST(GlobalFunctions, sums_are_compared_with_a_number) {
  expect_costs(3, "wsum lin 3 == 4", [](const Tuple& t) { return 3 * std::abs(4 - sum(t)); });
  expect_costs(3, "wsum quad 3 >= 4", [](const Tuple& t) { return 3 * std::pow(std::max(0, 4 - sum(t)), 2); });
  expect_costs(3, "wsum hard 50 < 4", [](const Tuple& t) { return sum(t) < 4 ? 0 : 50; });
  expect_costs(3, "wsum lin 3 != 4", [](const Tuple& t) { return sum(t) == 4 ? 3 : 0; });
  expect_costs(3, "wvarsum hard 1000 <=", [](const Tuple& t) { return t[0] + t[1] <= t[2] ? 0 : forbidden; });
  expect_costs(4, "woverlap lin 3 < 1",
               [](const Tuple& t) { return 3 * ((t[0] && t[0] == t[2]) + (t[1] && t[1] == t[3])); });
  expect_costs(3, "knapsack 4 1 2 1", [](const Tuple& t) { return t[0] + 2 * t[1] + t[2] >= 4 ? 0 : forbidden; });
  expect_costs(2, "knapsackp 5 1 2 5 2 0 1 1 4", [](const Tuple& t) {
    return (t[0] == 2 ? 5 : 0) + (t[1] == 0 ? 1 : t[1] == 1 ? 4 : 0) >= 5 ? 0 : forbidden;
  });
  expect_costs(3, "knapsackv 3 2 0 1 2 2 1 1",
               [](const Tuple& t) { return (t[0] == 1) * 2 + (t[2] == 1) >= 3 ? 0 : forbidden; });
  expect_costs(3, "clique 1 1 1 1 1 2 1 2",
               [](const Tuple& t) { return (t[0] == 1) + (t[1] == 1) + (t[2] > 0) <= 1 ? 0 : forbidden; });
}

TEST(GlobalFunctions, words_of_automata_and_lists_are_told_from_others) {
  // 0* 1*: the fewest variables to change so that no 0 follows a 1, and no value is 2.
  const auto changes = [](const Tuple& t) {
    int best = 3;
    for (int zeros = 0; zeros <= 3; ++zeros) {
      int wrong = 0;
      for (int k = 0; k < 3; ++k) wrong += t[static_cast<std::size_t>(k)] != (k < zeros ? 0 : 1);
      best = std::min(best, wrong);
    }
    return best;
  };
  expect_costs(3, "sregular var 2 2 1 0 2 0 1 3 0 0 0 0 1 1 1 1 1", [&](const Tuple& t) { return 2 * changes(t); });
  expect_costs(3, "wregular 2 1 0 5 2 0 0 1 1 3 0 0 0 0 0 1 1 2 1 1 1 4", [&](const Tuple& t) {
    if (changes(t)) return forbidden;
    return 5.0 + (t[2] ? 1 : 0) + (count(t, 1) ? 2 + 4 * (count(t, 1) - 1) : 0);
  });
  expect_costs(4, "ssame 3 2 2 0 1 2 3", [](const Tuple& t) {
    std::multiset<int> left{t[0], t[1]};
    for (const int value : {t[2], t[3]})
      if (const auto found = left.find(value); found != left.end()) left.erase(found);
    return 3.0 * static_cast<double>(left.size());
  });
  expect_costs(2, "smaxdp 10 3 0 0 4 0 1 3 1 2 2", [](const Tuple& t) {
    return std::max(t[0] == 0 ? 4 : t[0] == 1 ? 3 : 10, t[1] == 2 ? 2 : 10);
  });
}

}  // namespace
}  // namespace entente
