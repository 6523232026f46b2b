// SPDX-License-Identifier: MIT
// All kinds of networks behind one face, so that one test can hold every carrier to what all promise.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "carriers/nats_connection.hpp"
#include "entente/carrier.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/nats.hpp"
#include "entente/carriers/simulated.hpp"
#include "support/nats_server.hpp"

namespace entente::testing {

class AnyNetwork {
 public:
  virtual ~AnyNetwork() = default;
  virtual void join(Participant& participant) = 0;
  virtual void join(Coordinator& coordinator) = 0;
  virtual void send(Address from, Address to, Content content) = 0;
  virtual RunReport run() = 0;
  virtual Content coordinate(Content start) = 0;
};

class LocalKind final : public AnyNetwork {
 public:
  explicit LocalKind(std::unique_ptr<Network> network) : network_(std::move(network)) {}
  void join(Participant& participant) override { network_->join(participant); }
  void join(Coordinator& coordinator) override { network_->join(coordinator); }
  void send(Address from, Address to, Content content) override { network_->send(from, to, std::move(content)); }
  RunReport run() override { return network_->run(); }
  Content coordinate(Content start) override { return network_->coordinate(std::move(start)); }

 private:
  std::unique_ptr<Network> network_;
};

inline NatsServerProcess& shared_server() {
  static NatsServerProcess server;
  return server;
}

/// Several shares of one network, run side by side in threads: what each of them returned or threw.
struct Outcomes {
  std::vector<RunReport> reports;
  std::vector<std::exception_ptr> failures;
  std::vector<std::string> said() const {
    std::vector<std::string> list;
    for (const std::exception_ptr& failure : failures) {
      list.emplace_back();
      try {
        if (failure) std::rethrow_exception(failure);
      } catch (const std::exception& error) {
        list.back() = error.what();
      }
    }
    return list;
  }
};
/// Runs all; the one with the coordinator, if any, by `lead` in place of `run`.
inline Outcomes run_all(std::vector<NatsNetwork*> networks, std::size_t leader = ~std::size_t(0),
                        const std::function<void(NatsNetwork&)>& lead = {}) {
  Outcomes outcomes;
  outcomes.reports.resize(networks.size());
  outcomes.failures.resize(networks.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t k = 0; k < networks.size(); ++k)
      threads.emplace_back([&, k] {
        try {
          if (k == leader)
            lead(*networks[k]);
          else
            networks[k]->run();
        } catch (...) {
          outcomes.failures[k] = std::current_exception();
        }
        outcomes.reports[k] = networks[k]->report();
      });
  }
  return outcomes;
}

/// A network over NATS: its members in one share of it, or each in one of its own with a thread to itself.
class NatsKind final : public AnyNetwork {
 public:
  NatsKind(bool apart, bool reliable) : apart_(apart), reliable_(reliable) {}
  void join(Participant& participant) override { parties_.push_back(&participant); }
  void join(Coordinator& coordinator) override { coordinator_ = &coordinator; }
  void send(Address from, Address to, Content content) override { first_.push_back({from, to, std::move(content)}); }
  RunReport run() override {
    make();
    const Outcomes outcomes = run_all(shares());
    return sum(outcomes);
  }
  Content coordinate(Content start) override {
    make();
    Content result;
    const std::size_t leader = apart_ ? parties_.size() : 0;
    const Outcomes outcomes =
        run_all(shares(), leader, [&](NatsNetwork& network) { result = network.coordinate(start); });
    // What its own caller hears, rather than what the others hear of it.
    if (outcomes.failures[leader]) std::rethrow_exception(outcomes.failures[leader]);
    sum(outcomes);
    return result;
  }

 private:
  struct First {
    Address from, to;
    Content content;
  };
  std::vector<NatsNetwork*> shares() const {
    std::vector<NatsNetwork*> list;
    for (const auto& network : networks_) list.push_back(network.get());
    return list;
  }
  void make() {
    if (networks_.empty()) {
      NatsOptions options;
      options.access = shared_server().access();
      options.run = "test-" + random_word();
      options.participants = std::uint32_t(parties_.size());
      options.coordinated = coordinator_ != nullptr;
      options.types.add<int>().add<std::string>();
      options.reliable = reliable_;
      const std::size_t count = apart_ ? parties_.size() + (coordinator_ ? 1 : 0) : 1;
      for (std::size_t k = 0; k < count; ++k) networks_.push_back(std::make_unique<NatsNetwork>(options));
      for (std::size_t k = 0; k < parties_.size(); ++k)
        carriers_.push_back(&networks_[apart_ ? k : 0]->join(*parties_[k], Address{std::uint32_t(k + 1)}));
      if (coordinator_) carriers_.push_back(&networks_[apart_ ? parties_.size() : 0]->join(*coordinator_));
    }
    for (First& one : std::exchange(first_, {})) carriers_[one.from.number - 1]->send(one.to, std::move(one.content));
  }
  static RunReport sum(const Outcomes& outcomes) {
    RunReport total;
    for (std::size_t k = 0; k < outcomes.reports.size(); ++k) {
      if (outcomes.failures[k]) std::rethrow_exception(outcomes.failures[k]);
      total.end = outcomes.reports[k].end;
      total.messages += outcomes.reports[k].messages;
      total.delivered += outcomes.reports[k].delivered;
    }
    return total;
  }

  const bool apart_, reliable_;
  std::vector<Participant*> parties_;
  Coordinator* coordinator_ = nullptr;
  std::vector<First> first_;
  std::vector<std::unique_ptr<NatsNetwork>> networks_;
  std::vector<Carrier*> carriers_;
};

}  // namespace entente::testing
