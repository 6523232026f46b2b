// SPDX-License-Identifier: MIT
// Manual pages, made from the option table.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace entente::cli {

/// Writes `entente.1`, `entente-solve.1`, `entente-generate-ising.1` and so on into `folder`, which is made when it is
/// not there. Throws Error{wrong_use} when a file cannot be written.
void write_man_pages(const CLI::App& program, const std::string& version, const std::string& folder);

}  // namespace entente::cli
