// SPDX-License-Identifier: MIT
// How a run over NATS ends, in all its processes.
#include <atomic>
#include <coroutine>
#include <functional>

#include "carriers/nats_shares.hpp"

namespace entente {
namespace {

using testing::NatsNetworks;
using testing::Number;
using testing::Outcomes;
using testing::Party;

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
    Never never;
    co_await never;
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
