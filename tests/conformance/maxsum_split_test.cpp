// SPDX-License-Identifier: MIT
// Max-Sum on split factor graphs: what splitting must not change, and what it must.
#include <gtest/gtest.h>

#include "conformance/maxsum_variants.hpp"
#include "runtime/factor_samples.hpp"

namespace entente {
namespace {

using samples::random_pairs;
using samples::solved;

/// Over problems with few and with many loops.
double mean(const std::string& algorithm, const std::vector<Setting>& settings) {
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    sum += solved(random_pairs(60, 6, 120, seed), algorithm, settings, 100).cost;
    sum += solved(random_pairs(60, 6, 500, seed), algorithm, settings, 100).cost;
  }
  return sum / 40;
}

TEST(MaxSumSplit, one_constraint_split_evenly_leads_to_its_best_cell) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    samples::Shape shape;
    shape.variables = 2;
    shape.own_costs = false;
    shape.objective = seed % 2 ? Objective::minimise : Objective::maximise;
    const Problem problem = samples::random_problem(shape, seed);
    EXPECT_EQ(solved(problem, "maxsum_split", {{"split", "0.5"}, {"noise", "0.001"}}).cost,
              samples::optimum(problem).cost)
        << "seed " << seed;
  }
}

TEST(MaxSumSplit, finds_less_than_plain_maxsum_on_average) {
  const double plain = mean("maxsum", {}), split = mean("maxsum_split", {});
  EXPECT_LT(split, plain);
  EXPECT_LT(split, 0.9 * mean("maxsum", {{"damping", "0"}}));
}

TEST(MaxSumSplit, even_shares_settle_sooner_than_uneven_ones) {
  int sooner = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = random_pairs(60, 6, 120, seed);
    sooner += solved(problem, "maxsum_split", {{"split", "0.5"}}).cycles <
              solved(problem, "maxsum_split", {{"split", "0.95"}}).cycles;
  }
  EXPECT_GE(sooner, 6);
}

TEST(MaxSumSplit, a_share_and_the_rest_of_it_mean_the_same) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Problem problem = random_pairs(40, 4, 80, seed);
    EXPECT_EQ(solved(problem, "maxsum_split", {{"split", "0.25"}}, 50).assignment,
              solved(problem, "maxsum_split", {{"split", "0.75"}}, 50).assignment);
  }
}

TEST(MaxSumSplit, obeys_hard_constraints_on_most_loopy_problems_that_allow_it) {
  int kept = 0, possible = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    samples::Shape shape;
    shape.variables = 8;
    shape.extra = 4;
    shape.hard_share = 0.15;
    const Problem problem = samples::random_problem(shape, seed);
    if (samples::optimum(problem).violations > 0) continue;
    ++possible;
    kept += solved(problem, "maxsum_split").violations == 0;
  }
  EXPECT_GE(possible, 20);
  EXPECT_GE(kept, possible * 9 / 10);
}

TEST(MaxSumSplit, several_threads_find_what_one_finds) {
  const Problem problem = random_pairs(1500, 4, 4000, 3);
  const Outcome one = solved(problem, "maxsum_split", {}, 25, 1), two = solved(problem, "maxsum_split", {}, 25, 2);
  EXPECT_EQ(one.assignment, two.assignment);
  EXPECT_EQ(one.best_cost_cycle, two.best_cost_cycle);
}

TEST(MaxSumSplit, sends_twice_the_numbers_of_maxsum_in_as_many_messages) {
  const Problem problem = random_pairs(30, 5, 60, 1, true);
  const Outcome split = solved(problem, "maxsum_split", {}, 10), plain = solved(problem, "maxsum", {}, 10);
  EXPECT_EQ(split.messages, 2u * 2 * 60 * 10);
  EXPECT_EQ(split.messages, plain.messages);
  EXPECT_EQ(split.message_bytes, 2 * plain.message_bytes);
}

}  // namespace
}  // namespace entente
