// SPDX-License-Identifier: MIT
// Partitions that exchange nothing but bytes, late, out of order and twice, against the cycle engine.
#include "runtime/local_barrier.hpp"

#include <gtest/gtest.h>

#include <queue>

#include "entente/algorithm.hpp"
#include "entente/base/error.hpp"
#include "entente/base/random.hpp"
#include "runtime/cycle_engine.hpp"
#include "support/random_problem.hpp"

namespace entente::algorithms {
Algorithm dba();
Algorithm dgls();
Algorithm dsa();
Algorithm gdba();
Algorithm mgm();
Algorithm mgm2();
}  // namespace entente::algorithms

namespace entente::runtime {
namespace {

using testing::make_random_problem;
using testing::RandomProblem;

struct Packet {
  std::uint64_t time, order;
  std::uint32_t part;
  std::vector<std::byte> bytes;
  bool operator<(const Packet& other) const { return time != other.time ? time > other.time : order > other.order; }
};

/// Runs all partitions over a network that delays each batch by 1 to 50 ticks and doubles one in ten.
std::vector<ValueIndex> run_parts(const Problem& problem, const Algorithm& algorithm, std::uint64_t seed,
                                  std::uint32_t cycles, std::uint32_t parts) {
  const kernel::LocalCosts costs(problem);
  std::vector<std::uint32_t> part_of(problem.variable_count());
  for (std::size_t i = 0; i < part_of.size(); ++i) part_of[i] = std::uint32_t(mix(i + seed) % parts);
  std::priority_queue<Packet> network;
  std::uint64_t now = 0, order = 0;
  Random dice(seed + 5);
  std::vector<std::unique_ptr<Partition>> list;
  for (std::uint32_t part = 0; part < parts; ++part)
    list.push_back(std::make_unique<Partition>(
        problem, costs, algorithm, std::span<const Setting>{}, seed, cycles, part_of, part,
        [&](std::uint32_t to, std::span<const std::byte> batch) {
          for (int copies = dice.below(10) == 0 ? 2 : 1; copies > 0; --copies)
            network.push({now + 1 + dice.below(50), order++, to, {batch.begin(), batch.end()}});
        }));
  for (auto& part : list) part->start();
  while (!network.empty()) {
    const Packet packet = network.top();
    network.pop();
    now = packet.time;
    list[packet.part]->deliver(packet.bytes);
  }
  std::vector<ValueIndex> values(problem.variable_count(), no_value);
  for (auto& part : list) {
    EXPECT_TRUE(part->done());
    part->decisions(values);
  }
  return values;
}

/// MGM with a letter between its phases, so that sparse messages cross partitions too.
struct Gossip {
  static constexpr Info info{.name = "gossip", .summary = "", .source = ""};
  struct Params {};
  static constexpr auto parameters = std::tuple{};
  struct Value {
    ValueIndex value;
  };
  struct Letter {
    std::uint64_t hash;
  };
  using Cycle = Phases<Value, Sparse<Letter>>;
  ValueIndex value = 0;
  std::uint64_t hash = 1;
  void start(Agent auto& self) {
    value = self.random_value();
    self.broadcast(Value{value});
  }
  void step(Agent auto& self, Inbox<Value>) {
    const Move move = self.best_response(value);
    if (move.alternatives && self.uniform() < 0.5) value = self.pick(move, value);
    if (self.degree() && self.uniform() < 0.4) self.send(Neighbour(self.uniform() * self.degree()), Letter{hash});
  }
  void step(Agent auto& self, Mail<Letter> mail) {
    mail.each([&](Neighbour k, const Letter& letter) { hash = mix(hash ^ letter.hash ^ self.id(k)); });
    if (hash % 3 == 0) value = ValueIndex(hash % std::uint64_t(self.domain()));
    self.broadcast(Value{value});
  }
  bool operator==(const Gossip&) const = default;
};

TEST(LocalBarrier, GivesTheAssignmentOfTheCycleEngineForAnyPartition) {
  const std::vector<RandomProblem> shapes = {
      {.variables = 120, .degree = 4},
      {.variables = 120, .domain = 10, .own_costs = 0.5, .fractional = true},
      {.variables = 80, .mixed_domains = true, .wide = 30, .hard = 0.1, .objective = Objective::maximise},
      {.variables = 60, .domain = 300, .degree = 2}};
  for (std::uint64_t s = 0; s < shapes.size(); ++s)
    for (const Algorithm& algorithm : {algorithms::dsa(), algorithms::mgm(), algorithm_of<Gossip>(), algorithms::mgm2(),
                                       algorithms::gdba(), algorithms::dgls(), algorithms::dba()}) {
      const Problem problem = make_random_problem(shapes[s], s + 11);
      const kernel::LocalCosts costs(problem);
      // A run that rests would rest here too, but the cycle engine stops counting: the assignment stays the same.
      const RunResult expected = CycleEngine(problem, costs, algorithm, {}, {.seed = s, .stop_cycle = 25}).run();
      for (const std::uint32_t parts : {1u, 3u, 8u})
        EXPECT_EQ(run_parts(problem, algorithm, s, 25, parts), expected.last)
            << algorithm.info.name << " shape " << s << " parts " << parts;
    }
}

TEST(LocalBarrier, RefusesBytesThatNoPartitionSends) {
  const Problem problem = make_random_problem({.variables = 10, .degree = 4}, 3);
  const kernel::LocalCosts costs(problem);
  std::vector<std::uint32_t> part_of(10);
  for (std::size_t i = 0; i < 10; ++i) part_of[i] = i % 2;
  std::vector<std::vector<std::byte>> batches;
  const auto keep = [&](std::uint32_t, std::span<const std::byte> b) { batches.emplace_back(b.begin(), b.end()); };
  Partition sender(problem, costs, algorithms::dsa(), {}, 1, 5, part_of, 0, keep);
  sender.start();
  ASSERT_EQ(batches.size(), 1u);
  Random dice(1);
  std::uint64_t refused = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    Partition receiver(problem, costs, algorithms::dsa(), {}, 1, 5, part_of, 1, [](auto, auto) {});
    receiver.start();
    std::vector<std::byte> bytes = batches[0];
    bytes.resize(dice.below(bytes.size() + 1));
    for (int flips = int(dice.below(6)); flips > 0 && !bytes.empty(); --flips)
      bytes[dice.below(bytes.size())] = std::byte(dice.bits());
    try {
      receiver.deliver(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::bad_input);
      ++refused;
    }
  }
  EXPECT_GT(refused, 10'000u);
}

}  // namespace
}  // namespace entente::runtime
