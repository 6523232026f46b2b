// SPDX-License-Identifier: MIT
// Any bytes as compressed data: an error or an end, within bounded memory; and whatever is compressed comes back.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "entente/base/error.hpp"
#include "problem/formats/compression.hpp"

namespace {

std::string decompressed(const std::string& bytes, entente::Compression compression) {
  constexpr std::size_t enough = std::size_t(1) << 26;
  const auto source = entente::decompress(std::make_unique<entente::TextSource>(bytes), compression, "fuzz");
  std::string text;
  std::vector<char> block(1000);
  while (const std::size_t count = source->read(block.data(), block.size())) {
    text.append(block.data(), count);
    if (text.size() > enough) break;
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente;
  if (size == 0) return 0;
  constexpr Compression all[] = {Compression::gzip, Compression::xz, Compression::zstd};
  const Compression compression = all[data[0] % 3];
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    decompressed(bytes, compression);
  } catch (const Error&) {
  }
  // An encoder of xz takes a hundred megabytes to begin with: not for every input.
  if (compression == Compression::xz && size % 64) return 0;
  std::ostringstream out;
  const auto buffer = compress(out, compression);
  std::ostream(buffer.get()) << bytes;
  if (!buffer->finish() || decompressed(out.str(), compression) != bytes) std::abort();
  return 0;
}
