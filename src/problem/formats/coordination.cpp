// SPDX-License-Identifier: MIT
// Schedule and resource problems: which of the two a document holds, and writing them.
#include "problem/formats/coordination.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>

#include "entente/base/suggest.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/file_type.hpp"
#include "problem/formats/number_lists.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {
namespace {

/// Whether a line of `text` begins with the key, as it does in the maps of YAML that have a line for each entry, or the
/// text is one map in braces that has it.
bool has_format_key(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '{') return text.find("format") != std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("format:")) return true;
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return false;
}

CoordinationProblem read_document(const YamlDocument& document, const std::string& directory,
                                  const ReadOptions& options) {
  const NumberMap map(document.root(), "");
  const std::string format = map.text("format", std::nullopt);
  if (map.find("version") && map.number("version", std::nullopt) != 1)
    throw Error(ErrorCode::unsupported, map.get("version").place("version"),
                fmt::format("is {}; expected 1", map.number("version", std::nullopt)));
  if (format == "cohda") return read_schedules(document, directory, options);
  if (format == "admm") return read_resources(document, options);
  const std::vector<std::string> known{"cohda", "admm"};
  throw Error(ErrorCode::unsupported, map.get("format").place("format"),
              fmt::format("is '{}'; expected cohda (a schedule problem) or admm (a resource problem){}",
                          printable(format), did_you_mean(format, known)));
}

nlohmann::json rows_of(const DenseMatrix& matrix) {
  nlohmann::json rows = nlohmann::json::array();
  for (std::size_t r = 0; r < matrix.rows; ++r) rows.push_back(matrix.row(r));
  return rows;
}

bool is_constant(std::span<const double> numbers, double value) {
  return std::ranges::all_of(numbers, [&](double x) { return x == value; });
}

/// Infinite bounds as null: JSON has no number for them.
nlohmann::json bounds_of(std::span<const double> bounds) {
  nlohmann::json list = nlohmann::json::array();
  for (const double bound : bounds) std::isfinite(bound) ? list.push_back(bound) : list.push_back(nullptr);
  return list;
}

nlohmann::json json_of(const ResourceAgent& agent, ResourceKind kind) {
  nlohmann::json json{{"id", agent.id}};
  if (!is_constant(agent.quadratic, 0)) json["q"] = agent.quadratic;
  if (!is_constant(agent.linear, 0)) json["c"] = agent.linear;
  if (agent.constant != 0) json["const"] = agent.constant;
  if (agent.l1 != 0) json["l1"] = agent.l1;
  if (!is_constant(agent.lower, -HUGE_VAL)) json["lower"] = bounds_of(agent.lower);
  if (!is_constant(agent.upper, HUGE_VAL)) json["upper"] = bounds_of(agent.upper);
  const auto add = [&](const char* key, const DenseMatrix& matrix, const char* rhs_key, const auto& rhs) {
    if (matrix.rows > 0) json[key] = rows_of(matrix), json[rhs_key] = rhs;
  };
  add("H", agent.measurement, "y", agent.measured);
  add("Aeq", agent.equality, "beq", agent.equality_rhs);
  add("A", agent.inequality, "b", agent.inequality_rhs);
  if (kind == ResourceKind::network) json["load"] = agent.load;
  return json;
}

nlohmann::json coupling_of(const ResourceProblem& problem) {
  nlohmann::json json = nlohmann::json::object();
  switch (problem.kind) {
    case ResourceKind::sharing: {
      constexpr std::array names{"equality", "capacity", "target_l2", "target_l1"};
      const bool target = problem.coupling == Coupling::target_l1 || problem.coupling == Coupling::target_l2;
      json["type"] = names[std::size_t(problem.coupling)];
      json[target ? "target" : "rhs"] = problem.rhs;
      if (target) json["weights"] = problem.weights;
      break;
    }
    case ResourceKind::consensus: json["l1"] = problem.coupling_l1; break;
    case ResourceKind::network:
      json["lines"] = nlohmann::json::array();
      for (const ResourceLine& line : problem.lines)
        json["lines"].push_back({line.from, line.to, line.reactance, line.capacity});
      break;
  }
  return json;
}

/// `head` and then the agents, one a line: a person can look at them, and no tree of all of them is held.
template <class Agents, class Write>
void write(std::ostream& out, const nlohmann::json& head, const Agents& agents, Write&& json_of_one) {
  out << "{\n";
  for (const auto& [key, value] : head.items()) out << nlohmann::json(key).dump() << ": " << value.dump() << ",\n";
  out << "\"agents\": [";
  const char* separator = "\n";
  for (const auto& agent : agents) {
    out << separator << json_of_one(agent).dump();
    separator = ",\n";
  }
  out << "\n]}\n";
}

}  // namespace

bool is_coordination_problem(const std::string& file) {
  if (file == "-") return false;
  const Format format = file_type(file).format;
  if (format != Format::yaml) return format == Format::json;
  std::string beginning(std::size_t(1) << 16, '\0');
  const auto source = open_problem_file(file);
  std::size_t size = 0;
  while (size < beginning.size()) {
    const std::size_t count = source->read(beginning.data() + size, beginning.size() - size);
    if (count == 0) break;
    size += count;
  }
  beginning.resize(size);
  return has_format_key(beginning);
}

CoordinationProblem read_coordination_problem(const std::string& file, const ReadOptions& options) {
  const YamlDocument document = YamlDocument::parse(read_problem_text(file), input_name(file));
  return read_document(document, std::filesystem::path(file).parent_path().string(), options);
}

CoordinationProblem parse_coordination_problem(const std::string& text, const std::string& name,
                                               const ReadOptions& options) {
  return read_document(YamlDocument::parse(text, name), "", options);
}

void write_schedule_problem(const ScheduleProblem& problem, std::ostream& out) {
  nlohmann::json head{{"format", "cohda"},        {"version", 1},
                      {"name", problem.name},     {"T", problem.steps()},
                      {"target", problem.target}, {"weights", problem.weights}};
  if (!problem.unit.empty()) head["unit"] = problem.unit;
  if (problem.dt_hours) head["dt_hours"] = *problem.dt_hours;
  for (const auto& [a, b] : problem.links) head["links"].push_back({problem.agents[a].id, problem.agents[b].id});
  write(out, head, problem.agents, [&](const ScheduleAgent& agent) {
    nlohmann::json json{{"id", agent.id}, {"schedules", nlohmann::json::array()}};
    if (!agent.kind.empty()) json["kind"] = agent.kind;
    for (std::size_t s = 0; s < agent.count; ++s) json["schedules"].push_back(agent.schedule(s, problem.steps()));
    return json;
  });
}

void write_resource_problem(const ResourceProblem& problem, std::ostream& out) {
  constexpr std::array names{"sharing", "consensus", "network"};
  const nlohmann::json head{{"format", "admm"},       {"version", 1},
                            {"name", problem.name},   {"kind", names[std::size_t(problem.kind)]},
                            {"n", problem.dimension}, {"coupling", coupling_of(problem)}};
  write(out, head, problem.agents, [&](const ResourceAgent& agent) { return json_of(agent, problem.kind); });
}

}  // namespace entente
