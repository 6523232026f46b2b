// SPDX-License-Identifier: MIT
// Any bytes as a CFN file: an error or a problem that is written and read back, within bounded memory.
#include "format_fuzzing.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace entente;
  fuzz_format(std::string(reinterpret_cast<const char*>(data), size), parse_cfn, write_cfn, 1e-12);
  return 0;
}
