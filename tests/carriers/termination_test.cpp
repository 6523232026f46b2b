// SPDX-License-Identifier: MIT
// A run ends when nothing is under way any more: not before, and always. Thousands of simulated runs, each over other
// participants and other links, whose work is known beforehand.
#include <gtest/gtest.h>

#include <string>

#include "carriers/parties.hpp"
#include "entente/base/random.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"

namespace entente {
namespace {

using testing::Party;
using testing::pointers;

/// Units of work that participants split, keep and pass on, at once, later, from tasks, or as requests. Whatever
/// happens, all of it is done in the end, and all messages are accounted for.
class Work {
 public:
  Work(std::uint64_t seed, std::size_t count) : dice_(seed), parties_(count) {
    for (Party& party : parties_)
      party.react = [this](Carrier& carrier, const Content& content, const Meta& meta) {
        ++handled_;
        if (meta.is_request)
          finish_then_reply(carrier, content.as<int>(), meta);
        else
          take(carrier, content.as<int>());
      };
  }
  std::vector<Participant*> parties() { return pointers(parties_); }
  int done() const { return done_; }
  std::uint64_t handled() const { return handled_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t replies() const { return replies_; }

 private:
  void take(Carrier& carrier, int amount) {
    while (amount > 0) {
      const int part = 1 + int(dice_.below(std::uint64_t(amount)));
      amount -= part;
      switch (dice_.below(5)) {
        case 0: done_ += part; break;
        case 1: pass_on(carrier, part); break;
        case 2: carrier.schedule(dice_.uniform(), [this, &carrier, part] { pass_on(carrier, part); }); break;
        case 3: carrier.spawn(later(this, carrier, part)); break;
        case 4: request(carrier, part); break;
      }
    }
  }
  Address somebody() { return {std::uint32_t(1 + dice_.below(parties_.size()))}; }
  void pass_on(Carrier& carrier, int amount) {
    if (amount > 1) {
      ++sent_;
      carrier.send(somebody(), amount - 1);
    }
    done_ += 1;
  }
  void request(Carrier& carrier, int amount) {
    ++sent_;
    carrier.ask(somebody(), amount, {}, [this, amount](Reply reply) {
      ++replies_;
      if (!reply.failure && reply.content.as<int>() == amount) done_ += amount;
    });
  }
  void finish_then_reply(Carrier& carrier, int amount, const Meta& meta) {
    ++sent_;
    if (dice_.below(2) == 0) return carrier.reply(meta, amount);
    carrier.schedule(dice_.uniform(), [&carrier, amount, meta] { carrier.reply(meta, amount); });
  }
  static Task<void> later(Work* self, Carrier& carrier, int amount) {
    const double delay = self->dice_.uniform();
    co_await carrier.sleep(delay);
    ++self->sent_;
    const Address to = self->somebody();
    const Content answer = co_await carrier.ask(to, amount);
    ++self->replies_;
    self->done_ += answer.as<int>();
  }

  Random dice_;
  std::vector<Party> parties_;
  int done_ = 0;
  std::uint64_t handled_ = 0, sent_ = 0, replies_ = 0;
};

SimulatedOptions links(std::uint64_t seed) {
  Random dice(seed);
  SimulatedOptions options;
  const double scale = dice.uniform() * 3;
  switch (dice.below(3)) {
    case 0: options.latency = Latency::constant(scale); break;
    case 1: options.latency = Latency::uniform(0, scale); break;
    case 2: options.latency = Latency::exponential(scale); break;
  }
  options.reorder = dice.below(2) == 0;
  options.reliable = dice.below(4) == 0;
  if (options.reliable) {
    options.loss = dice.uniform() / 2;
    options.duplicate = dice.uniform() / 2;
  }
  options.seed = seed;
  return options;
}

TEST(Termination, TenThousandSimulatedRunsEndWhenAllWorkIsDoneAndNotBefore) {
  for (std::uint64_t seed = 0; seed < 10'000; ++seed) {
    Random dice(seed ^ 0xbeef);
    const int amount = 1 + int(dice.below(200));
    Work work(seed, 1 + dice.below(8));
    const auto parties = work.parties();
    const RunReport report = start_distributed_optimization(parties, amount, links(seed));
    ASSERT_EQ(work.done(), amount) << "seed " << seed;
    ASSERT_EQ(report.end, RunEnd::quiet) << "seed " << seed;
    ASSERT_EQ(report.messages, work.sent() + 1) << "seed " << seed;
    ASSERT_EQ(report.delivered, report.messages) << "seed " << seed;
    ASSERT_EQ(work.handled() + work.replies(), report.delivered) << "seed " << seed;
  }
}

TEST(Termination, AThousandRunsInProcessEndWhenAllWorkIsDoneAndNotBefore) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const int amount = 1 + int(seed % 60);
    Work work(seed, 1 + seed % 8);
    const auto parties = work.parties();
    const RunReport report = start_distributed_optimization(parties, amount);
    ASSERT_EQ(work.done(), amount) << "seed " << seed;
    ASSERT_EQ(report.messages, work.sent() + 1) << "seed " << seed;
    ASSERT_EQ(work.handled() + work.replies(), report.delivered) << "seed " << seed;
  }
}

}  // namespace
}  // namespace entente
