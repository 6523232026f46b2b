// SPDX-License-Identifier: MIT
// Whatever bytes come as a packet from another process: refused with an Error, or understood, without harm to the
// link. Inputs are packets one after the other, each behind its length in two bytes; `!` as the first byte of one has
// it sealed here, so that what is inside is reached.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "carriers/gathering.hpp"
#include "carriers/peer_link.hpp"
#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"

namespace {

using namespace entente;

void take_link(PeerLink& link, const Packet& packet, const ContentTypes& types, double now) {
  link.receive(
      packet.body, now,
      [&](std::span<const std::byte> bytes) {
        try {
          static_cast<void>(read_envelope(bytes, types));
        } catch (const Error&) {
        }
      },
      [](ControlMessage&&) {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ContentTypes types;
  std::size_t published = 0;
  const auto publish = [&](std::span<const std::byte> packet) {
    static_cast<void>(read_packet(packet));  // what goes out is always a packet
    ++published;
  };
  PeerLink links[2] = {{{.self = 1, .run = 1, .reliable = true, .batch = 200, .piece = 100}, publish},
                       {{.self = 1, .run = 1, .reliable = false, .batch = 200, .piece = 100}, publish}};
  Gathering gathering(1, {.run = 1, .since = 1, .name = "head", .participants = 3, .addresses = {1}});
  std::span<const std::byte> rest = std::as_bytes(std::span(data, size));
  double now = 0;
  while (rest.size() > 2) {
    const std::size_t length = std::min(rest.size() - 2, std::size_t(rest[0]) | std::size_t(rest[1]) << 8);
    std::vector<std::byte> bytes(rest.begin() + 2, rest.begin() + 2 + std::ptrdiff_t(length));
    rest = rest.subspan(2 + length);
    if (bytes.size() > 2 && bytes[0] == std::byte('!'))
      bytes = make_packet(PacketKind(bytes[1]), std::uint64_t(bytes[2]), std::span(bytes).subspan(3));
    now += 0.1;
    try {
      const Packet packet = read_packet(bytes);
      if (packet.kind == PacketKind::hello) {
        if (const auto hello = decode<Hello>(packet.body)) static_cast<void>(gathering.admit(packet.from, *hello));
      } else if (packet.kind == PacketKind::leaving) {
        gathering.leave(packet.from);
      } else if (packet.kind == PacketKind::welcome) {
        static_cast<void>(decode<Welcome>(packet.body));
      } else if (packet.kind == PacketKind::link) {
        for (PeerLink& link : links) take_link(link, packet, types, now);
      }
    } catch (const Error& error) {
      if (error.code() == ErrorCode::internal) __builtin_trap();
    }
    for (PeerLink& link : links) link.poll(now);
  }
  if (published > size + 8) __builtin_trap();  // nothing that comes is answered by more than one packet a link
  if (gathering.roster().empty() || gathering.missing(10).size() > 2) __builtin_trap();
  return 0;
}
