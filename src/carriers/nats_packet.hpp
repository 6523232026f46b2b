// SPDX-License-Identifier: MIT
// Packets between processes as bytes: what holds for all of them, checked before anything in them is believed.
//
// Form  `ENTE`, the version of this form (1 byte), the kind (1), two bytes of zero, the checksum of all other bytes (4,
//       CRC-32), the length of the body (4), who sent it (8), the body. Numbers little-endian. This much is the same in
//       all versions, and so is the body of a refusal: a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "entente/base/codec.hpp"

namespace entente {

enum class PacketKind : std::uint8_t { hello = 1, welcome, refusal, alive, leaving, link };

struct Packet {
  PacketKind kind = PacketKind::hello;
  std::uint8_t version = 0;
  std::uint64_t from = 0;  ///< A number that a process gave itself at random.
  std::span<const std::byte> body;
};

constexpr std::uint8_t packet_version = 1;
constexpr std::size_t packet_head = 24;

/// A packet with that body.
std::vector<std::byte> make_packet(PacketKind kind, std::uint64_t from, std::span<const std::byte> body);

/// Fills in the head of a packet whose body stands behind `packet_head` bytes.
void seal_packet(PacketKind kind, std::uint64_t from, std::span<std::byte> bytes,
                 std::uint8_t version = packet_version);

/// Reads what `make_packet` made. Throws Error{bad_input} for bytes that are no packet, and Error{unsupported} for
/// another version of this form, unless it is a refusal. `sender`, if given, is who sent it, where that can be told.
Packet read_packet(std::span<const std::byte> bytes, std::uint64_t* sender = nullptr);

/// What a process says of itself to the one that gathers all.
struct Hello {
  std::uint32_t run = 0;    ///< How many runs it had on this network.
  std::uint64_t since = 0;  ///< When it came; its own clock.
  std::string name;         ///< For people.
  std::uint32_t participants = 0;
  bool coordinated = false, reliable = true;
  std::vector<std::uint32_t> addresses;  ///< Its own, ascending.
};
/// It is known; these are not there yet (a few of them).
struct Welcome {
  std::uint32_t run = 0;
  std::vector<std::uint32_t> missing;
};
/// A process of the network.
struct RosterEntry {
  std::uint64_t process = 0;
  std::string name;
  std::vector<std::uint32_t> addresses;
};

/// What processes tell each other of the run; not all members mean something in all kinds.
struct ControlMessage {
  enum class Kind : std::uint8_t { begin, probe, count, close, end, stop, failure, gone };
  Kind kind = Kind::begin;
  std::uint64_t wave = 0;
  std::uint8_t action = 0;                ///< Of a probe: what to give up. Of end and stop: how the run ended.
  std::uint64_t sent = 0, handed_on = 0;  ///< Messages from and to other processes.
  std::uint64_t requests = 0, expects = 0, failed = 0;
  bool suspect = false;                ///< Something is left that has to be looked at before the end.
  std::vector<std::uint32_t> waiting;  ///< Addresses that wait for something.
  std::vector<RosterEntry> roster;
  std::uint64_t process = 0;
  std::string text;
};

/// The head of a link packet's body. What follows is a piece of the stream.
struct LinkHead {
  enum Stream : std::uint8_t { none, control, data };
  enum Flags : std::uint8_t { answer_at_once = 1, again = 2 };
  enum Part : std::uint8_t { first = 1, last = 2 };
  std::uint32_t run = 0;
  std::uint64_t control_below = 0, data_below = 0;  ///< Pieces with lower numbers have arrived.
  std::uint64_t accounted = 0;                      ///< Messages that have arrived or are lost.
  std::uint64_t count = 0;                          ///< Messages sent up to the last piece of data.
  std::uint64_t number = 0;                         ///< Of this piece in its stream.
  std::uint8_t stream = none, flags = 0, part = 0;
};
constexpr std::size_t link_head = 4 + 5 * 8 + 3;

}  // namespace entente
