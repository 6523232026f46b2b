// SPDX-License-Identifier: MIT
// The complete search algorithms against brute force, and on larger problems against DPOP.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::RandomProblem;

constexpr double infinite = std::numeric_limits<double>::infinity();

/// A problem of `parts` parts that share no constraint, with constraints of arity 1 to 3, costs of either sign, hard
/// ones among them, and domains of 1 to 4 values.
Problem make_parts(std::uint64_t seed, std::uint32_t parts, double hard, Objective objective) {
  Random random(seed);
  ProblemBuilder builder("parts", objective);
  std::vector<std::vector<VariableId>> members(parts);
  std::vector<std::uint32_t> sizes;
  const auto variables = std::uint32_t(1 + random.below(8));
  for (std::uint32_t v = 0; v < variables; ++v) {
    std::vector<Value> values;
    for (std::uint64_t a = 0, size = 1 + random.below(4); a < size; ++a) values.emplace_back(std::int64_t(a));
    sizes.push_back(std::uint32_t(values.size()));
    members[random.below(parts)].push_back(
        builder.add_variable("v" + std::to_string(random.below(1000)) + "_" + std::to_string(v),
                             builder.add_domain("d" + std::to_string(v), values)));
  }
  const auto cost = [&] {
    return random.uniform() < hard ? infinite : double(random.below(40)) / (random.below(2) ? 1 : 7) - 15;
  };
  const auto costs = [&](std::size_t cells) {
    std::vector<double> table(cells);
    for (double& cell : table) cell = cost();
    return table;
  };
  for (const auto& part : members) {
    if (part.empty()) continue;
    for (std::uint64_t c = random.below(2 * part.size() + 1); c > 0; --c) {
      std::vector<VariableId> scope;
      std::size_t cells = 1;
      for (std::uint64_t k = 1 + random.below(3); k > 0; --k) {
        const VariableId v = part[random.below(part.size())];
        if (std::find(scope.begin(), scope.end(), v) != scope.end()) continue;
        scope.push_back(v);
        cells *= sizes[v];
      }
      builder.add_table_constraint("", scope, costs(cells));
    }
  }
  for (VariableId v = 0; v < variables; ++v)
    if (random.below(3) == 0) builder.add_unary_costs(v, costs(sizes[v]));
  return builder.build();
}

/// A name for the test, the algorithm, and its parameters.
struct Configuration {
  std::string name;
  std::string algorithm = name;
  std::vector<std::pair<std::string, std::string>> parameters = {};
};

void PrintTo(const Configuration& configuration, std::ostream* out) { *out << configuration.name; }

class CompleteSearch : public ::testing::TestWithParam<Configuration> {
 protected:
  SolveRequest request() const {
    SolveRequest request;
    request.algorithm = GetParam().algorithm;
    request.parameters = GetParam().parameters;
    return request;
  }
  Outcome run(const Problem& problem) const { return solve(problem, request()); }
};

TEST_P(CompleteSearch, EqualsBruteForceOnFiveHundredProblemsOfEveryKind) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Problem problem = make_parts(seed, std::uint32_t(1 + seed % 3), seed % 4 ? 0.1 * double(seed % 4 - 1) : 0,
                                       seed % 5 ? Objective::minimise : Objective::maximise);
    const Evaluation best = brute_force(problem);
    const Outcome outcome = run(problem);
    ASSERT_EQ(outcome.status, best.violations ? Status::infeasible : Status::finished) << "seed " << seed;
    if (best.violations) continue;
    ASSERT_EQ(outcome.assignment.size(), problem.variable_count()) << "seed " << seed;
    EXPECT_NEAR(outcome.cost, best.cost, 1e-9) << "seed " << seed;
  }
}

TEST_P(CompleteSearch, EqualsDpopOnLargerProblems) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    // In turn: one long chain of a tree, where bounds come from many descendants, and a tree with many branches.
    RandomProblem shape = seed % 2 ? RandomProblem{.variables = 8, .domain = 4, .degree = 6.5}
                                   : RandomProblem{.variables = 14, .domain = 3, .degree = 2.6, .own_costs = 0.3};
    shape.fractional = seed % 4 < 2;
    if (seed % 3 == 0) shape.hard = 0.1;
    if (seed % 5 == 0) shape.wide = 2;
    if (seed % 7 == 0) shape.objective = Objective::maximise;
    const Problem problem = make_random_problem(shape, seed);
    SolveRequest elimination;
    elimination.algorithm = "dpop";
    const Outcome expected = solve(problem, elimination), outcome = run(problem);
    ASSERT_EQ(outcome.status, expected.status) << "seed " << seed;
    if (outcome.status == Status::infeasible) continue;
    EXPECT_NEAR(outcome.cost, expected.cost, 1e-9) << "seed " << seed;
  }
}

TEST_P(CompleteSearch, SearchesPartsApart) {
  // 40 pairs: together they have 3^80 assignments.
  ProblemBuilder builder("pairs", Objective::minimise);
  const auto three = builder.add_domain("three", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  for (std::uint32_t pair = 0; pair < 40; ++pair) {
    // Names put the second halves of all pairs behind all first ones.
    const std::vector<VariableId> scope{builder.add_variable("a" + std::to_string(pair), three),
                                        builder.add_variable("b" + std::to_string(pair), three)};
    builder.add_table_constraint("", scope, std::vector<double>{3, 4, 5, 2, -1, 7, 8, 0, 9});
  }
  const Outcome outcome = run(builder.build());
  EXPECT_EQ(outcome.status, Status::finished);
  EXPECT_EQ(outcome.cost, -40);
}

TEST_P(CompleteSearch, ReportsWhatItHasWhenInterrupted) {
  const Problem problem = make_random_problem({.variables = 60, .domain = 8, .degree = 12}, 1);
  std::atomic<bool> interrupt{false};
  SolveRequest interrupted = request();
  interrupted.interrupt = &interrupt;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    interrupt = true;
  });
  const Outcome outcome = solve(problem, interrupted);
  EXPECT_EQ(outcome.status, Status::stopped);
  ASSERT_EQ(outcome.assignment.size(), problem.variable_count());
  EXPECT_EQ(outcome.cost, problem.evaluate(outcome.assignment).cost);
}

TEST_P(CompleteSearch, ProvesNoBoundBeyondTheOptimumOnTheWay) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const bool most = seed % 2 == 0;
    const Problem problem = make_random_problem(
        {.variables = 9, .domain = 4, .degree = 5, .wide = 1, .own_costs = 0.5, .negated = most}, seed);
    SolveRequest elimination, watched = request();
    elimination.algorithm = "dpop";
    const Outcome optimum = solve(problem, elimination);
    watched.collect = Collect::cycle_change;
    watched.on_collect = [&](const Progress& now) {
      EXPECT_LE(now.bound.value_or(-infinite), optimum.cost + 1e-9) << "seed " << seed;
      EXPECT_GE(now.best_cost, optimum.cost - 1e-9) << "seed " << seed;
    };
    EXPECT_EQ(solve(problem, watched).cost, optimum.cost);
  }
}

TEST_P(CompleteSearch, DoesTheSameWhenMessagesTravelAsBytes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = make_parts(seed, 2, 0.05, Objective::minimise);
    SolveRequest in_bytes = request();
    in_bytes.through_bytes = true;
    const Outcome plain = run(problem), coded = solve(problem, in_bytes);
    EXPECT_EQ(plain.assignment, coded.assignment) << "seed " << seed;
    EXPECT_EQ(plain.messages, coded.messages) << "seed " << seed;
  }
}

TEST_P(CompleteSearch, FindsNoAssignmentWhereOneVariableHasNoAllowedValue) {
  ProblemBuilder builder("forbidden", Objective::maximise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  const VariableId a = builder.add_variable("a", two), b = builder.add_variable("b", two);
  builder.add_table_constraint("c", std::vector<VariableId>{a, b}, std::vector<double>{1, 2, 3, 4});
  builder.add_unary_costs(b, std::vector<double>{-infinite, -infinite});
  EXPECT_EQ(run(builder.build()).status, Status::infeasible);
}

std::vector<Configuration> configurations() {
  return {{"syncbb"},
          {"afb"},
          {"ncbb"},
          {"ptfb"},
          {"ptfb_as_published", "ptfb", {{"tree", "dfs"}, {"max_cells", "0"}, {"cache", "0"}}},
          {"ptfb_with_small_tables", "ptfb", {{"tree", "min_fill"}, {"max_cells", "4"}}},
          {"ptfb_with_a_cache_alone", "ptfb", {{"max_cells", "0"}, {"cache", "1"}}},
          {"optapo"},
          {"optapo_with_small_claims", "optapo", {{"claim", "minimal"}}},
          {"optapo_from_anywhere", "optapo", {{"warm_start", "0"}}}};
}

INSTANTIATE_TEST_SUITE_P(All, CompleteSearch, ::testing::ValuesIn(configurations()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace entente
