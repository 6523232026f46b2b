// SPDX-License-Identifier: MIT
// Lays help out: usage, what it does, arguments, options, an example.
#include "help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

namespace entente::cli {
namespace {

constexpr std::size_t width = 100, left = 34;

/// Breaks `text` between words into lines of at most `limit` bytes.
std::vector<std::string> wrap(const std::string& text, std::size_t limit) {
  std::vector<std::string> lines;
  std::string line, word;
  for (const char c : text + " ") {
    if (c != ' ' && c != '\n') {
      word += c;
      continue;
    }
    if (!line.empty() && line.size() + 1 + word.size() > limit) {
      lines.push_back(line);
      line.clear();
    }
    if (!word.empty()) line += (line.empty() ? "" : " ") + word;
    word.clear();
  }
  if (!line.empty()) lines.push_back(line);
  return lines;
}

/// A term and what it means, in two columns; the term stands alone when it is long.
std::string entry(const std::string& term, const std::string& meaning) {
  std::string text = "  " + term;
  bool fresh = text.size() + 2 > left;
  if (fresh) text += '\n';
  for (const std::string& line : wrap(meaning, width - left)) {
    text += std::string(fresh ? left : left - text.size(), ' ') + line + "\n";
    fresh = true;
  }
  return text.ends_with('\n') ? text : text + "\n";
}

std::string section(const CLI::App& app, const std::string& title, const std::vector<const CLI::Option*>& options) {
  if (options.empty()) return {};
  std::string text = "\n" + title + ":\n";
  for (const CLI::Option* option : options) {
    text += entry(option_text(app, *option), option->get_description() + (option->get_required() ? " (required)" : ""));
  }
  return text;
}

}  // namespace

std::string command_line_name(const CLI::App& app) {
  return (app.get_parent() ? command_line_name(*app.get_parent()) + " " : "") + app.get_name();
}

std::string headline(const CLI::App& app) {
  std::string text = app.get_description().substr(0, app.get_description().find(". "));
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::vector<const CLI::Option*> own_options(const CLI::App& app) {
  // Every command has its own --help; it is shown once, with what all commands have.
  const CLI::Option* repeated = app.get_parent() ? app.get_help_ptr() : nullptr;
  return app.get_options([&](const CLI::Option* option) {
    return option->nonpositional() && !option->get_group().empty() && option != repeated;
  });
}

std::vector<const CLI::Option*> global_options(const CLI::App& program, const CLI::App& app) {
  const auto commands = subcommands(program);
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : own_options(program)) {
    const bool of_another = std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
      return command != &app && command->get_name() == option->get_group();
    });
    if (&app == &program || !of_another) options.push_back(option);
  }
  return options;
}

std::vector<const CLI::Option*> positional_arguments(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::App*> subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string option_text(const CLI::App& app, const CLI::Option& option) {
  const bool repeated = option.get_expected_max() > 1;
  if (option.get_positional()) return option.get_name(true) + (repeated ? "..." : "");
  std::string text;
  for (const std::string& name : option.get_snames()) {
    const CLI::Option* here = app.get_option_no_throw("-" + name);
    if (here && here != &option && here != app.get_help_ptr()) continue;
    text += (text.empty() ? "-" : ", -") + name;
  }
  for (const std::string& name : option.get_lnames()) text += (text.empty() ? "--" : ", --") + name;
  return option.get_items_expected_min() > 0 ? text + " " + option.get_type_name() : text;
}

std::string usage_text(const CLI::App& app) {
  std::string text = command_line_name(app) + " [OPTIONS]";
  if (!subcommands(app).empty()) text += app.get_parent() ? " KIND [OPTIONS]" : " COMMAND [OPTIONS] [ARGUMENTS]";
  for (const CLI::Option* argument : positional_arguments(app)) {
    const std::string name = option_text(app, *argument);
    text += argument->get_required() ? " " + name : " [" + name + "]";
  }
  return text;
}

std::string help_text(const CLI::App& program, const CLI::App& app) {
  std::string text = "Usage: " + usage_text(app) + "\n\n";
  for (const std::string& line : wrap(app.get_description(), width)) text += line + "\n";
  text += section(app, "Arguments", positional_arguments(app));
  if (const auto commands = subcommands(app); !commands.empty()) {
    text += app.get_parent() ? "\nKinds:\n" : "\nCommands:\n";
    for (const CLI::App* command : commands) text += entry(command->get_name(), headline(*command));
  }
  if (&app != &program) text += section(app, "Options", own_options(app));
  text += section(app, "Options of every command, before or after its name", global_options(program, app));
  if (!app.get_footer().empty()) text += "\nExample:\n  " + app.get_footer() + "\n";
  return text;
}

}  // namespace entente::cli
