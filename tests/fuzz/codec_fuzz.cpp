// SPDX-License-Identifier: MIT
// Whatever bytes come as a message, they are one or none, within their own size; and a message is its bytes.
#include "entente/base/codec.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "../base/codec_samples.hpp"

using namespace entente;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = std::as_bytes(std::span(data, size));
  if (const auto message = decode<samples::Everything>(given)) {
    std::vector<std::byte> bytes;
    encode(*message, bytes);
    if (!std::equal(bytes.begin(), bytes.end(), given.begin(), given.end())) __builtin_trap();
  }
  const samples::Everything made = samples::everything_from({data, data + size});
  std::vector<std::byte> bytes;
  encode(made, bytes);
  const auto back = decode<samples::Everything>(bytes);
  if (!back || *back != made || encoded_size(made) != bytes.size()) __builtin_trap();
  return 0;
}
