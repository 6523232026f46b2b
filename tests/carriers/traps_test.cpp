// SPDX-License-Identifier: MIT
// What goes wrong quietly in other carriers, and what happens here. C1 ... C10 are the rows of docs/coming-from-dro.md.
#include <gtest/gtest.h>

#include <memory>
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

TEST(Traps, C1OneParticipantSendsTheStartMessageToItselfAndNoneIsAnError) {
  std::vector<Party> one(1);
  std::uint32_t from = 0;
  one[0].react = [&](Carrier&, const Content&, const Meta& meta) { from = meta.sender.number; };
  EXPECT_EQ(start_distributed_optimization(pointers(one), 1).delivered, 1u);
  EXPECT_EQ(from, 1u);
  EXPECT_EQ(message_of<Error>([] { start_distributed_optimization({}, 1); }),
            "there are no participants; a distributed optimisation needs at least one");
}

TEST(Traps, C2AnExceptionOfAParticipantReachesTheCallerOfADistributedRun) {
  std::vector<Party> three(3);
  three[1].react = [](Carrier& carrier, const Content&, const Meta&) { carrier.send({3}, 1); };
  three[2].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("no schedule fits"); };
  EXPECT_EQ(message_of<std::domain_error>([&] { start_distributed_optimization(pointers(three), 1); }),
            "no schedule fits");
}

TEST(Traps, C2ExceptionsOfTimersAndSpawnedTasksReachTheCallerToo) {
  std::vector<Party> two(2);
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    carrier.schedule(1, [] { throw std::domain_error("from a timer"); });
  };
  EXPECT_EQ(message_of<std::domain_error>([&] { start_distributed_optimization(pointers(two), 1); }), "from a timer");
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    const auto fail = [](Carrier& here) -> Task<void> {
      co_await here.sleep(1);
      throw std::domain_error("from a task");
    };
    carrier.spawn(fail(carrier));
  };
  EXPECT_EQ(message_of<std::domain_error>([&] { start_distributed_optimization(pointers(two), 1); }), "from a task");
}

TEST(Traps, C3AnExceptionOfAParticipantDoesNotHangTheCoordinator) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.reply(meta, 1); };
  two[1].react = [](Carrier&, const Content&, const Meta&) { throw std::runtime_error("infeasible"); };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    std::vector<std::pair<Address, Content>> requests;
    for (const Address one : carrier.others()) requests.emplace_back(one, 1);
    const std::vector<Content> answers = co_await carrier.gather_asks(requests);
    co_return int(answers.size());
  });
  EXPECT_EQ(message_of<std::runtime_error>([&] { start_coordinated_optimization(pointers(two), leader, {}); }),
            "infeasible");
}

TEST(Traps, C4AReplyCarriesTheAddressOfWhoReplied) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier& carrier, const Content&, const Meta& meta) { carrier.reply(meta, 1); };
  Meta asked, replied;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.ask({1}, 1, {}, [&](Reply reply) { replied = reply.meta; });
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(replied.sender, Address{1});
  EXPECT_TRUE(replied.is_reply);
}

TEST(Traps, C4AReplyToAMessageThatWasNotARequestKeepsItsIdToo) {
  std::vector<Party> two(2);
  Meta sent, replied;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta& meta) {
    sent = meta;
    carrier.reply(meta, 1);
  };
  two[0].react = [&](Carrier&, const Content&, const Meta& meta) { replied = meta; };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(replied.message_id, sent.message_id);
  EXPECT_EQ(replied.sender, Address{2});
  EXPECT_TRUE(replied.is_reply);
  EXPECT_FALSE(sent.is_reply);
}

TEST(Traps, C5ASecondReplyIsDroppedAndCountedAndNothingIsKept) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier& carrier, const Content&, const Meta& meta) {
    carrier.reply(meta, 1);
    carrier.reply(meta, 2);
  };
  std::vector<int> answers;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.ask({1}, 1, {}, [&](Reply reply) { answers.push_back(reply.content.as<int>()); });
  };
  InProcessNetwork network;
  for (Party& party : two) network.join(party);
  for (int run = 0; run < 2; ++run) {
    network.send({1}, {2}, 1);
    EXPECT_EQ(network.run().dropped_replies, 1u);
  }
  EXPECT_EQ(answers, (std::vector<int>{1, 1}));
}

TEST(Traps, C6RequestsTimersAndTasksCountForTheEnd) {
  std::vector<Party> two(2);
  two[0].react = [](Carrier& carrier, const Content&, const Meta& meta) {
    carrier.schedule(10, [&carrier, meta] { carrier.reply(meta, 5); });
  };
  int answer = 0;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.ask({1}, 1, {}, [&](Reply reply) { answer = reply.content.as<int>(); });
  };
  const RunReport report = start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(answer, 5);
  EXPECT_GE(report.clock, 10);
}

TEST(Traps, C7AddressesThatNobodyHasAreRefusedWhereTheyAreUsed) {
  std::vector<Party> two(2);
  std::vector<std::string> said;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    for (const std::uint32_t number : {0u, 3u, ~0u})
      said.push_back(message_of<Error>([&] { carrier.send({number}, 1); }));
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(said, (std::vector<std::string>{"nobody has address 0: addresses are 1 to 2",
                                            "nobody has address 3: addresses are 1 to 2",
                                            "nobody has address 4294967295: addresses are 1 to 2"}));
}

TEST(Traps, C8NotesThatWouldOverrideTheCarriersOwnAreRefused) {
  std::vector<Party> two(2);
  int refused = 0;
  two[1].react = [&](Carrier& carrier, const Content&, const Meta&) {
    for (const char* key : {"message_id", "sender", "reply"}) {
      AskOptions options;
      options.notes = {{key, "7"}};
      try {
        carrier.ask({1}, 1, options, [](Reply) {});
      } catch (const Error& error) {
        refused += error.code() == ErrorCode::wrong_use;
      }
    }
    EXPECT_THROW(carrier.send({1}, 1, {{"sender", "2"}}), Error);
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(refused, 3);
}

TEST(Traps, C9ANetworkRunsAgainAndEndsAgain) {
  std::vector<Party> two(2);
  int left = 0;
  for (Party& party : two)
    party.react = [&](Carrier& carrier, const Content&, const Meta&) {
      if (left-- > 0) carrier.send(carrier.others()[0], 1);
    };
  InProcessNetwork network;
  for (Party& party : two) network.join(party);
  for (const int tokens : {3, 0, 8}) {
    left = tokens;
    network.send({1}, {2}, 1);
    EXPECT_EQ(network.run().messages, std::uint64_t(tokens) + 1);
  }
}

TEST(Traps, C10ReceiversGetTheValueThatWasSentUnlessItIsSharedOnPurpose) {
  std::vector<Party> two(2);
  struct Amount {
    int value;
  };
  const auto live = std::make_shared<Amount>();
  std::vector<int> seen;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta&) {
    live->value = 1;
    carrier.send({2}, *live);
    carrier.send({2}, Content::shared(live));
    live->value = 2;
  };
  two[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    if (content.holds<int>()) return carrier.send({1}, 1);
    seen.push_back(content.as<Amount>().value);
  };
  start_distributed_optimization(pointers(two), 1);
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace entente
