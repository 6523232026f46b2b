// SPDX-License-Identifier: MIT
// The simulated network: its clock, its links, and that everything follows from the seed.
#include "entente/carriers/simulated.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::Leader;
using testing::message_of;
using testing::Party;
using testing::pointers;

void echo(Carrier& carrier, const Content& content, const Meta& meta) { carrier.reply(meta, content); }

constexpr Address first{1}, second{2};

TEST(Simulated, AMessageTakesTheLatencyOfItsLinkAndNoRealTime) {
  std::vector<Party> two(2);
  two[0].react = echo;
  two[1].react = echo;
  SimulatedOptions options;
  options.latency = Latency::constant(1000);
  options.links = {{second, {3}, Latency::constant(5)}};
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    std::vector<double> times;
    co_await carrier.ask(first, 1);
    times.push_back(carrier.now());
    co_await carrier.ask(second, 1);
    times.push_back(carrier.now());
    co_await carrier.sleep(1e6);
    times.push_back(carrier.now());
    co_return times;
  });
  const auto began = std::chrono::steady_clock::now();
  const Content times = start_coordinated_optimization(pointers(two), leader, {}, options);
  EXPECT_EQ(times.as<std::vector<double>>(), (std::vector<double>{2000, 3005, 1003005}));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
}

/// Every participant tells everybody `rounds` times; who heard what when, as text.
std::string gossip(SimulatedOptions options, RunReport* report = nullptr) {
  std::vector<Party> four(4);
  std::string log;
  std::vector<int> left(5, 3);
  for (Party& party : four)
    party.react = [&](Carrier& carrier, const Content& content, const Meta& meta) {
      const std::uint32_t self = carrier.address().number;
      log += std::to_string(carrier.now()) + ": " + std::to_string(meta.sender.number) + ">" + std::to_string(self) +
             " " + std::to_string(content.as<int>()) + "\n";
      if (left[self]-- <= 0) return;
      for (const Address other : carrier.others()) carrier.send(other, content.as<int>() + 1);
    };
  const RunReport made = start_distributed_optimization(pointers(four), 0, std::move(options));
  if (report) *report = made;
  return log;
}

SimulatedOptions rough(std::uint64_t seed) {
  SimulatedOptions options;
  options.latency = Latency::exponential(0.1);
  options.reorder = true;
  options.duplicate = 0.1;
  options.loss = 0.1;
  options.seed = seed;
  return options;
}

TEST(Simulated, TheSameSeedGivesTheSameRunAndAnotherSeedAnother) {
  EXPECT_EQ(gossip(rough(7)), gossip(rough(7)));
  EXPECT_NE(gossip(rough(7)), gossip(rough(8)));
}

TEST(Simulated, EveryMessageIsAccountedFor) {
  RunReport report;
  gossip(rough(3), &report);
  EXPECT_GT(report.lost, 0u);
  EXPECT_GT(report.duplicated, 0u);
  EXPECT_EQ(report.delivered, report.messages - report.lost + report.duplicated);
}

TEST(Simulated, ReliableLinksDeliverEverythingOnceAndInOrderOverLossyOnes) {
  std::vector<Party> two(2);
  std::vector<int> heard;
  two[0].react = [](Carrier& carrier, const Content&, const Meta&) {
    for (int i = 0; i < 200; ++i) carrier.send(second, i);
  };
  two[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    if (content.holds<bool>()) return carrier.send(first, 1);
    heard.push_back(content.as<int>());
  };
  SimulatedOptions options = rough(5);
  options.loss = 0.4;
  options.reliable = true;
  const RunReport report = start_distributed_optimization(pointers(two), true, options);
  ASSERT_EQ(heard.size(), 200u);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(heard[std::size_t(i)], i);
  EXPECT_EQ(report.messages, 202u);
  EXPECT_EQ(report.delivered, 202u);
  EXPECT_GT(report.retransmitted, 0u);
}

TEST(Simulated, ARequestThatIsLostEndsWithItsDeadlineOrWithTheRun) {
  std::vector<Party> one(1);
  one[0].react = echo;
  SimulatedOptions options;
  options.latency = Latency::constant(1);
  options.loss = 0.999999;
  Leader leader([](Carrier& carrier, Content start) -> Task<Content> {
    AskOptions patience;
    patience.deadline = start.as<double>();
    const Content answer = co_await carrier.ask(first, 1, patience);
    co_return answer;
  });
  const auto said = [&](double deadline) {
    return message_of<AskError>([&] { start_coordinated_optimization(pointers(one), leader, deadline, options); });
  };
  EXPECT_EQ(said(3), "participant 1 did not answer the request (int) of coordinator 2 within 3 seconds");
  EXPECT_EQ(said(std::numeric_limits<double>::infinity()).find("coordinator 2 waits for the answer of participant 1"),
            0u);
}

TEST(Simulated, ADuplicatedRequestIsAnsweredOnce) {
  std::vector<Party> one(1);
  one[0].react = echo;
  SimulatedOptions options;
  options.latency = Latency::uniform(1, 2);
  options.duplicate = 0.9;
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    int answers = 0;
    for (int i = 0; i < 50; ++i) {
      const Content answer = co_await carrier.ask(first, i);
      answers += answer.as<int>() == i;
    }
    co_return answers;
  });
  SimulatedNetwork network(options);
  network.join(one[0]);
  network.join(leader);
  EXPECT_EQ(network.coordinate({}).as<int>(), 50);
  EXPECT_GT(network.report().dropped_replies, 0u);
}

TEST(Simulated, WhoIsOutOfReachHearsNothingMeanwhile) {
  std::vector<Party> two(2);
  std::vector<double> heard;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta&) { heard.push_back(carrier.now()); };
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    for (int i = 0; i < 10; ++i) carrier.schedule(i, [&carrier] { carrier.send(first, 1); });
  };
  SimulatedOptions options;
  options.outages = {{first, 2.5, 6.5}};
  start_distributed_optimization(pointers(two), true, options);
  EXPECT_EQ(heard, (std::vector<double>{0, 1, 2, 7, 8, 9}));
}

TEST(Simulated, TheClockCanEndARun) {
  std::vector<Party> two(2);
  for (Party& party : two)
    party.react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.send(meta.sender, 1); };
  SimulatedOptions options;
  options.latency = Latency::constant(1);
  options.limits.clock = 100.5;
  const RunReport report = start_distributed_optimization(pointers(two), 1, options);
  EXPECT_EQ(report.end, RunEnd::clock);
  EXPECT_EQ(report.delivered, 100u);
  EXPECT_EQ(report.clock, 100.5);
}

TEST(Simulated, WhatMakesNoSenseIsRefused) {
  SimulatedOptions options;
  options.loss = 1;
  EXPECT_THROW(SimulatedNetwork{options}, Error);
  options = {};
  options.latency = Latency::uniform(2, 1);
  EXPECT_THROW(SimulatedNetwork{options}, Error);
  options = {};
  options.outages = {{first, -1, 2}};
  EXPECT_THROW(SimulatedNetwork{options}, Error);
  options = {};
  options.links = {{first, {9}, {}}};
  std::vector<Party> two(2);
  EXPECT_THROW(start_distributed_optimization(pointers(two), 1, options), Error);
}

}  // namespace
}  // namespace entente
