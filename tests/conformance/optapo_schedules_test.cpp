// SPDX-License-Identifier: MIT
// OptAPO under schedules that an adversary may choose: whatever the order of messages, it ends, and at the optimum.
#include <gtest/gtest.h>

#include <algorithm>

#include "entente/algorithm/registry.hpp"
#include "kernel/shared_function.hpp"
#include "support/random_problem.hpp"
#include "support/scripted_delivery.hpp"

namespace entente {
namespace {

using testing::brute_force;
using testing::make_random_problem;
using testing::RandomProblem;
using testing::ScriptedDelivery;

constexpr std::uint64_t enough = 100'000;  // messages; runs that end take some hundreds

/// Who is served next.
enum class Schedule { random, newest_first, starving, hasty, slow_channels };
constexpr Schedule schedules[] = {Schedule::random, Schedule::newest_first, Schedule::starving, Schedule::hasty,
                                  Schedule::slow_channels};

/// Delivers to the end; says whether there is one. `victim` is served last where the schedule starves somebody.
bool deliver(ScriptedDelivery& run, Schedule schedule, Random& random, ComputationId victim) {
  using Heads = std::vector<ScriptedDelivery::Head>;
  const auto any = [&](const Heads& heads) { return std::size_t(random.below(heads.size())); };
  const auto among = [&](const Heads& heads, auto&& wanted) {
    for (int attempt = 0; attempt < 20; ++attempt)
      if (const std::size_t at = any(heads); wanted(heads[at])) return at;
    for (std::size_t at = 0; at < heads.size(); ++at)
      if (wanted(heads[at])) return at;
    return any(heads);
  };
  const auto choose = [&](const Heads& heads) -> std::size_t {
    if (random.below(16) == 0) return any(heads);  // nobody waits for ever
    switch (schedule) {
      case Schedule::random: return any(heads);
      case Schedule::newest_first:
        return std::size_t(std::ranges::max_element(heads, {}, &ScriptedDelivery::Head::sent) - heads.begin());
      case Schedule::starving: return among(heads, [&](const auto& head) { return head.channel.first != victim; });
      case Schedule::hasty:  // clocks run ahead of messages
        return among(heads, [&](const auto& head) { return head.channel.second == no_id; });
      case Schedule::slow_channels:
        return among(heads, [&](const auto& head) { return (head.channel.first + head.channel.second) % 3 != 0; });
    }
    return 0;
  };
  return run.deliver_by(choose, enough) < enough;
}

/// The octagon with a chord: two cycles of five that share the edge between 2 and 6. Best is to violate that edge
/// alone; a cycle of five cannot do without one, so that two, one in each cycle, look unavoidable from inside. `left`
/// gives the order of 0, 1 and 7 on their side.
Problem octagon(const std::array<VariableId, 3>& left, unsigned colours) {
  ProblemBuilder builder("octagon", Objective::minimise);
  const auto two = builder.add_domain("two", {std::int64_t(0), std::int64_t(1)});
  for (VariableId v = 0; v < 8; ++v) builder.add_variable("", two, ValueIndex(colours >> v & 1));
  const std::vector<VariableId> ring{2, 3, 4, 5, 6, left[2], left[1], left[0], 2};
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    builder.add_table_constraint("", std::vector{ring[i], ring[i + 1]}, std::vector<double>{1, 0, 0, 1});
  builder.add_table_constraint("", std::vector<VariableId>{2, 6}, std::vector<double>{1, 0, 0, 1});
  return builder.build();
}
constexpr std::array<VariableId, 3> labellings[] = {{1, 0, 7}, {0, 1, 7}, {1, 7, 0}};

void expect_optimal_end(const Problem& problem, Schedule schedule, std::uint64_t seed,
                        const std::vector<Setting>& settings) {
  ScriptedDelivery run(problem, find_algorithm("optapo"), settings, seed);
  Random random(seed);
  run.start_all();
  ASSERT_TRUE(deliver(run, schedule, random, VariableId(random.below(problem.variable_count()))))
      << "does not end with schedule " << int(schedule) << ", seed " << seed;
  // The agents noticed by themselves, and not too early: all that was left were their messages that it is over.
  EXPECT_TRUE(run.all_finished()) << "seed " << seed;
  EXPECT_EQ(run.waiting_at_end(), problem.variable_count() - 1) << "seed " << seed;
  const Evaluation best = brute_force(problem), end = problem.evaluate(run.decisions());
  const Certificate proof = make_certificate(problem, sum_of_best(problem), run.claims());
  if (best.violations > 0) {
    EXPECT_TRUE(std::isinf(proof.bound(problem))) << "seed " << seed;
    return;
  }
  ASSERT_EQ(end.violations, 0u) << "schedule " << int(schedule) << ", seed " << seed;
  ASSERT_NEAR(end.cost, best.cost, 1e-9) << "schedule " << int(schedule) << ", seed " << seed;
  EXPECT_NEAR(proof.bound(problem), best.cost, 1e-9) << "schedule " << int(schedule) << ", seed " << seed;
}

TEST(OptapoSchedules, EveryStartOfTheOctagonWithChordEndsAtTheOptimum) {
  std::uint64_t seed = 0;
  for (const auto& labelling : labellings)
    for (unsigned colours = 0; colours < 256; ++colours)
      for (int repeat = 0; repeat < 3; ++repeat, ++seed)
        expect_optimal_end(octagon(labelling, colours), schedules[seed % 5], seed,
                           {{"claim", seed % 2 ? "whole" : "minimal"}, {"warm_start", seed % 3 ? "1" : "0"}});
}

TEST(OptapoSchedules, AsPublishedItOftenEndsBesideTheOptimumOfTheOctagon) {
  int runs = 0, beside = 0, ended = 0;
  for (const auto& labelling : labellings)
    for (unsigned colours = 0; colours < 256; ++colours, ++runs) {
      const Problem problem = octagon(labelling, colours);
      ScriptedDelivery run(problem, find_algorithm("optapo"), {{"mode", "classic"}}, std::uint64_t(runs));
      Random random{std::uint64_t(runs)};
      run.start_all();
      if (!deliver(run, Schedule::random, random, 0)) continue;
      ++ended;
      const double cost = problem.evaluate(run.decisions()).cost;
      EXPECT_LE(cost, 2) << "every cycle of five is at its best";
      beside += cost == 2;
      EXPECT_LE(make_certificate(problem, 0, run.claims()).bound(problem), 1);
    }
  EXPECT_EQ(ended, runs);
  EXPECT_GT(beside, runs / 10);
  EXPECT_LT(beside, runs);
}

TEST(OptapoSchedules, TenThousandSchedulesOnSmallProblemsEndAtTheOptimum) {
  for (std::uint64_t seed = 1; seed <= 10'000; ++seed) {
    RandomProblem shape{.variables = std::uint32_t(4 + seed / 5 % 7), .domain = 2, .degree = seed % 3 ? 2.4 : 3.5};
    if (seed % 7 == 0) shape = {.variables = 6, .domain = 3, .degree = 2.5, .own_costs = 0.4, .fractional = true};
    if (seed % 11 == 0) shape.wide = 2;
    if (seed % 13 == 0) shape.hard = 0.15;
    if (seed % 17 == 0) shape.objective = Objective::maximise;
    if (seed % 19 == 0) shape.mixed_domains = true;
    expect_optimal_end(make_random_problem(shape, seed), schedules[seed % 5], seed,
                       {{"claim", seed % 2 ? "whole" : "minimal"}, {"warm_start", seed % 3 ? "1" : "0"}});
  }
}

}  // namespace
}  // namespace entente
