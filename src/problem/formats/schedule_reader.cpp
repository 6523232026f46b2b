// SPDX-License-Identifier: MIT
// Reads schedule problems: `format: cohda`.
#include <fmt/format.h>

#include <filesystem>
#include <unordered_map>

#include "problem/formats/coordination.hpp"
#include "problem/formats/number_lists.hpp"

namespace entente {
namespace {

[[noreturn]] void fail(const YamlNode& node, const std::string& key, const std::string& message) {
  throw Error(ErrorCode::bad_input, node.place(key), message);
}

ScheduleAgent read_agent(const NumberMap& map, std::size_t steps) {
  ScheduleAgent agent;
  agent.id = map.text("id", std::nullopt);
  agent.kind = map.text("kind", "");
  if (!map.find("schedules")) return agent;  // they may come from a file beside this one
  const YamlNode list = map.list("schedules");
  agent.schedules.reserve(list.size() * steps);
  for (const YamlNode& row : list.items()) {
    const std::string where = fmt::format("{}[{}]", map.path("schedules"), agent.count);
    if (const std::size_t size = read_numbers(row, where, agent.schedules); size != steps)
      fail(row, where,
           fmt::format("schedule {} of agent '{}' has {} values; expected {}, one a step", agent.count,
                       printable(agent.id), size, steps));
    ++agent.count;
  }
  return agent;
}

/// Pairs of agents, by id.
void read_links(const NumberMap& map, ScheduleProblem& problem) {
  std::unordered_map<std::string_view, std::uint32_t> positions;
  for (std::size_t i = 0; i < problem.agents.size(); ++i) positions.emplace(problem.agents[i].id, std::uint32_t(i));
  for (const YamlNode& pair : map.list("links").items()) {
    const std::string where = fmt::format("links[{}]", problem.links.size());
    std::vector<std::uint32_t> ends;
    if (pair.is_list())
      for (const YamlNode& end : pair.items()) {
        const auto found = end.is_scalar() ? positions.find(end.text()) : positions.end();
        if (found == positions.end())
          fail(end, where, fmt::format("is {}; expected the id of an agent", end.description()));
        ends.push_back(found->second);
      }
    if (ends.size() != 2) fail(pair, where, fmt::format("is {}; expected a list of two agents", pair.description()));
    problem.links.emplace_back(ends[0], ends[1]);
  }
}

}  // namespace

ScheduleProblem read_schedules(const YamlDocument& document, const std::string& directory, const ReadOptions& options) {
  const NumberMap map(document.root(), "");
  map.warn_unknown({"format", "version", "name", "description", "objective", "T", "target", "weights", "agents", "unit",
                    "dt_hours", "links", "schedules"},
                   options.warn);
  ScheduleProblem problem;
  problem.name = map.text("name", "");
  problem.unit = map.text("unit", "");
  if (map.find("dt_hours")) problem.dt_hours = map.number("dt_hours", std::nullopt);
  read_numbers(map.get("target"), "target", problem.target);
  if (map.find("T") && map.count("T") != problem.steps())
    fail(map.get("T"), "T",
         fmt::format("is {}, but the target has {} steps; expected the same", map.count("T"), problem.steps()));
  problem.weights = map.numbers("weights", problem.steps(), 1.0);
  if (map.find("agents")) {
    const YamlNode list = map.list("agents");
    problem.agents.reserve(list.size());
    for (const YamlNode& node : list.items())
      problem.agents.push_back(
          read_agent(NumberMap(node, fmt::format("agents[{}]", problem.agents.size())), problem.steps()));
  }
  if (map.find("schedules")) {
    const std::filesystem::path file(map.text("schedules", std::nullopt));
    read_schedule_csv(file.is_absolute() ? file.string() : (std::filesystem::path(directory) / file).string(),
                      problem.steps(), problem.agents);
  } else {
    map.list("agents");
  }
  if (map.find("links")) read_links(map, problem);
  check_problem(problem, refuse_in(map.node()));
  return problem;
}

}  // namespace entente
