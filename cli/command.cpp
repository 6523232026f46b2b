// SPDX-License-Identifier: MIT
// What commands share.
#include "command.hpp"

namespace entente::cli {

void add_result_places(Output& out, const Session& session) {
  out.add_standard_output();
  if (!session.options.output.empty()) out.add_file(session.options.output, "--output");
}

}  // namespace entente::cli
