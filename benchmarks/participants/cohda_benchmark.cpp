// SPDX-License-Identifier: MIT
// How fast COHDA is, against hand-written loops and against the times of the reference implementation.
//
//   cohda_benchmark [AGENTS]   the curve goes up to so many agents (default 1000; 10000 takes minutes and 2 GiB)
//
// Decide: the best reply of one agent, against two loops that do nothing else, in double and in single precision,
// compiled for this processor with the freedom to reorder sums. Whole runs: processor time of run_cohda without
// polishing and bound, set-up included. Lowest of several rounds that alternate.
#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/participants/cohda_group.hpp"
#include "kernel/schedules/schedule_table.hpp"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_THIS_PROCESSOR __attribute__((target_clones("default", "avx2", "arch=x86-64-v4"), optimize("O3,fast-math")))
#else
#define FOR_THIS_PROCESSOR
#endif

namespace {

using namespace entente;

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// Plants, heat pumps, batteries, vehicles and sun, in equal parts; the target is the mean of what they can do.
ScheduleProblem make_problem(std::size_t agents, std::size_t schedules, std::size_t steps, std::uint64_t seed) {
  Random random(seed);
  ScheduleProblem problem;
  problem.target.assign(steps, 0);
  problem.weights.assign(steps, 1);
  double sum = 0;
  for (std::size_t i = 0; i < agents; ++i) {
    ScheduleAgent agent;
    agent.id = fmt::format("u{}", i);
    agent.count = schedules;
    const double size = 1 + 7 * random.uniform();
    for (std::size_t k = 0; k < schedules; ++k) {
      double level = 0;
      for (std::size_t t = 0; t < steps; ++t) {
        if (i % 5 == 0)
          level = size * double(k + 1) / double(schedules) *
                  std::max(0.0, std::sin((double(t) / double(steps) - .25) * 6.28));
        else if (i % 5 == 1)
          level = size * (2 * random.uniform() - 1);
        else if (t % (steps / 6 + 1) == 0)
          level = (i % 5 == 2 ? 0.5 : -0.5) * size * double(random.below(3));
        agent.schedules.push_back(std::round(level * 1000) / 1000);
        sum += agent.schedules.back();
      }
    }
    problem.agents.push_back(std::move(agent));
  }
  std::fill(problem.target.begin(), problem.target.end(), sum / double(schedules * steps));
  return problem;
}

FOR_THIS_PROCESSOR std::size_t nearest_by_hand(const double* rows, const double* weights, const double* base,
                                               std::size_t count, std::size_t steps, double& distance) {
  std::size_t best = count;
  for (std::size_t k = 0; k < count; ++k) {
    double sum = 0;
    for (std::size_t t = 0; t < steps; ++t) sum += weights[t] * __builtin_fabs(base[t] - rows[k * steps + t]);
    if (sum < distance) {
      distance = sum;
      best = k;
    }
  }
  return best;
}
FOR_THIS_PROCESSOR std::size_t nearest_by_hand(const float* rows, const float* base, std::size_t count,
                                               std::size_t steps, float& distance) {
  std::size_t best = count;
  for (std::size_t k = 0; k < count; ++k) {
    float sum = 0;
    for (std::size_t t = 0; t < steps; ++t) sum += __builtin_fabsf(base[t] - rows[k * steps + t]);
    if (sum < distance) {
      distance = sum;
      best = k;
    }
  }
  return best;
}

/// Nanoseconds a call takes, the lowest of some rounds.
struct Clock {
  double lowest = 1e300;
  void measure(std::size_t calls, const std::function<void()>& all_calls) {
    const double begin = cpu_seconds();
    all_calls();
    lowest = std::min(lowest, (cpu_seconds() - begin) / double(calls) * 1e9);
  }
};

void compare_decide(std::size_t schedules, std::size_t steps) {
  const std::size_t agents = 64;
  const ScheduleProblem problem = make_problem(agents, schedules, steps, 1);
  const kernel::ScheduleTable table(problem);
  const kernel::ScheduleKernels& kernels = kernel::schedule_kernels();
  std::vector<std::vector<float>> rough;
  for (const ScheduleAgent& agent : problem.agents) rough.emplace_back(agent.schedules.begin(), agent.schedules.end());
  const std::vector<float> rough_base(problem.target.begin(), problem.target.end());
  Array<float> scratch(table.scratch());
  Clock ours, doubles, floats;
  std::size_t chosen = 0;
  const std::size_t repeats = 200'000 / (schedules * steps) + 1;
  for (int round = 0; round < 20; ++round) {
    ours.measure(agents * repeats, [&] {
      for (std::size_t r = 0; r < repeats; ++r)
        for (std::uint32_t i = 0; i < agents; ++i)
          chosen += kernels.nearest(table.rows(i), table.target(), 1e300, scratch.data()).index;
    });
    doubles.measure(agents * repeats, [&] {
      for (std::size_t r = 0; r < repeats; ++r)
        for (std::uint32_t i = 0; i < agents; ++i) {
          double distance = 1e300;
          chosen += nearest_by_hand(problem.agents[i].schedules.data(), problem.weights.data(), problem.target.data(),
                                    schedules, steps, distance);
        }
    });
    floats.measure(agents * repeats, [&] {
      for (std::size_t r = 0; r < repeats; ++r)
        for (std::uint32_t i = 0; i < agents; ++i) {
          float distance = 1e30f;
          chosen += nearest_by_hand(rough[i].data(), rough_base.data(), schedules, steps, distance);
        }
    });
  }
  fmt::print(
      "decide M={:<3} T={:<3} {:7.1f} ns   loop in doubles {:7.1f} ns: ratio {:.2f}   in floats {:7.1f} ns: ratio "
      "{:.2f}{}\n",
      schedules, steps, ours.lowest, doubles.lowest, ours.lowest / doubles.lowest, floats.lowest,
      ours.lowest / floats.lowest, chosen == 0 ? " " : "");
}

CohdaResult timed(const ScheduleProblem& problem, CohdaOptions options, int rounds, double& seconds) {
  options.polish = options.bound = false;
  CohdaResult result;
  seconds = 1e300;
  for (int round = 0; round < rounds; ++round) {
    const double begin = cpu_seconds();
    result = run_cohda(problem, options);
    seconds = std::min(seconds, cpu_seconds() - begin);
  }
  return result;
}

void compare_run(std::size_t agents, std::size_t schedules, std::size_t steps, CohdaDelivery delivery, bool batch,
                 const char* mode, double reference_seconds) {
  CohdaOptions options;
  options.topology = CohdaTopology::complete;
  options.delivery = delivery;
  options.batch = batch;
  options.start = 1;
  double seconds = 0;
  const CohdaResult r = timed(make_problem(agents, schedules, steps, 1), options, agents < 50 ? 200 : 5, seconds);
  fmt::print("run N={} M={} T={} complete, {}: {:.3f} ms, {} messages, {} decisions", agents, schedules, steps, mode,
             seconds * 1e3, r.messages, r.decides);
  if (reference_seconds > 0)
    fmt::print(" ({:.0f} times as fast as the {} s of the reference)", reference_seconds / seconds, reference_seconds);
  fmt::print("\n");
}

void curve(std::size_t most) {
  fmt::print(
      "\n| agents | links each | seconds | decisions | messages | distance, of the target | peak memory, MiB |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  for (const std::size_t agents : {100u, 300u, 1000u, 3000u, 10000u}) {
    if (agents > most) break;
    CohdaOptions options;
    options.topology = CohdaTopology::small_world;
    double seconds = 0;
    const ScheduleProblem problem = make_problem(agents, 20, 96, 1);
    const CohdaResult r = timed(problem, options, agents <= 300 ? 3 : 1, seconds);
    double size = 0;
    for (const double x : problem.target) size += std::abs(x);
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("| {} | {} | {:.3f} | {} | {} | {:.3f} % | {} |\n", agents,
               r.messages / std::max<std::uint64_t>(r.decides, 1), seconds, r.decides, r.messages, 100 * r.cost / size,
               usage.ru_maxrss / 1024);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::size_t most = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  compare_decide(10, 24);
  compare_decide(20, 96);
  compare_decide(50, 24);
  compare_decide(100, 96);
  compare_run(10, 30, 24, CohdaDelivery::reference, false, "by reference", 0.29);
  compare_run(30, 30, 96, CohdaDelivery::reference, false, "by reference", 22.21);
  compare_run(100, 20, 96, CohdaDelivery::latest, false, "latest values", 0);
  compare_run(100, 20, 96, CohdaDelivery::latest, true, "latest values, all that waits perceived at once", 0);
  curve(most);
}
