// SPDX-License-Identifier: MIT
// What commands share.
#include "command.hpp"

namespace entente::cli {

void add_result_places(Output& out, const Invocation& invocation) {
  out.add_standard_output();
  if (!invocation.options.output.empty()) out.add_file(invocation.options.output, "--output");
}

}  // namespace entente::cli
