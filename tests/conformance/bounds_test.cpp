// SPDX-License-Identifier: MIT
// Bounds beside heuristics: valid, the same in every run, as good as the optimum when there is time, and a reason to
// stop.
#include <gtest/gtest.h>

#include <cmath>

#include "entente/generate.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

SolveRequest request(const std::string& algorithm, std::uint64_t seed = 1) {
  SolveRequest request;
  request.algorithm = algorithm;
  request.stop_cycle = 30;
  request.seed = seed;
  return request;
}

Problem sparse_problem(std::uint64_t seed, Objective objective = Objective::minimise) {
  return testing::make_random_problem(
      {.variables = 24, .domain = 4, .degree = 3, .objective = objective, .negated = objective == Objective::maximise},
      seed);
}

double optimum(const Problem& problem) { return solve(problem, request("dpop")).cost; }

TEST(Bounds, of_heuristics_are_on_the_right_side_of_the_optimum) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    for (const Objective objective : {Objective::minimise, Objective::maximise}) {
      const Problem problem = sparse_problem(seed, objective);
      const double sign = objective == Objective::minimise ? 1 : -1, best = sign * optimum(problem);
      for (const char* algorithm : {"dsa", "mgm", "maxsum", "adsa", "dgibbs"}) {
        const Outcome outcome = solve(problem, request(algorithm, seed));
        ASSERT_TRUE(outcome.bound && outcome.gap);
        EXPECT_LE(sign * *outcome.bound, best);
        EXPECT_LE(best, sign * outcome.cost + 1e-9);
        const double scale = std::max(std::abs(outcome.cost), std::abs(*outcome.bound));
        EXPECT_DOUBLE_EQ(*outcome.gap, std::abs(outcome.cost - *outcome.bound) / scale);
      }
    }
}

TEST(Bounds, do_not_depend_on_threads_or_on_the_run) {
  const Problem problem = sparse_problem(3);
  SolveRequest two = request("dsa", 7);
  two.threads = 2;
  EXPECT_EQ(*solve(problem, request("dsa", 7)).bound, *solve(problem, two).bound);
  EXPECT_EQ(*solve(problem, request("dsa", 8)).bound, *solve(problem, request("mgm", 9)).bound);
}

TEST(Bounds, with_time_are_the_optimum) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Problem problem = sparse_problem(seed);
    SolveRequest long_one = request("dsa", seed);
    long_one.bound_seconds = 60;
    const Outcome outcome = solve(problem, long_one);
    EXPECT_NEAR(*outcome.bound, optimum(problem), 1e-6);
    EXPECT_LT(outcome.seconds, 30);
  }
}

TEST(Bounds, are_not_sought_in_no_time) {
  SolveRequest none = request("dsa");
  none.bound_seconds = 0;
  EXPECT_FALSE(solve(sparse_problem(1), none).bound);
}

TEST(Bounds, tell_that_nothing_is_feasible) {
  ProblemBuilder builder("odd circle", Objective::minimise);
  const auto colours = builder.add_domain("colours", std::vector<Value>{0, 1});
  for (int v = 0; v < 3; ++v) builder.add_variable("", colours);
  const double inf = std::numeric_limits<double>::infinity();
  for (VariableId v = 0; v < 3; ++v)
    builder.add_table_constraint("", std::vector<VariableId>{v, (v + 1) % 3}, std::vector<double>{inf, 0, 0, inf});
  SolveRequest long_one = request("dsa");
  long_one.bound_seconds = 60;
  EXPECT_EQ(solve(builder.build(), long_one).status, Status::infeasible);
}

class GoodEnough : public ::testing::TestWithParam<const char*> {};

TEST_P(GoodEnough, ends_a_run_once_it_is_proven) {
  // Costs of 0 .. 100, so that a gap below one is something to be proud of.
  const Problem problem = generate_random({.variables_count = 30, .density = {}, .constraints_count = 60, .seed = 2});
  SolveRequest patient = request(GetParam());
  patient.stop_cycle = 0;
  patient.timeout = 60;
  patient.gap = 0.6;
  const Outcome outcome = solve(problem, patient);
  EXPECT_EQ(outcome.status, Status::finished);
  EXPECT_LE(*outcome.gap, 0.6);
  EXPECT_LT(outcome.seconds, 30);
}

INSTANTIATE_TEST_SUITE_P(Algorithms, GoodEnough, ::testing::Values("dgls", "gdba", "adsa", "dsan", "maxsum", "syncbb"));

TEST(GoodEnough, waits_for_the_proof_to_come) {
  const Problem problem = sparse_problem(4);
  SolveRequest patient = request("dgls");
  patient.stop_cycle = 0;
  patient.timeout = 60;
  patient.bound_seconds = 60;
  patient.gap = 0;
  const Outcome outcome = solve(problem, patient);
  EXPECT_EQ(outcome.status, Status::finished);
  EXPECT_NEAR(outcome.cost, optimum(problem), 1e-9);
  EXPECT_LT(outcome.seconds, 30);
}

TEST(Bounds, of_a_complete_algorithm_that_is_cut_short_exist) {
  const Problem problem = testing::make_random_problem({.variables = 60, .domain = 10, .degree = 10}, 1);
  SolveRequest hurried = request("syncbb");
  hurried.timeout = 0.2;
  const Outcome outcome = solve(problem, hurried);
  EXPECT_EQ(outcome.status, Status::timeout);
  EXPECT_TRUE(outcome.bound);
}

}  // namespace
}  // namespace entente
