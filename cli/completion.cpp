// SPDX-License-Identifier: MIT
// Writes one bash function: what may follow depends on the commands on the line and on the option just before.
#include "completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

#include "entente/solve.hpp"
#include "help.hpp"

namespace entente::cli {
namespace {

std::string names_of(const CLI::Option& option, std::string_view between) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return fmt::format("{}", fmt::join(names, between));
}

std::string algorithm_names() {
  std::string names;
  for (const AlgorithmDescription& algorithm : algorithms()) {
    names += (names.empty() ? "" : " ") + std::string(algorithm.info.name);
  }
  return names;
}

/// `case` arms: for each algorithm, its parameters as `name:`, and each word that one takes as `name:word`.
std::string parameter_arms() {
  std::string arms;
  for (const AlgorithmDescription& algorithm : algorithms()) {
    std::string words;
    for (const ParameterInfo& parameter : algorithm.parameters) {
      words += (words.empty() ? "" : " ") + parameter.name + ":";
      for (const std::string& choice : parameter.choices) words += " " + parameter.name + ":" + choice;
    }
    arms += fmt::format("    {}) words='{}' ;;\n", algorithm.info.name, words);
  }
  return arms;
}

/// What completes the value of an option, as a bash command.
std::string value_completion(const CLI::Option& option) {
  const std::string unit = option.get_type_name();
  if (unit.find('|') != std::string::npos) {
    std::string words, files;
    std::istringstream choices(unit);
    for (std::string choice; std::getline(choices, choice, '|');) {
      if (choice == "FILE")
        files = "-f ";
      else
        words += (words.empty() ? "" : " ") + choice;
    }
    return fmt::format("COMPREPLY=($(compgen {}-W '{}' -- \"$word\"))", files, words);
  }
  if (unit == "ALGORITHM")  // or a plug-in's path
    return fmt::format(
        "COMPREPLY=($(compgen -W '{}' -- \"$word\")); [[ $word == */* ]] && COMPREPLY=($(compgen -f -- "
        "\"$word\"))",
        algorithm_names());
  if (unit == "NAME:VALUE") return "_entente_parameter";
  if (unit == "DIR") return "COMPREPLY=($(compgen -d -- \"$word\"))";
  if (unit.find("FILE") != std::string::npos) return "COMPREPLY=($(compgen -f -- \"$word\"))";
  return "COMPREPLY=()";
}

/// `case` arms for one app and the commands in it.
void add_app(const CLI::App& program, const CLI::App& app, const std::string& path, std::string& values,
             std::string& words) {
  std::string all;
  for (const CLI::App* command : subcommands(app)) all += command->get_name() + " ";
  std::vector<const CLI::Option*> options = own_options(app);
  if (&app != &program) {
    const auto global = global_options(program, app);
    options.insert(options.end(), global.begin(), global.end());
  }
  for (const CLI::Option* option : options) {
    all += names_of(*option, " ") + " ";
    if (option->get_items_expected_min() == 0) continue;
    std::string patterns;
    for (const std::string& name : option->get_snames()) patterns += fmt::format("'{}:-{}'|", path, name);
    for (const std::string& name : option->get_lnames()) patterns += fmt::format("'{}:--{}'|", path, name);
    patterns.pop_back();
    values += fmt::format("    {}) {}; return ;;\n", patterns, value_completion(*option));
  }
  bool files = false;
  for (const CLI::Option* argument : positional_arguments(app)) {
    if (argument->get_name(true) == "NAME") all += algorithm_names() + " ";
    files = files || argument->get_name(true) != "NAME";
  }
  words += fmt::format("    '{}') words='{}'; files={} ;;\n", path, all, files ? 1 : 0);
  for (const CLI::App* command : subcommands(app)) {
    add_app(program, *command, path + (path.empty() ? "" : " ") + command->get_name(), values, words);
  }
}

std::string command_paths(const CLI::App& app, const std::string& path) {
  std::string all;
  for (const CLI::App* command : subcommands(app)) {
    const std::string here = path + (path.empty() ? "" : " ") + command->get_name();
    all += (all.empty() ? "" : "|") + fmt::format("'{}'", here);
    if (const std::string below = command_paths(*command, here); !below.empty()) all += "|" + below;
  }
  return all;
}

}  // namespace

std::string bash_completion(const CLI::App& program) {
  std::string values, words;
  add_app(program, program, "", values, words);
  return fmt::format(R"(# bash completion for entente; made by the program itself.
# A parameter of the algorithm on the line. Bash cuts words at ':' (COMP_WORDBREAKS), so a word may come in parts, and
# what is completed then is the part after the last one.
_entente_parameter() {{
  local line=${{COMP_LINE:0:COMP_POINT}} algorithm='' words='' typed i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "${{COMP_WORDS[i]}}" in
      -a|--algo) algorithm=${{COMP_WORDS[i+1]}}; [[ $algorithm == '=' ]] && algorithm=${{COMP_WORDS[i+2]}} ;;
      -a?*) algorithm=${{COMP_WORDS[i]:2}} ;;
    esac
  done
  case "$algorithm" in
{}  esac
  typed=${{line##*[[:space:]=]}}
  COMPREPLY=($(compgen -W "$words" -- "$typed"))
  if [[ $typed == *:* && $COMP_WORDBREAKS == *:* ]]; then
    COMPREPLY=("${{COMPREPLY[@]#"${{typed%"${{typed##*:}}"}}"}}")
  fi
  # More is to come after a name.
  [[ ${{#COMPREPLY[@]}} -ge 1 ]] && compopt -o nospace 2>/dev/null
}}
_entente() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} path='' next i words='' files=0
  if [[ $before == : || $word == : ]]; then  # inside name:value, which bash has cut
    i=$((COMP_CWORD - 1))
    [[ $before == : ]] && i=$((COMP_CWORD - 2))
    before=${{COMP_WORDS[i-1]}}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="${{path:+$path }}${{COMP_WORDS[i]}}"
    case "$next" in
      {}) path=$next ;;
    esac
  done
  case "$path:$before" in
{}  esac
  case "$path" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ $files == 1 && $word != -* ]]; then
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}}
complete -o filenames -o bashdefault -F _entente entente
)",
                     parameter_arms(), command_paths(program, ""), values, words);
}

}  // namespace entente::cli
