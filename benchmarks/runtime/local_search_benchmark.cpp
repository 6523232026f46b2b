// SPDX-License-Identifier: MIT
// DSA and MGM in the cycle engine against hand-written loops on the same tables, in the same run, alternately.
//
// Instances: random binary constraints, mean degree 6, whole costs 0 .. 100, seed 1. `loop_ns` and `engine_ns` are per
// directed edge: of the fastest cycle (full), or of 100 cycles together (changes); `ratio` is engine time over loop
// time, `speedup` one thread's wall time over two threads', of all cycles of a run together. The loops are compiled for
// the processor's best level, as the engine's kernels are; the engine besides keeps the best assignment seen. Both end
// with the same assignment, which is checked.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "entente/algorithm/population.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "kernel/instruction_set.hpp"
#include "kernel/local_costs.hpp"
#include "runtime/cycle_engine.hpp"

namespace entente::algorithms {
Algorithm dsa();
Algorithm mgm();
}  // namespace entente::algorithms

namespace {

struct Arrays {
  unsigned n;
  int domain;
  const unsigned *first, *other, *back;
  const float* cells;
  const double* lowest;
};
struct Loops {
  void (*dsa)(const Arrays&, const unsigned char*, unsigned char*, unsigned long long);
  void (*mgm)(const Arrays&, unsigned char*, float*, unsigned char*, unsigned char*);
  std::size_t (*dsa_changes)(const Arrays&, unsigned char*, float*, unsigned char*, unsigned*, unsigned char*,
                             unsigned long long);
};
inline unsigned long long scramble(unsigned long long z) {
  z += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}
inline double draw(unsigned long long salt, unsigned i, unsigned k) {
  return double(scramble(salt + i * 0x9e3779b97f4a7c15ull + k * 0xd1342543de82ef95ull) >> 11) * 0x1.0p-53;
}

namespace baseline {
#define LOOP_BYTES 16
#include "runtime/local_search_loop.hpp"
#undef LOOP_BYTES
}  // namespace baseline
#if defined(__x86_64__)
#pragma GCC push_options
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt,fma")
namespace v3 {
#define LOOP_BYTES 32
#include "runtime/local_search_loop.hpp"
#undef LOOP_BYTES
}  // namespace v3
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,bmi,bmi2,lzcnt,popcnt,fma,prefer-vector-width=512")
namespace v4 {
#define LOOP_BYTES 64
#include "runtime/local_search_loop.hpp"
#undef LOOP_BYTES
}  // namespace v4
#pragma GCC pop_options
#endif

Loops loops_for(int stride) {
#if defined(__x86_64__)
  switch (entente::best_instruction_set()) {
    case entente::InstructionSet::v4: return v4::loops_for(stride);
    case entente::InstructionSet::v3: return v3::loops_for(stride);
    default: break;
  }
#endif
  return baseline::loops_for(stride);
}

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

entente::Problem make_instance(std::uint32_t n, std::uint32_t domain, double degree) {
  using namespace entente;
  Random random(1);
  ProblemBuilder builder("benchmark", Objective::minimise);
  const auto constraints = std::uint32_t(n * degree / 2);
  builder.reserve(n, constraints, std::size_t(constraints) * domain * domain);
  std::vector<Value> values;
  for (std::uint32_t a = 0; a < domain; ++a) values.emplace_back(std::int64_t(a));
  const auto d = builder.add_domain("d", values);
  for (std::uint32_t v = 0; v < n; ++v) builder.add_variable("", d);
  std::vector<double> cells(std::size_t(domain) * domain);
  for (std::uint32_t c = 0; c < constraints; ++c) {
    VariableId scope[2] = {VariableId(random.below(n)), 0};
    do scope[1] = VariableId(random.below(n));
    while (scope[1] == scope[0]);
    for (double& cell : cells) cell = double(random.below(101));
    builder.add_table_constraint("", scope, cells);
  }
  return builder.build();
}

enum class Job { dsa, mgm };
constexpr int cycles = 30, changing_cycles = 100, rounds = 5;

struct Timed {
  double best_cycle = 1e300, total = 0;
  std::vector<entente::ValueIndex> values;
};

Timed run_engine(const entente::Problem& problem, const entente::kernel::LocalCosts& costs, Job job, int threads,
                 int count, entente::runtime::Execution execution, bool wall = false) {
  using namespace entente;
  Timed timed;
  runtime::RunControl control{.seed = 7, .threads = threads, .stop_cycle = std::uint64_t(count)};
  double before = -1;
  const auto clock = [&] {
    if (!wall) return cpu_seconds();
    return std::chrono::duration<double>(runtime::RunControl::Clock::now().time_since_epoch()).count();
  };
  control.on_cycle = [&](const runtime::CycleReport&) {
    const double now = clock();
    if (before >= 0) {
      timed.best_cycle = std::min(timed.best_cycle, now - before);
      timed.total += now - before;
    }
    before = now;
  };
  const Algorithm algorithm = job == Job::dsa ? algorithms::dsa() : algorithms::mgm();
  timed.values = runtime::CycleEngine(problem, costs, algorithm, {}, control, execution).run().last;
  return timed;
}

std::vector<unsigned char> start_values(const Arrays& a) {
  std::vector<unsigned char> x(a.n);
  const unsigned long long salt = scramble(7 ^ 0x5157a7);
  for (unsigned i = 0; i < a.n; ++i) x[i] = (unsigned char)(draw(salt, i, 0) * a.domain);
  return x;
}

Timed run_loop(const Arrays& a, const Loops& loops, Job job) {
  Timed timed;
  std::vector<unsigned char> x = start_values(a), next(a.n), candidate(a.n);
  std::vector<float> gain(a.n);
  for (int c = 0; c < cycles; ++c) {
    const double before = cpu_seconds();
    if (job == Job::dsa)
      loops.dsa(a, x.data(), next.data(), scramble(scramble(7) ^ (c + 1u)));
    else
      loops.mgm(a, x.data(), gain.data(), candidate.data(), next.data());
    const double time = cpu_seconds() - before;
    timed.best_cycle = std::min(timed.best_cycle, time);
    timed.total += time;
    std::swap(x, next);
  }
  timed.values.assign(x.begin(), x.end());
  return timed;
}

Timed run_changes(const Arrays& a, const Loops& loops, int stride) {
  Timed timed;
  std::vector<unsigned char> x = start_values(a), awake(a.n, 1), target(a.n);
  std::vector<float> rows(std::size_t(a.n) * stride);
  std::vector<unsigned> moved(a.n);
  const double before = cpu_seconds();
  for (unsigned i = 0; i < a.n; ++i) {
    float* row = &rows[std::size_t(i) * stride];
    for (int v = a.domain; v < stride; ++v) row[v] = __builtin_inff();
    for (std::size_t e = a.first[i]; e < a.first[i + 1]; ++e)
      for (int v = 0; v < a.domain; ++v) row[v] += a.cells[(e * a.domain + x[a.other[e]]) * stride + v];
  }
  for (int c = 0; c < changing_cycles; ++c)
    loops.dsa_changes(a, x.data(), rows.data(), awake.data(), moved.data(), target.data(),
                      scramble(scramble(7) ^ (c + 1u)));
  timed.total = cpu_seconds() - before;
  timed.values.assign(x.begin(), x.end());
  return timed;
}

void compare(benchmark::State& state, Job job, bool changes) {
  using namespace entente;
  const auto n = std::uint32_t(state.range(0)), domain = std::uint32_t(state.range(1));
  const Problem problem = make_instance(n, domain, 6);
  const kernel::LocalCosts costs(problem);
  const kernel::LocalTables& t = costs.tables();
  const Arrays arrays{n, int(domain), t.first, t.other, t.back, static_cast<const float*>(t.cells), costs.lowest()};
  const Loops loops = loops_for(int(t.stride));
  if (!t.single || !loops.dsa) return state.SkipWithError("no loop for this layout");
  const double edges = t.first[n];
  double loop = 1e300, engine = 1e300, one = 1e300, two = 1e300;
  bool equal = true;
  for (auto _ : state) {
    for (int round = 0; round < rounds; ++round) {
      const Timed ours = run_engine(problem, costs, job, 1, changes ? changing_cycles : cycles,
                                    changes ? runtime::Execution::automatic : runtime::Execution::full);
      const Timed theirs = changes ? run_changes(arrays, loops, int(t.stride)) : run_loop(arrays, loops, job);
      engine = std::min(engine, changes ? ours.total : ours.best_cycle);
      loop = std::min(loop, changes ? theirs.total : theirs.best_cycle);
      equal &= ours.values == theirs.values;
      if (changes) continue;
      one = std::min(one, run_engine(problem, costs, job, 1, cycles, runtime::Execution::full, true).total);
      two = std::min(two, run_engine(problem, costs, job, 2, cycles, runtime::Execution::full, true).total);
    }
  }
  if (!equal) return state.SkipWithError("engine and loop end with different assignments");
  state.counters["loop_ns"] = loop / edges * 1e9;
  state.counters["engine_ns"] = engine / edges * 1e9;
  state.counters["ratio"] = engine / loop;
  if (!changes) state.counters["speedup"] = one / two;
}

void dsa_full(benchmark::State& state) { compare(state, Job::dsa, false); }
void mgm_full(benchmark::State& state) { compare(state, Job::mgm, false); }
void dsa_changes(benchmark::State& state) { compare(state, Job::dsa, true); }

BENCHMARK(dsa_full)
    ->Args({1'000, 3})
    ->Args({100'000, 3})
    ->Args({100'000, 10})
    ->Args({1'000'000, 3})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(mgm_full)
    ->Args({1'000, 3})
    ->Args({100'000, 3})
    ->Args({100'000, 10})
    ->Args({1'000'000, 3})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(dsa_changes)
    ->Args({100'000, 3})
    ->Args({100'000, 10})
    ->Args({1'000'000, 3})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
