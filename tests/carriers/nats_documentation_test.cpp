// SPDX-License-Identifier: MIT
// The code of the section on NATS in docs/carriers.md, run as it stands there.
#include <gtest/gtest.h>

#include "carriers/networks.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::Party;

struct Offer {
  double amount = 0;
};

void join_as_the_page_says(Party& bidder) {
  NatsOptions options;
  options.access = read_nats_credentials("agent.yaml");
  options.run = "tuesday";   // what parts this run from others on the same server
  options.participants = 2;  // in all processes together
  options.types.add<Offer>();
  NatsNetwork network(options);
  network.join(bidder, Address{2});  // another process joins Address{1}
  network.run();
}

TEST(NatsDocumentation, ShowsCodeThatRuns) {
  const testing::NatsServerProcess server;
  const testing::Folder folder;
  folder.write("agent.yaml", "token: " + server.token() + "\nurl: " + server.url() + "\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  Party bidder, seller;
  double heard = 0;
  bidder.react = [&](Carrier&, const Content& content, const Meta&) { heard = content.as<Offer>().amount; };
  {
    std::jthread other([&] { join_as_the_page_says(bidder); });
    NatsOptions options;
    options.access = server.access();
    options.run = "tuesday";
    options.participants = 2;
    options.types.add<Offer>();
    start_distributed_optimization(std::vector<Participant*>{&seller}, Offer{3.5}, options);
  }
  std::filesystem::current_path(before);
  EXPECT_EQ(heard, 3.5);
}

}  // namespace
}  // namespace entente
