// SPDX-License-Identifier: MIT
// NatsNetwork: its public face, and whole runs in one call.
#include "entente/carriers/nats.hpp"

#include "carriers/nats_share.hpp"

namespace entente {
namespace {

NatsNetwork network_of(std::span<Participant* const> participants, NatsOptions&& options, bool coordinated) {
  options.coordinated = coordinated;
  if (options.participants == 0) options.participants = std::uint32_t(participants.size());
  std::uint32_t next = options.first.number;
  NatsNetwork network(std::move(options));
  for (Participant* const participant : participants) {
    if (!participant) throw Error(ErrorCode::wrong_use, "a participant of the list is null");
    network.join(*participant, Address{next++});
  }
  return network;
}

}  // namespace

NatsNetwork::NatsNetwork(NatsOptions options) : share_(std::make_unique<Share>(std::move(options))) {}
NatsNetwork::NatsNetwork(NatsNetwork&&) noexcept = default;
NatsNetwork::~NatsNetwork() = default;
Carrier& NatsNetwork::join(Participant& participant, Address address) { return share_->join_at(participant, address); }
Carrier& NatsNetwork::join(Coordinator& coordinator) {
  return share_->join_at(coordinator, share_->coordinator_address());
}
Carrier& NatsNetwork::carrier(Address address) const { return share_->carrier(address); }
RunReport NatsNetwork::run() { return share_->run(); }
Content NatsNetwork::coordinate(Content start) { return share_->coordinate(std::move(start)); }
const RunReport& NatsNetwork::report() const { return share_->report(); }

RunReport start_distributed_optimization(std::span<Participant* const> participants, Content start,
                                         NatsOptions options) {
  if (participants.empty())
    throw Error(ErrorCode::wrong_use, "there are no participants; a distributed optimisation needs at least one");
  const std::uint32_t first = options.first.number, count = std::uint32_t(participants.size());
  const std::uint32_t all = options.participants ? options.participants : count;
  const std::uint32_t from = options.start_from.number ? options.start_from.number : 1;
  const Address to = options.start_to.number ? options.start_to : Address{all > 1 ? 2u : 1u};
  NatsNetwork network = network_of(participants, std::move(options), false);
  if (from >= first && from < first + count) network.carrier(Address{from}).send(to, std::move(start));
  return network.run();
}

Content start_coordinated_optimization(std::span<Participant* const> participants, Coordinator& coordinator,
                                       Content start, NatsOptions options) {
  NatsNetwork network = network_of(participants, std::move(options), true);
  network.join(coordinator);
  return network.coordinate(std::move(start));
}

RunReport join_coordinated_optimization(std::span<Participant* const> participants, NatsOptions options) {
  return network_of(participants, std::move(options), true).run();
}

}  // namespace entente
