// SPDX-License-Identifier: MIT
// Tasks: what is cancelled ends, what fails is heard of, what is wrong is refused.
#include "entente/carriers/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente {
namespace {

using testing::Leader;
using testing::message_of;
using testing::Party;
using testing::pointers;

Content led(std::function<Task<Content>(Carrier&, Content)> lead) {
  std::vector<Party> none;
  Leader leader(std::move(lead));
  return start_coordinated_optimization(pointers(none), leader, {});
}

Task<int> after(Carrier& carrier, double delay, std::shared_ptr<int> alive) {
  co_await carrier.sleep(delay);
  ++*alive;
  co_return *alive;
}

TEST(Task, TheLosersOfARaceEndWithIt) {
  const auto alive = std::make_shared<int>(0);
  const Content result = led([&](Carrier& carrier, Content) -> Task<Content> {
    std::vector<Task<int>> tasks;
    for (const double delay : {3.0, 1.0, 2.0}) tasks.push_back(after(carrier, delay, alive));
    Task<RaceResult<int>> racing = race(std::move(tasks));
    const RaceResult<int> first = co_await racing;
    EXPECT_EQ(alive.use_count(), 1);  // the frames of all are gone, although `racing` is not
    co_await carrier.sleep(5);
    co_return int(first.index);
  });
  EXPECT_EQ(result.as<int>(), 1);
  EXPECT_EQ(*alive, 1);
}

TEST(Task, ATaskThatIsDestroyedGivesUpWhatItWaitsFor) {
  const auto alive = std::make_shared<int>(0);
  led([&](Carrier& carrier, Content) -> Task<Content> {
    {
      Task<int> never_started = after(carrier, 1, alive);
      Task<int> started = after(carrier, 1, alive);
      started.start();
    }
    co_await carrier.sleep(2);
    co_return 0;
  });
  EXPECT_EQ(*alive, 0);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST(Task, OfGatheredTasksThatFailTheFirstInOrderIsThrownWhenAllAreDone) {
  std::string log;
  const auto failing = [&](Carrier& carrier, double delay, std::string what) -> Task<int> {
    co_await carrier.sleep(delay);
    log += what;
    throw std::domain_error(what);
  };
  EXPECT_EQ(message_of<std::domain_error>([&] {
              led([&](Carrier& carrier, Content) -> Task<Content> {
                std::vector<Task<int>> tasks;
                tasks.push_back(failing(carrier, 2, "a"));
                tasks.push_back(failing(carrier, 1, "b"));
                const std::vector<int> results = co_await gather(std::move(tasks));
                co_return int(results.size());
              });
            }),
            "a");
  EXPECT_EQ(log, "ba");
}

TEST(Task, GatheringNothingIsDoneAndRacingNothingIsAnError) {
  EXPECT_EQ(message_of<Error>([] {
              led([](Carrier&, Content) -> Task<Content> {
                const std::vector<int> none = co_await gather(std::vector<Task<int>>());
                EXPECT_TRUE(none.empty());
                co_await race(std::vector<Task<void>>());
                co_return 0;
              });
            }),
            "race: there are no tasks, so none can be the first");
}

TEST(Task, ItIsAwaitedOnlyOnceAndOnlyIfItIsOne) {
  led([&](Carrier& carrier, Content) -> Task<Content> {
    Task<int> task = after(carrier, 1, std::make_shared<int>(0));
    const int first = co_await task;
    EXPECT_EQ(first, 1);
    EXPECT_THROW(task.start(), Error);
    Task<int> none;
    EXPECT_THROW(none.start(), Error);
    EXPECT_THROW(carrier.spawn(Task<void>()), Error);
    co_return 0;
  });
}

TEST(Task, AFailureOfASpawnedTaskThatIsHeldButNeverAwaitedReachesTheCaller) {
  const auto failing = [](Carrier& carrier) -> Task<void> {
    co_await carrier.sleep(1);
    throw std::domain_error("not looked at");
  };
  EXPECT_EQ(message_of<std::domain_error>([&] {
              led([&](Carrier& carrier, Content) -> Task<Content> {
                const Spawned held = carrier.spawn(failing(carrier));
                co_await carrier.sleep(3);
                co_return 0;
              });
            }),
            "not looked at");
}

TEST(Task, WhoAwaitsATaskThatIsCancelledIsToldSo) {
  const auto alive = std::make_shared<int>(0);
  const auto work = [](Carrier& carrier, std::shared_ptr<int> state) -> Task<void> {
    co_await carrier.sleep(100);
    ++*state;
  };
  const auto canceller = [](Carrier& carrier, Spawned* which) -> Task<void> {
    co_await carrier.sleep(1);
    which->cancel();
    which->cancel();
  };
  const Content said = led([&](Carrier& carrier, Content) -> Task<Content> {
    Spawned working = carrier.spawn(work(carrier, alive));
    carrier.spawn(canceller(carrier, &working));
    try {
      co_await working;
    } catch (const AskError& error) {
      EXPECT_EQ(error.reason(), AskError::Reason::cancelled);
      co_return std::string("cancelled");
    }
    co_return std::string("done");
  });
  EXPECT_EQ(said.as<std::string>(), "cancelled");
  EXPECT_EQ(*alive, 0);
}

TEST(Task, AnEventWakesAllWhoWaitInOrderAndADeadlineEndsAWait) {
  std::string log;
  const auto wait = [&](Carrier& carrier, EventWithValue<int> event, std::string name, double deadline) -> Task<void> {
    try {
      const int value = co_await event.wait(carrier, deadline);
      log += name + std::to_string(value) + " ";
    } catch (const AskError& error) {
      log += name + ": " + error.what() + " ";
    }
  };
  led([&](Carrier& carrier, Content) -> Task<Content> {
    EventWithValue<int> event("the signal");
    carrier.spawn(wait(carrier, event, "a", 100));
    carrier.spawn(wait(carrier, event, "b", 2));
    carrier.spawn(wait(carrier, event, "c", 100));
    co_await carrier.sleep(3);
    event.set(1);
    EXPECT_TRUE(event.is_set());
    co_await carrier.sleep(1);
    event.reset();
    EXPECT_EQ(event.value(), nullptr);
    co_return 0;
  });
  EXPECT_EQ(log, "b: the signal was not set within 2 seconds a1 c1 ");
}

TEST(Task, ARunThatFailsLeavesNothingBehindAndTheNetworkRunsAgain) {
  const auto alive = std::make_shared<int>(0);
  std::vector<Party> two(2);
  bool fail = true;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    const auto work = [](Carrier& here, std::shared_ptr<int> state) -> Task<void> {
      co_await here.sleep(1);
      ++*state;
    };
    carrier.spawn(work(carrier, alive));
    carrier.ask({1}, 1, {}, [](Reply reply) { reply.failure.rethrow(); });
    if (fail) throw std::domain_error("first");
  };
  two[0].react = [](Carrier& carrier, const Content& content, const Meta& meta) { carrier.reply(meta, content); };
  InProcessNetwork network;
  for (Party& party : two) network.join(party);
  network.send({1}, {2}, 1);
  EXPECT_THROW(network.run(), std::domain_error);
  EXPECT_EQ(alive.use_count(), 1);
  fail = false;
  network.send({1}, {2}, 1);
  EXPECT_EQ(network.run().messages, 3u);
  EXPECT_EQ(*alive, 1);
}

}  // namespace
}  // namespace entente
