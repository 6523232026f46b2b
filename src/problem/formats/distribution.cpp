// SPDX-License-Identifier: MIT
// Reading distribution files: which agent hosts which computations.
#include <fmt/format.h>

#include <unordered_map>

#include "entente/base/suggest.hpp"
#include "entente/problem/formats.hpp"
#include "problem/formats/text_input.hpp"
#include "problem/formats/yaml_document.hpp"

namespace entente {

Distribution read_distribution(const std::string& file) {
  const YamlDocument document = YamlDocument::parse(read_text(file), input_name(file));
  const YamlNode root = document.root();
  const auto fail = [](const Place& place, const std::string& message) {
    throw Error(ErrorCode::bad_input, place, message);
  };
  if (!root.is_map())
    fail(root.place(),
         fmt::format("the top level is {}; expected a map with the key distribution", root.description()));
  const auto section = root.find("distribution");
  if (!section) {
    Suggestion suggestion("distribution");
    for (const auto entry : root.entries()) suggestion.consider(entry.name());
    fail(root.place("distribution"),
         fmt::format("missing; expected a map from agents to lists of computations{}", suggestion.text()));
  }
  if (!section->is_map())
    fail(section->place("distribution"),
         fmt::format("found {}; expected a map from agents to lists of computations", section->description()));

  Distribution distribution;
  std::unordered_map<std::string, std::string> hosts;
  for (const auto entry : section->entries()) {
    const std::string agent(entry.name()), path = "distribution." + agent;
    if (agent.empty()) fail(entry.key.place("distribution"), "the name of an agent is empty");
    auto& hosted = distribution.hosted.emplace_back(agent, std::vector<std::string>()).second;
    if (entry.value.is_null()) continue;
    if (!entry.value.is_list())
      fail(entry.value.place(path),
           fmt::format("found {}; expected a list of computations", entry.value.description()));
    for (const YamlNode item : entry.value.items()) {
      if (!item.is_scalar() || item.is_null())
        fail(item.place(path), fmt::format("found {}; expected the name of a computation", item.description()));
      const std::string computation(item.text());
      const auto [host, fresh] = hosts.emplace(computation, agent);
      if (!fresh)
        fail(item.place(path), fmt::format("{} is placed twice, on {} and on {}", printable(computation),
                                           printable(host->second), printable(agent)));
      hosted.push_back(computation);
    }
  }
  return distribution;
}

}  // namespace entente
