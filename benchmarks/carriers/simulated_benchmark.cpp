// SPDX-License-Identifier: MIT
// What a message costs over simulated links: tokens that go round among 1000 participants, 500 under way at a time,
// over links that delay; and over links that besides lose, double and reorder, with reliable delivery.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "entente/carriers/simulated.hpp"

namespace {

using namespace entente;

struct Relay : Participant {
  std::uint64_t left = 0, turn = 0;
  void on_message(Carrier& carrier, const Content& content, const Meta&) override {
    if (left == 0) return;
    --left;
    const auto others = carrier.others();
    carrier.send(others[turn++ % others.size()], content);
  }
};

void run(benchmark::State& state, const SimulatedOptions& options) {
  std::uint64_t messages = 0;
  for (auto _ : state) {
    std::vector<Relay> relays(1000);
    SimulatedNetwork network(options);
    for (Relay& relay : relays) {
      relay.left = 200;
      network.join(relay);
    }
    for (std::uint32_t t = 0; t < 500; ++t) network.send({1}, {t % 1000 + 1}, std::uint64_t(t));
    messages += network.run().delivered;
  }
  state.SetItemsProcessed(std::int64_t(messages));
}

SimulatedOptions delayed() {
  SimulatedOptions options;
  options.topology = Topology::small_world(1000, 6, 0.3, 1);
  options.latency = Latency::exponential(0.02);
  return options;
}
void Delayed(benchmark::State& state) { run(state, delayed()); }
void ReliableOverRough(benchmark::State& state) {
  SimulatedOptions options = delayed();
  options.loss = 0.1;
  options.duplicate = 0.1;
  options.reorder = true;
  options.reliable = true;
  run(state, options);
}
BENCHMARK(Delayed)->Unit(benchmark::kMillisecond);
BENCHMARK(ReliableOverRough)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
