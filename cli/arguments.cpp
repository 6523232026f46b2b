// SPDX-License-Identifier: MIT
// Walks a command line beside the option table.
#include "arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "entente/base/error.hpp"
#include "entente/base/suggest.hpp"

namespace entente::cli {
namespace {

/// The commands entered so far, outermost first; options are looked for from the innermost outwards.
using Path = std::vector<const CLI::App*>;

std::string path_text(const Path& path) {
  std::string text;
  for (const CLI::App* app : path) text += (text.empty() ? "" : " ") + app->get_name();
  return text;
}

[[noreturn]] void refuse(const Path& path, const std::string& what, const std::string& suggestion) {
  throw Error(ErrorCode::wrong_use,
              fmt::format("{}{}; '{} --help' lists what there is", what, suggestion, path_text(path)));
}

const CLI::Option* find_short(const Path& path, char letter) {
  const std::string name(1, letter);
  for (auto app = path.rbegin(); app != path.rend(); ++app) {
    for (const CLI::Option* option : (*app)->get_options()) {
      if (option->check_sname(name)) return option;
    }
  }
  return nullptr;
}

struct LongOption {
  std::string name;
  const CLI::Option* option;
};

/// Looks `name` up; an unambiguous beginning of a name will do.
LongOption find_long(const Path& path, const std::string& name) {
  std::vector<LongOption> begun;
  std::vector<std::string> known;
  for (auto app = path.rbegin(); app != path.rend(); ++app) {
    for (const CLI::Option* option : (*app)->get_options()) {
      for (const std::string& full : option->get_lnames()) {
        if (full == name) return {full, option};
        if (option->get_group().empty()) continue;  // hidden
        if (full.starts_with(name)) begun.push_back({full, option});
        known.push_back("--" + full);
      }
    }
  }
  if (begun.size() == 1) return begun.front();
  if (begun.empty()) {
    refuse(path, fmt::format("unknown option '--{}'", printable(name)), did_you_mean("--" + name, known));
  }
  std::vector<std::string> meant;
  for (const LongOption& one : begun) meant.push_back("--" + one.name);
  refuse(path, fmt::format("'--{}' may mean {}", printable(name), fmt::join(meant, " or ")), "");
}

bool takes_value(const CLI::Option* option) { return option->get_items_expected_min() > 0; }

/// Enters the command `word`, or says that there is none.
void enter_command(Path& path, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::App* command : path.back()->get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) {
      path.push_back(command);
      return;
    }
    known.push_back(command->get_name());
  }
  refuse(path, fmt::format("unknown command '{}'", printable(word)), did_you_mean(word, known));
}

bool has_commands(const CLI::App* app) {
  return !app->get_subcommands([](const CLI::App*) { return true; }).empty();
}

}  // namespace

std::vector<std::string> complete_arguments(const CLI::App& program, const std::vector<std::string>& words) {
  std::vector<std::string> completed;
  Path path{&program};
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::string word = words[i];
    bool value_follows = false;
    if (word == "--") {
      completed.insert(completed.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
      break;
    }
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const LongOption found = find_long(path, word.substr(2, equals == std::string::npos ? equals : equals - 2));
      value_follows = equals == std::string::npos && takes_value(found.option);
      word = "--" + found.name + (equals == std::string::npos ? "" : word.substr(equals));
    } else if (word.size() > 1 && word[0] == '-') {
      const CLI::Option* option = find_short(path, word[1]);
      if (!option) refuse(path, fmt::format("unknown option '{}'", printable(word)), "");
      value_follows = word.size() == 2 && takes_value(option);
    } else if (has_commands(path.back())) {
      enter_command(path, word);
    }
    completed.push_back(word);
    if (value_follows && i + 1 < words.size()) completed.push_back(words[++i]);
  }
  return completed;
}

}  // namespace entente::cli
