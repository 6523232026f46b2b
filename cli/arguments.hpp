// SPDX-License-Identifier: MIT
// The words of a command line, before they are parsed: abbreviations written out, typing errors found.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace entente::cli {

/// Returns `words` (the program's name left out) with every unambiguous abbreviation of a long option written out:
/// `--run_metric` becomes `--run_metrics`. Throws Error{wrong_use}, with the nearest name, at an unknown command or
/// option, which options of the commands on the line and of the program are.
std::vector<std::string> complete_arguments(const CLI::App& program, const std::vector<std::string>& words);

}  // namespace entente::cli
