// SPDX-License-Identifier: MIT
// What the bound beside every heuristic costs, against 100 full cycles of MGM on the same problem.
//
// Instances: random binary constraints, mean degree 6, whole costs 0 .. 100, seed 1; one thread. `bound_ns`: of
// quick_bound, per constraint; `share`: of the time of the 100 cycles (Execution::full, without laying out the costs).
// Both in processor time, lowest of several rounds that alternate.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>

#include "entente/algorithm/population.hpp"
#include "entente/generate.hpp"
#include "kernel/local_costs.hpp"
#include "kernel/quick_bound.hpp"
#include "runtime/cycle_engine.hpp"

namespace entente::algorithms {
Algorithm mgm();
}

namespace {

using namespace entente;

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

void bound(benchmark::State& state) {
  const auto variables = std::uint32_t(state.range(0));
  const Problem problem = generate_random({.variables_count = variables,
                                           .density = {},
                                           .constraints_count = 3 * variables,
                                           .domain_size = std::uint32_t(state.range(1)),
                                           .noagents = true,
                                           .seed = 1});
  const kernel::LocalCosts costs(problem);
  const Algorithm algorithm = algorithms::mgm();
  double bounding = 1e300, running = 1e300;
  for (auto _ : state)
    for (int round = 0; round < (variables < 1000 ? 100 : 3); ++round) {
      const double begin = cpu_seconds();
      benchmark::DoNotOptimize(quick_bound(problem));
      const double middle = cpu_seconds();
      // Runs that end before their hundredth cycle are counted as if they had gone on.
      const auto result =
          runtime::CycleEngine(problem, costs, algorithm, {}, {.seed = 7, .stop_cycle = 100}, runtime::Execution::full)
              .run();
      const double cycles = double(std::max<std::uint64_t>(result.cycles, 1));
      bounding = std::min(bounding, middle - begin);
      running = std::min(running, (cpu_seconds() - middle) / cycles * 100);
    }
  state.counters["bound_ns"] = bounding / problem.constraint_count() * 1e9;
  state.counters["share"] = bounding / running;
}

BENCHMARK(bound)
    ->ArgNames({"variables", "domain"})
    ->ArgsProduct({{70, 10'000, 100'000}, {3, 10}})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
