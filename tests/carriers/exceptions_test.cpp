// SPDX-License-Identifier: MIT
// An exception in a participant reaches the caller, wherever it is thrown and however the run is made.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"

namespace entente {
namespace {

using testing::Leader;
using testing::Party;
using testing::pointers;

constexpr Address first{1}, second{2}, third{3};

struct Thrown {  // no std::exception
  int where;
};
[[noreturn]] void fail() { throw Thrown{42}; }

using Act = void (*)(Carrier&);

/// What participant 2 does on its first message, after which participant 3 answers requests and throws, if it is told
/// to.
struct Case {
  const char* name;
  Act act;
};
Task<void> fail_later(Carrier& carrier) {
  co_await carrier.sleep(0.5);
  fail();
}
Task<void> ask_and_fail(Carrier& carrier) { co_await carrier.ask(third, std::string("throw")); }
Task<void> fail_when_woken(Carrier& carrier, EventWithValue<int> event) {
  co_await event.wait(carrier);
  fail();
}
const Case cases[] = {
    {"WhileHandlingAMessage", [](Carrier&) { fail(); }},
    {"InTheHandlerOfANextMessage", [](Carrier& carrier) { carrier.send(third, std::string("throw")); }},
    {"InATimer", [](Carrier& carrier) { carrier.schedule(0.5, [] { fail(); }); }},
    {"InASpawnedTask", [](Carrier& carrier) { carrier.spawn(fail_later(carrier)); }},
    {"InATaskThatIsWoken",
     [](Carrier& carrier) {
       EventWithValue<int> event;
       carrier.spawn(fail_when_woken(carrier, event));
       carrier.schedule(0.5, [event]() mutable { event.set(1); });
     }},
    {"WhileAnsweringAndNobodyLooks",
     [](Carrier& carrier) { carrier.ask(third, std::string("throw"), {}, [](Reply) {}); }},
    {"WhileAnsweringATask", [](Carrier& carrier) { carrier.spawn(ask_and_fail(carrier)); }},
    {"WhileAnsweringWhoGaveUp",
     [](Carrier& carrier) {
       const AskTicket ticket = carrier.ask(third, std::string("throw"), {}, [](Reply) {});
       carrier.cancel(ticket);
     }},
    {"AfterHavingAnswered",
     [](Carrier& carrier) {
       carrier.ask(third, std::string("reply and throw"), {}, [](Reply reply) { (void)bool(reply.failure); });
     }},
    {"WhileTakingAReply",
     [](Carrier& carrier) { carrier.ask(third, std::string("reply"), {}, [](Reply) { fail(); }); }},
};

std::vector<Party> parties(Act act) {
  std::vector<Party> three(3);
  three[1].react = [act](Carrier& carrier, const Content& content, const Meta& meta) {
    if (meta.is_request) carrier.reply(meta, content);
    act(carrier);
  };
  three[2].react = [](Carrier& carrier, const Content& content, const Meta& meta) {
    const std::string& order = content.as<std::string>();
    if (order.find("reply") != order.npos) carrier.reply(meta, order);
    if (order.find("throw") != order.npos) fail();
  };
  return three;
}

SimulatedOptions links() {
  SimulatedOptions options;
  options.latency = Latency::uniform(0.1, 0.2);
  return options;
}
template <class Run>
int thrown_by(Run&& run) {
  try {
    run();
  } catch (const Thrown& thrown) {
    return thrown.where;
  }
  return 0;
}

class Exceptions : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Thrown, Exceptions, ::testing::ValuesIn(cases),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Exceptions, ReachTheCallerOfADistributedRun) {
  auto three = parties(GetParam().act);
  EXPECT_EQ(thrown_by([&] { start_distributed_optimization(pointers(three), 1); }), 42);
  InProcessOptions latest;
  latest.delivery = Delivery::latest;
  EXPECT_EQ(thrown_by([&] { start_distributed_optimization(pointers(three), 1, latest); }), 42);
  EXPECT_EQ(thrown_by([&] { start_distributed_optimization(pointers(three), 1, links()); }), 42);
}

TEST_P(Exceptions, ReachTheCallerOfACoordinatedRun) {
  auto three = parties(GetParam().act);
  Leader asks([](Carrier& carrier, Content) -> Task<Content> {
    const Content answer = co_await carrier.ask(second, 1);
    co_await carrier.sleep(5);  // what it set going goes on meanwhile
    co_return answer;
  });
  Leader sends([](Carrier& carrier, Content) -> Task<Content> {
    carrier.send(second, 1);
    co_await carrier.sleep(5);
    co_return 0;
  });
  for (Leader* leader : {&asks, &sends}) {
    EXPECT_EQ(thrown_by([&] { start_coordinated_optimization(pointers(three), *leader, {}); }), 42);
    EXPECT_EQ(thrown_by([&] { start_coordinated_optimization(pointers(three), *leader, {}, links()); }), 42);
  }
}

TEST(LossyExceptions, NoneIsLostWithThePacketThatShouldHaveBroughtIt) {
  std::vector<Party> two(2);
  int threw = 0;
  two[0].react = [&](Carrier&, const Content&, const Meta&) {
    ++threw;
    fail();
  };
  two[1].react = [](Carrier& carrier, const Content&, const Meta&) {
    AskOptions options;
    options.deadline = 3;
    carrier.ask(first, 1, options, [](Reply reply) { (void)bool(reply.failure); });  // looks, and goes on
  };
  int surfaced = 0, handled = 0, not_asked = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SimulatedOptions options = links();
    options.loss = 0.4;
    options.seed = seed;
    threw = 0;
    const int got = thrown_by([&] { start_distributed_optimization(pointers(two), 1, options); });
    if (threw == 0)
      ++not_asked;
    else
      got == 42 ? ++surfaced : ++handled;
  }
  EXPECT_GT(not_asked, 100);  // 1 - 0.6 * 0.6
  EXPECT_GT(surfaced, 20);    // 0.6 * 0.6 * 0.4
  EXPECT_GT(handled, 30);     // 0.6 * 0.6 * 0.6
}

TEST(LossyExceptions, OneThatWasHandledIsNotThrownAgainByItsDouble) {
  std::vector<Party> one(1);
  one[0].react = [](Carrier&, const Content&, const Meta&) { fail(); };
  Leader leader([](Carrier& carrier, Content) -> Task<Content> {
    int failures = 0;
    for (int i = 0; i < 50; ++i) {
      try {
        co_await carrier.ask(first, 1);
      } catch (const Thrown&) {
        ++failures;
      }
    }
    co_return failures;
  });
  SimulatedOptions options = links();
  options.duplicate = 0.5;
  EXPECT_EQ(start_coordinated_optimization(pointers(one), leader, {}, options).as<int>(), 50);
}

}  // namespace
}  // namespace entente
