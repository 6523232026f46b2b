// SPDX-License-Identifier: MIT
// Reading pyDCOP's YAML format: variables, their own costs, and external variables.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "entente/base/random.hpp"
#include "entente/base/suggest.hpp"
#include "problem/formats/names.hpp"
#include "problem/formats/pydcop_reading.hpp"

namespace entente {
namespace {

// Noise draws from a stream of its own: other users of the same seed are not correlated with it.
constexpr std::uint64_t noise_stream = 0x6e6f697365ull;

}  // namespace

void PydcopReading::read_variables() {
  if (section("variables").empty())
    fail(Place{documents_.front().file(), 0, 0, "variables"}, "missing; expected a map of variables");
  const std::vector<SectionEntry> entries = section_entries("variables");
  builder_.reserve(static_cast<std::uint32_t>(std::min<std::size_t>(entries.size(), no_id - 1)), 0, 0);
  for (const SectionEntry& entry : entries) {
    if (!entry.value.is_map())
      fail(entry.place(), fmt::format("found {}; expected a map with the key domain", entry.value.description()));
    if (is_keyword(entry.name()))
      warn(entry.place(),
           fmt::format("{} is a word of the expression language; no function can use this variable", entry.name()));
    if (entry.key.is_plain() && is_older_boolean(entry.name()))
      warn(entry.place(),
           fmt::format("{} is read as a name, as YAML 1.2 says; older readers made a boolean of it", entry.name()));
    std::optional<YamlNode> domain, initial, function, noise;
    std::map<std::string, std::string> extra;
    for (const auto part : entry.value.entries()) {
      if (part.name() == "domain")
        domain = part.value;
      else if (part.name() == "initial_value")
        initial = part.value;
      else if (part.name() == "cost_function")
        function = part.value;
      else if (part.name() == "noise_level")
        noise = part.value;
      else if (part.name() == "unary_costs")
        continue;
      else {
        warn_unknown_key(part.key.place(entry.path()), part.name(),
                         {"domain", "initial_value", "cost_function", "noise_level"}, true);
        extra.emplace(part.name(), part.value.flow_text());
      }
    }
    const std::uint32_t domain_id = find_domain(entry, domain);
    const ValueIndex start = initial && !initial->is_null()
                                 ? find_value(builder_.domain(domain_id), *initial, entry.path("initial_value"))
                                 : domain_initial_[domain_id];
    const VariableId variable = builder_.add_variable(entry.name(), domain_id, start, entry.place());
    if (const auto costs = entry.value.find("unary_costs")) read_unary_costs(entry, variable, *costs);
    if (function && !function->is_null())
      builder_.add_unary_expression(variable, function_text(*function, entry.path("cost_function")),
                                    function->text_place(entry.path("cost_function")));
    if (noise && !noise->is_null()) {
      if (function)
        add_noise(entry, variable, *noise);
      else
        warn(noise->place(entry.path("noise_level")), "has no effect without a cost_function");
    }
    if (!extra.empty()) builder_.state().data->variable_extra.emplace(variable, std::move(extra));
  }
}

void PydcopReading::read_unary_costs(const SectionEntry& entry, VariableId variable, const YamlNode& costs) {
  const std::string path = entry.path("unary_costs");
  if (!costs.is_list())
    fail(costs.place(path),
         fmt::format("found {}; expected a list with one cost for each value of the domain", costs.description()));
  std::vector<double> numbers;
  for (const YamlNode cost : costs.items()) numbers.push_back(number(cost, path, "a cost"));
  builder_.add_unary_costs(variable, numbers, costs.place(path));
}

void PydcopReading::add_noise(const SectionEntry& entry, VariableId variable, const YamlNode& node) {
  const std::string path = entry.path("noise_level");
  const double level = number(node, path, "a number of at least 0");
  if (!(level >= 0) || std::isinf(level))
    fail(node.place(path), fmt::format("{} is not allowed; expected a finite number of at least 0", level));
  const std::size_t values = builder_.domain(builder_.domain_id(variable)).values.size();
  std::vector<double> noise(values);
  const std::uint64_t salt = mix(options_.seed ^ noise_stream);
  for (std::size_t value = 0; value < values; ++value)
    noise[value] = level * unit(salt, variable, static_cast<std::uint32_t>(value));
  ProblemBuilder::State& state = builder_.state();
  state.add_unary_costs(variable, noise, node.place(path));
  if (const auto written = state.data->written_unary.find(variable); written != state.data->written_unary.end())
    written->second.noise_level = level;
}

void PydcopReading::read_externals() {
  std::map<std::string, std::string> overrides = options_.externals;
  for (const SectionEntry& entry : section_entries("external_variables")) {
    if (!entry.value.is_map())
      fail(entry.place(),
           fmt::format("found {}; expected a map with the keys domain and initial_value", entry.value.description()));
    std::optional<YamlNode> domain, initial;
    for (const auto part : entry.value.entries()) {
      if (part.name() == "domain")
        domain = part.value;
      else if (part.name() == "initial_value")
        initial = part.value;
      else
        warn_unknown_key(part.key.place(entry.path()), part.name(), {"domain", "initial_value"}, true);
    }
    const std::uint32_t domain_id = find_domain(entry, domain);
    const Domain& values = builder_.domain(domain_id);
    ValueIndex value = initial && !initial->is_null() ? find_value(values, *initial, entry.path("initial_value"))
                                                      : domain_initial_[domain_id];
    const auto given = overrides.find(std::string(entry.name()));
    if (given != overrides.end()) {
      value = lookup(domain_id).find(given->second, false);
      if (value == no_value) {
        Suggestion suggestion(given->second);
        for (const Value& other : values.values) suggestion.consider(to_text(other));
        throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "--ext " + given->first},
                    fmt::format("the value {} is not in domain {}{}", printable(given->second), printable(values.name),
                                suggestion.text()));
      }
      overrides.erase(given);
    }
    if (value == no_value)
      fail(entry.place("initial_value"), "missing; an external variable needs a value from its domain");
    if (options_.externals_as_variables)
      builder_.add_variable(entry.name(), domain_id, value, entry.place());
    else
      builder_.add_external(std::string(entry.name()), domain_id, value, entry.place());
  }
  if (overrides.empty()) return;
  const std::string& unknown = overrides.begin()->first;
  Suggestion suggestion(unknown);
  for (const ExternalVariable& other : builder_.state().data->externals) suggestion.consider(other.name);
  throw Error(ErrorCode::wrong_use, Place{{}, 0, 0, "--ext " + unknown},
              fmt::format("the problem has no external variable of this name{}", suggestion.text()));
}

}  // namespace entente
