// SPDX-License-Identifier: MIT
// Max-Sum in the factor engine against a hand-written loop on the same instance, in the same run, alternately.
//
// Instances: random binary factors, mean degree 4, whole costs 0 .. 99, seed 1. Both sides use float and damp factors
// by 0.5; the engine besides evaluates every assignment, keeps the best, and looks for convergence. Figures are
// the tenth percentile over cycles; `loop_ns` and `engine_ns` are per factor and cycle, `ratio` is engine time over
// loop time, `speedup` one thread's time over that of several. The loop is compiled for the processor's best level, as
// the engine's kernels are.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/base/array.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "kernel/instruction_set.hpp"
#include "runtime/factor_engine.hpp"

namespace entente::algorithms {
Algorithm maxsum();
}

namespace {

using Cycle = void (*)(std::size_t, std::uint32_t, const std::uint32_t*, const std::uint32_t*, const float*, float*,
                       float*, float*, const float*, int*, float);

namespace baseline {
#define LOOP_BYTES 16
#include "runtime/maxsum_loop.hpp"
#undef LOOP_BYTES
}  // namespace baseline
#if defined(__x86_64__) && !defined(__clang__)
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,fma")
namespace v3 {
#define LOOP_BYTES 32
#include "runtime/maxsum_loop.hpp"
#undef LOOP_BYTES
}  // namespace v3
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2,fma,prefer-vector-width=512")
namespace v4 {
#define LOOP_BYTES 64
#include "runtime/maxsum_loop.hpp"
#undef LOOP_BYTES
}  // namespace v4
#pragma GCC pop_options
#endif

Cycle loop_for(int domain) {
#if defined(__x86_64__) && !defined(__clang__)
  switch (entente::best_instruction_set()) {
    case entente::InstructionSet::v4: return v4::cycle_for(domain);
    case entente::InstructionSet::v3: return v3::cycle_for(domain);
    default: break;
  }
#endif
  return baseline::cycle_for(domain);
}

double seconds_of(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}
/// Of this thread alone: other load on the machine counts less.
double cpu_seconds() { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }
double wall_seconds() { return seconds_of(CLOCK_MONOTONIC); }
/// A tenth of the times is below: what undisturbed cycles take, without the luckiest.
double typical(std::vector<double> times) {
  const auto tenth = times.begin() + std::ptrdiff_t(times.size() / 10);
  std::nth_element(times.begin(), tenth, times.end());
  return *tenth;
}

struct Instance {
  std::uint32_t n, factors;
  int domain;
  std::vector<std::uint32_t> u, v;

  Instance(std::uint32_t variables, int values) : n(variables), factors(2 * variables), domain(values) {
    entente::Random random(1);
    while (u.size() < factors) {
      const auto a = std::uint32_t(random.below(n)), b = std::uint32_t(random.below(n));
      if (a == b) continue;
      u.push_back(a);
      v.push_back(b);
    }
  }
  static double cell(std::size_t factor, std::size_t cell) { return double(entente::mix(factor * 1024 + cell) % 100); }

  entente::Problem problem() const {
    entente::ProblemBuilder builder("random", entente::Objective::minimise);
    const auto cells = std::size_t(domain * domain);
    builder.reserve(n, factors, factors * cells);
    std::vector<entente::Value> values;
    for (std::int64_t x = 0; x < domain; ++x) values.emplace_back(x);
    const auto id = builder.add_domain("values", values);
    for (std::uint32_t i = 0; i < n; ++i) builder.add_variable("", id);
    std::vector<double> table(cells);
    for (std::uint32_t f = 0; f < factors; ++f) {
      for (std::size_t c = 0; c < cells; ++c) table[c] = cell(f, c);
      const entente::VariableId scope[] = {u[f], v[f]};
      builder.add_table_constraint("", scope, table);
    }
    return builder.build();
  }
};

/// The hand-written loop's arrays.
class Loop {
 public:
  explicit Loop(const Instance& instance)
      : n_(instance.n),
        groups_(instance.factors / 16),
        stride_(instance.domain == 3 ? 4 : 16),
        u_(instance.factors + 64),
        v_(instance.factors + 64),
        table_(std::size_t(instance.factors) * std::size_t(instance.domain * instance.domain)),
        said_(std::size_t(instance.factors) * 2 * std::size_t(instance.domain)),
        now_(rows()),
        next_(rows()),
        prior_(rows()),
        values_(n_),
        cycle_(loop_for(instance.domain)) {
    std::vector<std::uint32_t> order(instance.factors);
    for (std::uint32_t f = 0; f < instance.factors; ++f) order[f] = f;
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return instance.u[a] < instance.u[b]; });
    const auto cells = std::size_t(instance.domain * instance.domain);
    for (std::uint32_t i = 0; i < instance.factors; ++i) {
      const std::uint32_t f = order[i];
      u_[i] = instance.u[f];
      v_[i] = instance.v[f];
      for (std::size_t c = 0; c < cells; ++c) table_[(i / 16 * cells + c) * 16 + i % 16] = float(Instance::cell(f, c));
    }
    entente::Random random(2);
    for (std::uint32_t i = 0; i < n_; ++i)
      for (int a = 0; a < instance.domain; ++a) prior_[i * stride_ + std::size_t(a)] = float(0.01 * random.uniform());
    std::copy(prior_.begin(), prior_.end(), now_.begin());
    std::copy(prior_.begin(), prior_.end(), next_.begin());
  }
  /// Seconds of a cycle.
  double run(int cycles) {
    std::vector<double> times;
    for (int i = 0; i < cycles; ++i) {
      const double begin = cpu_seconds();
      cycle_(groups_, n_, u_.data(), v_.data(), table_.data(), said_.data(), now_.data(), next_.data(), prior_.data(),
             values_.data(), 0.5f);
      std::swap(now_, next_);
      times.push_back(cpu_seconds() - begin);
    }
    return typical(times);
  }

 private:
  std::size_t rows() const { return std::size_t(n_) * stride_; }

  std::uint32_t n_;
  std::size_t groups_, stride_;
  entente::Array<std::uint32_t> u_, v_;
  entente::Array<float> table_, said_, now_, next_, prior_;
  entente::Array<int> values_;
  Cycle cycle_;
};

/// Seconds of a cycle of the engine.
double run_engine(const entente::Problem& problem, int cycles, int threads, const std::string& damped,
                  double (*clock)() = cpu_seconds) {
  const entente::Setting settings[] = {{"damping_nodes", damped}, {"start_messages", "all"}, {"stability", "0"}};
  std::vector<double> times;
  double last = clock();
  entente::runtime::RunControl control;
  control.threads = threads;
  control.stop_cycle = std::uint64_t(cycles);
  control.on_cycle = [&](const entente::runtime::CycleReport& report) {
    const double now = clock();
    // The last report comes without a cycle behind it.
    if (report.cycle > 0 && report.cycle < control.stop_cycle) times.push_back(now - last);
    last = now;
  };
  entente::runtime::run_factors(problem, entente::algorithms::maxsum(), control, settings);
  return typical(times);
}

void against_loop(benchmark::State& state) {
  const Instance instance(std::uint32_t(state.range(0)), int(state.range(1)));
  const entente::Problem problem = instance.problem();
  Loop loop(instance);
  const int cycles = int(std::clamp<std::int64_t>(20'000'000 / (state.range(0) * state.range(1)), 12, 400));
  std::vector<double> by_hand, engine, both;
  for (auto _ : state)
    for (int repeat = 0; repeat < 5; ++repeat) {
      by_hand.push_back(loop.run(cycles));
      engine.push_back(run_engine(problem, cycles, 1, "factors"));
      both.push_back(run_engine(problem, cycles, 1, "both"));
    }
  const double factors = double(instance.factors), hand_time = typical(by_hand);
  const double engine_time = typical(engine);
  state.counters["loop_ns"] = hand_time / factors * 1e9;
  state.counters["engine_ns"] = engine_time / factors * 1e9;
  state.counters["default_ns"] = typical(both) / factors * 1e9;
  state.counters["ratio"] = engine_time / hand_time;
}
BENCHMARK(against_loop)
    ->ArgsProduct({{1'000, 10'000, 100'000}, {3, 10}})
    ->ArgNames({"variables", "domain"})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void threads(benchmark::State& state) {
  const Instance instance(std::uint32_t(state.range(0)), 3);
  const entente::Problem problem = instance.problem();
  std::vector<double> one, several;
  for (auto _ : state)
    for (int repeat = 0; repeat < 3; ++repeat) {
      one.push_back(run_engine(problem, 40, 1, "factors", wall_seconds));
      several.push_back(run_engine(problem, 40, int(state.range(1)), "factors", wall_seconds));
    }
  const double one_time = typical(one);
  const double several_time = typical(several);
  state.counters["one_ns"] = one_time / double(instance.factors) * 1e9;
  state.counters["several_ns"] = several_time / double(instance.factors) * 1e9;
  state.counters["speedup"] = one_time / several_time;
}
BENCHMARK(threads)
    ->Args({1'000'000, 2})
    ->ArgNames({"variables", "threads"})
    ->Iterations(1)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
