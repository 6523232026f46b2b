// SPDX-License-Identifier: MIT
// Handshake: what an agent and an orchestrator say to each other before a run, and its bytes.
//
// An agent asks (a NATS request) to be taken in until it is; whoever leads a run answers as soon as all that it needs
// have asked. Who hears nothing asks again: requests and answers may be lost, come twice or come late.
//
// Form  Four bytes of a magic word, the version of this protocol in 4 bytes, then the struct in the form of
//       base/codec.hpp. Magic word and version stand in front in every version.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace entente::deploy {

inline constexpr std::uint32_t handshake_version = 1;

/// Tells one start of an agent from all others; drawn at random.
struct Instance {
  std::array<std::uint64_t, 2> number{};
  auto operator<=>(const Instance&) const = default;
};
Instance random_instance();

struct Hello {
  std::uint32_t version = handshake_version;  ///< Of another one nothing else is known.
  std::string name;
  Instance instance;
  std::optional<double> capacity;  ///< If its user said one.
  std::string place;               ///< Machine and process, for messages to people.
};

struct Answer {
  enum class Kind : std::uint8_t {
    welcome,     ///< The run begins.
    refused,     ///< For ever; `text` says why.
    not_needed,  ///< It is one of the problem's agents, but hosts nothing.
    unknown,     ///< The run has no agent of that name.
  };
  Kind kind = Kind::refused;
  std::string text;     ///< For the agent's user.
  std::string session;  ///< The run's name on the carrier.
  std::uint32_t address = 0, participants = 0;
};

/// Where requests go: `entente.RUN.hello`.
std::string hello_subject(const std::string& run);
/// Throws Error{wrong_use} that begins with `what` unless `run` is 1 to 64 letters, digits, `-` and `_`.
void check_run_name(const std::string& run, const std::string& what);

std::vector<std::byte> to_bytes(const Hello& hello);
std::vector<std::byte> to_bytes(const Answer& answer);
/// What these bytes say, whatever they are; nothing if they are none of ours.
std::optional<Hello> read_hello(std::span<const std::byte> bytes);
/// Throws Error{bad_input} if it is an answer of another version of this protocol.
std::optional<Answer> read_answer(std::span<const std::byte> bytes);

}  // namespace entente::deploy
