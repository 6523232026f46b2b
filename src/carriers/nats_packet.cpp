// SPDX-License-Identifier: MIT
// The head of a packet: written last, read first.
#include "carriers/nats_packet.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "entente/base/error.hpp"

namespace entente {
namespace {

constexpr char magic[] = {'E', 'N', 'T', 'E'};
constexpr std::size_t checksum_at = 8, length_at = 12, sender_at = 16;

void put(std::byte* at, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) at[i] = std::byte(number >> (8 * i));
}
std::uint64_t get(const std::byte* at, int bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < bytes; ++i) number |= std::uint64_t(at[i]) << (8 * i);
  return number;
}

/// Of everything but itself.
std::uint32_t checksum(std::span<const std::byte> packet) {
  const auto* const bytes = reinterpret_cast<const Bytef*>(packet.data());
  uLong sum = ::crc32(0, bytes, checksum_at);
  sum = ::crc32_z(sum, bytes + length_at, packet.size() - length_at);
  return std::uint32_t(sum);
}

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::bad_input, fmt::format("a packet was refused: {}", why));
}

}  // namespace

void seal_packet(PacketKind kind, std::uint64_t from, std::span<std::byte> bytes, std::uint8_t version) {
  std::byte* const head = bytes.data();
  std::memcpy(head, magic, sizeof magic);
  head[4] = std::byte(version);
  head[5] = std::byte(kind);
  head[6] = head[7] = std::byte(0);
  put(head + length_at, bytes.size() - packet_head, 4);
  put(head + sender_at, from, 8);
  put(head + checksum_at, checksum(bytes), 4);
}

std::vector<std::byte> make_packet(PacketKind kind, std::uint64_t from, std::span<const std::byte> body) {
  std::vector<std::byte> bytes(packet_head + body.size());
  std::copy(body.begin(), body.end(), bytes.begin() + packet_head);
  seal_packet(kind, from, bytes);
  return bytes;
}

Packet read_packet(std::span<const std::byte> bytes, std::uint64_t* sender) {
  if (bytes.size() < packet_head)
    refuse(fmt::format("it has {} bytes, where {} or more were expected", bytes.size(), packet_head));
  if (std::memcmp(bytes.data(), magic, sizeof magic) != 0) refuse("it does not begin as a packet of Entente does");
  const std::uint64_t length = get(bytes.data() + length_at, 4);
  if (length != bytes.size() - packet_head)
    refuse(fmt::format("its body has {} bytes, where it says that there are {}", bytes.size() - packet_head, length));
  if (get(bytes.data() + checksum_at, 4) != checksum(bytes)) refuse("its checksum is not that of its bytes");
  Packet packet;
  packet.version = std::uint8_t(bytes[4]);
  packet.kind = PacketKind(bytes[5]);
  packet.from = get(bytes.data() + sender_at, 8);
  packet.body = bytes.subspan(packet_head);
  if (sender) *sender = packet.from;
  if (packet.kind == PacketKind::refusal) return packet;
  if (packet.version != packet_version)
    throw Error(ErrorCode::unsupported,
                fmt::format("version {} of the packets between processes was found, where version {} is spoken here; "
                            "use the same version of Entente everywhere",
                            packet.version, packet_version));
  if (bytes[5] < std::byte(1) || bytes[5] > std::byte(PacketKind::link) || bytes[6] != std::byte(0) ||
      bytes[7] != std::byte(0))
    refuse("it is of a kind that is not known");
  return packet;
}

}  // namespace entente
