// SPDX-License-Identifier: MIT
// What a message costs in process, against a loop over a ring of the same tokens written by hand for the one job.
//
// Job: every participant receives tokens and passes each to the next of its six neighbours in turn, until all tokens
// have made their hops. `Shared` passes the content on as it is, `Fresh` makes a new one for every hop, `Latest` uses
// the slots of links, `Ask` is a request and its reply, `Gather` many requests at once, awaited. Processor time per
// message; `loop_ns` is the hand-written loop's.
#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "entente/base/random.hpp"
#include "entente/carriers/in_process.hpp"

namespace {

using namespace entente;

/// Processor time, which a busy machine disturbs less.
double seconds_used() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

struct Token {
  std::uint64_t hops, digest;
};

Topology six_regular(std::size_t count) { return Topology::small_world(count, 6, 0.3, 1); }

struct Relay : Participant {
  std::uint64_t left = 0, turn = 0, digest = 0;
  bool fresh = false;

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    const Token& token = *content.get<Token>();
    digest = digest * 31 + token.digest + meta.sender.number;
    if (left == 0) return;
    --left;
    const auto others = carrier.others();
    const Address next = others[turn++ % others.size()];
    if (fresh)
      carrier.send(next, Token{token.hops + 1, digest});
    else
      carrier.send(next, content);
  }
};

/// Nanoseconds a message of the same job takes with a vector of tokens as the queue.
double loop_ns(std::size_t count, std::size_t tokens, std::uint64_t hops) {
  const Topology topology = six_regular(count);
  struct State {
    std::uint64_t left, turn = 0, digest = 0;
  };
  struct Entry {
    std::uint32_t from, to;
    Token token;
  };
  std::vector<State> states(count, State{hops});
  std::vector<Entry> queue, next;
  for (std::size_t t = 0; t < tokens; ++t) queue.push_back({1, std::uint32_t(t % count + 1), {0, t}});
  std::uint64_t delivered = 0;
  const double begin = seconds_used();
  while (!queue.empty()) {
    for (const Entry& entry : queue) {
      ++delivered;
      State& state = states[entry.to - 1];
      state.digest = state.digest * 31 + entry.token.digest + entry.from;
      if (state.left == 0) continue;
      --state.left;
      const auto others = topology.neighbours({entry.to});
      next.push_back({entry.to, others[state.turn++ % others.size()].number, {entry.token.hops + 1, state.digest}});
    }
    queue.swap(next);
    next.clear();
  }
  benchmark::DoNotOptimize(states.data());
  return 1e9 * (seconds_used() - begin) / double(delivered);
}

void relay(benchmark::State& state, bool fresh, Delivery delivery) {
  const auto count = std::size_t(state.range(0));
  const std::size_t tokens = std::min<std::size_t>(count, 500);
  const std::uint64_t hops = 1'000'000 / count;
  std::uint64_t messages = 0;
  double best = std::numeric_limits<double>::infinity();
  for (auto _ : state) {
    std::vector<Relay> relays(count);
    InProcessOptions options;
    options.topology = six_regular(count);
    options.delivery = delivery;
    InProcessNetwork network(std::move(options));
    for (Relay& one : relays) {
      one.left = hops;
      one.fresh = fresh;
      network.join(one);
    }
    for (std::size_t t = 0; t < tokens; ++t) network.send({1}, {std::uint32_t(t % count + 1)}, Token{0, t});
    const double begin = seconds_used();
    const RunReport report = network.run();
    const double seconds = seconds_used() - begin;
    state.SetIterationTime(seconds);
    messages += report.delivered;
    best = std::min(best, 1e9 * seconds / double(report.delivered));
  }
  state.counters["message_ns"] = best;
  state.counters["loop_ns"] = loop_ns(count, tokens, hops);
  state.SetItemsProcessed(std::int64_t(messages));
}
void Shared(benchmark::State& state) { relay(state, false, Delivery::snapshots); }
void Fresh(benchmark::State& state) { relay(state, true, Delivery::snapshots); }
void Latest(benchmark::State& state) { relay(state, false, Delivery::latest); }
BENCHMARK(Shared)->Arg(10)->Arg(1000)->Arg(100000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Fresh)->Arg(10)->Arg(1000)->Arg(100000)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(Latest)->Arg(10)->Arg(1000)->UseManualTime()->Unit(benchmark::kMillisecond);

struct Echo : Participant {
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override { carrier.reply(meta, content); }
};

struct Asker : Coordinator {
  std::uint64_t rounds = 0;
  bool together = false;

  Task<Content> start_optimization(Carrier& carrier, Content start, Meta) override {
    for (std::uint64_t round = 0; round < rounds; ++round) {
      if (together) {
        std::vector<std::pair<Address, Content>> requests;
        for (const Address one : carrier.others()) requests.emplace_back(one, start);
        const std::vector<Content> answers = co_await carrier.gather_asks(std::move(requests));
        benchmark::DoNotOptimize(answers.data());
      } else {
        for (const Address one : carrier.others()) {
          const Content answer = co_await carrier.ask(one, start);
          benchmark::DoNotOptimize(&answer);
        }
      }
    }
    co_return start;
  }
};

void ask(benchmark::State& state, bool together) {
  const auto count = std::size_t(state.range(0));
  for (auto _ : state) {
    std::vector<Echo> echoes(count);
    std::vector<Participant*> list;
    for (Echo& echo : echoes) list.push_back(&echo);
    Asker asker;
    asker.rounds = 100'000 / count;
    asker.together = together;
    start_coordinated_optimization(list, asker, Token{});
  }
  state.SetItemsProcessed(state.iterations() * 100'000);  // pairs of request and reply
}
void Ask(benchmark::State& state) { ask(state, false); }
void Gather(benchmark::State& state) { ask(state, true); }
BENCHMARK(Ask)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(Gather)->Arg(100)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
