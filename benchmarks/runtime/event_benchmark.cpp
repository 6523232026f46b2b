// SPDX-License-Identifier: MIT
// The event engine against a log loop written by hand for the one job, on the same graph in the same run, alternately.
//
// Job: every computation sends a token of 16 bytes round; each stop adds to a digest and passes it to the next of about
// six neighbours in turn. The engine besides counts what is sent, looks for a stop, and could deliver anything else.
// Figures are the best of the iterations; messages/s of the loop and of the engine, `ratio` is engine time over loop
// time. One thread is measured in processor time, which a busy machine disturbs less. `Latency` has one token in
// flight: all there is is the way from one handler to the next.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "entente/algorithm.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "runtime/event_engine.hpp"

namespace {

using namespace entente;

struct Graph {
  std::uint32_t count;
  std::vector<std::uint32_t> first{0}, neighbours;
  Problem problem;

  static Problem variables(std::uint32_t count) {
    ProblemBuilder builder("benchmark", Objective::minimise);
    const auto domain = builder.add_domain("d", {0, 1});
    for (std::uint32_t i = 0; i < count; ++i) builder.add_variable("", domain);
    return builder.build();
  }
  explicit Graph(std::uint32_t n) : count(n), problem(variables(n)) {
    std::vector<std::vector<std::uint32_t>> lists(n);
    Random random(1);
    const auto join = [&](std::uint32_t a, std::uint32_t b) {
      if (a == b || std::find(lists[a].begin(), lists[a].end(), b) != lists[a].end()) return;
      lists[a].push_back(b);
      lists[b].push_back(a);
    };
    for (std::uint32_t i = 0; i < n; ++i) join(i, (i + 1) % n);
    for (std::uint32_t e = 0; e < 2 * n; ++e) join(std::uint32_t(random.below(n)), std::uint32_t(random.below(n)));
    for (auto& list : lists) {
      std::sort(list.begin(), list.end());
      neighbours.insert(neighbours.end(), list.begin(), list.end());
      first.push_back(std::uint32_t(neighbours.size()));
    }
  }
  static const Graph& of(std::uint32_t n) {
    static std::map<std::uint32_t, Graph> graphs;
    return graphs.try_emplace(n, n).first->second;
  }
};

struct Token {
  std::uint64_t hops, value;
};

struct Walk {
  // Which way a token takes depends on the others it meets; what is measured does not.
  static constexpr Info info{.name = "walk", .timing = Timing::events, .confluent = true};
  struct Params {
    std::int64_t hops = 64, walkers = 1'000'000'000;
  };
  static constexpr auto parameters =
      std::tuple{integer("hops", &Params::hops, 1, 1'000'000'000, "edges each token walks"),
                 integer("walkers", &Params::walkers, 1, 1'000'000'000, "computations that send one")};
  using Messages = Kinds<Token>;

  std::uint64_t sum = 0;
  std::uint32_t turn = 0;
  ValueIndex value = 0;

  void start(Agent auto& self) {
    if (self.id() < self.params().walkers)
      self.send(self.id(0), Token{std::uint64_t(self.params().hops - 1), self.id()});
  }
  void receive(Agent auto& self, ComputationId, Token m) {
    sum += m.value;
    if (m.hops == 0) return;
    turn = turn + 1 >= self.degree() ? 0 : turn + 1;
    self.send(self.id(turn), Token{m.hops - 1, sum ^ self.id()});
  }
};

/// What one would write by hand: a record is a receiver and a token, a log is read while the next is written.
std::uint64_t walk_by_hand(const Graph& graph, std::uint64_t hops) {
  struct Record {
    std::uint64_t to;
    Token token;
  };
  struct State {
    std::uint64_t sum = 0;
    std::uint32_t turn = 0;
  };
  std::vector<State> states(graph.count);
  std::vector<Record> now(graph.count), next(graph.count);
  Record* at = next.data();
  for (std::uint32_t i = 0; i < graph.count; ++i) *at++ = {graph.neighbours[graph.first[i]], {hops - 1, i}};
  const std::uint32_t *const first = graph.first.data(), *const neighbours = graph.neighbours.data();
  while (at != next.data()) {
    const Record* const end = at;
    std::swap(now, next);
    at = next.data();
    for (const Record* r = now.data(); r != end; ++r) {
      if (r + 16 < end) {
        __builtin_prefetch(&states[r[16].to], 1);
        __builtin_prefetch(first + r[16].to);
      }
      State& state = states[r->to];
      state.sum += r->token.value;
      if (r->token.hops == 0) continue;
      const std::uint32_t begin = first[r->to], degree = first[r->to + 1] - begin;
      state.turn = state.turn + 1 >= degree ? 0 : state.turn + 1;
      *at++ = {neighbours[begin + state.turn], {r->token.hops - 1, state.sum ^ r->to}};
    }
  }
  std::uint64_t digest = 0;
  for (const State& state : states) digest ^= state.sum;
  return digest;
}

double clock_seconds(int threads) {
  timespec now;
  clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

template <class F>
double seconds_of(int threads, F&& run) {
  const double begin = clock_seconds(threads);
  run();
  return clock_seconds(threads) - begin;
}

double run_engine(const Graph& graph, std::uint64_t hops, std::uint64_t walkers, int threads) {
  static const Algorithm algorithm = algorithm_of<Walk>();
  runtime::RunControl control;
  control.threads = threads;
  const std::vector<Setting> settings{{"hops", std::to_string(hops)}, {"walkers", std::to_string(walkers)}};
  const runtime::EventTopology topology{graph.first.data(), graph.neighbours.data(), graph.count, nullptr, nullptr};
  return seconds_of(threads, [&] {
    const auto result = run_events(graph.problem, algorithm, topology, control, settings);
    benchmark::DoNotOptimize(result.last.data());
  });
}

void Throughput(benchmark::State& state) {
  const Graph& graph = Graph::of(std::uint32_t(state.range(0)));
  const std::uint64_t hops = std::max<std::uint64_t>(10'000'000 / graph.count, 10);
  const double messages = double(hops) * graph.count;
  double loop = std::numeric_limits<double>::infinity(), engine = loop;
  for (auto _ : state) {
    loop = std::min(loop, seconds_of(1, [&] { benchmark::DoNotOptimize(walk_by_hand(graph, hops)); }));
    const double seconds = run_engine(graph, hops, graph.count, int(state.range(1)));
    engine = std::min(engine, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["loop_M/s"] = messages / loop / 1e6;
  state.counters["engine_M/s"] = messages / engine / 1e6;
  state.counters["ratio"] = engine / loop;
}
BENCHMARK(Throughput)
    ->ArgNames({"agents", "threads"})
    ->ArgsProduct({{1'000, 10'000, 100'000, 1'000'000}, {1, 2}})
    ->UseManualTime()
    ->Iterations(5)
    ->Unit(benchmark::kMillisecond);

void Latency(benchmark::State& state) {
  const Graph& graph = Graph::of(10'000);
  const std::uint64_t hops = state.range(0) == 1 ? 1'000'000 : 100'000;
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    const double seconds = run_engine(graph, hops, 1, int(state.range(0)));
    best = std::min(best, seconds);
    state.SetIterationTime(seconds);
  }
  state.counters["ns"] = 1e9 * best / double(hops);
}
BENCHMARK(Latency)->ArgName("threads")->Arg(1)->Arg(2)->UseManualTime()->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
