// SPDX-License-Identifier: MIT
// A network over NATS: what travels, and what survives a restart of the server.
#include <atomic>
#include <functional>
#include <numeric>

#include "carriers/nats_shares.hpp"

namespace entente {
namespace {

using testing::Field;
using testing::NatsNetworks;
using testing::NatsServerProcess;
using testing::Number;
using testing::Outcomes;
using testing::Party;

TEST_F(NatsNetworks, BringBigAndEmptyMessagesInTheirOrder) {
  make(options_for(2));
  std::vector<std::size_t> sizes;
  bool equal = true;
  parties_[1].react = [&](Carrier&, const Content& content, const Meta&) {
    const Field* const field = content.get<Field>();
    sizes.push_back(field ? field->cells.size() : ~std::size_t(0));
    for (std::size_t i = 0; field && i < field->cells.size(); ++i) equal = equal && field->cells[i] == double(i) + 0.25;
  };
  const std::size_t wanted[] = {0, 1, 1 << 20, 0, 16000, 3 << 18, 7};
  for (const std::size_t size : wanted) {
    Field field{std::vector<double>(size)};
    std::iota(field.cells.begin(), field.cells.end(), 0.25);
    carriers_[0]->send(Address{2}, field);
  }
  carriers_[0]->send(Address{2}, Content());
  expect_well(run());
  ASSERT_EQ(sizes.size(), std::size(wanted) + 1);
  EXPECT_TRUE(std::equal(std::begin(wanted), std::end(wanted), sizes.begin()));
  EXPECT_EQ(sizes.back(), ~std::size_t(0));
  EXPECT_TRUE(equal);
}

TEST_F(NatsNetworks, RunAgainWhenTheyAreToldTo) {
  make(options_for(3));
  std::atomic<int> seen = 0;
  for (Party& party : parties_) party.react = [&](Carrier&, const Content&, const Meta&) { ++seen; };
  for (int k = 1; k <= 4; ++k) {
    for (Carrier* const carrier : carriers_) carrier->send(Address{carrier->address().number % 3 + 1}, k);
    expect_well(run());
    EXPECT_EQ(seen, 3 * k);
  }
}

TEST_F(NatsNetworks, LoseNothingWhenTheServerIsKilledAndStartedAgain) {
  NatsServerProcess server;
  NatsOptions options = options_for(3);
  options.access = server.access();
  make(options);
  // Tokens go round; each participant counts what it sees of each token's hops, which must be all of them, in order.
  constexpr std::uint64_t hops = 6000, tokens = 3;
  std::vector<std::vector<std::uint64_t>> seen(3);
  for (std::uint32_t k = 0; k < 3; ++k)
    parties_[k].react = [&, k](Carrier& carrier, const Content& content, const Meta&) {
      const std::uint64_t hop = content.as<Number>().value;
      seen[k].push_back(hop);
      if (hop < hops) carrier.send(Address{(k + 1) % 3 + 1}, Number{hop + 1});
    };
  for (std::uint64_t k = 0; k < tokens; ++k) carriers_[0]->send(Address{2}, Number{1});
  Outcomes outcomes;
  std::atomic<bool> over = false;
  std::jthread runner([&] {
    outcomes = run();
    over = true;
  });
  int restarts = 0;
  for (; !over && restarts < 3; ++restarts) {
    std::this_thread::sleep_for(std::chrono::milliseconds(120));
    server.restart();
  }
  runner.join();
  expect_well(outcomes);
  EXPECT_GT(restarts, 0);
  std::uint64_t total = 0;
  for (const auto& list : seen) {
    total += list.size();
    std::vector<std::uint64_t> sorted = list;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t i = 0; i + tokens < sorted.size(); i += tokens) EXPECT_EQ(sorted[i + tokens - 1], sorted[i]);
  }
  EXPECT_EQ(total, tokens * hops);
}

TEST_F(NatsNetworks, LoseNothingOfAFloodEither) {
  NatsServerProcess server;
  NatsOptions options = options_for(2);
  options.access = server.access();
  make(options);
  constexpr std::uint64_t most = 150000;
  std::uint64_t seen = 0, big = 0;
  bool in_order = true;
  parties_[1].react = [&](Carrier&, const Content& content, const Meta&) {
    if (const Field* const field = content.get<Field>()) {
      big += field->cells.size();
    } else {
      in_order = in_order && content.as<Number>().value == seen;
      ++seen;
    }
  };
  std::function<void(Carrier&, std::uint64_t)> flood = [&](Carrier& carrier, std::uint64_t from) {
    for (std::uint64_t k = from; k < from + 500; ++k) carrier.send(Address{2}, Number{k});
    if (from % 30000 == 0) carrier.send(Address{2}, Field{std::vector<double>(400000)});
    if (from + 500 < most) carrier.schedule(0.001, [&flood, &carrier, from] { flood(carrier, from + 500); });
  };
  parties_[0].react = [&](Carrier& carrier, const Content&, const Meta&) { flood(carrier, 0); };
  carriers_[0]->send(Address{1}, 0);
  Outcomes outcomes;
  std::jthread runner([&] { outcomes = run(); });
  for (int k = 0; k < 2; ++k) {
    std::this_thread::sleep_for(std::chrono::milliseconds(130));
    server.restart();
  }
  runner.join();
  expect_well(outcomes);
  EXPECT_EQ(seen, most);
  EXPECT_TRUE(in_order);
  EXPECT_EQ(big, 5u * 400000);
}

TEST_F(NatsNetworks, DeliverAtMostOnceWhereThatIsAskedFor) {
  NatsServerProcess server;
  NatsOptions options = options_for(2);
  options.access = server.access();
  options.reliable = false;
  make(options);
  std::vector<std::uint64_t> seen;
  parties_[1].react = [&](Carrier&, const Content& content, const Meta&) {
    seen.push_back(content.as<Number>().value);
  };
  std::function<void(Carrier&, std::uint64_t)> go = [&](Carrier& carrier, std::uint64_t number) {
    carrier.send(Address{2}, Number{number});
    if (number < 200) carrier.schedule(0.002, [&go, &carrier, number] { go(carrier, number + 1); });
  };
  parties_[0].react = [&](Carrier& carrier, const Content&, const Meta&) { go(carrier, 1); };
  carriers_[0]->send(Address{1}, 0);
  Outcomes outcomes;
  std::jthread runner([&] { outcomes = run(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.kill();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server.restart();
  runner.join();
  expect_well(outcomes);
  EXPECT_LT(seen.size(), 200u);
  EXPECT_TRUE(std::adjacent_find(seen.begin(), seen.end(), std::greater_equal<>()) == seen.end());
  EXPECT_EQ(seen.size() + outcomes.reports[1].lost, 200u);
}

}  // namespace
}  // namespace entente
