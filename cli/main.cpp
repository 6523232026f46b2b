// SPDX-License-Identifier: MIT
// entente: the program. Declares the options, finds the command and turns every failure into a sentence and a code.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <new>
#include <vector>

#include "arguments.hpp"
#include "command.hpp"
#include "completion.hpp"
#include "entente/base/error.hpp"
#include "help.hpp"
#include "man_pages.hpp"
#include "options.hpp"
#include "output.hpp"
#include "signals.hpp"

#if __has_include("entente_version.hpp")
#include "entente_version.hpp"
#endif
#ifndef ENTENTE_VERSION
#define ENTENTE_VERSION "0.0.0"
#define ENTENTE_COMMIT "unknown"
#endif

namespace entente::cli {
namespace {

/// An option in a group named like a command means something to that command only.
void declare_global_options(CLI::App& program, GlobalOptions& options) {
  add_whole(program, "-v,--verbose", options.verbosity, 0, 3, "LEVEL",
            "how much to say on standard error: 2 also what is being done, 3 also details");
  add_real(program, "-t,--timeout", options.timeout, {0, 1e9}, "SECONDS",
           "stop after this time of solving with the best found so far; fractions are allowed; 0: no limit")
      ->group("solve");
  add_real(program, "--strict_timeout", options.strict_timeout, {0, 1e9}, "SECONDS",
           "end the program this long after its start, even without a result (exit code 2); 0: no limit")
      ->group("solve");
  add_text(program, "--output", options.output, "FILE", "also write the result to this file");
  add_text(program, "--log", options.log, "FILE", "also write the messages, with times, to this file");
  add_whole(program, "--seed", options.seed, 0, no_limit, "N",
            "where random draws start; the same seed gives the same result");
  add_whole(program, "--threads", options.threads, 0, 1024, "N",
            "threads to work with, 0: one per processor; results do not depend on it");
  add_flag(program, "--version", options.version, "print version and commit and end");
  add_text(program, "--generate-man", options.man_folder, "DIR", "write the manual pages into this folder")->group("");
  add_flag(program, "--generate-completion", options.completion, "print the completion script for bash")->group("");
}

/// File descriptors 0 to 2 belong to the standard streams even when the caller closed them: a problem file must not
/// become standard output.
void reserve_standard_streams() {
  for (int file = 0; file <= STDERR_FILENO; ++file) {
    if (fcntl(file, F_GETFD) == -1) [[maybe_unused]]
      const int opened = ::open("/dev/null", O_RDWR);
  }
}

void print(const std::string& text) {
  Output out;
  out.add_standard_output();
  out.write(text);
  out.finish();
}

/// The innermost command on the line.
const CLI::App& chosen(const CLI::App& program) {
  const CLI::App* app = &program;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return *app;
}

int run(std::vector<std::string> words, Invocation& invocation) {
  CLI::App program("Solves optimisation problems with agents that exchange messages.", "entente");
  program.set_help_flag("-h,--help", "print this help and end");
  program.require_subcommand(0, 1);
  set_example(program, "entente solve examples/smart_lights.yaml");
  declare_global_options(program, invocation.options);
  std::vector<std::unique_ptr<Command>> commands;
  for (const auto make : {make_solve, make_orchestrator, make_agent, make_graph, make_distribute, make_generate,
                          make_algorithms, make_verify, make_convert}) {
    commands.push_back(make(program));
  }

  words = complete_arguments(program, words);
  std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
  try {
    program.parse(words);
  } catch (const CLI::CallForHelp&) {
    print(help_text(program, chosen(program)));
    return exit_ok;
  } catch (const CLI::ParseError& problem) {
    if (!invocation.options.version) {
      throw Error(ErrorCode::wrong_use,
                  fmt::format("{}; '{} --help' shows how", problem.what(), command_line_name(chosen(program))));
    }
  }
  const GlobalOptions& options = invocation.options;
  if (options.version) {
    print("entente " ENTENTE_VERSION " (" ENTENTE_COMMIT ")\n");
    return exit_ok;
  }
  if (!options.man_folder.empty()) {
    write_man_pages(program, ENTENTE_VERSION, options.man_folder);
    return exit_ok;
  }
  if (options.completion) {
    print(bash_completion(program));
    return exit_ok;
  }

  if (program.get_subcommands().empty()) {
    throw Error(ErrorCode::wrong_use, "no command given; 'entente --help' lists them");
  }
  for (const auto& command : commands) {
    if (!command->app->parsed()) continue;
    if (!command->has_timeout() && (options.timeout > 0 || options.strict_timeout > 0)) {
      throw Error(ErrorCode::wrong_use,
                  fmt::format("'{}' takes no --timeout or --strict_timeout", command_line_name(*command->app)));
    }
    invocation.console.set_verbosity(static_cast<int>(options.verbosity));
    if (!options.log.empty()) invocation.console.log_to(options.log);
    return command->run(invocation);
  }
  throw Error(ErrorCode::internal, "the command line names a command that nobody runs");
}

}  // namespace
}  // namespace entente::cli

int main(int count, char** words) {
  using namespace entente;
  using namespace entente::cli;
  reserve_standard_streams();
  install_signal_handlers();
  Invocation invocation;
  try {
    return run({words + 1, words + count}, invocation);
  } catch (const Error& error) {
    invocation.console.error(error.what());
    return error.code() == ErrorCode::internal ? exit_internal : exit_wrong_use;
  } catch (const std::bad_alloc&) {
    invocation.console.error("there is not enough memory; give --memory a smaller limit, or solve a smaller problem");
    return exit_wrong_use;
  } catch (const std::exception& error) {
    invocation.console.error(
        fmt::format("internal fault: {}; please report it with the command and its files", error.what()));
    return exit_internal;
  }
}
