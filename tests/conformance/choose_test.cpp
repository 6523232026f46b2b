// SPDX-License-Identifier: MIT
// What runs when the user names no algorithm.
#include <gtest/gtest.h>

#include "entente/base/error.hpp"
#include "entente/solve.hpp"
#include "support/random_problem.hpp"

namespace entente {
namespace {

TEST(Choose, PicksExactEliminationWhereItFitsAndSaysSo) {
  const Problem problem = testing::make_random_problem({.variables = 8}, 1);
  SolveRequest request;
  std::string said;
  request.say = [&](const std::string& note) { said += note; };
  const Outcome outcome = solve(problem, request);
  EXPECT_EQ(outcome.algorithm, "dpop");
  EXPECT_NE(said.find("picked dpop"), std::string::npos) << said;
  EXPECT_EQ(outcome.cost, testing::brute_force(problem).cost);
}

TEST(Choose, PicksLocalSearchWhereMemoryIsShortAndStopsByItself) {
  const Problem problem = testing::make_random_problem({.variables = 60, .domain = 5, .degree = 8}, 1);
  SolveRequest request;
  request.memory = 1000;
  std::string said;
  request.say = [&](const std::string& note) { said += note; };
  const Outcome outcome = solve(problem, request);
  EXPECT_EQ(outcome.algorithm, "dgls");
  EXPECT_NE(said.find("picked dgls"), std::string::npos) << said;
  EXPECT_EQ(outcome.assignment.size(), 60u);
  EXPECT_GE(outcome.cycles, outcome.best_cost_cycle);
  EXPECT_LE(outcome.cycles, outcome.best_cost_cycle + 1000);
}

TEST(Choose, RefusesParametersOfNoAlgorithm) {
  SolveRequest request;
  request.parameters = {{"probability", "0.5"}};
  EXPECT_THROW(solve(testing::make_random_problem({}, 1), request), Error);
}

TEST(Dpop, SaysWidthAndBytesWhenItsTablesDoNotFit) {
  SolveRequest request;
  request.algorithm = "dpop";
  request.memory = 1000;
  try {
    solve(testing::make_random_problem({.variables = 60, .domain = 5, .degree = 8}, 1), request);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
    EXPECT_NE(std::string(error.what()).find("width"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("--memory"), std::string::npos) << error.what();
  }
}

TEST(Dpop, KeepsChoicesInsteadOfTablesWhereMemoryIsShort) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Problem problem = testing::make_random_problem({.variables = 40, .domain = 4, .degree = 2.5}, seed);
    SolveRequest request;
    request.algorithm = "dpop";
    const Outcome plenty = solve(problem, request);
    // The least memory that is enough, to a factor of 1.2: there only best values can have been kept.
    double bytes = 500;
    for (;; bytes *= 1.2) {
      request.memory = std::size_t(bytes);
      try {
        EXPECT_EQ(solve(problem, request).assignment, plenty.assignment) << "seed " << seed;
        break;
      } catch (const Error& error) {
        ASSERT_EQ(error.code(), ErrorCode::too_large);
      }
    }
  }
}

}  // namespace
}  // namespace entente
