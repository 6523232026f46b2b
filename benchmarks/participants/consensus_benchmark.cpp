// SPDX-License-Identifier: MIT
// Averaging at array speed against loops written by hand on the same arrays, in the same run, alternately.
//
// Instances: a random 6-regular graph (`regular`: everybody gives 1/7, and the loop knows the degree) and a random
// graph of mean degree 6 (`irregular`: weights by link), seed 1, numbers in [0, 20). `loop_ns` and `engine_ns` are a
// number's share of the fastest cycle of several runs, processor time; `ratio` is the one over the other, `whole_ratio`
// that of fastest runs of 60 cycles, with all set-up of `run_consensus`. The engine besides looks for the largest
// change. Both come to the same numbers, which is checked.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/kernel/consensus_weights.hpp"
#include "entente/runtime/consensus_network.hpp"
#include "kernel/consensus/combine.hpp"
#include "runtime/consensus_parts.hpp"
#include "runtime/row_cycles.hpp"

namespace {

using namespace entente;

double seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

void loop_regular(const std::uint32_t* heard, const double* in, double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 6; ++k) sum += in[heard[6 * i + k]];
    out[i] = in[i] + (sum - 6 * in[i]) * (1.0 / 7);
  }
}
void loop_weighted(const std::uint32_t* first, const std::uint32_t* heard, const double* weight, const double* in,
                   double* out, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::uint32_t e = first[i]; e < first[i + 1]; ++e) sum += weight[e] * (in[heard[e]] - in[i]);
    out[i] = in[i] + sum;
  }
}
void loop_rows(const std::uint32_t* heard, const double* in, double* out, std::size_t n, std::size_t width) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t t = 0; t < width; ++t) out[i * width + t] = in[i * width + t];
    for (std::size_t k = 0; k < 6; ++k) {
      const double* const other = in + heard[6 * i + k] * width;
      for (std::size_t t = 0; t < width; ++t) out[i * width + t] += (other[t] - in[i * width + t]) * (1.0 / 7);
    }
  }
}

void averaging(benchmark::State& state, bool regular) {
  const auto n = std::uint32_t(state.range(0));
  const auto width = std::size_t(state.range(1));
  ConsensusTopology graph;
  if (regular) {
    graph = random_regular_topology(n, 6, 1);
  } else {
    std::vector<ConsensusTopology::Link> links;
    for (Random random(1); links.size() < 3 * std::size_t(n);) {
      const auto a = std::uint32_t(random.below(n)), b = std::uint32_t(random.below(n));
      if (a != b) links.emplace_back(a, b);
    }
    graph = ConsensusTopology(n, links);
  }
  const CombinationWeights weights = combination_weights(graph, WeightRule::metropolis);
  std::vector<double> initial(n * width);
  Random random(2);
  for (double& number : initial) number = 20 * random.uniform();

  constexpr int cycles = 60;
  std::vector<double> now, next(initial.size());
  double loop_cycle = 1e9, engine_cycle = 1e9, loop_run = 1e9, engine_run = 1e9;
  const auto loop = [&] {
    now = initial;
    const double begin = seconds();
    double last = begin;
    for (int cycle = 0; cycle < cycles; ++cycle) {
      if (!regular)
        loop_weighted(graph.first().data(), graph.heard().data(), weights.link.data(), now.data(), next.data(), n);
      else if (width == 1)
        loop_regular(graph.heard().data(), now.data(), next.data(), n);
      else
        loop_rows(graph.heard().data(), now.data(), next.data(), n, width);
      now.swap(next);
      const double time = seconds();
      loop_cycle = std::min(loop_cycle, time - last);
      last = time;
    }
    loop_run = std::min(loop_run, last - begin);
  };
  const runtime::Mixing mixing(graph, WeightRule::metropolis, 1, width);
  const auto engine = [&] {
    runtime::RowCycles engine(n, width, 1);
    std::copy(initial.begin(), initial.end(), engine.said());
    double last = seconds();
    engine.run(
        [&](std::uint64_t, std::uint32_t low, std::uint32_t high) {
          return kernel::combine(mixing.combination, engine.said(), engine.saying(), low, high);
        },
        [&](std::uint64_t cycle, double) {
          const double time = seconds();
          engine_cycle = std::min(engine_cycle, time - last);
          last = time;
          return cycle == cycles;
        });
  };
  ConsensusOptions options;
  options.max_cycles = cycles;
  ConsensusResult result;
  for (auto _ : state) {
    for (int repeat = 0; repeat < 4; ++repeat) {
      loop();
      engine();
      const double begin = seconds();
      result = run_consensus(graph, initial, width, options);
      engine_run = std::min(engine_run, seconds() - begin);
    }
  }
  for (std::size_t at = 0; at < now.size(); ++at)
    if (std::abs(now[at] - result.values[at]) > 1e-9) return state.SkipWithError("the results differ");
  const double share = 1e9 / (double(n) * double(width));
  state.counters["loop_ns"] = loop_cycle * share;
  state.counters["engine_ns"] = engine_cycle * share;
  state.counters["ratio"] = engine_cycle / loop_cycle;
  state.counters["whole_ratio"] = engine_run / loop_run;
}

void regular(benchmark::State& state) { averaging(state, true); }
void irregular(benchmark::State& state) { averaging(state, false); }

BENCHMARK(regular)
    ->Args({1'000'000, 1})
    ->Args({100'000, 1})
    ->Args({20'000, 24})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(irregular)->Args({300'000, 1})->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
