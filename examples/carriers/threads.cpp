// SPDX-License-Identifier: MIT
// A carrier of one's own: every participant in a thread of its own, messages as bytes from thread to thread.
// docs/writing-a-carrier.md builds it up step by step.
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "entente/carriers/endpoint.hpp"
#include "entente/carriers/wire.hpp"

using namespace entente;
using Clock = std::chrono::steady_clock;

/// Bytes for one receiver, put in by any thread.
class Mailbox {
 public:
  void put(std::vector<std::byte> bytes) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(bytes));
    ready_.notify_one();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_one();
  }
  /// What has come until then, at least one unless the time is up or the box is closed.
  std::vector<std::vector<std::byte>> take(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    ready_.wait_until(lock, until, [&] { return closed_ || !waiting_.empty(); });
    return std::exchange(waiting_, {});
  }
  bool closed() {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::vector<std::vector<std::byte>> waiting_;
  bool closed_ = false;
};

/// One participant's end. All of it belongs to the thread that calls `serve`; only mailboxes are shared.
class ThreadCarrier final : public Endpoint {
 public:
  template <class Party>
  ThreadCarrier(Party& party, Address address, std::vector<Mailbox>& boxes, const ContentTypes& types)
      : Endpoint(party), address_(address), boxes_(boxes), types_(types) {
    for (std::uint32_t other = 1; other < boxes.size(); ++other)  // the last box is the coordinator's
      if (other != address.number) others_.push_back({other});
  }
  ~ThreadCarrier() override { abandon(); }

  Address address() const override { return address_; }
  std::span<const Address> others() const override { return others_; }
  double now() const override { return std::chrono::duration<double>(Clock::now() - began_).count(); }

  using Endpoint::ask;
  using Endpoint::cancel;
  TimerTicket schedule(double delay, std::function<void()> action) override {
    const TimerTicket ticket{++last_timer_};
    timers_[{now() + delay, ticket.number}] = std::move(action);
    return ticket;
  }
  void cancel(TimerTicket ticket) override {
    std::erase_if(timers_, [&](const auto& timer) { return timer.first.second == ticket.number; });
  }

  /// Delivers what comes and calls what is due, until `done()` or the mailbox is closed. Throws what a participant
  /// threw.
  template <class Done>
  void serve(Done&& done) {
    Mailbox& box = boxes_[address_.number - 1];
    while (!done() && !box.closed()) {
      double wait = 0.1;
      if (!timers_.empty()) wait = std::min(wait, std::max(0.0, timers_.begin()->first.first - now()));
      const auto until =
          Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(wait));
      for (const std::vector<std::byte>& bytes : box.take(until)) deliver(read_envelope(bytes, types_));
      while (!timers_.empty() && timers_.begin()->first.first <= now()) {
        const auto action = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        action();
      }
      if (failure_) std::rethrow_exception(failure_);
    }
  }

 protected:
  void transmit(Envelope envelope) override {
    if (envelope.to.number == 0 || envelope.to.number > boxes_.size())
      throw Error(ErrorCode::wrong_use, "nobody has address " + std::to_string(envelope.to.number));
    std::vector<std::byte> bytes;
    write_envelope(envelope, bytes);
    boxes_[envelope.to.number - 1].put(std::move(bytes));
  }
  void fail(std::exception_ptr why) override {
    if (!failure_) failure_ = why;
  }

 private:
  const Address address_;
  std::vector<Mailbox>& boxes_;
  const ContentTypes& types_;
  std::vector<Address> others_;
  const Clock::time_point began_ = Clock::now();
  std::map<std::pair<double, std::uint64_t>, std::function<void()>> timers_;
  std::uint64_t last_timer_ = 0;
  std::exception_ptr failure_;
};

struct Square : Participant {
  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    const double x = content.as<double>();
    if (x < 0) throw std::domain_error("a negative number");
    carrier.reply(meta, x * x);
  }
};

struct SumOfSquares : Coordinator {
  Task<Content> start_optimization(Carrier& carrier, Content start, Meta) override {
    std::vector<std::pair<Address, Content>> requests;
    for (const Address one : carrier.others()) requests.emplace_back(one, start);
    double sum = 0;
    const std::vector<Content> answers = co_await carrier.gather_asks(requests);
    for (const Content& answer : answers) sum += answer.as<double>();
    co_await carrier.sleep(0.01);
    co_return sum;
  }
};

/// Runs the coordinator in this thread and the participants in theirs; returns its result.
double run(std::vector<Square>& participants, double x) {
  ContentTypes types;
  types.add<double>();
  std::vector<Mailbox> boxes(participants.size() + 1);
  std::vector<std::exception_ptr> failures(boxes.size());
  const auto guarded = [&](std::size_t who, auto&& work) {
    try {
      work();
    } catch (...) {
      failures[who] = std::current_exception();
    }
    for (Mailbox& box : boxes) box.close();  // whoever ends first, ends it for all
  };
  double result = 0;
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < participants.size(); ++i)
      threads.emplace_back(guarded, i, [&, i] {
        ThreadCarrier carrier(participants[i], Address{std::uint32_t(i + 1)}, boxes, types);
        carrier.serve([] { return false; });
      });
    guarded(participants.size(), [&] {
      SumOfSquares coordinator;
      ThreadCarrier carrier(coordinator, Address{std::uint32_t(boxes.size())}, boxes, types);
      Task<Content> task = coordinator.start_optimization(carrier, x, {});
      task.start();
      carrier.serve([&] { return task.done(); });
      if (task.done()) result = task.take().as<double>();
    });
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  return result;
}

int main() {
  std::vector<Square> participants(3);
  const double sum = run(participants, 4);
  std::printf("sum of squares: %g\n", sum);
  std::string said;
  try {
    run(participants, -1);
  } catch (const AskError& error) {
    said = error.what();
  }
  std::printf("%s\n", said.c_str());
  return sum == 48 && said == "participant 1 could not answer: a negative number" ? 0 : 1;
}
