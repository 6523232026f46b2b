// SPDX-License-Identifier: MIT
// Any bytes as what agents and orchestrators say to each other first: refused, or read and written back the same.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "deploy/guest_list.hpp"
#include "deploy/handshake.hpp"
#include "entente/base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente::deploy;
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  if (const auto hello = read_hello(bytes)) {
    if (hello->version == handshake_version && !std::ranges::equal(to_bytes(*hello), bytes)) std::abort();
    GuestList list({"a", hello->name}, {{"a", 1.0}}, "session");
    for (int k = 0; k < 3; ++k)
      for (const auto& letter : list.hear(*hello, "inbox", k)) (void)to_bytes(letter.answer);
  }
  try {
    if (const auto answer = read_answer(bytes))
      if (!std::ranges::equal(to_bytes(*answer), bytes)) std::abort();
  } catch (const entente::Error&) {
  }
  return 0;
}
