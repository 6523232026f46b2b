// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: domains.
#include <fmt/format.h>

#include <charconv>

#include "entente/base/suggest.hpp"
#include "problem/formats/blanks.hpp"
#include "problem/formats/pydcop_reading.hpp"

namespace entente {
void PydcopReading::read_domains() {
  for (const SectionEntry& entry : section_entries("domains")) {
    if (!entry.value.is_map())
      fail(entry.place(), fmt::format("found {}; expected a map with the key values", entry.value.description()));
    std::optional<YamlNode> values, initial;
    std::string type;
    for (const auto part : entry.value.entries()) {
      if (part.name() == "values")
        values = part.value;
      else if (part.name() == "type")
        type = part.value.is_null() ? "" : text(part.value, entry.path("type"), "a text");
      else if (part.name() == "initial_value")
        initial = part.value;
      else
        warn_unknown_key(part.key.place(entry.path()), part.name(), {"values", "type", "initial_value"}, false);
    }
    if (!values) fail(entry.place("values"), "missing; expected a list of values or a range such as [1 .. 10]");
    const std::uint32_t domain = builder_.add_domain(std::string(entry.name()), domain_values(entry, *values),
                                                     std::move(type), values->place(entry.path("values")));
    domain_initial_.push_back(initial && !initial->is_null()
                                  ? find_value(builder_.domain(domain), *initial, entry.path("initial_value"))
                                  : no_value);
  }
  lookups_.resize(domain_initial_.size());
}

std::vector<Value> PydcopReading::domain_values(const SectionEntry& entry, const YamlNode& values) {
  const std::string path = entry.path("values");
  if (values.is_scalar() && values.text().find("..") != std::string_view::npos)
    if (auto range = range_values(entry, values.text(), values)) return std::move(*range);
  if (!values.is_list())
    fail(values.place(path),
         fmt::format("found {}; expected a list of values or a range such as [1 .. 10]", values.description()));
  if (values.size() > options_.limits.domain_values)
    throw Error(
        ErrorCode::too_large, values.place(path),
        fmt::format("the list has {} values; at most {} are allowed", values.size(), options_.limits.domain_values));
  std::vector<Value> result;
  result.reserve(values.size());
  std::string older;
  for (const YamlNode value : values.items()) {
    if (!value.is_scalar())
      fail(value.place(path), fmt::format("found {}; expected a single value", value.description()));
    if (values.size() == 1 && value.text().find("..") != std::string_view::npos)
      if (auto range = range_values(entry, value.text(), value)) return std::move(*range);
    CoreScalar scalar = value.resolve();
    if (scalar.kind == ScalarKind::null)
      fail(value.place(path), "a value is empty (null); write it in quotes if a text is meant");
    if (scalar.kind == ScalarKind::large_integer)
      fail(value.place(path), fmt::format("the whole number {} is out of range; expected at most 64 bits",
                                          printable(std::string(value.text()))));
    if (value.is_plain() && older.empty() && is_older_boolean(value.text())) older = value.text();
    result.push_back(std::move(scalar.value));
  }
  if (!older.empty())
    warn(values.place(path), fmt::format("{} is read as a text, as YAML 1.2 says; older readers made a boolean of it. "
                                         "Write true or false, or put the text in quotes",
                                         older));
  return result;
}

/// The whole numbers `a .. b`; nothing when the text is a text with dots in it and no range.
std::optional<std::vector<Value>> PydcopReading::range_values(const SectionEntry& entry, std::string_view text,
                                                              const YamlNode& node) {
  const Place place = node.place(entry.path("values"));
  const std::size_t dots = text.find("..");
  const std::string_view ends[] = {trimmed(text.substr(0, dots)), trimmed(text.substr(dots + 2))};
  std::int64_t bounds[2];
  for (int side = 0; side < 2; ++side) {
    const CoreScalar bound = resolve_core(ends[side]);
    if (bound.kind == ScalarKind::large_integer)
      fail(place, fmt::format("the bound {} of the range is out of range; expected a whole number of at most 64 bits",
                              printable(std::string(ends[side]))));
    if (bound.kind != ScalarKind::integer)
      fail(place, fmt::format("'{}' is not a range: its bounds must be whole numbers, as in [1 .. 10]. If a text is "
                              "meant, give the domain a second value",
                              printable(std::string(text))));
    bounds[side] = std::get<std::int64_t>(bound.value);
  }
  if (bounds[0] > bounds[1])
    fail(place, fmt::format("the range {} .. {} is empty; write the smaller bound first", bounds[0], bounds[1]));
  const std::uint64_t steps = static_cast<std::uint64_t>(bounds[1]) - static_cast<std::uint64_t>(bounds[0]);
  if (steps >= options_.limits.domain_values)
    throw Error(
        ErrorCode::too_large, place,
        fmt::format("the range {} .. {} has more than {} values", bounds[0], bounds[1], options_.limits.domain_values));
  std::vector<Value> values;
  values.reserve(steps + 1);
  for (std::uint64_t step = 0; step <= steps; ++step) values.emplace_back(bounds[0] + static_cast<std::int64_t>(step));
  return values;
}

std::uint32_t PydcopReading::find_domain(const SectionEntry& entry, const std::optional<YamlNode>& node) {
  if (!node || node->is_null()) fail(entry.place("domain"), "missing; expected the name of a domain");
  const std::string name = text(*node, entry.path("domain"), "the name of a domain");
  if (const auto domain = builder_.find_domain(name)) return *domain;
  Suggestion suggestion(name);
  for (std::uint32_t id = 0; id < domain_initial_.size(); ++id) suggestion.consider(builder_.domain(id).name);
  fail(node->place(entry.path("domain")), fmt::format("unknown domain {}{}", printable(name), suggestion.text()));
}

ValueIndex PydcopReading::find_value(const Domain& domain, const YamlNode& node, const std::string& path) {
  if (!node.is_scalar())
    fail(node.place(path),
         fmt::format("found {}; expected a value of domain {}", node.description(), printable(domain.name)));
  const ValueIndex index = domain.index_of(node.resolve().value);
  if (index == no_value) {
    Suggestion suggestion(node.text());
    for (const Value& value : domain.values) suggestion.consider(to_text(value));
    fail(node.place(path),
         fmt::format("{} is not in domain {}{}", node.description(), printable(domain.name), suggestion.text()));
  }
  if (node.is_plain() && is_older_boolean(node.text()))
    warn(node.place(path),
         fmt::format("{} is read as a text, as YAML 1.2 says; older readers made a boolean of it", node.text()));
  return index;
}

const ValueLookup& PydcopReading::lookup(std::uint32_t domain) {
  auto& lookup = lookups_[domain];
  if (!lookup) lookup.emplace(builder_.domain(domain));
  return *lookup;
}

}  // namespace entente
