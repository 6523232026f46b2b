// SPDX-License-Identifier: MIT
// The in-process network: addresses, order, slots, the exact end.
#include "entente/carriers/in_process.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::Party;
using testing::pointers;

struct Token {
  int left = 0;
};

TEST(InProcessNetwork, AddressesCountFromOneInOrderOfJoining) {
  Party a, b, c;
  InProcessNetwork network;
  EXPECT_EQ(network.join(a), Address{1});
  EXPECT_EQ(network.join(b), Address{2});
  EXPECT_EQ(network.join(c), Address{3});
  const auto others = network.carrier({2}).others();
  EXPECT_EQ(std::vector<Address>(others.begin(), others.end()), (std::vector<Address>{{1}, {3}}));
}

TEST(InProcessNetwork, ATokenGoesRoundUntilNothingIsUnderWay) {
  std::vector<Party> ring(5);
  std::vector<std::uint32_t> visits;
  for (Party& party : ring)
    party.react = [&](Carrier& carrier, const Content& content, const Meta&) {
      visits.push_back(carrier.address().number);
      const int left = content.as<Token>().left;
      if (left > 0) carrier.send({carrier.address().number % 5 + 1}, Token{left - 1});
    };
  const auto parties = pointers(ring);
  const RunReport report = start_distributed_optimization(parties, Token{7});
  EXPECT_EQ(report.messages, 8u);
  EXPECT_EQ(report.delivered, 8u);
  EXPECT_EQ(report.end, RunEnd::quiet);
  EXPECT_EQ(visits, (std::vector<std::uint32_t>{2, 3, 4, 5, 1, 2, 3, 4}));
}

TEST(InProcessNetwork, MessagesArriveInTheOrderInWhichAllWereSent) {
  std::vector<Party> three(3);
  std::string log;
  three[0].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.send({2}, std::string("a"));
    carrier.send({3}, std::string("b"));
    carrier.send({2}, std::string("c"));
  };
  three[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    if (content.holds<int>()) return carrier.send({1}, 0);
    log += content.as<std::string>();
    if (content.as<std::string>() == "a") carrier.send({3}, std::string("d"));
  };
  three[2].react = [&](Carrier&, const Content& content, const Meta&) { log += content.as<std::string>(); };
  start_distributed_optimization(pointers(three), 1);
  EXPECT_EQ(log, "abcd");
}

TEST(InProcessNetwork, TheLatestMessageTakesThePlaceOfAnOlderOneOnTheSameLink) {
  std::vector<Party> two(2);
  std::string log;
  two[0].react = [&](Carrier& carrier, const Content&, const Meta&) {
    carrier.send({2}, std::string("old"));
    carrier.send({1}, 5);
    carrier.send({2}, std::string("new"));
    carrier.send({2}, 3.5);  // another type: nothing that the text could stand for
  };
  two[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    if (content.holds<int>()) return carrier.send({1}, true);
    log += content.holds<double>() ? "number " : content.as<std::string>() + " ";
  };
  two[0].react = [&, act = two[0].react](Carrier& carrier, const Content& content, const Meta& meta) {
    if (content.holds<bool>())
      act(carrier, content, meta);
    else
      log += "five ";
  };
  InProcessOptions options;
  options.delivery = Delivery::latest;
  const RunReport report = start_distributed_optimization(pointers(two), 1, options);
  EXPECT_EQ(log, "new five number ");
  EXPECT_EQ(report.messages, 6u);
  EXPECT_EQ(report.replaced, 1u);
  EXPECT_EQ(report.delivered, 5u);
}

TEST(InProcessNetwork, OneAloneSendsToItself) {
  Party alone;
  Meta seen;
  alone.react = [&](Carrier&, const Content&, const Meta& meta) { seen = meta; };
  Participant* const list[] = {&alone};
  EXPECT_EQ(start_distributed_optimization(list, 1).messages, 1u);
  EXPECT_EQ(seen.sender, Address{1});
}

TEST(InProcessNetwork, NobodyCannotOptimise) {
  try {
    start_distributed_optimization({}, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::wrong_use);
  }
}

}  // namespace
}  // namespace entente
