// SPDX-License-Identifier: MIT
// Reading a WCSP file of 20 000 tables with 100 tuples each, against a loop that only turns the same text into numbers.
// `MB_per_s` is ours, `ratio` our time over the loop's, both of processor time and the best of all repeats.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>

#include "entente/base/random.hpp"
#include "entente/problem/formats.hpp"

namespace {

std::string make_text(std::uint32_t functions) {
  constexpr std::uint32_t variables = 5000, values = 10;
  entente::Random random(1);
  std::string text = fmt::format("reading {} {} {} 1000000\n", variables, values, functions);
  for (std::uint32_t v = 0; v < variables; ++v) text += fmt::format("{} ", values);
  text += '\n';
  for (std::uint32_t f = 0; f < functions; ++f) {
    const auto a = random.below(variables), b = (a + 1 + random.below(variables - 1)) % variables;
    text += fmt::format("2 {} {} 0 {}\n", a, b, values * values);
    for (std::uint32_t i = 0; i < values; ++i)
      for (std::uint32_t j = 0; j < values; ++j) text += fmt::format("{} {} {}\n", i, j, random.below(1000));
  }
  return text;
}

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

/// The sum of all numbers after the name: what no reader can do without.
std::int64_t sum_numbers(const std::string& text) {
  std::int64_t sum = 0;
  const char* at = text.data() + text.find(' ');
  const char* const end = text.data() + text.size();
  while (at != end) {
    if (*at == ' ' || *at == '\n') {
      ++at;
      continue;
    }
    std::int64_t number = 0;
    at = std::from_chars(at, end, number).ptr;
    sum += number;
  }
  return sum;
}

void read_wcsp(benchmark::State& state) {
  const std::string text = make_text(std::uint32_t(state.range(0)));
  double ours = 1e300, loop = 1e300;
  for (auto _ : state) {
    double start = cpu_seconds();
    benchmark::DoNotOptimize(entente::parse_wcsp(text, "reading.wcsp").constraint_count());
    ours = std::min(ours, cpu_seconds() - start);
    start = cpu_seconds();
    benchmark::DoNotOptimize(sum_numbers(text));
    loop = std::min(loop, cpu_seconds() - start);
  }
  state.counters["MB_per_s"] = double(text.size()) * 1e-6 / ours;
  state.counters["ratio"] = ours / loop;
}
BENCHMARK(read_wcsp)->Arg(20000)->Unit(benchmark::kMillisecond)->Iterations(10);

}  // namespace

BENCHMARK_MAIN();
