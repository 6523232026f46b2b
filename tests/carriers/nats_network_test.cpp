// SPDX-License-Identifier: MIT
// A network over NATS: what travels, what survives a restart of the server, how a run ends in all processes.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::Leader;
using testing::message_of;
using testing::NatsServerProcess;
using testing::Outcomes;
using testing::Party;
using testing::run_all;
using testing::shared_server;

struct Number {
  static constexpr std::string_view content_name = "number";
  std::uint64_t value = 0;
};
struct Field {
  static constexpr std::string_view content_name = "field";
  std::vector<double> cells;
};

/// Shares of one network, a participant each; the coordinator, if any, in one more.
class NatsNetworks : public ::testing::Test {
 protected:
  NatsOptions options_for(std::uint32_t participants) {
    NatsOptions options;
    options.access = shared_server().access();
    options.run = run_;
    options.participants = participants;
    options.types.add<Number>().add<Field>().add<int>().add<std::string>();
    options.patience = 20;
    return options;
  }
  void make(const NatsOptions& options) {
    parties_ = std::vector<Party>(options.participants);
    for (std::uint32_t k = 1; k <= options.participants; ++k) {
      networks_.push_back(std::make_unique<NatsNetwork>(options));
      carriers_.push_back(&networks_.back()->join(parties_[k - 1], Address{k}));
    }
    if (options.coordinated) {
      networks_.push_back(std::make_unique<NatsNetwork>(options));
      carriers_.push_back(&networks_.back()->join(leader_));
    }
  }
  std::vector<NatsNetwork*> all() const {
    std::vector<NatsNetwork*> list;
    for (const auto& network : networks_) list.push_back(network.get());
    return list;
  }
  Outcomes run() { return run_all(all()); }
  Outcomes coordinate(Content start, Content& result) {
    return run_all(all(), networks_.size() - 1, [&](NatsNetwork& network) { result = network.coordinate(start); });
  }
  static void expect_well(const Outcomes& outcomes) {
    for (const std::string& said : outcomes.said()) EXPECT_EQ(said, "");
  }

  const std::string run_ = "test-" + testing::random_word();
  std::vector<Party> parties_;
  Leader leader_;
  std::vector<std::unique_ptr<NatsNetwork>> networks_;
  std::vector<Carrier*> carriers_;
};

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

TEST_F(NatsNetworks, EndOnlyWhenNothingIsUnderWayAnyMore) {
  make(options_for(4));
  std::atomic<int> left = 3000, seen = 0;
  for (Party& party : parties_)
    party.react = [&](Carrier& carrier, const Content& content, const Meta&) {
      ++seen;
      if (--left < 0) return;
      const std::uint64_t next = content.as<Number>().value + 1;
      carrier.send(carrier.others()[next % 3], Number{next});
    };
  for (int k = 0; k < 5; ++k) carriers_[0]->send(Address{2}, Number{0});
  const Outcomes outcomes = run();
  expect_well(outcomes);
  EXPECT_EQ(seen, 3005);
  std::uint64_t sent = 0, delivered = 0;
  for (const RunReport& report : outcomes.reports) {
    EXPECT_EQ(report.end, RunEnd::quiet);
    sent += report.messages;
    delivered += report.delivered;
  }
  EXPECT_EQ(sent, 3005u);
  EXPECT_EQ(delivered, 3005u);
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

TEST_F(NatsNetworks, TellEverybodyWhoThrew) {
  make(options_for(3));
  parties_[2].react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("out of sand"); };
  carriers_[0]->send(Address{3}, 1);
  const auto said = run().said();
  EXPECT_EQ(said[2], "out of sand");
  for (const std::size_t other : {0u, 1u}) {
    EXPECT_NE(said[other].find("the run was ended by participant 3"), std::string::npos) << said[other];
    EXPECT_NE(said[other].find("out of sand"), std::string::npos) << said[other];
  }
}

TEST_F(NatsNetworks, EndWithTheirCoordinatorWhoseRequestsAreAnswered) {
  NatsOptions options = options_for(3);
  options.coordinated = true;
  make(options);
  for (Party& party : parties_)
    party.react = [](Carrier& carrier, const Content& content, const Meta& meta) {
      carrier.schedule(3600, [] {});  // ends with the coordinator
      carrier.reply(meta, Number{content.as<Number>().value * carrier.address().number});
    };
  leader_.lead = [](Carrier& carrier, Content start) -> Task<Content> {
    std::uint64_t sum = 0;
    for (int round = 0; round < 20; ++round) {
      std::vector<std::pair<Address, Content>> requests;
      for (const Address one : carrier.others()) requests.emplace_back(one, start);
      const std::vector<Content> answers = co_await carrier.gather_asks(std::move(requests));
      for (const Content& answer : answers) sum += answer.as<Number>().value;
    }
    co_return Number{sum};
  };
  Content result;
  expect_well(coordinate(Number{2}, result));
  EXPECT_EQ(result.as<Number>().value, 20u * (2 + 4 + 6));
}

TEST_F(NatsNetworks, StopForAllAtALimitOfOne) {
  NatsOptions options = options_for(2);
  options.coordinated = true;
  make(options);
  std::atomic<bool> enough = false;
  for (Party& party : parties_)
    party.react = [&](Carrier& carrier, const Content& content, const Meta&) {
      const std::uint64_t next = content.as<Number>().value + 1;
      if (next == 500) enough = true;
      carrier.send(Address{carrier.address().number % 2 + 1}, Number{next});
    };
  leader_.lead = [](Carrier& carrier, Content) -> Task<Content> {
    carrier.send(Address{1}, Number{0});
    co_await carrier.sleep(3600);
    co_return 0;
  };
  networks_[1] = nullptr;  // another share, which can be interrupted
  options.limits.interrupt = &enough;
  networks_[1] = std::make_unique<NatsNetwork>(options);
  networks_[1]->join(parties_[1], Address{2});
  Content result;
  const Outcomes outcomes = coordinate({}, result);
  EXPECT_THROW(std::rethrow_exception(outcomes.failures[2]), RunStopped);
  for (const RunReport& report : outcomes.reports) EXPECT_EQ(report.end, RunEnd::interrupted);
}

TEST_F(NatsNetworks, TellEverybodyOfATaskThatWaitsForWhatNoCarrierKnowsOf) {
  NatsOptions options = options_for(2);
  options.coordinated = true;
  make(options);
  struct Never {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<>) const {}
    void await_resume() const {}
  };
  leader_.lead = [](Carrier&, Content) -> Task<Content> {
    co_await Never{};
    co_return 0;
  };
  Content result;
  for (const std::string& said : coordinate({}, result).said())
    EXPECT_NE(said.find("coordinator 3 waits for something that no carrier knows of"), std::string::npos) << said;
}

TEST_F(NatsNetworks, SayWhichTypeOfMessageIsNotKnown) {
  make(options_for(2));
  carriers_[0]->send(Address{2}, std::vector<double>{1});
  const auto said = run().said();
  EXPECT_NE(said[1].find("add it to the ContentTypes"), std::string::npos) << said[1];
  EXPECT_NE(said[0].find("add it to the ContentTypes"), std::string::npos) << said[0];
}

TEST_F(NatsNetworks, FindOutTogetherThatNothingCanBringWhatIsExpected) {
  make(options_for(3));
  std::vector<int> order;
  std::function<void(Carrier&, int)> expect = [&](Carrier& carrier, int left) {
    carrier.expect("news", [&, left](std::exception_ptr) {
      order.push_back(left);
      carrier.send(Address{2}, left);
      if (left > 0) expect(carrier, left - 1);
    });
  };
  parties_[0].react = [&](Carrier& carrier, const Content&, const Meta&) { expect(carrier, 4); };
  std::vector<int> heard;
  parties_[1].react = [&](Carrier& carrier, const Content& content, const Meta&) {
    heard.push_back(content.as<int>());
    carrier.send(Address{3}, content);
  };
  carriers_[0]->send(Address{1}, 0);
  expect_well(run());
  EXPECT_EQ(order, (std::vector<int>{4, 3, 2, 1, 0}));
  EXPECT_EQ(heard, order);
}

}  // namespace
}  // namespace entente
