// SPDX-License-Identifier: MIT
// Writes the option table as roff, one page a command.
#include "man_pages.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <vector>

#include "entente/base/error.hpp"
#include "help.hpp"
#include "output.hpp"

namespace entente::cli {
namespace {

/// Text that roff prints as it stands.
std::string roff(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n'))
      (out += "\\&") += c;
    else
      out += c;
  }
  return out;
}

/// `entente-generate-ising`.
std::string page_name(const CLI::App& app) {
  return (app.get_parent() ? page_name(*app.get_parent()) + "-" : "") + app.get_name();
}

std::string options_section(const CLI::App& app, const std::string& title,
                            const std::vector<const CLI::Option*>& options) {
  if (options.empty()) return {};
  std::string text = fmt::format(".SH {}\n", title);
  for (const CLI::Option* option : options) {
    text += fmt::format(".TP\n.B {}\n{}{}\n", roff(option_text(app, *option)), roff(option->get_description()),
                        option->get_required() ? " (required)" : "");
  }
  return text;
}

constexpr std::string_view exit_status = R"(.SH EXIT STATUS
.TP
.B 0
The command did what it was asked to; also when a time or cycle limit ended a run.
.TP
.B 1
solve: proven that there is no feasible assignment. verify: the result does not hold.
.TP
.B 2
Wrong use or bad input; there is no result.
.TP
.B 3
A fault of the program. solve, orchestrator: or agents were lost during the run; the best answer so far is printed.
.TP
.B 130, 143
Stopped by SIGINT or SIGTERM, with the result printed; a second signal ends the program at once.
)";

std::string page(const CLI::App& program, const CLI::App& app, const std::string& version) {
  const std::string name = page_name(app);
  const std::string& about = app.get_description();
  std::string title = name;
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string text = fmt::format(".TH {} 1 \"\" \"entente {}\" \"User Commands\"\n.SH NAME\n{} \\- {}\n", roff(title),
                                 version, roff(name), roff(headline(app)));
  text += fmt::format(".SH SYNOPSIS\n.B {}\n.SH DESCRIPTION\n{}\n", roff(usage_text(app)), roff(about));
  text += options_section(app, "ARGUMENTS", positional_arguments(app));
  const auto commands = subcommands(app);
  if (!commands.empty()) text += ".SH COMMANDS\n";
  for (const CLI::App* command : commands) {
    text += fmt::format(".TP\n.BR {} (1)\n{}\n", roff(page_name(*command)), roff(headline(*command)));
  }
  if (&app != &program) text += options_section(app, "OPTIONS", own_options(app));
  text += options_section(app, &app == &program ? "OPTIONS" : "OPTIONS OF EVERY COMMAND", global_options(program, app));
  text += exit_status;
  if (!app.get_footer().empty()) text += fmt::format(".SH EXAMPLE\n.EX\n{}\n.EE\n", roff(app.get_footer()));
  if (&app != &program) text += ".SH SEE ALSO\n.BR entente (1)\n";
  return text;
}

void write_pages(const CLI::App& program, const CLI::App& app, const std::string& version, const std::string& folder) {
  Output out;
  out.add_file(folder + "/" + page_name(app) + ".1", "--generate-man");
  out.write(page(program, app, version));
  out.finish();
  for (const CLI::App* command : subcommands(app)) write_pages(program, *command, version, folder);
}

}  // namespace

void write_man_pages(const CLI::App& program, const std::string& version, const std::string& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    throw Error(ErrorCode::wrong_use,
                fmt::format("--generate-man: cannot make '{}': {}", printable(folder), problem.message()));
  }
  write_pages(program, program, version, folder);
}

}  // namespace entente::cli
