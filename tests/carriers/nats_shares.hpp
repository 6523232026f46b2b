// SPDX-License-Identifier: MIT
// Tests of networks over NATS: shares of one network in one process, each in a thread of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente::testing {

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

}  // namespace entente::testing
