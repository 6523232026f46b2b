// SPDX-License-Identifier: MIT
// Help texts, made from the option table.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace entente::cli {

/// What `--help` prints for `app`, whose options may stand beside those of `program`: at most 100 columns.
std::string help_text(const CLI::App& program, const CLI::App& app);

/// `entente generate ising` for the app of `ising`.
std::string command_line_name(const CLI::App& app);
/// `entente solve [OPTIONS] FILE...`.
std::string usage_text(const CLI::App& app);
/// What the app does, in its first sentence, without the full stop.
std::string headline(const CLI::App& app);
/// `-t, --timeout SECONDS`; the name alone for positional arguments, with `...` when it may be repeated. Short names
/// that `app` gives to an option of its own are left out.
std::string option_text(const CLI::App& app, const CLI::Option& option);

/// The options of an app itself that help shows, in the order of their declaration.
std::vector<const CLI::Option*> own_options(const CLI::App& app);
/// The program's options that mean something to `app`: an option in a group named like a command is for that one only.
std::vector<const CLI::Option*> global_options(const CLI::App& program, const CLI::App& app);
std::vector<const CLI::Option*> positional_arguments(const CLI::App& app);
std::vector<const CLI::App*> subcommands(const CLI::App& app);

}  // namespace entente::cli
