// SPDX-License-Identifier: MIT
// Runs that would go on for ever end when asked to, and waiting in vain ends by itself.
#include <gtest/gtest.h>

#include <atomic>
#include <coroutine>
#include <string>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente {
namespace {

using testing::Leader;
using testing::message_of;
using testing::Party;
using testing::pointers;

std::vector<Party> chatterers() {
  std::vector<Party> two(2);
  for (Party& party : two)
    party.react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.send(meta.sender, 1); };
  return two;
}

TEST(Limits, EndAnEndlessRun) {
  auto two = chatterers();
  InProcessOptions options;
  options.limits.messages = 1000;
  RunReport report = start_distributed_optimization(pointers(two), 1, options);
  EXPECT_EQ(report.end, RunEnd::messages);
  EXPECT_EQ(report.messages, 1000u);
  options.limits = {};
  options.limits.seconds = 0.05;
  EXPECT_EQ(start_distributed_optimization(pointers(two), 1, options).end, RunEnd::seconds);
  options.limits = {};
  options.limits.clock = 0.01;
  report = start_distributed_optimization(pointers(two), 1, options);
  EXPECT_EQ(report.end, RunEnd::clock);
  EXPECT_NEAR(double(report.delivered), 10000, 1);
}

TEST(Limits, AFlagEndsARunFromOutside) {
  auto two = chatterers();
  std::atomic<bool> stop = false;
  int count = 0;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    if (++count == 5000) stop = true;
    carrier.send(meta.sender, 1);
  };
  InProcessOptions options;
  options.limits.interrupt = &stop;
  EXPECT_EQ(start_distributed_optimization(pointers(two), 1, options).end, RunEnd::interrupted);
  EXPECT_EQ(count, 5000);
}

TEST(Limits, ActionsThatAskToBeCalledAtOnceForEverEndToo) {
  std::vector<Party> one(1);
  std::function<void(Carrier&)> again = [&](Carrier& carrier) { carrier.schedule(0, [&] { again(carrier); }); };
  one[0].react = [&](Carrier& carrier, const Content&, const Meta&) { again(carrier); };
  InProcessOptions options;
  options.limits.seconds = 0.05;
  EXPECT_EQ(start_distributed_optimization(pointers(one), 1, options).end, RunEnd::seconds);
}

TEST(Limits, ACoordinatorThatIsStoppedIsAnErrorWithAReport) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.reply(meta, 1); };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    const Address to{1};
    for (;;) co_await carrier.ask(to, 1);
  });
  InProcessOptions options;
  options.limits.messages = 100;
  try {
    start_coordinated_optimization(pointers(one), leader, {}, options);
    FAIL();
  } catch (const RunStopped& stopped) {
    EXPECT_EQ(stopped.report().messages, 100u);
    EXPECT_EQ(stopped.report().end, RunEnd::messages);
  }
}

TEST(Limits, MoreMessagesUnderWayThanAllowedIsAnError) {
  std::vector<Party> two(2);
  for (Party& party : two)
    party.react = [](Carrier& carrier, const Content&, const Meta& meta) {
      for (int i = 0; i < 3; ++i) carrier.send(meta.sender, 1);
    };
  InProcessOptions options;
  options.limits.under_way = 1000;
  try {
    start_distributed_optimization(pointers(two), 1, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::too_large);
  }
}

TEST(Limits, WhoWaitsForAnEventThatNobodySetsIsNamed) {
  std::vector<Party> two(2);
  EventWithValue<int> event("the price");
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    const auto wait = [](Carrier& here, EventWithValue<int> price) -> Task<void> { co_await here.wait_for(price); };
    carrier.spawn(wait(carrier, event));
  };
  EXPECT_EQ(message_of<AskError>([&] { start_distributed_optimization(pointers(two), 1); }),
            "participant 2 waits for the price, but nothing is under way any more that could bring it");
}

TEST(Limits, OfAChainThatWaitsTheOneWhoWaitsForTheSilentIsNamedAndMayHelpTheOthers) {
  std::vector<Party> three(3);
  const auto relay = [](Carrier& carrier, Meta meta) -> Task<void> {
    const Address next{carrier.address().number + 1};
    std::string said;
    try {
      co_await carrier.ask(next, 1);
    } catch (const AskError& error) {
      said = error.what();
    }
    carrier.reply(meta, said);
  };
  for (int i = 0; i < 2; ++i)
    three[std::size_t(i)].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
      carrier.spawn(relay(carrier, meta));
    };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    const Address to{1};
    const Content answer = co_await carrier.ask(to, 1);
    co_return answer;
  });
  // The second is told that the third is silent; the first gets an answer, and so does the coordinator.
  EXPECT_EQ(start_coordinated_optimization<std::string>(pointers(three), leader, {}), "");
  three[0].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    carrier.ask({2}, 1, {}, [&carrier, meta](Reply reply) { carrier.reply(meta, reply.content); });
  };
  const std::string said = start_coordinated_optimization<std::string>(pointers(three), leader, {});
  EXPECT_EQ(said.find("participant 2 waits for the answer of participant 3"), 0u) << said;
}

TEST(Limits, ThoseWhoWaitForEachOtherAreNamed) {
  std::vector<Party> two(2);
  for (Party& party : two)
    party.react = [](Carrier& carrier, const Content&, const Meta& meta) {
      const auto wait = [](Carrier& here, Meta asked) -> Task<void> {
        const Address other = here.others()[0];
        const Content answer = co_await here.ask(other, 1);
        here.reply(asked, answer);
      };
      if (!meta.is_request || carrier.address().number == 1) carrier.spawn(wait(carrier, meta));
    };
  const std::string said = message_of<AskError>([&] { start_distributed_optimization(pointers(two), 1); });
  EXPECT_NE(said.find("waits for the answer of participant"), std::string::npos) << said;
}

TEST(Limits, ACoordinatorThatWaitsForSomethingStrangeIsNamed) {
  std::vector<Party> one(1);
  Leader leader([](Carrier&, Content) -> Task<Content> {
    co_await std::suspend_always();
    co_return 1;
  });
  const std::string said = message_of<Error>([&] { start_coordinated_optimization(pointers(one), leader, {}); });
  EXPECT_EQ(said.find("coordinator 2 waits for something that no carrier knows of"), 0u) << said;
}

TEST(Limits, AHeartbeatOfAParticipantDoesNotKeepACoordinatedRunAlive) {
  std::vector<Party> one(1);
  std::function<void(Carrier&)> beat = [&](Carrier& carrier) { carrier.schedule(1, [&] { beat(carrier); }); };
  one[0].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    if (!meta.is_request) return;
    beat(carrier);
    carrier.reply(meta, 1);
  };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    const Address to{1};
    const Content answer = co_await carrier.ask(to, 1);
    carrier.send(to, std::string("bye"));  // is delivered
    co_return answer;
  });
  InProcessNetwork network;
  network.join(one[0]);
  network.join(leader);
  EXPECT_EQ(network.coordinate({}).as<int>(), 1);
  EXPECT_EQ(network.report().delivered, 3u);
}

TEST(Limits, ATimerIsCalledBetweenMessagesWhenItsTimeHasCome) {
  auto two = chatterers();
  int heard = 0, heard_by_then = 0;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    if (heard++ == 0) carrier.schedule(20e-6, [&] { heard_by_then = heard; });
    if (heard < 1000) carrier.send(meta.sender, 1);
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_NEAR(heard_by_then, 11, 1);  // every other delivery of a microsecond is its own
}

TEST(Limits, TheRealClockWaits) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier& carrier, const Content&, const Meta&) { carrier.schedule(0.03, [] {}); };
  InProcessOptions options;
  options.clock = NetworkClock::real;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_GE(start_distributed_optimization(pointers(one), 1, options).clock, 0.03);
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace entente
