// SPDX-License-Identifier: MIT
// Completion for bash, made from the option table.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace entente::cli {

/// A script for bash that completes commands, options, their choices, algorithms and files.
std::string bash_completion(const CLI::App& program);

}  // namespace entente::cli
