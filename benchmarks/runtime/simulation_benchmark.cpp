// SPDX-License-Identifier: MIT
// What a simulated message costs: a network that carries 8 bytes round and round, raw and reliable, and DSA over it.
// Figures are packets/s of one thread in processor time; `Cycles` is messages/s of the local barrier on top.
#include <benchmark/benchmark.h>

#include <array>
#include <cstring>

#include "entente/algorithm.hpp"
#include "entente/base/random.hpp"
#include "entente/problem/builder.hpp"
#include "runtime/simulated_cycles.hpp"
#include "runtime/simulation.hpp"

namespace entente::algorithms {
Algorithm dsa();
}

namespace {

using namespace entente;

NetworkModel rough(std::uint32_t agents, bool reliable) {
  NetworkModel model;
  model.agents = agents;
  model.latency = Latency::exponential(0.01);
  model.reorder = true;
  model.reliable = reliable;
  model.loss = reliable ? 0.1 : 0;
  return model;
}

/// Every agent has a token that it passes to a random other, until a million packets have been carried.
void Network(benchmark::State& state) {
  const auto agents = std::uint32_t(state.range(0));
  std::uint64_t packets = 0;
  for (auto _ : state) {
    SimulatedLinks network(rough(agents, state.range(1) != 0), {}, {});
    std::array<std::byte, 8> token{};
    for (std::uint32_t a = 0; a < agents; ++a) network.send(a, (a + 1) % agents, token, 0);
    std::uint64_t turn = 0;
    while (network.counts().packets < 1'000'000)
      network.step([&](const SimulatedLinks::Parcel& parcel) {
        // One of six neighbours each, so that links are used again.
        const std::uint32_t next = (parcel.to + 1 + std::uint32_t(mix(++turn) % 6)) % agents;
        network.send(parcel.to, next, parcel.bytes, 0);
      });
    packets += network.counts().packets;
  }
  state.counters["packets/s"] = benchmark::Counter(double(packets), benchmark::Counter::kIsRate);
}
BENCHMARK(Network)->Args({100, 0})->Args({100, 1})->Args({10'000, 0})->Args({10'000, 1})->Unit(benchmark::kMillisecond);

Problem ring_with_chords(std::uint32_t count) {
  ProblemBuilder builder("benchmark", Objective::minimise);
  const auto domain = builder.add_domain("d", {0, 1, 2});
  for (std::uint32_t i = 0; i < count; ++i) builder.add_variable("", domain);
  const double alike[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  const auto table = builder.add_table(alike);
  for (std::uint32_t i = 0; i < count; ++i)
    for (const std::uint32_t step : {1u, 7u, 31u}) {
      const VariableId scope[] = {i, (i + step) % count};
      builder.add_table_constraint("", scope, table);
    }
  return builder.build();
}

void Cycles(benchmark::State& state) {
  const auto agents = std::uint32_t(state.range(0));
  const Problem problem = ring_with_chords(agents);
  const kernel::LocalCosts costs(problem);
  runtime::SimulationPlan plan;
  plan.network = rough(agents, false);
  std::uint64_t packets = 0;
  for (auto _ : state) {
    runtime::RunControl control;
    control.stop_cycle = 50;
    control.simulation = &plan;
    const Setting variant[] = {{"variant", "C"}};
    packets += simulate_cycles(problem, costs, algorithms::dsa(), variant, control).simulated->network.packets;
  }
  state.counters["messages/s"] = benchmark::Counter(double(packets), benchmark::Counter::kIsRate);
}
BENCHMARK(Cycles)->Arg(100)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
