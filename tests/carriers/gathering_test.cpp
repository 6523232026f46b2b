// SPDX-License-Identifier: MIT
// Who of a network is there, and who is turned away, with the reason.
#include <gtest/gtest.h>

#include "carriers/gathering.hpp"

namespace entente {
namespace {

Hello hello(std::vector<std::uint32_t> addresses, std::uint32_t participants = 4, bool coordinated = true) {
  Hello one;
  one.run = 1;
  one.name = "host, process 7";
  one.participants = participants;
  one.coordinated = coordinated;
  one.addresses = std::move(addresses);
  return one;
}

TEST(Gathering, IsCompleteWhenEveryAddressIsThere) {
  Gathering gathering(1, hello({5}));
  EXPECT_FALSE(gathering.complete());
  EXPECT_EQ(gathering.missing(10), (std::vector<std::uint32_t>{1, 2, 3, 4}));
  EXPECT_FALSE(gathering.admit(2, hello({2, 4})));
  EXPECT_FALSE(gathering.admit(2, hello({2, 4})));  // says it again
  EXPECT_FALSE(gathering.admit(3, hello({1})));
  EXPECT_EQ(gathering.missing(10), std::vector<std::uint32_t>{3});
  gathering.leave(2);
  EXPECT_EQ(gathering.missing(2), (std::vector<std::uint32_t>{2, 3}));
  EXPECT_FALSE(gathering.admit(4, hello({2, 3, 4})));
  EXPECT_TRUE(gathering.complete());
  const auto roster = gathering.roster();
  ASSERT_EQ(roster.size(), 3u);
  EXPECT_EQ(roster[0].process, 1u);
  EXPECT_EQ(roster[1].process, 3u);
  EXPECT_EQ(roster[2].process, 4u);
  gathering.leave(1);  // nobody can send its own process away
  EXPECT_TRUE(gathering.complete());
}

TEST(Gathering, TurnsAwayWithAReason) {
  Gathering gathering(1, hello({5}));
  EXPECT_FALSE(gathering.admit(2, hello({1, 2})));
  const auto why = [&](const Hello& one) { return gathering.admit(9, one).value_or("admitted"); };
  EXPECT_EQ(why(hello({2})), "participant 2 is there already: participants 1, 2 (host, process 7)");
  EXPECT_EQ(why(hello({5})), "the coordinator is there already: the coordinator (host, process 7)");
  EXPECT_NE(why(hello({3}, 5)).find("has 4 participants"), std::string::npos);
  EXPECT_NE(why(hello({3}, 4, false)).find("a coordinator"), std::string::npos);
  EXPECT_NE(why(hello({6})).find("addresses are 1 to 5"), std::string::npos);
  EXPECT_NE(why(hello({0, 3})).find("there is no address 0"), std::string::npos);
  EXPECT_NE(why(hello({})).find("no addresses"), std::string::npos);
  EXPECT_NE(why(hello({4, 3})).find("not in order"), std::string::npos);
  EXPECT_NE(why(hello({3, 3})).find("not in order"), std::string::npos);
  Hello other = hello({3});
  other.reliable = false;
  EXPECT_NE(why(other).find("reliable"), std::string::npos);
  EXPECT_FALSE(gathering.knows(9));
}

TEST(Gathering, NamesManyBriefly) {
  std::vector<std::uint32_t> many;
  for (std::uint32_t k = 1; k <= 20; ++k) many.push_back(k);
  EXPECT_EQ(describe_addresses(many, 100), "participants 1, 2, 3, 4, 5, 6, 7, 8 and 12 more");
  EXPECT_EQ(describe_addresses({1, 5}, 4), "the coordinator and participant 1");
}

}  // namespace
}  // namespace entente
