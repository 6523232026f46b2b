// SPDX-License-Identifier: MIT
// Every public symbol of DRO's carrier.core, carrier.simple and algorithm.core, used by its name here. Each line says
// theirs, then ours; docs/coming-from-dro.md has the table.
#include <gtest/gtest.h>

#include <string>
#include <type_traits>
#include <vector>

#include "carriers/parties.hpp"
#include "entente/carrier.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente {
namespace {

using testing::pointers;

// algorithm.core.OptimizationMessage: any copyable type is a message
struct Number {
  int value;
};
static_assert(std::is_convertible_v<Number, Content>);

/// Uses everything that a carrier offers, once.
struct Everything : Coordinator {  // algorithm.core.Coordinator: Coordinator
  std::vector<std::string> log;

  static Task<void> ring(Carrier& carrier, EventWithValue<int> bell) {
    co_await carrier.sleep(1);  // Carrier.sleep(seconds): sleep
    bell.set(7);
  }

  // algorithm.core.Coordinator.start_optimization: Coordinator::start_optimization
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta) override {
    log.push_back("address " + std::to_string(carrier.address().number));     // Carrier.get_address(): address
    log.push_back("others " + std::to_string(carrier.others().size()));       // Carrier.others(participant_id): others
    carrier.send(carrier.others()[1], Number{3});                             // Carrier.send_to_other: send
    const Content answer = co_await carrier.ask(carrier.others()[0], start);  // Carrier.send_awaitable: ask
    log.push_back("answer " + std::to_string(answer.as<Number>().value));
    EventWithValue<int> bell;                              // carrier.core.EventWithValue
    Spawned ringing = carrier.spawn(ring(carrier, bell));  // Carrier.spawn(coroutine): spawn
    const int waited = co_await bell.wait(carrier);        // EventWithValue.wait(): wait
    const int again = co_await carrier.wait_for(bell);     // Carrier.wait_for(event): wait_for
    co_await carrier.wait_for(std::move(ringing));         // Carrier.wait_for(future): wait_for
    log.push_back("event " + std::to_string(waited + again));
    log.push_back("second " + std::to_string(int(carrier.now() + 0.5)));  // Carrier.now(): now
    bool called = false;
    carrier.schedule(1, [&called] { called = true; });  // SimpleCarrier.schedule_using: schedule
    co_await carrier.sleep(2);
    log.push_back(called ? "called" : "not called");
    std::vector<Task<int>> tasks;
    tasks.push_back(soon(carrier, 1));
    tasks.push_back(soon(carrier, 2));
    const std::vector<int> both = co_await gather(std::move(tasks));  // Carrier.gather(*awaitables): gather
    tasks.clear();
    tasks.push_back(soon(carrier, 4));
    tasks.push_back(soon(carrier, 3));
    const RaceResult<int> first = co_await race(std::move(tasks));  // Carrier.race(*awaitables): race
    log.push_back(std::to_string(both[0] + both[1]) + " " + std::to_string(first.value));
    co_return Number{42};
  }
  static Task<int> soon(Carrier& carrier, int seconds) {
    co_await carrier.sleep(seconds);
    co_return seconds;
  }
};

struct Replier : Participant {  // algorithm.core.DistributedAlgorithm: Participant
  int heard = 0;
  // algorithm.core.DistributedAlgorithm.on_exchange_message: Participant::on_message
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    heard += content.as<Number>().value;
    if (meta.is_request) carrier.reply(meta, Number{heard * 2});  // Carrier.reply_to_other(content, meta): reply
  }
};

TEST(DroSymbols, EveryCallOfACarrierHasACounterpart) {
  Replier one, two;
  Everything all;
  // algorithm.core.CoordinatedDistributedAlgorithm(distributed_algo, coordinator): CoordinatedGroup
  const CoordinatedGroup group{{&one, &two}, &all};
  // carrier.simple.start_coordinated_optimization(actors, coordinator, start_message)
  const Content result = start_coordinated_optimization(group, Number{5});
  EXPECT_EQ(result.as<Number>().value, 42);
  EXPECT_EQ(one.heard, 5);
  EXPECT_EQ(two.heard, 3);
  EXPECT_EQ(all.log,
            (std::vector<std::string>{"address 3", "others 2", "answer 10", "event 14", "second 1", "called", "3 3"}));
  EXPECT_EQ(start_coordinated_optimization<Number>(group.participants, all, Number{5}).value, 42);
}

TEST(DroSymbols, AContainerIsANetwork) {
  Replier one, two;
  InProcessNetwork container;                   // carrier.simple.ActorContainer: InProcessNetwork
  const Address address = container.join(one);  // SimpleCarrier(container, actor): join
  container.join(two);
  Carrier& carrier = container.carrier(address);  // ... and Network::carrier
  EXPECT_EQ(carrier.address().number, 1u);        // carrier.simple.cid(carrier): address().number
  EXPECT_EQ(container.size(), 2u);                // ActorContainer.actors: size, carrier
  carrier.send({2}, Number{4});                   // ActorContainer.active_tasks: what is under way
  const RunReport report = container.run();       // ActorContainer.done_event: run returns
  EXPECT_EQ(report.messages, 1u);
  EXPECT_EQ(two.heard, 4);
}

TEST(DroSymbols, ADistributedRunStartsTheSameWay) {
  Replier one, two;
  Participant* const actors[] = {&one, &two};
  start_distributed_optimization(actors, Number{4});  // carrier.simple.start_distributed_optimization
  EXPECT_EQ(one.heard, 0);
  EXPECT_EQ(two.heard, 4);
}

TEST(DroSymbols, TheFreeFunctionsAreMemberFunctions) {
  Replier one;
  Everything all;
  InProcessNetwork network;
  Carrier& carrier = network.carrier(network.join(one));
  one.on_message(carrier, Number{6}, Meta{});  // algorithm.core.on_exchange_message(algorithm, …)
  EXPECT_EQ(one.heard, 6);
  Task<Content> task =
      all.start_optimization(carrier, {}, Meta{});  // algorithm.core.start_optimization(coordinator, …)
  EXPECT_TRUE(task.valid());
}

}  // namespace
}  // namespace entente
