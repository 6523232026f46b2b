// SPDX-License-Identifier: MIT
// What a second client can do to a run: nothing without credentials, and no harm by rubbish.
#include <atomic>
#include <functional>

#include "carriers/nats_packet.hpp"
#include "carriers/nats_visitors.hpp"
#include "entente/base/random.hpp"

namespace entente {
namespace {

using testing::NatsRefusals;
using testing::Outcomes;
using testing::run_all;
using testing::shared_server;

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
