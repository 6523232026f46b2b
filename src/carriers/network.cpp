// SPDX-License-Identifier: MIT
// Network: the public face of the networks of one process.
#include "entente/carriers/network.hpp"

#include "carriers/local_network.hpp"

namespace entente {

Network::Network(std::unique_ptr<LocalNetwork> network) : network_(std::move(network)) {}
Network::~Network() = default;
Network::Network(Network&&) noexcept = default;

Address Network::join(Participant& participant) { return network_->join(participant); }
Address Network::join(Coordinator& coordinator) { return network_->join(coordinator); }
std::size_t Network::size() const { return network_->size(); }
Carrier& Network::carrier(Address address) const { return network_->carrier(address); }
RunReport Network::run() { return network_->run(); }
Content Network::coordinate(Content start) { return network_->coordinate(std::move(start)); }
const RunReport& Network::report() const { return network_->report(); }

namespace detail {

void join_all(Network& network, std::span<Participant* const> participants) {
  for (Participant* const participant : participants) {
    if (!participant) throw Error(ErrorCode::wrong_use, "a participant of the list is null");
    network.join(*participant);
  }
}

RunReport run_from(Network& network, Content start, Address from, Address to) {
  if (network.size() == 0)
    throw Error(ErrorCode::wrong_use, "there are no participants; a distributed optimisation needs at least one");
  if (from.number == 0) from.number = 1;
  if (to.number == 0) to.number = network.size() > 1 ? 2 : 1;
  network.send(from, to, std::move(start));
  return network.run();
}

}  // namespace detail
}  // namespace entente
