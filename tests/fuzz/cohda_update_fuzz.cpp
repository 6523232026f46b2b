// SPDX-License-Identifier: MIT
// Any bytes as messages of a COHDA participant: refused, or understood and answered, within bounded memory.
#include <cstddef>
#include <cstdint>
#include <span>

#include "entente/base/error.hpp"
#include "entente/carriers/in_process.hpp"
#include "entente/participants/cohda.hpp"

namespace {

template <class Message>
void receive(entente::Network& network, std::span<const std::byte> bytes) {
  std::optional<Message> message = entente::decode<Message>(bytes);
  if (!message) return;
  try {
    network.send(entente::Address{2}, entente::Address{1}, std::move(*message));
    network.run();
  } catch (const entente::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente;
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  if (size == 0) return 0;
  const auto first = cohda::create_cohda_participant(1, std::vector<cohda::Schedule>{{1, 2}, {3, 4}});
  const auto second = cohda::create_cohda_participant(2, std::vector<cohda::Schedule>{{0, 1}, {2, 2}});
  InProcessOptions options;
  options.limits.messages = 1000;
  InProcessNetwork network(options);
  network.join(*first);
  network.join(*second);
  network.send(Address{2}, Address{1}, cohda::create_cohda_start_message({3, 3}));
  if (data[0] % 2) network.run();
  receive<cohda::CohdaUpdate>(network, bytes.subspan(1));
  receive<cohda::WorkingMemory>(network, bytes.subspan(1));
  return 0;
}
