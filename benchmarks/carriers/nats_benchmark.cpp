// SPDX-License-Identifier: MIT
// Messages between two processes over a NATS server of their own: requests and their replies one after the other, and
// small messages as fast as they go, beside the same by the bare NATS client. Wall-clock time on one machine.
//
// nats_benchmark [requests] [messages] [processes]
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <vector>

#include "../../tests/support/nats_server.hpp"
#include "carriers/nats_connection.hpp"
#include "entente/carriers/nats.hpp"

namespace {

using namespace entente;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

struct Token {
  static constexpr std::string_view content_name = "token";
  std::uint64_t hops = 0;
  double value = 0;
};

struct Times {
  double median = 0, tail = 0;
};
Times times_of(std::vector<double> seconds) {
  std::sort(seconds.begin(), seconds.end());
  return {seconds[seconds.size() / 2] * 1e6, seconds[seconds.size() * 99 / 100] * 1e6};
}

/// Asks the other so many times, the next when the last is answered.
struct Asker : Participant {
  std::uint64_t left = 0;
  std::vector<double> seconds;
  void on_message(Carrier& carrier, const Content&, const Meta&) override { ask(carrier); }
  void ask(Carrier& carrier) {
    if (left-- == 0) return;
    const auto begin = Clock::now();
    carrier.ask(Address{2}, Token{left, 0.5}, {}, [this, &carrier, begin](Reply) {
      seconds.push_back(seconds_since(begin));
      ask(carrier);
    });
  }
};
struct Answerer : Participant {
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override { carrier.reply(meta, content); }
};

/// Sends so many messages, a few hundred at a time.
struct Source : Participant {
  std::uint64_t left = 0;
  void on_message(Carrier& carrier, const Content&, const Meta&) override { go(carrier); }
  void go(Carrier& carrier) {
    for (int k = 0; k < 500 && left > 0; ++k, --left) carrier.send(Address{2}, Token{left, 0.5});
    if (left > 0) carrier.schedule(0, [this, &carrier] { go(carrier); });
  }
};
struct Sink : Participant {
  std::uint64_t seen = 0;
  double sum = 0;
  void on_message(Carrier&, const Content& content, const Meta&) override {
    ++seen;
    sum += content.as<Token>().value;
  }
};

/// Passes each token back until it has made its hops.
struct Player : Participant {
  std::uint64_t most = 0, seen = 0;
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    ++seen;
    const Token& token = content.as<Token>();
    if (token.hops < most) carrier.send(meta.sender, Token{token.hops + 1, token.value});
  }
};

NatsOptions options_of(const testing::NatsServerProcess& server, const char* run) {
  NatsOptions options;
  options.access = server.access();
  options.run = run;
  options.participants = 2;
  options.types.add<Token>().add<int>();
  return options;
}

/// Runs `other` in a process of its own beside `own`.
void beside(const std::function<void()>& other, const std::function<void()>& own) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      other();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      std::_Exit(1);
    }
    std::_Exit(0);
  }
  own();
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

template <class First, class Second>
double pair_run(const testing::NatsServerProcess& server, const char* run, First& first, Second& second, int tokens) {
  double seconds = 0;
  // The client must not be in use when the process forks, so either half has a process of its own.
  beside(
      [&] {
        NatsNetwork network(options_of(server, run));
        network.join(second, Address{2});
        network.run();
      },
      [&] {
        NatsNetwork network(options_of(server, run));
        Carrier& carrier = network.join(first, Address{1});
        for (int k = 0; k < tokens; ++k) carrier.send(Address{tokens > 1 ? 2u : 1u}, Token{});
        network.run();
        seconds = network.report().clock;
        const RunReport report = network.report();
        fmt::print("  {} messages sent in {} packets, {} bytes, {} sent again\n", report.messages, report.packets,
                   report.bytes, report.retransmitted);
      });
  return seconds;
}

/// In a process of its own, as what is to come forks again.
void in_process(const std::function<void()>& job) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    job();
    std::fflush(nullptr);
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

void bare(const testing::NatsServerProcess& server, std::uint64_t requests) {
  beside(
      [&] {
        NatsConnection connection(server.access(), "answers");
        NatsSubscription subscription = connection.subscribe("bare");
        while (auto message = subscription.take(5)) {
          if (message->reply().empty()) return;
          connection.publish(message->reply(), message->bytes());
        }
      },
      [&] {
        NatsConnection connection(server.access(), "asks");
        std::vector<std::byte> bytes(16);
        while (!connection.request("bare", bytes, 1)) ::usleep(1000);
        std::vector<double> seconds;
        for (std::uint64_t k = 0; k < requests; ++k) {
          const auto begin = Clock::now();
          connection.request("bare", bytes, 1);
          seconds.push_back(seconds_since(begin));
        }
        connection.publish("bare", bytes);
        connection.flush(1);
        const Times times = times_of(std::move(seconds));
        fmt::print("request and reply, bare client:   median {:.0f} us, 99 of 100 within {:.0f} us\n", times.median,
                   times.tail);
      });
}

/// Passes a number on to the next participant, round and round.
struct Neighbour : Participant {
  std::uint64_t most = 0;
  void on_message(Carrier& carrier, const Content& content, const Meta&) override {
    const std::uint64_t hops = content.as<Token>().hops;
    const auto all = std::uint32_t(carrier.others().size() + 1);
    if (hops < most) carrier.send(Address{carrier.address().number % all + 1}, Token{hops + 1, 0});
  }
};

/// Many processes: from the first fork until the last has ended.
void crowd(const testing::NatsServerProcess& server, std::uint32_t processes) {
  const auto begin = Clock::now();
  std::vector<pid_t> children;
  for (std::uint32_t k = 1; k <= processes; ++k) {
    const pid_t child = ::fork();
    if (child != 0) {
      children.push_back(child);
      continue;
    }
    try {
      NatsOptions options = options_of(server, "crowd");
      options.participants = processes;
      NatsNetwork network(options);
      Neighbour neighbour;
      neighbour.most = 10 * processes;
      Carrier& carrier = network.join(neighbour, Address{k});
      if (k == 1) carrier.send(Address{2}, Token{});
      network.run();
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      std::_Exit(1);
    }
    std::_Exit(0);
  }
  int failed = 0;
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    failed += status != 0;
  }
  fmt::print("{} processes pass {} messages on:  {:.2f} s from start to end, {} failed\n", processes, 10 * processes,
             seconds_since(begin), failed);
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t requests = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 20000;
  const std::uint64_t messages = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 2000000;
  const auto processes = std::uint32_t(count > 3 ? std::strtoul(arguments[3], nullptr, 10) : 100);
  const testing::NatsServerProcess server;
  in_process([&] { bare(server, requests); });
  in_process([&] {
    Asker asker;
    asker.left = requests;
    Answerer answerer;
    pair_run(server, "ask", asker, answerer, 1);
    const Times times = times_of(std::move(asker.seconds));
    fmt::print("request and reply, participants:  median {:.0f} us, 99 of 100 within {:.0f} us\n", times.median,
               times.tail);
  });
  in_process([&] {
    Source source;
    source.left = messages;
    Sink sink;
    const double seconds = pair_run(server, "flow", source, sink, 1);
    fmt::print("one way, batched:                 {:.0f} messages/s\n", double(messages) / seconds);
  });
  in_process([&] {
    Player first, second;
    first.most = second.most = std::max<std::uint64_t>(1, messages / 1000);
    const double seconds = pair_run(server, "play", first, second, 1000);
    fmt::print("to and fro, 1000 under way:       {:.0f} messages/s\n", double(messages) / seconds);
  });
  in_process([&] { crowd(server, processes); });
}
