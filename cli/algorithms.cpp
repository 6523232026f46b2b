// SPDX-License-Identifier: MIT
// entente algorithms: which there are, and everything about one.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "command.hpp"
#include "entente/base/suggest.hpp"
#include "entente/solve.hpp"
#include "entente/solve/coordinate.hpp"
#include "options.hpp"
#include "output.hpp"

namespace entente::cli {
namespace {

bool is_number(const ParameterInfo& parameter) { return parameter.type == "int" || parameter.type == "float"; }

/// `0 to 1`, `A|B|C`, or nothing when everything is allowed.
std::string allowed_text(const ParameterInfo& parameter) {
  if (!parameter.choices.empty()) return fmt::format("{}", fmt::join(parameter.choices, "|"));
  if (!is_number(parameter)) return parameter.type == "bool" ? "true|false" : "";
  constexpr double whole_limit = 9e15;  // from here on it is no limit to a person
  if (parameter.high >= whole_limit) return fmt::format("{} or more", parameter.low);
  return fmt::format("{} to {}", parameter.low, parameter.high);
}

std::string list_text(const std::vector<AlgorithmDescription>& all) {
  std::size_t widest = 4;
  for (const auto& one : all) widest = std::max(widest, one.info.name.size());
  std::string text = fmt::format("{:{}}  {:8}  {:22}  {}\n", "NAME", widest, "COMPLETE", "GRAPH", "WHAT IT DOES");
  for (const AlgorithmDescription& one : all) {
    const Info& info = one.info;
    text += fmt::format("{:{}}  {:8}  {:22}  {}\n", info.name, widest, info.complete ? "yes" : "no",
                        graph_name(info.graph), info.summary);
  }
  text += fmt::format("\nFor schedule and resource problems:\n{:{}}  {:9}  {}\n", "NAME", widest, "PROBLEMS",
                      "WHAT IT DOES");
  for (const CoordinationMethod& one : coordination_methods())
    text += fmt::format("{:{}}  {:9}  {}\n", one.name, widest, one.problems, one.summary);
  return text + "\n'entente algorithms NAME' shows an algorithm's parameters.\n";
}

std::string promise_text(const Info& info) {
  if (info.complete) return "ends with a proven optimum";
  if (info.bound) return "reports a proven bound with the best assignment seen";
  if (info.monotone) return "the cost never gets worse from cycle to cycle";
  return "none on quality; the best assignment seen is reported";
}

/// `Value of 4 bytes, Cost of 8 bytes and 8 per value`.
std::string messages_text(const AlgorithmDescription& one) {
  std::string text;
  for (const MessageDescription& message : one.messages) {
    text += (text.empty() ? "" : ", ") + message.name;
    if (!message.bytes)
      text += " of varying size";
    else if (message.per_value == 0)
      text += fmt::format(" of {} byte{}", *message.bytes, *message.bytes == 1 ? "" : "s");
    else if (*message.bytes == 0)
      text += fmt::format(" of {} bytes a value", message.per_value);
    else
      text += fmt::format(" of {} bytes and {} a value", *message.bytes, message.per_value);
  }
  return text.empty() ? "none" : text;
}

/// `loss, duplicates and reordering`, or which of these.
std::string tolerates_text(const Tolerates& bears) {
  std::vector<std::string> what;
  if (bears.loss) what.emplace_back("loss");
  if (bears.duplicates) what.emplace_back("duplicates");
  if (bears.reordering) what.emplace_back("reordering");
  return what.empty() ? "nothing: links are made reliable for it"
                      : fmt::format("{} of messages", fmt::join(what, ", "));
}

std::string parameters_text(const std::vector<ParameterInfo>& parameters) {
  std::string text = parameters.empty() ? "\nIt has no parameters.\n" : "\nParameters, set with -p NAME:VALUE\n";
  for (const ParameterInfo& parameter : parameters) {
    const std::string allowed = allowed_text(parameter);
    text += fmt::format("  {} ({}{}{}; default {})\n      {}\n", parameter.name, parameter.type,
                        allowed.empty() ? "" : ", ", allowed, parameter.default_value, parameter.help);
  }
  return text;
}

std::string details_text(const CoordinationMethod& one) {
  return fmt::format("{}: {}\n\nProblems   {}\nPaper      {}\n{}\nExample:\n  entente solve -a {} examples/{}\n",
                     one.name, one.summary, one.problems, one.source, parameters_text(one.parameters), one.name,
                     one.problems == "schedules" ? "virtual_power_plant.yaml" : "economic_dispatch.yaml");
}

/// `name` is what the user called it: its name, or the path of a plug-in.
std::string details_text(const AlgorithmDescription& one, const std::string& name) {
  const Info& info = one.info;
  std::string text = fmt::format("{}: {}\n\n", info.name, info.summary);
  text += fmt::format("Graph      {}\n", graph_name(info.graph));
  text += fmt::format("Timing     {}\n",
                      info.timing == Timing::cycles ? "synchronous cycles" : "answers messages as they come");
  text += fmt::format("Promise    {}\n", promise_text(info));
  text += fmt::format("Messages   {}\n", messages_text(one));
  text += fmt::format("Tolerates  {}\n", tolerates_text(one.tolerates));
  text += fmt::format("Paper      {}\n", info.source);
  text += parameters_text(one.parameters);
  std::string setting;
  if (!one.parameters.empty()) {
    setting = fmt::format(" -p {}:{}", one.parameters.front().name, one.parameters.front().default_value);
  }
  return text + fmt::format("\nExample:\n  entente solve -t 5 -i 10000 -a {}{} examples/exams.yaml\n", name, setting);
}

nlohmann::json parameters_json(const std::vector<ParameterInfo>& list) {
  auto parameters = nlohmann::json::array();
  for (const ParameterInfo& parameter : list) {
    nlohmann::json row{{"name", parameter.name},
                       {"type", parameter.type},
                       {"default", parameter.default_value},
                       {"choices", parameter.choices},
                       {"help", parameter.help}};
    if (is_number(parameter)) row.update({{"low", parameter.low}, {"high", parameter.high}});
    parameters.push_back(row);
  }
  return parameters;
}

nlohmann::json to_json(const CoordinationMethod& one) {
  return {{"name", one.name},
          {"summary", one.summary},
          {"problems", one.problems},
          {"source", one.source},
          {"parameters", parameters_json(one.parameters)}};
}

nlohmann::json to_json(const AlgorithmDescription& one) {
  auto messages = nlohmann::json::array();
  for (const MessageDescription& message : one.messages)
    messages.push_back({{"name", message.name},
                        {"bytes", message.bytes ? nlohmann::json(*message.bytes) : nlohmann::json()},
                        {"per_value", message.per_value}});
  const Info& info = one.info;
  return {{"name", info.name},
          {"summary", info.summary},
          {"graph", graph_name(info.graph)},
          {"timing", info.timing == Timing::cycles ? "cycles" : "events"},
          {"complete", info.complete},
          {"bound", info.complete || info.bound},
          {"monotone", info.monotone},
          {"messages", messages},
          {"tolerates",
           {{"loss", one.tolerates.loss},
            {"duplicates", one.tolerates.duplicates},
            {"reordering", one.tolerates.reordering}}},
          {"source", info.source},
          {"parameters", parameters_json(one.parameters)}};
}

class Algorithms final : public Command {
 public:
  explicit Algorithms(CLI::App& program) {
    app = program.add_subcommand("algorithms",
                                 "Lists the algorithms. With a name or the path of a plug-in, shows one in detail: its "
                                 "parameters, their ranges, its paper.");
    app->fallthrough();
    set_example(*app, "entente algorithms dsa");
    add_text(*app, "NAME", name_, "NAME", "the algorithm to show in detail: its name, or a plug-in such as ./mine.so");
    add_choice(*app, "--format", format_, {"text", "json"}, "how to print");
  }

  int run(Invocation& invocation) override {
    const bool json = format_ == "json";
    std::string text;
    if (name_.empty()) {
      const std::vector<AlgorithmDescription> all = algorithms();
      auto list = nlohmann::json::array();
      for (const auto& one : all) list.push_back(to_json(one));
      text = json ? list.dump(2) + "\n" : list_text(all);
    } else if (const auto method = std::ranges::find(coordination_methods(), name_, &CoordinationMethod::name);
               method != coordination_methods().end()) {
      text = json ? to_json(*method).dump(2) + "\n" : details_text(*method);
    } else {
      const AlgorithmDescription one = describe_algorithm(name_);
      text = json ? to_json(one).dump(2) + "\n" : details_text(one, name_);
    }
    Output out;
    add_result_places(out, invocation);
    out.write(text);
    out.finish();
    return exit_ok;
  }

 private:
  std::string name_, format_ = "text";
};

}  // namespace

std::unique_ptr<Command> make_algorithms(CLI::App& program) { return std::make_unique<Algorithms>(program); }

}  // namespace entente::cli
