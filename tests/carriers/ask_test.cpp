// SPDX-License-Identifier: MIT
// Requests: one reply each, deadlines, cancelling, and failures that nobody can overlook.
#include <gtest/gtest.h>

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

Task<Content> sum(Carrier& carrier, Content) {
  double total = 0;
  for (const Address one : carrier.others()) {
    const Content answer = co_await carrier.ask(one, 2.0);
    total += answer.as<double>();
  }
  co_return total;
}

void square(Carrier& carrier, const Content& content, const Meta& meta) {
  const double x = content.as<double>();
  carrier.reply(meta, x * x + carrier.address().number);
}

TEST(Ask, ACoordinatorAddsUpAnswers) {
  std::vector<Party> three(3);
  for (Party& party : three) party.react = square;
  Leader leader(sum);
  EXPECT_EQ(start_coordinated_optimization<double>(pointers(three), leader, {}), 3 * 4.0 + 6);
}

TEST(Ask, AnExceptionOfTheParticipantReachesTheCallerAsItIs) {
  std::vector<Party> three(3);
  for (Party& party : three) party.react = square;
  three[1].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("no such square"); };
  Leader leader(sum);
  EXPECT_EQ(message_of<std::domain_error>([&] { start_coordinated_optimization(pointers(three), leader, {}); }),
            "no such square");
}

TEST(Ask, ACoordinatorMayHandleAnExceptionOfAParticipant) {
  std::vector<Party> three(3);
  for (Party& party : three) party.react = square;
  three[1].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("no such square"); };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    std::string log;
    for (const Address one : carrier.others()) {
      try {
        const Content answer = co_await carrier.ask(one, 1.0);
        log += std::to_string(int(answer.as<double>()));
      } catch (const std::domain_error& error) {
        log += error.what();
      }
    }
    co_return log;
  });
  EXPECT_EQ(start_coordinated_optimization<std::string>(pointers(three), leader, {}), "2no such square4");
}

TEST(Ask, AReasonGivenInsteadOfAnAnswerArrivesAsAnError) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.reply_error(meta, "out of fuel"); };
  Leader leader(sum);
  EXPECT_EQ(message_of<AskError>([&] { start_coordinated_optimization(pointers(one), leader, {}); }),
            "participant 1 could not answer: out of fuel");
}

TEST(Ask, WhoNeverRepliesIsNamed) {
  std::vector<Party> two(2);
  two[0].react = square;
  Leader leader(sum);
  const std::string said = message_of<AskError>([&] { start_coordinated_optimization(pointers(two), leader, {}); });
  EXPECT_EQ(said.find("coordinator 3 waits for the answer of participant 2 to its request (double)"), 0u) << said;
}

TEST(Ask, AReplyMayComeLater) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier& carrier, const Content& content, const Meta& meta) {
    carrier.schedule(3, [&carrier, content, meta] { carrier.reply(meta, content); });
  };
  Leader leader(sum);
  EXPECT_EQ(start_coordinated_optimization<double>(pointers(one), leader, {}), 2.0);
}

TEST(Ask, ADeadlineThatPassesIsAnErrorAndTheLateReplyIsDropped) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier& carrier, const Content& content, const Meta& meta) {
    carrier.schedule(3, [&carrier, content, meta] { carrier.reply(meta, content); });
  };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    std::string said;
    const double began = carrier.now();
    AskOptions options;
    options.deadline = 2;
    const Address first{1};
    try {
      const Content answer = co_await carrier.ask(first, 2.0, options);
    } catch (const AskError& error) {
      said = error.what();
      EXPECT_EQ(error.reason(), AskError::Reason::deadline);
    }
    EXPECT_NEAR(carrier.now() - began, 2, 1e-4);
    co_await carrier.sleep(2);
    co_return said;
  });
  InProcessNetwork network;
  network.join(one[0]);
  network.join(leader);
  EXPECT_EQ(network.coordinate({}).as<std::string>(),
            "participant 1 did not answer the request (double) of coordinator 2 within 2 seconds");
  EXPECT_EQ(network.report().dropped_replies, 1u);
}

TEST(Ask, AReplyInTimeSwitchesTheDeadlineOff) {
  std::vector<Party> one(1);
  one[0].react = square;
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    AskOptions options;
    options.deadline = 1;
    const Address first{1};
    const Content answer = co_await carrier.ask(first, 2.0, options);
    co_await carrier.sleep(5);
    co_return answer;
  });
  EXPECT_EQ(start_coordinated_optimization<double>(pointers(one), leader, {}), 5.0);
}

TEST(Ask, AnExceptionThatComesAfterTheAskerGaveUpStillReachesTheCaller) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("too late to matter"); };
  one.emplace_back();
  one[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    const AskTicket ticket = carrier.ask({1}, 1, {}, [](Reply) { FAIL(); });
    carrier.cancel(ticket);
  };
  EXPECT_THROW(start_distributed_optimization(pointers(one), 1), std::domain_error);
}

TEST(Ask, AFailureThatNobodyLooksAtReachesTheCaller) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("overlooked"); };
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) { carrier.ask({1}, 1, {}, [](Reply) {}); };
  EXPECT_THROW(start_distributed_optimization(pointers(two), 1), std::domain_error);
  bool seen = false;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.ask({1}, 1, {}, [&](Reply reply) { seen = bool(reply.failure); });
  };
  EXPECT_NO_THROW(start_distributed_optimization(pointers(two), 1));
  EXPECT_TRUE(seen);
}

TEST(Ask, NotesTravelWithARequest) {
  std::vector<Party> two(2);
  Notes notes;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    notes = meta.notes;
    carrier.reply(meta, 1);
  };
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    AskOptions options;
    options.notes = {{"urgency", "high"}};
    carrier.ask({1}, 1, options, [](Reply reply) { EXPECT_EQ(reply.content.as<int>(), 1); });
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(notes, (Notes{{"urgency", "high"}}));
}

TEST(Ask, WhatIsRefusedIsRefusedAtOnce) {
  std::vector<Party> two(2);
  two[1].react = [](Carrier& carrier, const Content&, const Meta& meta) {
    const auto then = [](Reply) { FAIL(); };
    EXPECT_THROW(carrier.ask({9}, 1, {}, then), Error);
    EXPECT_THROW(carrier.ask({1}, 1, {-1.0, {}}, then), Error);
    EXPECT_THROW(carrier.ask({1}, 1, {std::nan(""), {}}, then), Error);
    EXPECT_THROW(carrier.ask({1}, 1, {}, nullptr), Error);
    EXPECT_THROW(carrier.schedule(-1, [] {}), Error);
    EXPECT_THROW(carrier.schedule(1, nullptr), Error);
    EXPECT_THROW(carrier.reply_error(meta, "nobody asked"), Error);
  };
  EXPECT_EQ(start_distributed_optimization(pointers(two), 1).messages, 1u);
}

TEST(Ask, ARequestToNobodyIsAnErrorWhereItIsAwaited) {
  std::vector<Party> one(1);
  one[0].react = square;
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    int refused = 0;
    const Address nobody{9};
    try {
      co_await carrier.ask(nobody, 1.0);
    } catch (const Error& error) {
      refused += error.code() == ErrorCode::wrong_use;
    }
    std::vector<std::pair<Address, Content>> requests = {{{1}, 2.0}, {nobody, 2.0}};
    try {
      co_await carrier.gather_asks(requests);
    } catch (const Error& error) {
      refused += error.code() == ErrorCode::wrong_use;
    }
    co_return refused;
  });
  EXPECT_EQ(start_coordinated_optimization<int>(pointers(one), leader, {}), 2);
}

TEST(Ask, NoRequestsHaveNoAnswers) {
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    const std::vector<std::pair<Address, Content>> none;
    const std::vector<Content> answers = co_await carrier.gather_asks(none);
    co_return int(answers.size());
  });
  EXPECT_EQ(start_coordinated_optimization<int>({}, leader, {}), 0);
}

}  // namespace
}  // namespace entente
