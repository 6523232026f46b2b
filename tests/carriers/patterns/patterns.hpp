// SPDX-License-Identifier: MIT
// Every way of waiting that docs/carriers.md shows, as a program: compiled and run with g++ and with clang++, optimised
// and under the sanitizers, because g++ 12 miscompiles some coroutines.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "carriers/parties.hpp"
#include "entente/carriers/in_process.hpp"

namespace entente::patterns {

constexpr Address first{1}, second{2};

using Lead = Task<Content> (*)(Carrier&, Content);

/// Two participants: the first answers with twice what it gets, the second after ten seconds. Negative numbers make
/// them throw.
inline std::string led_by(Lead lead) {
  std::vector<testing::Party> two(2);
  two[0].react = [](Carrier& carrier, const Content& content, const Meta& meta) {
    const int x = content.as<int>();
    if (x < 0) throw std::domain_error("negative");
    carrier.reply(meta, 2 * x);
  };
  two[1].react = [](Carrier& carrier, const Content& content, const Meta& meta) {
    const int x = content.as<int>();
    if (x < 0) throw std::domain_error("negative too");
    carrier.schedule(10, [&carrier, x, meta] { carrier.reply(meta, 2 * x + 1); });
  };
  testing::Leader leader(lead);
  return start_coordinated_optimization<std::string>(testing::pointers(two), leader, {});
}

inline std::string text(int number) { return std::to_string(number); }
/// The clock in whole seconds.
inline std::string seconds(Carrier& carrier) { return text(int(carrier.now() + 0.5)); }

inline Task<Content> one_after_another(Carrier& carrier, Content) {
  int total = 0;
  for (const Address one : carrier.others()) {
    const Content answer = co_await carrier.ask(one, 4);
    total += answer.as<int>();
  }
  co_return text(total) + " at " + seconds(carrier);
}

inline Task<Content> all_at_once(Carrier& carrier, Content) {
  std::vector<std::pair<Address, Content>> requests;
  for (const Address one : carrier.others()) requests.emplace_back(one, 3);
  const std::vector<Content> answers = co_await carrier.gather_asks(requests);
  co_return text(answers[0].as<int>()) + " " + text(answers[1].as<int>());
}

inline Task<Content> all_with_their_failures(Carrier& carrier, Content) {
  std::vector<std::pair<Address, Content>> requests = {{{1}, -1}, {{2}, 5}};
  const std::vector<Reply> replies = co_await carrier.gather_replies(std::move(requests));
  std::string log;
  for (const Reply& reply : replies) log += reply.failure ? std::string("failed ") : text(reply.content.as<int>());
  co_return log;
}

inline Task<Content> a_deadline(Carrier& carrier, Content) {
  AskOptions options;
  options.deadline = 2;
  bool late = false;
  try {
    const Content answer = co_await carrier.ask(second, 1, options);
  } catch (const AskError& error) {
    late = error.reason() == AskError::Reason::deadline;
  }
  co_return std::string(late ? "late at " : "in time at ") + seconds(carrier);
}

inline Task<Content> a_loop_with_sleep(Carrier& carrier, Content) {
  int rounds = 0;
  while (carrier.now() < 4.5) {
    co_await carrier.sleep(1);
    ++rounds;
  }
  co_return text(rounds);
}

inline Task<int> doubled(Carrier& carrier, int x) {
  const Content answer = co_await carrier.ask(first, x);
  co_return answer.as<int>();
}
inline Task<int> slowly(Carrier& carrier, int x, double delay) {
  co_await carrier.sleep(delay);
  co_return x;
}

inline Task<Content> tasks_within_tasks(Carrier& carrier, Content) {
  int x = 1;
  for (int i = 0; i < 5; ++i) x = co_await doubled(carrier, x);
  const int y = co_await slowly(carrier, 10, 0);
  co_return text(x + y);
}

inline Task<Content> tasks_side_by_side(Carrier& carrier, Content) {
  std::vector<Task<int>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(slowly(carrier, i, 4 - i));
  const std::vector<int> results = co_await gather(std::move(tasks));
  co_return text(results[0]) + text(results[1]) + text(results[2]) + " at " + seconds(carrier);
}

inline Task<Content> the_first_of_several(Carrier& carrier, Content) {
  std::vector<Task<int>> tasks;
  tasks.push_back(slowly(carrier, 7, 5));
  tasks.push_back(slowly(carrier, 8, 2));
  const RaceResult<int> winner = co_await race(std::move(tasks));
  co_return text(int(winner.index)) + ": " + text(winner.value) + " at " + seconds(carrier);
}

inline Task<Content> a_task_with_a_deadline(Carrier& carrier, Content) {
  Task<int> slow = slowly(carrier, 1, 60);
  std::string log;
  try {
    const int result = co_await carrier.wait_for(std::move(slow), 3);
    log = text(result);
  } catch (const AskError&) {
    log = "late";
  }
  Task<int> fast = slowly(carrier, 2, 1);
  const int result = co_await carrier.wait_for(std::move(fast), 3);
  co_return log + text(result) + " at " + seconds(carrier);
}

inline Task<void> ring_after(Carrier& carrier, EventWithValue<std::string> bell, double delay) {
  co_await carrier.sleep(delay);
  bell.set("ding");
}

inline Task<Content> an_event_with_a_value(Carrier& carrier, Content) {
  EventWithValue<std::string> bell("the bell");
  carrier.spawn(ring_after(carrier, bell, 2));
  const std::string sound = co_await carrier.wait_for(bell);
  const std::string again = co_await bell.wait(carrier);  // it is set: no wait
  co_return sound + again + " at " + seconds(carrier);
}

inline Task<void> fail_after(Carrier& carrier, double delay) {
  co_await carrier.sleep(delay);
  throw std::domain_error("failed in the background");
}

inline Task<Content> a_spawned_task_that_is_awaited(Carrier& carrier, Content) {
  Spawned work = carrier.spawn(fail_after(carrier, 1));
  co_await carrier.sleep(3);
  std::string said;
  try {
    co_await work;
  } catch (const std::domain_error& error) {
    said = error.what();
  }
  co_return said;
}

inline Task<void> count(Carrier& carrier, std::shared_ptr<int> counter) {
  for (;;) {
    co_await carrier.sleep(1);
    ++*counter;
  }
}

inline Task<Content> a_spawned_task_that_is_cancelled(Carrier& carrier, Content) {
  auto counter = std::make_shared<int>(0);
  Spawned counting = carrier.spawn(count(carrier, counter));
  co_await carrier.sleep(3.5);
  counting.cancel();
  co_await carrier.sleep(3.5);
  co_return text(*counter) + (counting.done() ? " done" : " goes on");
}

inline Task<bool> is_even(Carrier& carrier, int x) {
  const int twice = co_await doubled(carrier, x);
  co_return twice % 4 == 0;
}

inline Task<Content> conditions_one_at_a_time(Carrier& carrier, Content) {
  std::string log;
  for (int i = 0; i < 4; ++i) {
    const bool even = co_await is_even(carrier, i);
    const bool next = even ? co_await is_even(carrier, i + 2) : false;
    log += even && next ? "y" : "n";
  }
  int x = 0;
  while (co_await is_even(carrier, x)) x += 3;
  co_return log + text(x);
}

inline Task<std::string> join(Carrier& carrier, std::string a, std::vector<int> b, std::unique_ptr<std::string> c) {
  co_await carrier.sleep(1);
  for (const int x : b) a += text(x);
  co_return a + *c;
}

inline Task<Content> arguments_that_own_memory(Carrier& carrier, Content) {
  const std::string a = "a string that is too long for the small buffer ";
  const std::vector<int> b = {1, 2, 3};
  const std::string one = co_await join(carrier, a, b, std::make_unique<std::string>("c"));
  const std::string two =
      co_await join(carrier, std::string(40, 'x'), std::vector<int>(3, 4), std::make_unique<std::string>("d"));
  co_return one.substr(one.size() - 4) + two.substr(two.size() - 4);
}

inline Task<Content> an_exception_through_tasks(Carrier& carrier, Content) {
  std::string log;
  try {
    const int x = co_await doubled(carrier, -5);
    log = text(x);
  } catch (const std::domain_error& error) {
    log = error.what();
  }
  // After the catch: a coroutine cannot wait within it.
  const int x = co_await doubled(carrier, 5);
  co_return log + text(x);
}

inline Task<Content> a_hundred_thousand_tasks_that_never_wait(Carrier&, Content) {
  struct Local {
    static Task<int> one() { co_return 1; }
  };
  int total = 0;
  for (int i = 0; i < 100000; ++i) total += co_await Local::one();
  co_return text(total);
}

struct Pattern {
  const char* name;
  Lead lead;
  const char* expected;
};
inline const Pattern all[] = {
    {"one after another", one_after_another, "17 at 10"},
    {"all at once", all_at_once, "6 7"},
    {"all with their failures", all_with_their_failures, "failed 11"},
    {"a deadline", a_deadline, "late at 2"},
    {"a loop with sleep", a_loop_with_sleep, "5"},
    {"tasks within tasks", tasks_within_tasks, "42"},
    {"tasks side by side", tasks_side_by_side, "123 at 3"},
    {"the first of several", the_first_of_several, "1: 8 at 2"},
    {"a task with a deadline", a_task_with_a_deadline, "late2 at 4"},
    {"an event with a value", an_event_with_a_value, "dingding at 2"},
    {"a spawned task that is awaited", a_spawned_task_that_is_awaited, "failed in the background"},
    {"a spawned task that is cancelled", a_spawned_task_that_is_cancelled, "3 done"},
    {"conditions one at a time", conditions_one_at_a_time, "ynyn3"},
    {"arguments that own memory", arguments_that_own_memory, "123c444d"},
    {"an exception through tasks", an_exception_through_tasks, "negative10"},
    {"a hundred thousand tasks that never wait", a_hundred_thousand_tasks_that_never_wait, "100000"},
};

}  // namespace entente::patterns
