// SPDX-License-Identifier: MIT
// Messages that no participant of ours sends.
#include <gtest/gtest.h>

#include <limits>

#include "consensus_testing.hpp"
#include "entente/base/error.hpp"
#include "entente/participants/push_sum.hpp"

namespace entente {
namespace {

using namespace consensus_testing;

/// Sends made-up messages, a few in answer to each it gets.
class Liar : public Participant {
 public:
  explicit Liar(std::uint64_t seed) : random_(seed) {}
  void on_message(Carrier& carrier, const Content& content, const Meta&) override {
    const auto* const heard = content.get<AveragingConsensusMessage>();
    for (const Address other : carrier.others()) {
      for (int i = 0; heard && i < 3 && sent_ < 400; ++i, ++sent_) {
        AveragingConsensusMessage lie;
        lie.run = heard->run + (random_.below(20) == 0);
        lie.k = random_.below(30) == 0 ? number() : heard->k + random_.below(2);
        lie.initial = random_.below(40) == 0;
        lie.lam.assign(random_.below(30) == 0 ? 3 : heard->lam.size(), random_.below(10) == 0 ? std::nan("") : 1e300);
        if (lie.k > 0) lie.lam_before = lie.lam;
        lie.degree = std::uint32_t(number());
        lie.census = {std::uint32_t(number()),
                      std::uint32_t(number()),
                      random_.below(2) == 0,
                      std::uint32_t(number()),
                      std::uint32_t(number()),
                      -1,
                      number(),
                      std::uint32_t(number()),
                      std::uint32_t(number()),
                      NAN,
                      NAN};
        carrier.send(other, lie);
      }
    }
  }

 private:
  std::uint64_t number() {
    const std::uint64_t choices[] = {0, 1, 2, 3, 0xffffffff, std::numeric_limits<std::uint64_t>::max(), random_.bits()};
    return choices[random_.below(7)];
  }
  Random random_;
  int sent_ = 0;
};

TEST(HostileMessages, end_in_an_error_or_at_the_limit_of_cycles) {
  int errors = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    AveragingOptions options;
    options.max_iter = 50;
    const auto group = averaging_group({1, 2, 3}, options);
    Liar liar(seed);
    auto list = all_of(group->members);
    list.push_back(&liar);
    try {
      start_distributed_optimization(list, create_averaging_consensus_start(0.0));
    } catch (const Error&) {
      ++errors;
    }
    for (const auto& one : group->members) EXPECT_LE(one->k(), 50u);
  }
  EXPECT_GT(errors, 100);
}

TEST(HostileMessages, of_another_kind_are_errors) {
  const auto group = averaging_group({1, 2});
  InProcessNetwork network;
  for (const auto& one : group->members) network.join(*one);
  network.send(Address{1}, Address{2}, std::string("hello"));
  EXPECT_THROW(network.run(), Error);
  PushSumParticipant sum(PushSumOptions{});
  InProcessNetwork other;
  other.join(sum);
  other.send(Address{1}, Address{1}, PushSumMessage{{1, 2}, 1, 1});
  EXPECT_THROW(other.run(), Error);
}

TEST(HostileMessages, are_told_from_others_by_their_bytes) {
  // What participants say survives the way over bytes; what is cut short is nothing.
  AveragingConsensusMessage message;
  message.lam = {1, 2};
  message.k = 7;
  message.data = {3};
  message.census.leader = 9;
  message.lam_before = {0, 1};
  std::vector<std::byte> bytes;
  encode(message, bytes);
  const auto back = decode<AveragingConsensusMessage>(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->lam, message.lam);
  EXPECT_EQ(back->k, 7u);
  EXPECT_EQ(back->census.leader, 9u);
  EXPECT_EQ(back->lam_before, message.lam_before);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode<AveragingConsensusMessage>(std::span(bytes).first(size)));
}

}  // namespace
}  // namespace entente
