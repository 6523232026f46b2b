// SPDX-License-Identifier: MIT
// The loops over schedules against plain ones, on every instruction set.
#include "kernel/schedules/schedule_kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "entente/base/random.hpp"
#include "kernel/instruction_set.hpp"
#include "kernel/schedules/schedule_table.hpp"

namespace entente::kernel {
namespace baseline {
extern const ScheduleKernels schedule_kernels;
}
namespace v3 {
extern const ScheduleKernels schedule_kernels;
}
namespace v4 {
extern const ScheduleKernels schedule_kernels;
}
namespace {

std::vector<const ScheduleKernels*> all_kernels() {
  std::vector<const ScheduleKernels*> all{&baseline::schedule_kernels};
  if (is_supported(InstructionSet::v3)) all.push_back(&v3::schedule_kernels);
  if (is_supported(InstructionSet::v4)) all.push_back(&v4::schedule_kernels);
  return all;
}

ScheduleProblem random_problem(std::uint64_t seed, std::size_t agents, std::size_t schedules, std::size_t steps) {
  Random random(seed);
  ScheduleProblem problem;
  for (std::size_t t = 0; t < steps; ++t) {
    problem.target.push_back(random.uniform() * 40);
    problem.weights.push_back(t % 5 == 4 ? 0 : 0.5 + random.uniform());
  }
  for (std::size_t i = 0; i < agents; ++i) {
    ScheduleAgent agent;
    agent.id = std::to_string(i);
    agent.count = schedules;
    // Every other schedule repeats its predecessor, so that there are ties.
    for (std::size_t k = 0; k < schedules; ++k)
      for (std::size_t t = 0; t < steps; ++t)
        agent.schedules.push_back(k % 2 ? agent.schedules[(k - 1) * steps + t] : random.uniform() * 10 - 3);
    problem.agents.push_back(std::move(agent));
  }
  return problem;
}

TEST(ScheduleKernels, find_the_first_of_the_nearest_as_a_plain_loop_does) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const ScheduleProblem problem = random_problem(seed, 1, 1 + seed % 23, 1 + seed * 7 % 101);
    const ScheduleTable table(problem);
    Array<float> scratch(table.scratch());
    for (const ScheduleKernels* kernels : all_kernels()) {
      double best = 1e300;
      std::uint32_t index = no_schedule;
      for (std::uint32_t k = 0; k < table.rows(0).count; ++k) {
        Array<double> left(table.stride());
        std::copy_n(table.target(), table.stride(), left.data());
        kernels->subtract(left.data(), table.row(0, k), table.stride());
        const double distance = kernels->distance(left.data(), table.weights(), table.stride());
        if (distance < best) index = k;
        best = std::min(best, distance);
      }
      const Nearest found = kernels->nearest(table.rows(0), table.target(), 1e300, scratch.data());
      EXPECT_EQ(found.index, index);
      EXPECT_EQ(found.distance, best);
      EXPECT_EQ(kernels->nearest(table.rows(0), table.target(), best, scratch.data()).index, no_schedule);
      EXPECT_EQ(kernels->nearest(table.rows(0), table.target(), std::nextafter(best, 1e300), scratch.data()).index,
                index);
    }
  }
}

TEST(ScheduleKernels, are_equal_to_the_last_bit_on_all_instruction_sets) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const ScheduleProblem problem = random_problem(seed, 3, 1 + seed % 9, 1 + seed * 5 % 130);
    const ScheduleTable table(problem);
    const std::uint32_t stride = table.stride();
    std::vector<std::vector<double>> results;
    for (const ScheduleKernels* kernels : all_kernels()) {
      std::vector<double>& numbers = results.emplace_back();
      Array<float> scratch(table.scratch());
      Array<double> left(stride);
      std::copy_n(table.target(), stride, left.data());
      const double* const more[] = {table.row(0, 0), table.row(1, 0)};
      const double* const less[] = {table.row(2, 0)};
      kernels->apply(left.data(), more, 2, less, 1, stride);
      kernels->exchange(left.data(), table.row(1, 0), table.row(0, table.rows(0).count - 1), stride);
      numbers.assign(left.begin(), left.begin() + stride);
      numbers.push_back(kernels->distance(left.data(), table.weights(), stride));
      std::vector<double> distances(table.rows(0).count);
      kernels->distances(table.rows(0), left.data(), distances.data());
      numbers.insert(numbers.end(), distances.begin(), distances.end());
      const float* const rough = kernels->rough_distances(table.rows(0), left.data(), scratch.data());
      numbers.insert(numbers.end(), rough, rough + table.rows(0).count);
      const Nearest furthest = kernels->furthest(table.rows(0), left.data());
      numbers.push_back(furthest.index);
      numbers.push_back(furthest.distance);
    }
    for (const auto& numbers : results) EXPECT_EQ(numbers, results[0]) << seed;
  }
}

TEST(ScheduleKernels, are_rough_within_single_precision) {
  const ScheduleProblem problem = random_problem(7, 1, 20, 96);
  const ScheduleTable table(problem);
  Array<float> scratch(table.scratch());
  std::vector<double> exact(20);
  for (const ScheduleKernels* kernels : all_kernels()) {
    kernels->distances(table.rows(0), table.target(), exact.data());
    const float* const rough = kernels->rough_distances(table.rows(0), table.target(), scratch.data());
    for (std::size_t k = 0; k < 20; ++k) EXPECT_NEAR(double(rough[k]) / table.rows(0).scale, exact[k], exact[k] * 1e-5);
  }
}

TEST(ScheduleTable, has_sums_that_do_not_depend_on_the_order) {
  const ScheduleProblem problem = random_problem(3, 500, 3, 10);
  const ScheduleTable table(problem);
  const ScheduleKernels& kernels = schedule_kernels();
  Array<double> forward(table.stride()), backward(table.stride());
  std::copy_n(table.target(), table.stride(), forward.data());
  std::copy_n(table.target(), table.stride(), backward.data());
  for (std::uint32_t i = 0; i < 500; ++i) kernels.subtract(forward.data(), table.row(i, 2), table.stride());
  for (std::uint32_t i = 500; i-- > 0;) kernels.subtract(backward.data(), table.row(i, 2), table.stride());
  for (std::uint32_t t = 0; t < table.stride(); ++t) EXPECT_EQ(forward[t], backward[t]);
  const std::vector<std::uint32_t> choice(500, 2);
  EXPECT_NEAR(kernels.distance(forward.data(), table.weights(), table.stride()), problem.cost(choice),
              table.rounding());
}

}  // namespace
}  // namespace entente::kernel
