// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: constraints, and those given as functions.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "expression/expression.hpp"
#include "problem/formats/blanks.hpp"
#include "problem/formats/pydcop_reading.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {

void PydcopReading::read_constraints() {
  const std::vector<SectionEntry> entries = section_entries("constraints");
  builder_.reserve(0, static_cast<std::uint32_t>(std::min<std::size_t>(entries.size(), no_id - 1)), 0);
  for (const SectionEntry& entry : entries) {
    read_constraint(entry);
    if (builder_.find_variable(entry.name()))
      warn(entry.place(), "a variable has the same name; placement cannot tell the two apart");
  }
}

void PydcopReading::read_constraint(const SectionEntry& entry) {
  if (!entry.value.is_map())
    fail(entry.place(), fmt::format("found {}; expected a map with the key type", entry.value.description()));
  std::optional<YamlNode> type, function, source, partial, variables, values, default_cost;
  const std::pair<std::string_view, std::optional<YamlNode>*> known[] = {
      {"type", &type},           {"function", &function}, {"source", &source},       {"partial", &partial},
      {"variables", &variables}, {"values", &values},     {"default", &default_cost}};
  for (const auto part : entry.value.entries()) {
    const auto found =
        std::ranges::find(known, part.name(), &std::pair<std::string_view, std::optional<YamlNode>*>::first);
    if (found == std::end(known))
      warn_unknown_key(part.key.place(entry.path()), part.name(),
                       {"type", "function", "source", "partial", "variables", "values", "default"}, false);
    else if (!part.value.is_null())
      *found->second = part.value;
  }
  if (!type) fail(entry.place("type"), "missing; expected intention or extensional");
  const std::string kind = text(*type, entry.path("type"), "intention or extensional");
  const auto unused = [&](std::initializer_list<std::pair<std::string_view, const std::optional<YamlNode>*>> parts) {
    for (const auto& [name, node] : parts)
      if (*node) warn((*node)->place(entry.path(name)), fmt::format("has no effect in a constraint of type {}", kind));
  };
  if (kind == "intention") {
    unused({{"variables", &variables}, {"values", &values}, {"default", &default_cost}});
    if (!function) fail(entry.place("function"), "missing; expected an expression or a function body");
    read_intention(entry, *function, source, partial);
  } else if (kind == "extensional") {
    unused({{"function", &function}, {"source", &source}, {"partial", &partial}});
    if (!variables) fail(entry.place("variables"), "missing; expected a list of variables");
    if (!values) fail(entry.place("values"), "missing; expected a map from costs to tuples of values");
    read_extensional(entry, *variables, *values, default_cost);
  } else {
    fail(type->place(entry.path("type")),
         fmt::format("'{}' is not allowed; expected intention or extensional", printable(kind)));
  }
}

std::string PydcopReading::function_text(const YamlNode& node, const std::string& path) {
  if (!node.is_scalar())
    fail(node.place(path), fmt::format("found {}; expected an expression or a function body", node.description()));
  // YAML's way to write constants is not the expression language's.
  const CoreScalar scalar = node.resolve();
  if (scalar.kind == ScalarKind::boolean) return std::get<bool>(scalar.value) ? "True" : "False";
  if (scalar.kind == ScalarKind::integer) return to_text(scalar.value);
  if (const auto* real = std::get_if<double>(&scalar.value); real && *real != *real) return "float('nan')";
  if (const auto* real = std::get_if<double>(&scalar.value); real && *real - *real != 0)
    return *real > 0 ? "float('inf')" : "-float('inf')";
  return std::string(node.text());
}

void PydcopReading::read_intention(const SectionEntry& entry, const YamlNode& function,
                                   const std::optional<YamlNode>& source, const std::optional<YamlNode>& partial) {
  const std::string path = entry.path("function");
  const std::string text = function_text(function, path);
  if (trimmed(text).empty()) fail(function.place(path), "empty; expected an expression or a function body");
  builder_.state().add_expression(entry.name(), text, context(entry, source, partial), function.text_place(path));
}

ExpressionContext PydcopReading::context(const SectionEntry& entry, const std::optional<YamlNode>& source,
                                         const std::optional<YamlNode>& partial) {
  ExpressionContext context;
  if (source) {
    const std::string path = entry.path("source");
    const std::filesystem::path given = text(*source, path, "the path of a file of functions");
    context.source = std::filesystem::absolute(std::filesystem::path(directory_) / given).lexically_normal().string();
    auto& library = libraries_[context.source];
    if (!library) {
      const std::string shown = (std::filesystem::path(directory_) / given).lexically_normal().string();
      std::string code;
      try {
        code = read_text(shown == "-" ? "./-" : shown);
      } catch (const Error& error) {
        throw Error(error.code(), source->place(path), error.what());
      }
      library = expression::read_library(checked_utf8(code, shown), shown);
    }
    context.library = library;
  }
  if (!partial) return context;
  const std::string path = entry.path("partial");
  if (!partial->is_map())
    fail(partial->place(path),
         fmt::format("found {}; expected a map from variables to values", partial->description()));
  for (const auto part : partial->entries()) {
    const std::string name(part.name());
    const std::string part_path = fmt::format("{}.{}", path, name);
    if (!part.value.is_scalar())
      fail(part.value.place(part_path), fmt::format("found {}; expected a single value", part.value.description()));
    Value value = part.value.resolve().value;
    const ProblemBuilder::State& state = builder_.state();
    if (const auto variable = builder_.find_variable(name)) {
      const Domain& domain = builder_.domain(builder_.domain_id(*variable));
      value = domain.values[static_cast<std::size_t>(find_value(domain, part.value, part_path))];
    } else if (const auto external = state.externals.find(name); external != state.externals.end()) {
      const Domain& domain = builder_.domain(state.data->externals[external->second].domain);
      value = domain.values[static_cast<std::size_t>(find_value(domain, part.value, part_path))];
    } else if (part.value.is_null()) {
      fail(part.value.place(part_path), "has no value");
    }
    context.partial.emplace_back(name, std::move(value));
  }
  std::ranges::sort(context.partial, {}, &std::pair<std::string, Value>::first);
  return context;
}

}  // namespace entente
