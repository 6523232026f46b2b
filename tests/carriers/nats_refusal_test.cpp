// SPDX-License-Identifier: MIT
// Whom a network over NATS turns away.
#include "carriers/nats_visitors.hpp"

namespace entente {
namespace {

using testing::NatsRefusals;

TEST_F(NatsRefusals, ASecondOfOneAddressIsTurnedAwayAndTheOthersGoOn) {
  const auto first = share(options_for(2), {1});
  std::jthread thread([&] { EXPECT_EQ(failure_of(*first), "nothing"); });
  const auto same_as_head = share(options_for(2), {1});
  const std::string refused_head = failure_of(*same_as_head);
  EXPECT_NE(refused_head.find("participant 1 is there already"), std::string::npos) << refused_head;

  const auto second = share(options_for(2), {2});
  EXPECT_EQ(failure_of(*second), "nothing");
}

TEST_F(NatsRefusals, ASecondOfAnAddressThatDoesNotLeadIsTurnedAway) {
  const auto first = share(options_for(3), {1}), second = share(options_for(3), {2}),
             again = share(options_for(3), {2}), third = share(options_for(3), {3});
  std::jthread one([&] { EXPECT_EQ(failure_of(*first), "nothing"); });
  std::jthread two([&] { EXPECT_EQ(failure_of(*second), "nothing"); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const std::string refused = failure_of(*again);
  EXPECT_NE(refused.find("participant 2 is there already"), std::string::npos) << refused;
  EXPECT_NE(said().find("participant 2 is there already"), std::string::npos);
  EXPECT_EQ(failure_of(*third), "nothing");
}

TEST_F(NatsRefusals, WhoExpectsAnotherNetworkIsTurnedAway) {
  const auto first = share(options_for(2), {1});
  std::jthread one([&] { EXPECT_EQ(failure_of(*first), "nothing"); });
  const auto third = share(options_for(3), {3});
  EXPECT_NE(failure_of(*third).find("this network has 2 participants"), std::string::npos);
  NatsOptions options = options_for(2);
  options.reliable = false;
  const auto other = share(options, {2});
  EXPECT_NE(failure_of(*other).find("messages of this network are reliable"), std::string::npos);
  const auto second = share(options_for(2), {2});
  EXPECT_EQ(failure_of(*second), "nothing");
}

TEST_F(NatsRefusals, WhoWaitsInVainSaysForWhom) {
  NatsOptions options = options_for(4);
  options.patience = 0.3;
  const auto alone = share(options, {2, 4});
  const std::string nobody = failure_of(*alone);
  EXPECT_NE(nobody.find("the process with participant 1 is not there"), std::string::npos) << nobody;
  const auto head = share(options, {1, 2});
  const std::string missing = failure_of(*head);
  EXPECT_NE(missing.find("participants 3, 4 are not there"), std::string::npos) << missing;
  // It may try again, with whoever comes then.
  const auto late = share(options_for(4), {3, 4});
  std::jthread other([&] { EXPECT_EQ(failure_of(*late), "nothing"); });
  EXPECT_EQ(testing::message_of<Error>([&] {
              for (int k = 0; k < 40; ++k) try {
                  head->run();
                  return;
                } catch (const Error&) {
                  if (k == 39) throw;
                }
            }),
            "nothing");
}

TEST_F(NatsRefusals, AddressesAndNamesOutsideWhatIsAllowedAreWrongUse) {
  NatsOptions options = options_for(2);
  NatsNetwork network(options);
  EXPECT_THROW(network.join(parties_[0], Address{3}), Error);
  EXPECT_THROW(network.join(parties_[0], Address{0}), Error);
  EXPECT_THROW(network.run(), Error);
  network.join(parties_[0], Address{2});
  EXPECT_THROW(network.join(parties_[1], Address{2}), Error);
  for (const char* run : {"", "a..b", ".a", "a.", "a b", "*", ">"}) {
    options.run = run;
    EXPECT_THROW(NatsNetwork{options}, Error) << run;
  }
}

}  // namespace
}  // namespace entente
