// SPDX-License-Identifier: MIT
#include "base/simulated_links.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string>

#include "entente/base/random.hpp"

namespace entente {
namespace {

/// A trace as text.
std::string line_of(const NetworkNote& note) {
  return std::to_string(note.time) + " " + std::string(event_name(note.event)) + " " + std::to_string(note.from) + ">" +
         std::to_string(note.to) + " " + std::to_string(note.number) + "\n";
}

struct Arrival {
  double time;
  std::uint32_t from, to, word;
  bool operator==(const Arrival&) const = default;
};

class Post {
 public:
  explicit Post(NetworkModel model)
      : network_(std::move(model), {[](SimulatedLinks::Parcel&) { return true; }, {}},
                 [this](const NetworkNote& note) { trace += line_of(note); }) {}
  void send(std::uint32_t from, std::uint32_t to, std::uint32_t word) {
    std::byte bytes[4];
    std::memcpy(bytes, &word, 4);
    network_.send(from, to, bytes, 0);
  }
  void run() {
    while (network_.under_way() > 0 && std::isfinite(network_.next()))
      network_.step([this](const SimulatedLinks::Parcel& parcel) {
        std::uint32_t word = 0;
        std::memcpy(&word, parcel.bytes.data(), 4);
        arrivals.push_back({network_.now(), parcel.from, parcel.to, word});
      });
  }
  const NetworkCounts& counts() const { return network_.counts(); }
  std::uint64_t under_way() const { return network_.under_way(); }
  std::string trace;
  std::vector<Arrival> arrivals;

 private:
  SimulatedLinks network_;
};

NetworkModel two_agents(Latency latency) {
  NetworkModel model;
  model.agents = 2;
  model.latency = latency;
  return model;
}

TEST(SimulatedLinks, DeliversAfterTheLatencyAndToOneselfAtOnce) {
  NetworkModel model = two_agents(Latency::constant(0.5));
  model.links = {{1, 0, Latency::constant(0.25)}};
  Post post(model);
  post.send(0, 1, 7);
  post.send(1, 0, 8);
  post.send(0, 0, 9);
  post.run();
  EXPECT_EQ(post.arrivals, (std::vector<Arrival>{{0, 0, 0, 9}, {0.25, 1, 0, 8}, {0.5, 0, 1, 7}}));
}

TEST(SimulatedLinks, KeepsTheOrderOfALinkUnlessToldOtherwise) {
  for (const bool reorder : {false, true}) {
    NetworkModel model = two_agents(Latency::exponential(1));
    model.reorder = reorder;
    Post post(model);
    for (std::uint32_t k = 0; k < 1000; ++k) post.send(0, 1, k);
    post.run();
    ASSERT_EQ(post.arrivals.size(), 1000u);
    std::uint32_t descents = 0;
    for (std::size_t k = 1; k < 1000; ++k) descents += post.arrivals[k].word < post.arrivals[k - 1].word;
    EXPECT_EQ(descents > 0, reorder);
  }
}

// Means of 20 000 draws; a standard error of the exponential mean is 0.7 %, so that four of them stay below 3 %.
TEST(SimulatedLinks, FollowsItsDistributions) {
  const auto mean_of = [](Latency latency) {
    double sum = 0;
    NetworkModel model = two_agents(latency);
    model.reorder = true;
    Post post(model);
    for (std::uint32_t k = 0; k < 20'000; ++k) post.send(0, 1, k);
    post.run();
    for (const Arrival& arrival : post.arrivals) sum += arrival.time;
    return sum / 20'000;
  };
  EXPECT_NEAR(mean_of(Latency::uniform(1, 3)), 2, 0.06);
  EXPECT_NEAR(mean_of(Latency::exponential(2)), 2, 0.06);
  EXPECT_DOUBLE_EQ(mean_of(Latency::constant(2)), 2);
}

TEST(SimulatedLinks, LosesAndDoublesAsOftenAsToldWhereLinksAreRaw) {
  NetworkModel model = two_agents(Latency::uniform(0, 1));
  model.loss = 0.2;
  model.duplicate = 0.1;
  Post post(model);
  for (std::uint32_t k = 0; k < 20'000; ++k) post.send(0, 1, k);
  post.run();
  // Standard deviations: 57 lost, 38 doubled.
  EXPECT_NEAR(double(post.counts().lost), 4000, 4 * 57);
  EXPECT_NEAR(double(post.counts().duplicated), 1600, 4 * 38);
  EXPECT_EQ(post.arrivals.size(), 20'000 - post.counts().lost + post.counts().duplicated);
  EXPECT_EQ(post.under_way(), 0u);
}

TEST(SimulatedLinks, DeliversEverythingOnceAndInOrderOverReliableLinks) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    NetworkModel model = two_agents(Latency::uniform(0.01, 0.3));
    model.seed = seed;
    model.loss = double(seed % 9) / 10;
    model.duplicate = 0.2;
    model.reorder = seed % 2;
    model.reliable = true;
    model.outages = {{1, 0.1, 2}};
    Post post(model);
    for (std::uint32_t k = 0; k < 100; ++k) {
      post.send(0, 1, k);
      post.send(1, 0, k);
    }
    post.run();
    ASSERT_EQ(post.arrivals.size(), 200u) << seed;
    std::uint32_t next[2] = {};
    for (const Arrival& arrival : post.arrivals) {
      EXPECT_EQ(arrival.word, next[arrival.to]++);
      EXPECT_FALSE(arrival.to == 1 && arrival.time > 0.1 && arrival.time < 2);
    }
  }
}

TEST(SimulatedLinks, GivesUpOnlyOnWhoIsGoneForGood) {
  NetworkModel model = two_agents(Latency::constant(0.1));
  model.agents = 3;
  model.reliable = true;
  model.outages = {{1, 0.05}, {2, 0.05, 1000}};
  Post post(model);
  post.send(0, 1, 1);
  post.send(0, 2, 2);
  post.run();
  ASSERT_EQ(post.arrivals.size(), 1u);
  EXPECT_EQ(post.arrivals[0].word, 2u);
  EXPECT_GE(post.arrivals[0].time, 1000);
  EXPECT_EQ(post.under_way(), 1u);
  EXPECT_EQ(post.counts().crashes, 2u);
}

TEST(SimulatedLinks, DoesTheSameAgainForTheSameSeed) {
  std::string traces[3];
  for (const int turn : {0, 1, 2}) {
    NetworkModel model = two_agents(Latency::exponential(0.1));
    model.seed = turn < 2 ? 5 : 6;
    model.loss = model.duplicate = 0.3;
    model.reorder = model.reliable = true;
    Post post(model);
    for (std::uint32_t k = 0; k < 50; ++k) post.send(k % 2, 1 - k % 2, k);
    post.run();
    traces[turn] = post.trace;
  }
  EXPECT_EQ(traces[0], traces[1]);
  EXPECT_NE(traces[0], traces[2]);
}

TEST(SimulatedLinks, ALinksFortuneDoesNotDependOnOtherLinks) {
  std::vector<Arrival> with[2];
  for (const int others : {0, 1}) {
    NetworkModel model = two_agents(Latency::exponential(0.1));
    model.agents = 3;
    model.loss = 0.3;
    Post post(model);
    for (std::uint32_t k = 0; k < 50; ++k) {
      post.send(0, 1, k);
      if (others) post.send(0, 2, k);
    }
    post.run();
    for (const Arrival& arrival : post.arrivals)
      if (arrival.to == 1) with[others].push_back(arrival);
  }
  EXPECT_EQ(with[0], with[1]);
}

}  // namespace
}  // namespace entente
