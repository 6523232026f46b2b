// SPDX-License-Identifier: MIT
#include "deploy/handshake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "entente/base/codec.hpp"
#include "entente/base/error.hpp"

namespace entente::deploy {
namespace {

constexpr std::uint32_t hello_magic = 0x68746e45, answer_magic = 0x61746e45;  // "Enth", "Enta"
/// Longer names, texts and messages than these are nobody's of ours.
constexpr std::size_t longest_name = 4096, longest_message = 16384;

struct HelloBody {
  std::string name;
  std::array<std::uint64_t, 2> instance{};
  std::optional<double> capacity;
  std::string place;
};
struct AnswerBody {
  std::uint8_t kind = 0;
  std::string text, session;
  std::uint32_t address = 0, participants = 0;
};

/// The version; nothing if the magic word is another.
std::optional<std::uint32_t> read_front(Reader& reader, std::uint32_t magic) {
  std::uint32_t found = 0, version = 0;
  if (!reader(found) || found != magic || !reader(version)) return std::nullopt;
  return version;
}

}  // namespace

Instance random_instance() {
  std::random_device device;
  Instance instance;
  for (std::uint64_t& word : instance.number) word = std::uint64_t(device()) << 32 | device();
  return instance;
}

std::string hello_subject(const std::string& run) { return "entente." + run + ".hello"; }

void check_run_name(const std::string& run, const std::string& what) {
  const bool plain = std::ranges::all_of(run, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (run.empty() || run.size() > 64 || !plain)
    throw Error(ErrorCode::wrong_use,
                fmt::format("{}: '{}' is no name of a run; expected 1 to 64 letters, digits, '-' and '_'", what,
                            printable(run)));
}

std::vector<std::byte> to_bytes(const Hello& hello) {
  std::vector<std::byte> bytes;
  Writer writer(bytes);
  writer(hello_magic);
  writer(hello.version);
  writer(HelloBody{hello.name, hello.instance.number, hello.capacity, hello.place});
  return bytes;
}

std::vector<std::byte> to_bytes(const Answer& answer) {
  std::vector<std::byte> bytes;
  Writer writer(bytes);
  writer(answer_magic);
  writer(handshake_version);
  writer(AnswerBody{static_cast<std::uint8_t>(answer.kind), answer.text, answer.session, answer.address,
                    answer.participants});
  return bytes;
}

std::optional<Hello> read_hello(std::span<const std::byte> bytes) {
  if (bytes.size() > longest_message) return std::nullopt;
  Reader reader(bytes);
  const std::optional<std::uint32_t> version = read_front(reader, hello_magic);
  if (!version) return std::nullopt;
  Hello hello;
  hello.version = *version;
  if (*version != handshake_version) return hello;
  HelloBody body;
  if (!reader(body) || reader.rest() > 0 || body.name.size() > longest_name) return std::nullopt;
  hello.name = std::move(body.name);
  hello.instance.number = body.instance;
  hello.capacity = body.capacity;
  hello.place = std::move(body.place);
  return hello;
}

std::optional<Answer> read_answer(std::span<const std::byte> bytes) {
  if (bytes.size() > longest_message) return std::nullopt;
  Reader reader(bytes);
  const std::optional<std::uint32_t> version = read_front(reader, answer_magic);
  if (!version) return std::nullopt;
  if (*version != handshake_version)
    throw Error(ErrorCode::bad_input,
                fmt::format("the orchestrator speaks version {} of the protocol between agents and orchestrators, this "
                            "agent speaks version {}; use the same version of Entente for both",
                            *version, handshake_version));
  AnswerBody body;
  if (!reader(body) || reader.rest() > 0 || body.kind > static_cast<std::uint8_t>(Answer::Kind::unknown))
    return std::nullopt;
  return Answer{static_cast<Answer::Kind>(body.kind), std::move(body.text), std::move(body.session), body.address,
                body.participants};
}

}  // namespace entente::deploy
