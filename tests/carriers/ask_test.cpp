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

TEST(Ask, ACoordinatorGathersAnswers) {
  std::vector<Party> three(3);
  for (Party& party : three) party.react = square;
  Leader leader;
  leader.lead = sum;
  EXPECT_EQ(start_coordinated_optimization<double>(pointers(three), leader, {}), 3 * 4.0 + 6);
}

TEST(Ask, AnExceptionOfTheParticipantReachesTheCallerAsItIs) {
  std::vector<Party> three(3);
  for (Party& party : three) party.react = square;
  three[1].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("no such square"); };
  Leader leader;
  leader.lead = sum;
  EXPECT_THROW(start_coordinated_optimization(pointers(three), leader, {}), std::domain_error);
}

TEST(Ask, WhoNeverRepliesIsNamed) {
  std::vector<Party> two(2);
  two[0].react = square;
  Leader leader;
  leader.lead = sum;
  try {
    start_coordinated_optimization(pointers(two), leader, {});
    FAIL();
  } catch (const AskError& error) {
    EXPECT_EQ(error.reason(), AskError::Reason::unanswered);
    EXPECT_NE(std::string(error.what()).find("coordinator 3 waits for the answer of participant 2"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace entente
