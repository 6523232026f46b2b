// SPDX-License-Identifier: MIT
#include "base/reliable_link.hpp"

#include <gtest/gtest.h>

#include <queue>

#include "entente/base/random.hpp"

namespace entente {
namespace {

struct Flying {
  double time;
  bool answer;
  std::uint64_t number;
  int payload;
  Acknowledgement acknowledgement;
  bool operator<(const Flying& other) const { return time > other.time; }
};

/// Sends 0, 1, 2, … over a link that loses, doubles and reorders; returns what came out.
std::vector<int> pass(int count, double loss, std::uint64_t seed, std::uint64_t& sent) {
  Random dice(seed);
  ReliableSender<int> sender(0.1);
  ReliableReceiver<int> receiver;
  std::priority_queue<Flying> air;
  std::vector<int> out;
  sent = 0;
  const auto fly = [&](Flying what, double now) {
    ++sent;
    for (int copies = dice.below(10) == 0 ? 2 : 1; copies > 0; --copies)
      if (dice.uniform() >= loss) {
        what.time = now + dice.uniform() * 0.2;
        air.push(what);
      }
  };
  double now = 0;
  int next = 0;
  while (next < count || !sender.idle()) {
    const double come = air.empty() ? 1e300 : air.top().time, due = sender.deadline();
    const double write = next < count ? next * 0.01 : 1e300;
    now = std::max(now, std::min({come, due, write}));
    if (now > 1e6) ADD_FAILURE() << "hangs";
    if (now > 1e6) break;
    if (write <= now) {
      const std::uint64_t number = sender.send(next, now);
      fly({0, false, number, next++, {}}, now);
    } else if (come <= now) {
      const Flying what = air.top();
      air.pop();
      if (what.answer) {
        sender.acknowledge(what.acknowledgement, now);
        continue;
      }
      receiver.receive(what.number, what.payload, [&](int payload) { out.push_back(payload); });
      fly({0, true, 0, 0, receiver.answer(what.number)}, now);
    } else {
      for (const auto& packet : sender.overdue(now)) fly({0, false, packet.number, *packet.payload, {}}, now);
    }
  }
  return out;
}

TEST(ReliableLink, HandsEveryPayloadOnOnceAndInOrder) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::uint64_t sent = 0;
    const std::vector<int> out = pass(200, double(seed % 10) / 10, seed, sent);
    ASSERT_EQ(out.size(), 200u) << seed;
    for (int k = 0; k < 200; ++k) ASSERT_EQ(out[std::size_t(k)], k) << seed;
  }
}

TEST(ReliableLink, WaitsTwiceAsLongAfterEachAttempt) {
  ReliableSender<int> sender(1);
  sender.send(7, 0);
  double now = 0;
  for (const double expected : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0}) {
    const double due = sender.deadline();
    EXPECT_DOUBLE_EQ(due - now, expected);
    now = due;
    EXPECT_EQ(sender.overdue(now).size(), 1u);
  }
}

TEST(ReliableLink, LearnsHowLongAnswersTake) {
  ReliableSender<int> sender(8);
  for (int k = 0; k < 100; ++k) {
    const std::uint64_t number = sender.send(k, k);
    sender.acknowledge({number, number + 1}, k + 0.5);
  }
  sender.send(100, 100);
  // A steady round trip of 0.5 s; never less than an eighth of the first wait.
  EXPECT_NEAR(sender.deadline(), 101, 1e-3);
}

TEST(ReliableLink, IsNotDisturbedByAnswersToWhatWasNeverSent) {
  ReliableSender<int> sender(1);
  sender.acknowledge({0, 5}, 0);
  sender.acknowledge({9, 0}, 0);
  sender.send(1, 0);
  sender.acknowledge({7, 1}, 0);
  sender.acknowledge({0, 7}, 0);
  EXPECT_EQ(sender.overdue(1).size(), 1u);
  sender.acknowledge({0, 1}, 2);
  sender.acknowledge({0, 1}, 3);
  EXPECT_TRUE(sender.idle());
}

TEST(ReliableLink, DoesNotTakeWhatIsTooFarAhead) {
  ReliableReceiver<int> receiver;
  const auto nothing = [](int) { ADD_FAILURE(); };
  EXPECT_FALSE(receiver.receive(ReliableReceiver<int>::window, 1, nothing));
  EXPECT_FALSE(receiver.has(ReliableReceiver<int>::window));
  EXPECT_TRUE(receiver.receive(5, 1, nothing));
  EXPECT_FALSE(receiver.receive(5, 1, nothing));
  EXPECT_TRUE(receiver.has(5));
}

}  // namespace
}  // namespace entente
