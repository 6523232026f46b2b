// SPDX-License-Identifier: MIT
// Who and what a network over NATS does not let in.
#include <gtest/gtest.h>

#include <functional>
#include <mutex>

#include "carriers/nats_packet.hpp"
#include "carriers/networks.hpp"
#include "carriers/parties.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

using testing::Outcomes;
using testing::Party;
using testing::run_all;
using testing::shared_server;

class NatsRefusals : public ::testing::Test {
 protected:
  NatsOptions options_for(std::uint32_t participants) {
    NatsOptions options;
    options.access = shared_server().access();
    options.run = run_;
    options.participants = participants;
    options.types.add<int>();
    options.patience = 20;
    options.say = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      said_ += text + "\n";
    };
    return options;
  }
  std::unique_ptr<NatsNetwork> share(const NatsOptions& options, std::vector<std::uint32_t> addresses) {
    auto network = std::make_unique<NatsNetwork>(options);
    for (const std::uint32_t address : addresses) carriers_[address] = &network->join(parties_[address], {address});
    return network;
  }
  std::string said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }
  bool wait_until_said(const std::string& text) {
    for (int k = 0; k < 4000 && said().find(text) == std::string::npos; ++k)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return said().find(text) != std::string::npos;
  }
  static std::string failure_of(NatsNetwork& network) {
    return testing::message_of<Error>([&] { network.run(); });
  }
  std::string first_subject() const { return "entente." + run_ + ".first"; }

  const std::string run_ = "test-" + testing::random_word();
  Party parties_[8];
  Carrier* carriers_[8] = {};
  std::mutex mutex_;
  std::string said_;
};

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

/// Talks to a network that runs, as somebody with credentials may.
class NatsIntruders : public NatsRefusals {
 protected:
  /// Runs two shares that pass a number to and fro while `act` is at it; then they come to their end.
  Outcomes meanwhile(const std::function<void(NatsConnection&)>& act) {
    for (const std::uint32_t k : {1u, 2u})
      parties_[k].react = [this, k](Carrier& carrier, const Content& content, const Meta&) {
        const int x = content.as<int>();
        if (x < 0) ++injected_;
        ++passed_;
        if (!done_) carrier.schedule(0.001, [&carrier, k, x] { carrier.send(Address{3 - k}, x + 1); });
      };
    const auto one = share(options_for(2), {1}), two = share(options_for(2), {2});
    carriers_[1]->send(Address{2}, 1);
    Outcomes outcomes;
    std::jthread runner([&] { outcomes = run_all({one.get(), two.get()}); });
    while (passed_ < 5) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    {
      NatsConnection intruder(shared_server().access(), "intruder");
      act(intruder);
      intruder.flush(2);
    }
    const int before = passed_;
    while (passed_ < before + 20 && runner.joinable() && outcomes.reports.empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    done_ = true;
    runner.join();
    return outcomes;
  }
  static void expect_well(const Outcomes& outcomes) {
    for (const std::string& text : outcomes.said()) EXPECT_EQ(text, "");
  }

  std::atomic<int> passed_ = 0, injected_ = 0;
  std::atomic<bool> done_ = false;
};

TEST_F(NatsIntruders, CannotBreakARunByRubbish) {
  std::vector<std::byte> good = make_packet(PacketKind::alive, 12345, {});
  const Outcomes outcomes = meanwhile([&](NatsConnection& intruder) {
    const auto publish = [&](const std::vector<std::byte>& bytes) { intruder.publish(first_subject(), bytes); };
    publish({});
    publish(std::vector<std::byte>(3));
    std::vector<std::byte> bad = good;
    bad.pop_back();  // truncated
    publish(bad);
    bad = good;
    bad.push_back(std::byte(1));  // longer than it says
    publish(bad);
    bad = good;
    bad[17] ^= std::byte(1);  // corrupted
    publish(bad);
    bad = good;
    bad[4] = std::byte(77);  // another version, without the checksum for it
    publish(bad);
    Random random(5);
    for (int k = 0; k < 2000; ++k) {
      std::vector<std::byte> noise(random.below(200));
      for (std::byte& one : noise) one = std::byte(random.bits());
      publish(noise);
      // Sealed as it should be, so that what is inside has to be looked at.
      publish(make_packet(PacketKind(1 + random.below(6)), random.below(3) ? 12345 : random.bits(), noise));
    }
    publish(std::vector<std::byte>(intruder.max_payload()));
    publish(make_packet(PacketKind::link, 12345, std::vector<std::byte>(intruder.max_payload() - packet_head)));
  });
  expect_well(outcomes);
  EXPECT_GT(outcomes.reports[0].refused, 2000u);
  EXPECT_NE(said().find("a packet was refused: it has 0 bytes"), std::string::npos) << said();
  EXPECT_NE(said().find("its checksum is not that of its bytes"), std::string::npos);
  EXPECT_NE(said().find("it says that there are"), std::string::npos);
  EXPECT_EQ(injected_, 0);
}

TEST_F(NatsIntruders, OfAnotherVersionAreToldSo) {
  expect_well(meanwhile([&](NatsConnection& intruder) {
    std::vector<std::byte> hello = make_packet(PacketKind::hello, 0xabcdef, {});
    seal_packet(PacketKind::hello, 0xabcdef, hello, 9);
    NatsSubscription inbox = intruder.subscribe("entente." + run_ + ".to.0000000000abcdef");
    intruder.publish(first_subject(), hello);
    const auto answer = inbox.take(10);
    ASSERT_TRUE(answer);
    const Packet packet = read_packet(answer->bytes());
    EXPECT_EQ(packet.kind, PacketKind::refusal);
    const auto why = decode<std::string>(packet.body);
    ASSERT_TRUE(why);
    EXPECT_NE(why->find("version 9 of the packets between processes was found, where version 1"), std::string::npos)
        << *why;
  }));
}

TEST_F(NatsIntruders, CannotMakeAPacketCountTwice) {
  std::vector<std::byte> caught;
  expect_well(meanwhile([&](NatsConnection& intruder) {
    NatsSubscription ears = intruder.subscribe(first_subject());
    intruder.flush(2);
    for (int k = 0; k < 50; ++k)
      if (const auto message = ears.take(5)) {
        const auto bytes = message->bytes();
        // Said again, as a way that doubles does: heard once.
        intruder.publish(first_subject(), bytes);
        caught.assign(bytes.begin(), bytes.end());
      }
  }));
  EXPECT_FALSE(caught.empty());
  EXPECT_EQ(injected_, 0);
}

TEST(NatsStrangers, WithoutCredentialsCanNeitherReadNorInject) {
  NatsAccess stranger;
  stranger.url = shared_server().url();
  stranger.allow_anonymous = true;
  EXPECT_THROW(NatsConnection(stranger, "stranger"), Error);
  stranger.token = "guessed";
  EXPECT_THROW(NatsConnection(stranger, "stranger"), Error);
}

}  // namespace
}  // namespace entente
