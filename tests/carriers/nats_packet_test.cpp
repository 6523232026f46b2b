// SPDX-License-Identifier: MIT
// Packets between processes: read as written, and refused when a bit of them is not as it was.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "carriers/nats_packet.hpp"
#include "carriers/parties.hpp"

namespace entente {
namespace {

using testing::message_of;

std::vector<std::byte> some_packet(std::size_t body, std::uint64_t from) {
  std::vector<std::byte> bytes(body);
  for (std::size_t i = 0; i < body; ++i) bytes[i] = std::byte(i * 7);
  return make_packet(PacketKind::link, from, bytes);
}

RC_GTEST_PROP(NatsPacket, IsReadAsItWasWritten, ()) {
  const auto body = *rc::gen::inRange<std::size_t>(0, 300);
  const auto from = *rc::gen::arbitrary<std::uint64_t>();
  const std::vector<std::byte> bytes = some_packet(body, from);
  const Packet packet = read_packet(bytes);
  RC_ASSERT(packet.kind == PacketKind::link);
  RC_ASSERT(packet.from == from);
  RC_ASSERT(packet.version == packet_version);
  RC_ASSERT(packet.body.size() == body);
  for (std::size_t i = 0; i < body; ++i) RC_ASSERT(packet.body[i] == std::byte(i * 7));
}

TEST(NatsPacket, IsRefusedWithAnyBitChanged) {
  const std::vector<std::byte> bytes = some_packet(40, 0x123456789abcdef0);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::vector<std::byte> changed = bytes;
    changed[bit / 8] ^= std::byte(1 << bit % 8);
    EXPECT_THROW(read_packet(changed), Error) << bit;
  }
}

TEST(NatsPacket, IsRefusedWhenItIsShorterOrLonger) {
  std::vector<std::byte> bytes = some_packet(40, 5);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(read_packet(std::span(bytes).first(size)), Error) << size;
  bytes.push_back(std::byte(0));
  EXPECT_THROW(read_packet(bytes), Error);
}

TEST(NatsPacket, OfAnotherVersionIsRefusedUnlessItIsARefusal) {
  std::vector<std::byte> bytes = some_packet(4, 5);
  seal_packet(PacketKind::link, 5, bytes, 3);
  std::uint64_t sender = 0;
  const std::string said = message_of<Error>([&] { read_packet(bytes, &sender); });
  EXPECT_NE(said.find("version 3 of the packets between processes was found, where version 1 is spoken here"),
            std::string::npos)
      << said;
  EXPECT_EQ(sender, 5u);
  seal_packet(PacketKind::refusal, 5, bytes, 3);
  EXPECT_EQ(read_packet(bytes).version, 3);
}

}  // namespace
}  // namespace entente
