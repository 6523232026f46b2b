// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: sections, names and the order of reading.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "entente/base/suggest.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/pydcop_reading.hpp"
#include "problem/formats/pydcop_yaml.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {
std::string SectionEntry::path(std::string_view part) const {
  std::string path = fmt::format("{}.{}", section, printable(std::string(name())));
  if (!part.empty()) path.append(".").append(part);
  return path;
}

PydcopReading::PydcopReading(std::span<const YamlDocument> documents, std::string directory, const ReadOptions& options)
    : documents_(documents),
      directory_(std::move(directory)),
      options_(options),
      builder_({}, Objective::minimise, options.limits) {}

Problem PydcopReading::read() {
  check_sections();
  read_head();
  builder_.set_infinity(options_.infinity);
  read_domains();
  read_variables();
  read_externals();
  read_constraints();
  read_agents();
  read_routes();
  read_hosting_costs();
  read_hints();
  return builder_.build();
}

void PydcopReading::check_sections() {
  for (const YamlDocument& document : documents_) {
    const YamlNode root = document.root();
    if (!root.is_map())
      fail(root.place(), fmt::format("the top level is {}; expected a map of sections (name, objective, domains, "
                                     "variables, constraints, agents)",
                                     root.description()));
    for (const auto entry : root.entries())
      warn_unknown_key(entry.key.place(), entry.name(),
                       {"name", "description", "objective", "domains", "variables", "external_variables", "constraints",
                        "agents", "routes", "hosting_costs", "distribution_hints"},
                       false);
  }
}

void PydcopReading::read_head() {
  const auto last = [&](std::string_view key) -> std::optional<YamlNode> {
    const std::vector<YamlNode> nodes = section(key);
    if (nodes.empty()) return std::nullopt;
    for (std::size_t i = 1; i < nodes.size(); ++i)
      if (nodes[i].is_scalar() && nodes[i - 1].is_scalar() && nodes[i].text() != nodes[i - 1].text())
        warn(nodes[i].place(std::string(key)),
             fmt::format("takes the place of what {} says in line {}", nodes[i - 1].file(), nodes[i - 1].line()));
    return nodes.back();
  };
  ProblemData& data = *builder_.state().data;
  const std::string& file = documents_.front().file();
  if (const auto name = last("name"); name && !name->is_null()) {
    data.name = text(*name, "name", "a name");
  } else {
    data.name = std::filesystem::path(file).stem().string();
    warn(Place{file, 0, 0, "name"}, fmt::format("missing; the problem is called {}", printable(data.name)));
  }
  if (const auto description = last("description"); description && !description->is_null())
    data.description = text(*description, "description", "a text");
  const auto objective = last("objective");
  if (!objective) fail(Place{file, 0, 0, "objective"}, "missing; expected `objective: min` or `objective: max`");
  const std::string sense = text(*objective, "objective", "min or max");
  if (sense != "min" && sense != "max")
    fail(objective->place("objective"), fmt::format("'{}' is not allowed; expected min or max", printable(sense)));
  data.objective = sense == "min" ? Objective::minimise : Objective::maximise;
}

std::vector<YamlNode> PydcopReading::section(std::string_view name) const {
  std::vector<YamlNode> nodes;
  for (const YamlDocument& document : documents_)
    if (const auto node = document.root().find(name)) nodes.push_back(*node);
  return nodes;
}

std::vector<SectionEntry> PydcopReading::section_entries(std::string_view name) const {
  std::vector<SectionEntry> entries;
  const std::vector<YamlNode> nodes = section(name);
  std::unordered_map<std::string_view, std::size_t> seen;  // only where several documents have the section
  for (const YamlNode& node : nodes) {
    if (node.is_null()) continue;
    if (!node.is_map())
      fail(node.place(std::string(name)), fmt::format("{} must be a map of names; found {}", name, node.description()));
    for (const auto entry : node.entries()) {
      if (entry.name().empty()) fail(entry.key.place(std::string(name)), "a name is empty");
      if (nodes.size() > 1) {
        const auto [other, fresh] = seen.emplace(entry.name(), entries.size());
        if (!fresh) {
          const YamlNode& first = entries[other->second].key;
          fail(entry.key.place(fmt::format("{}.{}", name, entry.name())),
               fmt::format("is there twice; it was given before in {}, line {}", first.file(), first.line()));
        }
      }
      entries.push_back({name, entry.key, entry.value});
    }
  }
  return entries;
}

void PydcopReading::warn(const Place& place, const std::string& message) const {
  if (options_.warn) options_.warn(place.to_text() + ": " + message);
}

void PydcopReading::warn_unknown_key(const Place& place, std::string_view key,
                                     std::initializer_list<std::string_view> known, bool others_allowed) const {
  if (std::ranges::find(known, key) != known.end()) return;
  Suggestion suggestion(key);
  for (const std::string_view other : known) suggestion.consider(other);
  if (!others_allowed || suggestion.found())
    warn(place, fmt::format("unknown key '{}', which has no effect{}", printable(std::string(key)), suggestion.text()));
}

void PydcopReading::fail(const Place& place, const std::string& message) {
  throw Error(ErrorCode::bad_input, place, message);
}

double PydcopReading::number(const YamlNode& node, const std::string& path, std::string_view what) {
  const CoreScalar scalar = node.is_scalar() ? node.resolve() : CoreScalar{ScalarKind::null, {}};
  if (!scalar.is_number())
    fail(node.place(path), fmt::format("{} is not a number; expected {}", node.description(), what));
  if (scalar.number() != scalar.number()) fail(node.place(path), fmt::format("NaN is not allowed; expected {}", what));
  return scalar.number();
}

std::string PydcopReading::text(const YamlNode& node, const std::string& path, std::string_view what) {
  if (!node.is_scalar() || node.is_null())
    fail(node.place(path), fmt::format("found {}; expected {}", node.description(), what));
  return std::string(node.text());
}

Problem parse_pydcop_yaml(const std::string& text, const std::string& name, const ReadOptions& options) {
  const YamlDocument document = YamlDocument::parse(text, name);
  return PydcopReading({&document, 1}, std::filesystem::path(name).parent_path().string(), options).read();
}

Problem read_pydcop_yaml(std::span<const std::string> files, const ReadOptions& options) {
  std::vector<YamlDocument> documents;
  for (const std::string& file : files)
    documents.push_back(YamlDocument::parse(read_problem_text(file), input_name(file)));
  // `source:` files are looked up beside the first file; beside standard input means here.
  const std::string directory = files[0] == "-" ? "" : std::filesystem::path(files[0]).parent_path().string();
  return PydcopReading(documents, directory, options).read();
}

}  // namespace entente
