// SPDX-License-Identifier: MIT
// Tests of who and what a network over NATS does not let in.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente::testing {

class NatsRefusals : public ::testing::Test {
 protected:
  NatsOptions options_for(std::uint32_t participants) {
    NatsOptions options;
    options.access = shared_server().access();
    options.run = run_;
    options.participants = participants;
    options.types.add<int>();
    options.patience = 20;
    options.say = [this](const std::string& text) {
      const std::lock_guard lock(mutex_);
      said_ += text + "\n";
    };
    return options;
  }
  std::unique_ptr<NatsNetwork> share(const NatsOptions& options, std::vector<std::uint32_t> addresses) {
    auto network = std::make_unique<NatsNetwork>(options);
    for (const std::uint32_t address : addresses) carriers_[address] = &network->join(parties_[address], {address});
    return network;
  }
  std::string said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }
  bool wait_until_said(const std::string& text) {
    for (int k = 0; k < 4000 && said().find(text) == std::string::npos; ++k)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return said().find(text) != std::string::npos;
  }
  static std::string failure_of(NatsNetwork& network) {
    return testing::message_of<Error>([&] { network.run(); });
  }
  std::string first_subject() const { return "entente." + run_ + ".first"; }

  const std::string run_ = "test-" + testing::random_word();
  Party parties_[8];
  Carrier* carriers_[8] = {};
  std::mutex mutex_;
  std::string said_;
};

}  // namespace entente::testing
