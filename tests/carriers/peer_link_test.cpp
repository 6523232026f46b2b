// SPDX-License-Identifier: MIT
// Links between two processes over a way that loses, doubles and reorders packets.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "carriers/peer_link.hpp"
#include "entente/base/random.hpp"
#include "entente/carriers/wire.hpp"

namespace entente {
namespace {

struct Blob {
  static constexpr std::string_view content_name = "blob";
  std::uint64_t number = 0;
  std::vector<std::uint8_t> bytes;
};

/// Two ends, and what is under way between them.
struct Pair {
  struct Flying {
    double at;
    std::vector<std::byte> packet;
  };
  Random random;
  double loss, now = 0;
  bool cut = false;
  std::vector<Flying> to[2];
  std::vector<Blob> heard[2];
  std::vector<std::uint64_t> told[2];
  PeerLink ends[2];
  ContentTypes types;
  bool in_order;

  Pair(std::uint64_t seed, double how_bad, bool reliable)
      : random(seed),
        loss(how_bad),
        ends{{settings(1, reliable), publisher(1)}, {settings(2, reliable), publisher(0)}},
        in_order(!reliable) {
    types.add<Blob>();
  }
  static PeerLink::Settings settings(std::uint64_t self, bool reliable) { return {self, 1, reliable, 500, 300}; }
  PeerLink::Publish publisher(int target) {
    return [this, target](std::span<const std::byte> packet) {
      const int copies = in_order || random.uniform() < 0.8 ? 1 : 2;
      for (int k = 0; k < copies; ++k) {
        if (cut || random.uniform() < loss) continue;
        const double last = in_order && !to[target].empty() ? to[target].back().at : now;
        to[target].push_back({std::max(last, now + 0.01 * random.uniform()), {packet.begin(), packet.end()}});
      }
    };
  }
  void send(int from, std::uint64_t number, std::size_t size) {
    Envelope envelope{Address{1}, Address{2}, number, Envelope::Kind::message, false, {}, nullptr};
    Blob blob{number, std::vector<std::uint8_t>(size)};
    std::iota(blob.bytes.begin(), blob.bytes.end(), std::uint8_t(number));
    envelope.content = std::move(blob);
    ends[from].add(envelope, now);
  }
  void tell(int from, std::uint64_t wave) {
    ControlMessage message;
    message.wave = wave;
    ends[from].tell(message, now);
  }
  void advance(double seconds) {
    now += seconds;
    for (int end : {0, 1}) {
      for (std::size_t k = 0; k < to[end].size();) {
        if (to[end][k].at > now) {
          ++k;
          continue;
        }
        const std::vector<std::byte> bytes = std::move(to[end][k].packet);
        to[end].erase(to[end].begin() + std::ptrdiff_t(k));
        const Packet packet = read_packet(bytes);
        ends[end].receive(
            packet.body, now,
            [&](std::span<const std::byte> envelope) {
              heard[end].push_back(read_envelope(envelope, types).content.as<Blob>());
            },
            [&](ControlMessage&& message) { told[end].push_back(message.wave); });
      }
      ends[end].flush(now);
      if (ends[end].deadline() <= now) ends[end].poll(now);
    }
  }
  /// Until everything has been acknowledged, or time is up.
  bool settle() {
    for (int step = 0; step < 10000 && !over(); ++step) advance(step < 500 ? 0.02 : 1);
    return over();
  }
  bool over() const { return ends[0].idle() && ends[1].idle(); }
};

RC_GTEST_PROP(PeerLink, BringsEverythingOnceAndInOrderWhateverTheWayDoes, ()) {
  Pair pair(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::element(0.0, 0.1, 0.5), true);
  std::uint64_t sent[2] = {0, 0}, told = 0;
  const int rounds = *rc::gen::inRange(1, 60);
  for (int round = 0; round < rounds; ++round) {
    pair.cut = round % 20 == 19;
    for (int end : {0, 1})
      for (std::uint64_t k = pair.random.below(6); k > 0; --k)
        pair.send(end, sent[end]++, pair.random.below(pair.random.uniform() < 0.1 ? 5000 : 50));
    if (pair.random.uniform() < 0.3) pair.tell(0, told++);
    pair.advance(0.01);
  }
  pair.cut = false;
  pair.ends[0].again(pair.now);
  RC_ASSERT(pair.settle());
  for (int end : {0, 1}) {
    RC_ASSERT(pair.heard[end].size() == sent[1 - end]);
    for (std::uint64_t k = 0; k < pair.heard[end].size(); ++k) {
      const Blob& blob = pair.heard[end][k];
      RC_ASSERT(blob.number == k);
      for (std::size_t i = 0; i < blob.bytes.size(); ++i) RC_ASSERT(blob.bytes[i] == std::uint8_t(k + i));
    }
    RC_ASSERT(pair.ends[end].handed_on() == sent[1 - end]);
  }
  RC_ASSERT(pair.told[1].size() == told);
}

RC_GTEST_PROP(PeerLink, KnowsWhatWasLostWhereThatMayBe, ()) {
  Pair pair(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::element(0.0, 0.2, 0.6), false);
  const auto count = std::uint64_t(*rc::gen::inRange(0, 200));
  for (std::uint64_t k = 0; k < count; ++k) {
    pair.send(0, k, pair.random.below(pair.random.uniform() < 0.1 ? 2000 : 50));
    if (pair.random.uniform() < 0.2) pair.tell(0, k);
    if (pair.random.uniform() < 0.3) pair.advance(0.01);
  }
  RC_ASSERT(pair.settle());
  RC_ASSERT(pair.ends[1].handed_on() == count);
  RC_ASSERT(pair.ends[1].received() == pair.heard[1].size());
  RC_ASSERT(pair.heard[1].size() <= count);
  if (pair.loss == 0) RC_ASSERT(pair.heard[1].size() == count);
  for (std::size_t k = 1; k < pair.heard[1].size(); ++k)
    RC_ASSERT(pair.heard[1][k - 1].number < pair.heard[1][k].number);
}

TEST(PeerLink, KeepsWhatTheOtherEndCannotTakeYet) {
  Pair pair(1, 0, true);
  pair.cut = true;
  for (std::uint64_t k = 0; k < 2000; ++k) pair.send(0, k, 400);
  EXPECT_EQ(pair.ends[0].counts().packets, LinkStream::window);
  EXPECT_GT(pair.ends[0].pending(), 1000u);
  pair.cut = false;
  EXPECT_TRUE(pair.settle());
  EXPECT_EQ(pair.heard[1].size(), 2000u);
}

}  // namespace
}  // namespace entente
