// SPDX-License-Identifier: MIT
// Participants that find the lowest bid among them, and a coordinator that does; docs/writing-a-participant.md builds
// them up step by step.
#include <cstdio>
#include <vector>

#include "entente/carrier.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/carriers/simulated.hpp"

using namespace entente;

struct Bid {
  static constexpr std::string_view content_name = "bidders.bid";
  double price = 0;
  std::uint32_t bidder = 0;
};
struct PleaseBid {
  static constexpr std::string_view content_name = "bidders.please_bid";
};

class Bidder : public Participant {
 public:
  explicit Bidder(double price) : price_(price) {}
  const Bid& lowest() const { return lowest_; }

  void on_message(Carrier& carrier, const Content& content, const Meta& meta) override {
    const Bid own{price_, carrier.address().number};
    if (content.holds<PleaseBid>()) {
      carrier.reply(meta, own);
      return;
    }
    bool news = false;
    if (lowest_.bidder == 0) {  // the first message: now we know who we are
      lowest_ = own;
      news = true;
    }
    if (const Bid* theirs = content.get<Bid>(); theirs && theirs->price < lowest_.price) {
      lowest_ = *theirs;
      news = true;
    }
    if (!news) return;
    const Content message = lowest_;
    for (const Address other : carrier.others()) carrier.send(other, message);
  }

 private:
  double price_;
  Bid lowest_;
};

class Auctioneer : public Coordinator {
 public:
  Task<Content> start_optimization(Carrier& carrier, Content, Meta) override {
    std::vector<std::pair<Address, Content>> requests;
    for (const Address bidder : carrier.others()) requests.emplace_back(bidder, PleaseBid{});
    AskOptions options;
    options.deadline = 30;
    const std::vector<Content> answers = co_await carrier.gather_asks(requests, options);
    Bid best = answers.front().as<Bid>();
    for (const Content& answer : answers)
      if (const Bid& bid = answer.as<Bid>(); bid.price < best.price) best = bid;
    co_return best;
  }
};

std::vector<Participant*> pointers(std::vector<Bidder>& bidders) {
  std::vector<Participant*> list;
  for (Bidder& bidder : bidders) list.push_back(&bidder);
  return list;
}

int main() {
  const std::vector<double> prices = {7.5, 3.25, 9, 4};
  bool right = true;
  {
    std::vector<Bidder> bidders(prices.begin(), prices.end());
    InProcessOptions options;
    options.topology = Topology::ring(bidders.size());
    const RunReport report = start_distributed_optimization(pointers(bidders), Bid{100, 0}, options);
    for (const Bidder& bidder : bidders) right = right && bidder.lowest().bidder == 2;
    std::printf("in process: %.2f by %u, %llu messages\n", bidders[0].lowest().price, bidders[0].lowest().bidder,
                static_cast<unsigned long long>(report.messages));
  }
  {
    std::vector<Bidder> bidders(prices.begin(), prices.end());
    SimulatedOptions options;
    options.topology = Topology::ring(bidders.size());
    options.latency = Latency::exponential(0.020);
    options.loss = 0.2;
    options.reorder = true;
    options.reliable = true;
    options.seed = 1;
    const RunReport report = start_distributed_optimization(pointers(bidders), Bid{100, 0}, options);
    for (const Bidder& bidder : bidders) right = right && bidder.lowest().bidder == 2;
    std::printf("over bad links: %.2f by %u after %.3f s\n", bidders[0].lowest().price, bidders[0].lowest().bidder,
                report.clock);
  }
  {
    std::vector<Bidder> bidders(prices.begin(), prices.end());
    Auctioneer auctioneer;
    const Bid best = start_coordinated_optimization<Bid>(pointers(bidders), auctioneer, {});
    right = right && best.bidder == 2;
    std::printf("by auction: %.2f by %u\n", best.price, best.bidder);
  }
  return right ? 0 : 1;
}
