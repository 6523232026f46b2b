// SPDX-License-Identifier: MIT
// Generated schedule and resource problems are well formed, feasible where they say so, and the same for one seed.
#include <gtest/gtest.h>

#include <sstream>

#include "entente/base/error.hpp"
#include "entente/generate.hpp"

namespace entente {
namespace {

std::string text_of(const ScheduleProblem& problem) {
  std::ostringstream out;
  write_schedule_problem(problem, out);
  return out.str();
}

TEST(GenerateSchedules, OneSeedGivesOneProblem) {
  SchedulesOptions options;
  options.agents_count = 12;
  options.seed = 5;
  const std::string once = text_of(generate_schedules(options));
  EXPECT_EQ(once, text_of(generate_schedules(options)));
  options.seed = 6;
  EXPECT_NE(once, text_of(generate_schedules(options)));
}

TEST(GenerateSchedules, EveryTargetGivesAWellFormedProblem) {
  for (const auto target : {ScheduleTarget::planted, ScheduleTarget::day, ScheduleTarget::flat})
    for (const std::uint32_t agents : {1u, 2u, 17u}) {
      SchedulesOptions options;
      options.agents_count = agents;
      options.schedules_count = 3;
      options.steps = 5;
      options.target = target;
      const ScheduleProblem problem = generate_schedules(options);
      EXPECT_NO_THROW(problem.check());
      EXPECT_EQ(problem.agents.size(), agents);
    }
}

TEST(GenerateSchedules, APlantedTargetCanBeMet) {
  SchedulesOptions options;
  options.agents_count = 3;
  options.schedules_count = 4;
  options.steps = 6;
  options.target = ScheduleTarget::planted;
  const ScheduleProblem problem = generate_schedules(options);
  double best = HUGE_VAL;
  for (std::uint32_t a = 0; a < 4; ++a)
    for (std::uint32_t b = 0; b < 4; ++b)
      for (std::uint32_t c = 0; c < 4; ++c) best = std::min(best, problem.cost(std::vector<std::uint32_t>{a, b, c}));
  EXPECT_NEAR(best, 0, 1e-9);
}

TEST(GenerateResources, EveryKindGivesAWellFormedProblem) {
  for (const auto kind : {ResourceKind::sharing, ResourceKind::consensus, ResourceKind::network})
    for (const auto coupling : {Coupling::equality, Coupling::capacity, Coupling::target_l2, Coupling::target_l1})
      for (const std::uint32_t agents : {2u, 7u}) {
        ResourcesOptions options;
        options.kind = kind;
        options.coupling = coupling;
        options.agents_count = agents;
        options.dimension = kind == ResourceKind::network ? 1 : 3;
        EXPECT_NO_THROW(generate_resources(options).check());
      }
}

TEST(GenerateResources, OptionsOutsideTheirRangeAreRefusedByName) {
  ResourcesOptions options;
  options.kind = ResourceKind::network;
  options.agents_count = 5;
  options.dimension = 2;
  EXPECT_THROW(generate_resources(options), Error);
  options.dimension = 1;
  options.agents_count = 1;
  EXPECT_THROW(generate_resources(options), Error);
  SchedulesOptions many;
  many.agents_count = 100'000'000;
  many.schedules_count = 100;
  EXPECT_THROW(generate_schedules(many), Error);
}

}  // namespace
}  // namespace entente
