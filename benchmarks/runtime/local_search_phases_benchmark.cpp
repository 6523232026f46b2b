// SPDX-License-Identifier: MIT
// What a phase of MGM-2 and GDBA takes, against a phase of MGM: a cycle's time over its number of phases.
//
// Instances: random binary constraints, mean degree 6, whole costs 0 .. 100, seed 1, 10^5 variables; one thread. All
// run every step in every cycle (Execution::full), MGM too, alternately in the same run. `mgm_ns`, `phase_ns`: per
// variable and phase, of the median of the first 20 cycles but the very first, while MGM still moves; lowest of three
// runs.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/generate.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/cycle_engine.hpp"

namespace entente::algorithms {
Algorithm gdba();
Algorithm mgm();
Algorithm mgm2();
}  // namespace entente::algorithms

namespace {

using namespace entente;

constexpr int cycles = 20, rounds = 3;
constexpr std::uint32_t variables = 100'000;

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// Seconds per phase.
double run(const Problem& problem, const kernel::LocalCosts& costs, const Algorithm& algorithm) {
  std::vector<double> times;
  double before = -1;
  runtime::RunControl control{.seed = 7, .stop_cycle = cycles};
  control.on_cycle = [&](const runtime::CycleReport&) {
    const double now = cpu_seconds();
    if (before >= 0) times.push_back(now - before);
    before = now;
  };
  runtime::CycleEngine(problem, costs, algorithm, {}, control, runtime::Execution::full).run();
  std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
  return times[times.size() / 2] / algorithm.phases;
}

void compare(benchmark::State& state, const Algorithm& algorithm) {
  const Problem problem = generate_random({.variables_count = variables,
                                           .density = {},
                                           .constraints_count = 3 * variables,
                                           .domain_size = std::uint32_t(state.range(0)),
                                           .noagents = true,
                                           .seed = 1});
  const kernel::LocalCosts costs(problem);
  double mgm = 1e300, other = 1e300;
  for (auto _ : state)
    for (int round = 0; round < rounds; ++round) {
      mgm = std::min(mgm, run(problem, costs, algorithms::mgm()));
      other = std::min(other, run(problem, costs, algorithm));
    }
  state.counters["mgm_ns"] = mgm / variables * 1e9;
  state.counters["phase_ns"] = other / variables * 1e9;
  state.counters["ratio"] = other / mgm;
}

void mgm2(benchmark::State& state) { compare(state, algorithms::mgm2()); }
void gdba(benchmark::State& state) { compare(state, algorithms::gdba()); }

BENCHMARK(mgm2)->ArgName("domain")->Arg(3)->Arg(10)->Iterations(1)->Unit(benchmark::kMillisecond);
BENCHMARK(gdba)->ArgName("domain")->Arg(3)->Arg(10)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
