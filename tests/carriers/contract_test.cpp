// SPDX-License-Identifier: MIT
// What every carrier promises, for every network that there is: the same participants, the same answers.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::AnyNetwork;
using testing::Leader;
using testing::LocalKind;
using testing::message_of;
using testing::NatsKind;
using testing::Party;

constexpr Address first{1}, second{2}, third{3};

struct Kind {
  const char* name;
  std::unique_ptr<AnyNetwork> (*make)();
  bool apart = false;  ///< Participants run at the same time.
};
template <class Net, class Options>
std::unique_ptr<AnyNetwork> local(const Options& options) {
  return std::make_unique<LocalKind>(std::make_unique<Net>(options));
}

SimulatedOptions slow() {
  SimulatedOptions options;
  options.latency = Latency::exponential(0.3);
  return options;
}
const Kind kinds[] = {
    {"InProcess", [] { return local<InProcessNetwork>(InProcessOptions()); }},
    {"LatestSlots",
     [] {
       InProcessOptions options;
       options.delivery = Delivery::latest;
       return local<InProcessNetwork>(options);
     }},
    {"ThroughBytes",
     [] {
       InProcessOptions options;
       options.through_bytes = true;
       return local<InProcessNetwork>(options);
     }},
    {"RealClock",
     [] {
       InProcessOptions options;
       options.clock = NetworkClock::real;
       return local<InProcessNetwork>(options);
     }},
    {"Simulated", [] { return local<SimulatedNetwork>(slow()); }},
    {"ReliableOverRough",
     [] {
       SimulatedOptions options = slow();
       options.loss = 0.3;
       options.duplicate = 0.3;
       options.reorder = true;
       options.reliable = true;
       options.seed = 11;
       return local<SimulatedNetwork>(options);
     }},
    {"NatsTogether", [] { return std::unique_ptr<AnyNetwork>(std::make_unique<NatsKind>(false, true)); }},
    {"NatsApart", [] { return std::unique_ptr<AnyNetwork>(std::make_unique<NatsKind>(true, true)); }, true},
    {"NatsAtMostOnce", [] { return std::unique_ptr<AnyNetwork>(std::make_unique<NatsKind>(true, false)); }, true},
};

class Contract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    network_ = GetParam().make();
    parties_.resize(3);
    for (Party& party : parties_) network_->join(party);
  }
  Party& party(Address address) { return parties_[address.number - 1]; }

  std::vector<Party> parties_;
  std::unique_ptr<AnyNetwork> network_;
  std::mutex mutex_;
};
INSTANTIATE_TEST_SUITE_P(Carriers, Contract, ::testing::ValuesIn(kinds),
                         [](const auto& info) { return info.param.name; });

TEST_P(Contract, MessagesOfALinkArriveOnceAndInOrder) {
  std::vector<int> heard;
  party(second).react = [&](Carrier&, const Content& content, const Meta&) { heard.push_back(content.as<int>()); };
  party(first).react = [](Carrier& carrier, const Content& content, const Meta&) {
    const int x = content.as<int>();
    carrier.send(second, x);
    if (x < 20) carrier.send(first, x + 1);
  };
  network_->send(first, first, 1);
  const RunReport report = network_->run();
  ASSERT_FALSE(heard.empty());
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_EQ(heard.back(), 20);
  EXPECT_EQ(heard.size() + report.replaced, 20u);
  EXPECT_EQ(report.delivered + report.replaced, report.messages);
}

TEST_P(Contract, AReplyHasTheIdAndNotesOfTheMessageAndTheAddressOfWhoReplied) {
  Meta asked, replied;
  party(second).react = [&](Carrier& carrier, const Content& content, const Meta& meta) {
    asked = meta;
    carrier.reply(meta, content.as<int>() + 1);
  };
  int answer = 0;
  party(first).react = [&](Carrier& carrier, const Content&, const Meta&) {
    AskOptions options;
    options.notes = {{"foo", "1"}};
    carrier.ask(second, 4, options, [&](Reply reply) {
      replied = reply.meta;
      answer = reply.content.as<int>();
    });
  };
  network_->send(third, first, 0);
  network_->run();
  EXPECT_EQ(answer, 5);
  EXPECT_TRUE(asked.is_request);
  EXPECT_EQ(asked.sender, first);
  EXPECT_EQ(replied.sender, second);
  EXPECT_EQ(replied.message_id, asked.message_id);
  EXPECT_TRUE(replied.is_reply);
  EXPECT_EQ(replied.notes, (Notes{{"foo", "1"}}));
}

TEST_P(Contract, IdsAreUnique) {
  std::vector<std::uint64_t> ids;
  for (Party& one : parties_)
    one.react = [&](Carrier& carrier, const Content& content, const Meta& meta) {
      {
        const std::lock_guard lock(mutex_);
        ids.push_back(meta.message_id);
      }
      if (content.as<int>() > 0)
        for (const Address other : carrier.others()) carrier.send(other, content.as<int>() - 1);
    };
  network_->send(first, second, 3);
  network_->run();
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::unique(ids.begin(), ids.end()), ids.end());
  EXPECT_GT(ids.size(), 5u);
}

TEST_P(Contract, NothingHappensWithinACallToTheCarrier) {
  if (GetParam().apart) GTEST_SKIP() << "what is counted here is of one thread";
  int depth = 0, deepest = 0;
  for (Party& one : parties_)
    one.react = [&](Carrier& carrier, const Content& content, const Meta& meta) {
      deepest = std::max(deepest, ++depth);
      if (meta.is_request) carrier.reply(meta, 0);
      if (const int x = content.as<int>(); x > 0) {
        carrier.send(carrier.address(), x - 1);
        carrier.ask(carrier.others()[0], 0, {}, [&](Reply) { deepest = std::max(deepest, depth + 1); });
        carrier.schedule(0, [&] { deepest = std::max(deepest, depth + 1); });
      }
      --depth;
    };
  network_->send(first, second, 3);
  network_->run();
  EXPECT_EQ(deepest, 1);
}

TEST_P(Contract, TimersAreCalledInOrderAndCancelledOnesNever) {
  std::string log;
  double late = 0;
  party(first).react = [&](Carrier& carrier, const Content&, const Meta&) {
    const double began = carrier.now();
    carrier.schedule(0.02, [&log] { log += "c"; });
    carrier.schedule(0.01, [&log] { log += "a"; });
    const TimerTicket never = carrier.schedule(0.015, [&log] { log += "x"; });
    carrier.schedule(0.01, [&log, &carrier, never] {
      log += "b";
      carrier.cancel(never);
      carrier.cancel(never);
    });
    carrier.schedule(0.03, [&, began] { late = carrier.now() - began; });
  };
  network_->send(second, first, 0);
  network_->run();
  EXPECT_EQ(log, "abc");
  EXPECT_GE(late, 0.03 - 1e-9);
}

TEST_P(Contract, AnExceptionWhileAnsweringReachesWhoAsked) {
  party(second).react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("infeasible"); };
  std::string said;
  Leader leader([&](Carrier& carrier, Content) -> Task<Content> {
    try {
      co_await carrier.ask(second, 1);
    } catch (const std::exception& error) {
      said = error.what();
    }
    co_return 0;
  });
  network_->join(leader);
  network_->coordinate({});
  EXPECT_NE(said.find("infeasible"), std::string::npos);
}

TEST_P(Contract, AnExceptionThatNobodyHandlesReachesTheCallerInEveryKindOfRun) {
  party(second).react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("infeasible"); };
  const auto said = [&](auto&& act) { return message_of<std::exception>(act).find("infeasible") != std::string::npos; };
  network_->send(first, second, 1);
  EXPECT_TRUE(said([&] { network_->run(); }));
  Leader leader([](Carrier& carrier, Content start) -> Task<Content> {
    if (start.holds<int>()) {
      co_await carrier.ask(second, 1);
    } else {
      carrier.send(second, 1);
      co_await carrier.sleep(0.01);
    }
    co_return 0;
  });
  // Links of a simulated network are made for those who have joined by the first message.
  network_ = GetParam().make();
  for (Party& one : parties_) network_->join(one);
  network_->join(leader);
  EXPECT_TRUE(said([&] { network_->coordinate(1); }));
  EXPECT_TRUE(said([&] { network_->coordinate({}); }));
}

TEST_P(Contract, AnExceptionIsNotLostWhenTheAskerHasGivenUp) {
  party(second).react = [](Carrier&, const Content&, const Meta&) { throw std::domain_error("infeasible"); };
  party(first).react = [](Carrier& carrier, const Content&, const Meta&) {
    carrier.cancel(carrier.ask(second, 1, {}, [](Reply) {}));
  };
  network_->send(third, first, 1);
  const std::string said = message_of<std::exception>([&] { network_->run(); });
  EXPECT_NE(said.find("infeasible"), std::string::npos) << said;
}

TEST_P(Contract, ADeadlineThatPassesIsSaidAndALateAnswerIsDropped) {
  AskError::Reason reason = AskError::Reason::refused;
  int late = 0;
  party(second).react = [](Carrier& carrier, const Content&, const Meta& meta) {
    carrier.schedule(0.1, [&carrier, meta] { carrier.reply(meta, 1); });
  };
  party(first).react = [&](Carrier& carrier, const Content&, const Meta&) {
    AskOptions options;
    options.deadline = 0.02;
    carrier.ask(second, 1, options, [&](Reply reply) {
      ++late;
      try {
        reply.failure.rethrow();
      } catch (const AskError& error) {
        reason = error.reason();
      }
    });
  };
  network_->send(third, first, 1);
  network_->run();
  EXPECT_EQ(late, 1);
  EXPECT_EQ(reason, AskError::Reason::deadline);
}

TEST_P(Contract, WhoWaitsInVainIsNamed) {
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    co_await carrier.ask(third, std::string("are you there"));
    co_return 0;
  });
  network_->join(leader);
  const std::string said = message_of<AskError>([&] { network_->coordinate({}); });
  EXPECT_EQ(said.find("coordinator 4 waits for the answer of participant 3"), 0u) << said;
}

}  // namespace
}  // namespace entente
