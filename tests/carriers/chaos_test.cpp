// SPDX-License-Identifier: MIT
// Tasks that do anything at any time: ask, race, wait, cancel each other, let go of each other, and fail. Whatever they
// do, runs end, the same seed gives the same run, and (under the sanitizers) no frame is used after its end.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "carriers/parties.hpp"
#include "entente/base/random.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"

namespace entente {
namespace {

using testing::Party;
using testing::pointers;

class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : dice_(seed), parties_(1 + dice_.below(4)) {
    for (int i = 0; i < 3; ++i) events_.emplace_back("event " + std::to_string(i));
    for (Party& party : parties_)
      party.react = [this](Carrier& carrier, const Content& content, const Meta& meta) {
        log_ += std::to_string(carrier.address().number) + "<" + std::to_string(meta.sender.number) + " ";
        const int strength = content.as<int>();
        if (meta.is_request) answer(carrier, meta);
        for (int i = 0; i < 2 && strength > 0; ++i) begin(carrier, strength - 1);
      };
  }
  std::vector<Participant*> parties() { return pointers(parties_); }
  const std::string& log() const { return log_; }

 private:
  void answer(Carrier& carrier, const Meta& meta) {
    switch (dice_.below(5)) {
      case 0: carrier.reply(meta, 0); break;
      case 1: carrier.reply_error(meta, "no"); break;
      case 2: carrier.schedule(dice_.uniform(), [&carrier, meta] { carrier.reply(meta, 0); }); break;
      case 3:
        carrier.reply(meta, 0);
        carrier.reply(meta, 0);
        break;
      case 4: break;  // never
    }
  }
  void begin(Carrier& carrier, int strength) {
    Spawned task = carrier.spawn(live(this, carrier, strength));
    if (dice_.below(2) == 0) held_.push_back(std::move(task));
  }
  Address somebody() { return {std::uint32_t(1 + dice_.below(parties_.size()))}; }

  static Task<void> live(Chaos* self, Carrier& carrier, int strength) {
    for (int step = 0; step < 4; ++step) {
      try {
        Task<int> next = self->act(self, carrier, strength);
        const int result = co_await next;
        self->log_ += std::to_string(result) + " ";
      } catch (const AskError& error) {
        self->log_ += "E" + std::to_string(int(error.reason())) + " ";
      } catch (const std::domain_error&) {
        self->log_ += "D ";
      }
    }
  }
  static Task<int> fail() {
    throw std::domain_error("one of many");
    co_return 0;
  }
  static Task<int> act(Chaos* self, Carrier& carrier, int strength) {
    Random& dice = self->dice_;
    AskOptions options;
    if (dice.below(2) == 0) options.deadline = dice.uniform();
    const Address to = self->somebody();
    const double delay = dice.uniform();
    switch (dice.below(9)) {
      case 0: {
        const Content answer = co_await carrier.ask(to, strength, options);
        co_return answer.as<int>();
      }
      case 1: co_await carrier.sleep(delay); co_return 1;
      case 2: {
        const int value = co_await self->events_[dice.below(3)].wait(carrier, delay);
        co_return value;
      }
      case 3: {
        EventWithValue<int> event = self->events_[dice.below(3)];
        if (event.is_set()) event.reset();
        event.set(3);
        co_return 3;
      }
      case 4: {
        std::vector<Task<int>> tasks;
        if (strength > 0)
          for (std::uint64_t i = 0, n = 1 + dice.below(3); i < n; ++i)
            tasks.push_back(act(self, carrier, strength - 1));
        else
          tasks.push_back(fail());
        const RaceResult<int> winner = co_await race(std::move(tasks));
        co_return winner.value;
      }
      case 5: {
        std::vector<Task<int>> tasks;
        if (strength > 0)
          for (std::uint64_t i = 0, n = dice.below(3); i < n; ++i) tasks.push_back(act(self, carrier, strength - 1));
        const std::vector<int> all = co_await gather(std::move(tasks));
        co_return int(all.size());
      }
      case 6: {
        if (self->held_.empty()) co_return 0;
        Spawned& victim = self->held_[dice.below(self->held_.size())];
        victim.cancel();
        co_return 6;
      }
      case 7: {
        if (self->held_.empty()) co_return 0;
        Spawned task = std::move(self->held_.back());
        self->held_.pop_back();
        co_await carrier.wait_for(std::move(task), delay);
        co_return 7;
      }
      default: {
        std::vector<std::pair<Address, Content>> requests;
        for (std::uint64_t i = 0, n = dice.below(3); i < n; ++i) requests.emplace_back(self->somebody(), strength);
        const std::vector<Reply> replies = co_await carrier.gather_replies(std::move(requests), options);
        co_return int(replies.size());
      }
    }
  }

  Random dice_;
  std::vector<Party> parties_;
  std::vector<EventWithValue<int>> events_;
  std::vector<Spawned> held_;
  std::string log_;
};

/// What happened, as text.
template <class Options>
std::string run(std::uint64_t seed, Options options) {
  Chaos chaos(seed);
  const auto parties = chaos.parties();
  options.limits.messages = 3000;
  std::string end;
  try {
    const RunReport report = start_distributed_optimization(parties, 2, options);
    end = std::to_string(int(report.end)) + " " + std::to_string(report.messages) + " " + std::to_string(report.clock);
  } catch (const Error& error) {
    end = error.what();
  }
  return chaos.log() + end;
}

TEST(Chaos, EndsAndIsReproducibleInProcess) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    InProcessOptions options;
    options.through_bytes = seed % 3 == 0;
    const std::string once = run(seed, options);
    ASSERT_EQ(once, run(seed, options)) << "seed " << seed;
  }
}

TEST(Chaos, EndsAndIsReproducibleOverBadLinks) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedOptions options;
    options.latency = Latency::exponential(0.2);
    options.loss = 0.1;
    options.duplicate = 0.1;
    options.reorder = true;
    options.reliable = seed % 2 == 0;
    options.seed = seed;
    const std::string once = run(seed, options);
    ASSERT_EQ(once, run(seed, options)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace entente
