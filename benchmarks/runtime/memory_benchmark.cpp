// SPDX-License-Identifier: MIT
// What a large problem takes: a million variables and three million binary tables of doubles over three values, made in
// memory, then 100 cycles of DSA. `bytes_per_constraint` is the process's peak resident set over the constraints.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <cstdint>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "entente/solve.hpp"

namespace {

entente::Problem make_instance(std::uint32_t variables, std::uint32_t constraints) {
  using namespace entente;
  Random random(1);
  ProblemBuilder builder("memory", Objective::minimise);
  builder.reserve(variables, constraints, std::size_t(constraints) * 9);
  const auto domain = builder.add_domain("d", {std::int64_t(0), std::int64_t(1), std::int64_t(2)});
  for (std::uint32_t v = 0; v < variables; ++v) builder.add_variable("", domain);
  std::vector<double> cells(9);
  for (std::uint32_t c = 0; c < constraints; ++c) {
    VariableId scope[2] = {VariableId(random.below(variables)), 0};
    do scope[1] = VariableId(random.below(variables));
    while (scope[1] == scope[0]);
    for (double& cell : cells) cell = random.uniform();
    builder.add_table_constraint("", scope, cells);
  }
  return builder.build();
}

double peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) * 1024;
}

void million_variables(benchmark::State& state) {
  const auto variables = std::uint32_t(state.range(0)), constraints = 3 * variables;
  double seconds = 0;
  for (auto _ : state) {
    const entente::Problem problem = make_instance(variables, constraints);
    state.counters["problem_bytes_per_constraint"] = peak_bytes() / constraints;
    entente::SolveRequest request;
    request.algorithm = "dsa";
    request.stop_cycle = 100;
    const entente::Outcome outcome = entente::solve(problem, request);
    seconds = outcome.seconds;
  }
  state.counters["bytes_per_constraint"] = peak_bytes() / constraints;
  state.counters["seconds_for_100_cycles"] = seconds;
}
BENCHMARK(million_variables)->Arg(1'000'000)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace

BENCHMARK_MAIN();
