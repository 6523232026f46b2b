// SPDX-License-Identifier: MIT
// Loading a YAML problem of 100 000 constraints, half tables and half expressions, against libyaml's bare event parser
// on the same text in the same run. `ratio` is our time over the parser's.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <time.h>
#include <yaml.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "entente/base/random.hpp"
#include "entente/problem/formats.hpp"

namespace {

std::string make_text(std::uint32_t variables, std::uint32_t constraints) {
  entente::Random random(1);
  std::string text = "name: loading\nobjective: min\ndomains:\n  d: {values: [0, 1, 2]}\nvariables:\n";
  for (std::uint32_t v = 0; v < variables; ++v) text += fmt::format("  v{}: {{domain: d}}\n", v);
  text += "constraints:\n";
  for (std::uint32_t c = 0; c < constraints; ++c) {
    const auto a = random.below(variables), b = (a + 1 + random.below(variables - 1)) % variables;
    if (c % 2)
      text += fmt::format("  c{}: {{type: intention, function: {} if v{} == v{} else abs(v{} - v{}) * 0.5}}\n", c,
                          random.below(100), a, b, a, b);
    else
      text += fmt::format(
          "  c{}:\n    type: extensional\n    variables: [v{}, v{}]\n    default: 0\n    values:\n"
          "      {}: 0 0 | 1 1 | 2 2\n      {}: 0 1\n",
          c, a, b, 10 + random.below(90), random.below(10));
  }
  return text + "agents: [a]\n";
}

double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

void parse_events(const std::string& text) {
  yaml_parser_t parser;
  yaml_parser_initialize(&parser);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  for (bool more = true; more;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event)) break;
    more = event.type != YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
}

void load_yaml(benchmark::State& state) {
  const auto constraints = std::uint32_t(state.range(0));
  const std::string text = make_text(constraints / 3, constraints);
  double ours = 1e300, parser = 1e300;
  for (auto _ : state) {
    double before = cpu_seconds();
    benchmark::DoNotOptimize(entente::parse_pydcop_yaml(text, "loading.yaml"));
    ours = std::min(ours, cpu_seconds() - before);
    before = cpu_seconds();
    parse_events(text);
    parser = std::min(parser, cpu_seconds() - before);
  }
  state.counters["seconds"] = ours;
  state.counters["parser_seconds"] = parser;
  state.counters["ratio"] = ours / parser;
  state.counters["megabytes"] = double(text.size()) / 1e6;
}
BENCHMARK(load_yaml)->Arg(100'000)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
