// SPDX-License-Identifier: MIT
// The end among several processes: never found while something is under way, always found when nothing is.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <queue>

#include "carriers/quiet_waves.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

/// Processes that send each other messages at random, over links that take their time, while waves go out and are
/// answered whenever a process is idle.
struct World {
  struct Event {
    double at;
    std::uint64_t number;
    std::size_t to;
    bool message;  // else a wave, or the answer to one if `to` is the head
    bool operator<(const Event& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
  };
  Random random;
  std::size_t count;
  std::vector<std::uint64_t> sent, handed_on;
  std::vector<double> busy_until;
  std::vector<bool> asked;
  std::priority_queue<Event> events;
  std::map<std::uint64_t, WaveCount> answers;
  std::uint64_t events_made = 0, under_way = 0;
  int budget;
  double now = 0;

  World(std::uint64_t seed, std::size_t processes, int messages)
      : random(seed),
        count(processes),
        sent(processes),
        handed_on(processes),
        busy_until(processes),
        asked(processes),
        budget(messages) {}

  double delay() { return random.uniform() < 0.1 ? 0.05 * random.uniform() : 0.001 * random.uniform(); }
  void send(std::size_t from) {
    if (budget-- <= 0) return;
    ++sent[from];
    ++under_way;
    events.push({now + delay(), ++events_made, random.below(count), true});
  }
  bool idle(std::size_t process) const { return busy_until[process] <= now; }
  WaveCount answer_of(std::size_t process) const { return {sent[process], handed_on[process], 0, 0, 0, false, {}}; }
};

void find_the_end(std::uint64_t seed, std::size_t processes, int messages) {
  World world(seed, processes, messages);
  QuietWaves waves(0, processes);
  for (std::size_t k = 0; k < processes; ++k) world.send(k);
  int steps = 0;
  for (;;) {
    RC_ASSERT(++steps < 200000);
    // Whoever is idle answers, after a while.
    for (std::size_t k = 0; k < processes; ++k)
      if (world.asked[k] && world.idle(k)) {
        world.asked[k] = false;
        world.answers[++world.events_made] = world.answer_of(k);
        world.events.push({world.now + world.delay(), world.events_made, k, false});
      }
    const QuietWaves::Step step = waves.next(world.now);
    if (step == QuietWaves::Step::quiet) break;
    if (step == QuietWaves::Step::begin) {
      // Told to each after a while; here they all are at once, which is the harder case.
      for (std::size_t k = 0; k < processes; ++k) world.asked[k] = true;
      continue;
    }
    double next = waves.under_way() ? 1e9 : waves.pause_until();
    for (std::size_t k = 0; k < processes; ++k)
      if (!world.idle(k)) next = std::min(next, world.busy_until[k]);
    if (!world.events.empty() && world.events.top().at <= next) {
      const World::Event event = world.events.top();
      world.events.pop();
      world.now = std::max(world.now, event.at);
      if (event.message) {
        --world.under_way;
        ++world.handed_on[event.to];
        world.busy_until[event.to] = world.now + 0.002 * world.random.uniform();
        for (std::uint64_t k = world.random.below(3); k > 0; --k) world.send(event.to);
      } else {
        waves.answer(event.to, waves.number(), world.answers.at(event.number), world.now);
      }
    } else {
      RC_ASSERT(next < 1e9);
      world.now = next;
    }
  }
  RC_ASSERT(world.under_way == 0u);
}

RC_GTEST_PROP(QuietWaves, FindTheEndAndNeverBefore, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto processes = *rc::gen::inRange<std::size_t>(1, 7);
  const int messages = *rc::gen::inRange(0, 300);
  for (std::uint64_t k = 0; k < 30; ++k) find_the_end(seed + k, processes, messages);
}

/// All answer the wave that has just begun.
void answer(QuietWaves& waves, const std::vector<WaveCount>& counts) {
  ASSERT_EQ(waves.next(1e6), QuietWaves::Step::begin);
  for (std::size_t k = 0; k < counts.size(); ++k) waves.answer(k, waves.number(), counts[k], 1e6);
}
WaveCount count(std::uint64_t sent, std::uint64_t handed_on, std::uint64_t requests = 0, std::uint64_t expects = 0,
                std::uint64_t failed = 0) {
  return {sent, handed_on, requests, expects, failed, false, {}};
}

TEST(QuietWaves, NeedTwoWavesThatAgree) {
  QuietWaves waves(0, 2);
  answer(waves, {count(3, 1), count(0, 2)});
  answer(waves, {count(4, 1), count(0, 3)});
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::begin);
  waves.answer(0, waves.number(), count(4, 1), 1e6);
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::wait);
  waves.answer(0, waves.number(), count(4, 1), 1e6);      // twice from one
  waves.answer(1, waves.number() - 1, count(0, 3), 1e6);  // to an older wave
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::wait);
  waves.answer(1, waves.number(), count(0, 3), 1e6);
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::quiet);
}

TEST(QuietWaves, GiveUpWaitsFromTheHopelessOn) {
  QuietWaves waves(0, 1);
  const auto quiet = [&](const WaveCount& one) {
    answer(waves, {one});
    answer(waves, {one});
  };
  quiet(count(1, 1, 2, 1));
  EXPECT_EQ(waves.action(), WaveAction::give_up_hopeless);
  answer(waves, {count(1, 1, 2, 1, 0)});
  EXPECT_EQ(waves.action(), WaveAction::give_up_expecting);
  answer(waves, {count(1, 1, 2, 0, 1)});
  EXPECT_EQ(waves.action(), WaveAction::look);  // what failed may have helped
  quiet(count(1, 1, 2, 0));
  EXPECT_EQ(waves.action(), WaveAction::give_up_hopeless);
  answer(waves, {count(1, 1, 2, 0, 0)});
  EXPECT_EQ(waves.action(), WaveAction::give_up_all);
  answer(waves, {count(1, 1, 0, 0, 2)});
  quiet(count(1, 1));
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::quiet);
}

TEST(QuietWaves, LookAtWhatIsSuspectOnce) {
  QuietWaves waves(0, 1);
  WaveCount suspect = count(1, 1);
  suspect.suspect = true;
  answer(waves, {suspect});
  answer(waves, {suspect});
  EXPECT_EQ(waves.action(), WaveAction::check);
  answer(waves, {suspect});
  answer(waves, {suspect});
  answer(waves, {suspect});
  EXPECT_EQ(waves.next(1e6), QuietWaves::Step::quiet);
}

}  // namespace
}  // namespace entente
