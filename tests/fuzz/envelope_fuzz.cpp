// SPDX-License-Identifier: MIT
// Whatever bytes come as a message between carriers: it is one, which is the same bytes again, or an Error says why
// not.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "entente/base/error.hpp"
#include "entente/carriers/wire.hpp"

namespace {

struct Offer {
  static constexpr std::string_view content_name = "offer";
  std::vector<double> amounts;
  std::vector<std::pair<std::string, std::uint32_t>> names;
  bool final = false;
};
struct Empty {
  static constexpr std::string_view content_name = "empty";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente;
  static const ContentTypes types = [] {
    ContentTypes known;
    known.add<Offer>().add<Empty>().add<std::string>().add<std::vector<std::vector<double>>>();
    return known;
  }();
  const auto given = std::as_bytes(std::span(data, size));
  try {
    const Envelope envelope = read_envelope(given, types);
    std::vector<std::byte> bytes;
    write_envelope(envelope, bytes);
    if (!std::equal(bytes.begin(), bytes.end(), given.begin(), given.end())) __builtin_trap();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_input && error.code() != ErrorCode::unsupported) __builtin_trap();
  }
  return 0;
}
