// SPDX-License-Identifier: MIT
// Command: what `entente <name>` is made of, and what all commands share.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "console.hpp"
#include "output.hpp"

namespace CLI {
class App;
}

namespace entente::cli {

/// Exit codes that every command keeps to; 128 + signal after SIGINT or SIGTERM.
enum ExitCode : int { exit_ok = 0, exit_negative = 1, exit_wrong_use = 2, exit_internal = 3 };

/// Options that all commands know, before or after the command's name.
struct GlobalOptions {
  std::uint64_t verbosity = 0;
  double timeout = 0;         ///< Seconds; 0: none.
  double strict_timeout = 0;  ///< Seconds since the program started; 0: none.
  std::string output, log;
  std::uint64_t seed = 0;
  std::uint64_t threads = 1;  ///< 0: one per processor.
  bool version = false;
  std::string man_folder;   ///< Write the manual pages there and do nothing else.
  bool completion = false;  ///< Print the completion script and do nothing else.
};

/// One run of the program.
struct Invocation {
  GlobalOptions options;
  Console console;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
};

/// Where results go: standard output and, when given, the file of --output.
void add_result_places(Output& out, const Invocation& invocation);

/// A command declares its options in its constructor and works in `run`.
class Command {
 public:
  virtual ~Command() = default;
  virtual int run(Invocation& invocation) = 0;
  /// Whether `--timeout` means something to it.
  virtual bool has_timeout() const { return false; }

  CLI::App* app = nullptr;  ///< Lives in the program's App.
};

std::unique_ptr<Command> make_solve(CLI::App& program);
std::unique_ptr<Command> make_agent(CLI::App& program);
std::unique_ptr<Command> make_orchestrator(CLI::App& program);
std::unique_ptr<Command> make_graph(CLI::App& program);
std::unique_ptr<Command> make_distribute(CLI::App& program);
std::unique_ptr<Command> make_generate(CLI::App& program);
std::unique_ptr<Command> make_algorithms(CLI::App& program);
std::unique_ptr<Command> make_verify(CLI::App& program);
std::unique_ptr<Command> make_convert(CLI::App& program);

}  // namespace entente::cli
