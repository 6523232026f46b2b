// SPDX-License-Identifier: MIT
// Reads resource problems: `format: admm`.
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "entente/base/suggest.hpp"
#include "problem/formats/coordination.hpp"
#include "problem/formats/number_lists.hpp"

namespace entente {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <class T>
struct Named {
  const char* name;
  T value;
};
constexpr Named<ResourceKind> kinds[] = {
    {"sharing", ResourceKind::sharing}, {"consensus", ResourceKind::consensus}, {"network", ResourceKind::network}};
constexpr Named<Coupling> couplings[] = {{"equality", Coupling::equality},
                                         {"capacity", Coupling::capacity},
                                         {"target_l2", Coupling::target_l2},
                                         {"target_l1", Coupling::target_l1}};

template <class T, std::size_t n>
T read_name(const NumberMap& map, std::string_view key, const Named<T> (&table)[n]) {
  const std::string text = map.text(key, std::nullopt);
  std::vector<std::string> names;
  for (const auto& one : table) {
    if (text == one.name) return one.value;
    names.emplace_back(one.name);
  }
  throw Error(
      ErrorCode::bad_input, map.get(key).place(map.path(key)),
      fmt::format("is '{}'; expected one of {}{}", printable(text), fmt::join(names, ", "), did_you_mean(text, names)));
}

/// Bounds, where `null` stands for none as a missing key does.
std::vector<double> read_bounds(const NumberMap& map, std::string_view key, std::size_t n, double none) {
  std::vector<double> bounds(n, none);
  const auto found = map.find(key);
  if (!found || found->is_null()) return bounds;
  if (!found->is_list()) return map.numbers(key, n, none);
  std::size_t k = 0;
  for (const YamlNode& item : found->items()) {
    if (k < n && !item.is_null()) bounds[k] = read_number(item, fmt::format("{}[{}]", map.path(key), k));
    ++k;
  }
  if (k != n)
    throw Error(ErrorCode::bad_input, found->place(map.path(key)), fmt::format("has {} entries; expected {}", k, n));
  return bounds;
}

ResourceAgent read_agent(const NumberMap& map, std::size_t n, const ReadOptions& options) {
  map.warn_unknown({"id", "kind", "description", "q", "c", "const", "l1", "H", "y", "lower", "upper", "Aeq", "beq", "A",
                    "b", "load"},
                   options.warn);
  ResourceAgent agent;
  agent.id = map.text("id", std::nullopt);
  agent.quadratic = map.numbers("q", n, 0.0);
  agent.linear = map.numbers("c", n, 0.0);
  agent.constant = map.number("const", 0.0);
  agent.l1 = map.number("l1", 0.0);
  agent.load = map.number("load", 0.0);
  agent.lower = read_bounds(map, "lower", n, -infinity);
  agent.upper = read_bounds(map, "upper", n, infinity);
  agent.measurement = map.matrix("H");
  agent.measured = map.numbers("y", agent.measurement.rows, 0.0);
  agent.equality = map.matrix("Aeq");
  agent.equality_rhs = map.numbers("beq", agent.equality.rows, 0.0);
  agent.inequality = map.matrix("A");
  agent.inequality_rhs = map.numbers("b", agent.inequality.rows, 0.0);
  return agent;
}

void read_line(const NumberMap& coupling, const YamlNode& node, ResourceProblem& problem) {
  const std::string where = fmt::format("{}[{}]", coupling.path("lines"), problem.lines.size());
  std::vector<double> numbers;
  if (read_numbers(node, where, numbers) != 4)
    throw Error(ErrorCode::bad_input, node.place(where),
                fmt::format("has {} numbers; expected 4: from, to, reactance, capacity", numbers.size()));
  for (int end = 0; end < 2; ++end)
    if (!(numbers[std::size_t(end)] >= 0 && numbers[std::size_t(end)] < double(problem.agents.size())) ||
        numbers[std::size_t(end)] != std::floor(numbers[std::size_t(end)]))
      throw Error(ErrorCode::bad_input, node.place(where),
                  fmt::format("ends at {}; expected the position of a bus, 0 to {}", numbers[std::size_t(end)],
                              problem.agents.size() - 1));
  problem.lines.push_back({std::uint32_t(numbers[0]), std::uint32_t(numbers[1]), numbers[2], numbers[3]});
}

void read_coupling(const NumberMap& map, ResourceProblem& problem, const ReadOptions& options) {
  if (problem.kind == ResourceKind::consensus && !map.find("coupling")) return;
  const NumberMap coupling(map.get("coupling"), "coupling");
  const std::size_t n = problem.dimension;
  switch (problem.kind) {
    case ResourceKind::sharing: {
      problem.coupling = read_name(coupling, "type", couplings);
      const bool target = problem.coupling == Coupling::target_l1 || problem.coupling == Coupling::target_l2;
      problem.rhs = coupling.numbers(target ? "target" : "rhs", n, std::nullopt);
      if (target) problem.weights = coupling.numbers("weights", n, 1.0);
      coupling.warn_unknown({"type", "rhs", "target", "weights"}, options.warn);
      break;
    }
    case ResourceKind::consensus:
      problem.coupling_l1 = coupling.number("l1", 0.0);
      coupling.warn_unknown({"type", "l1"}, options.warn);
      break;
    case ResourceKind::network:
      for (const YamlNode& line : coupling.list("lines").items()) read_line(coupling, line, problem);
      coupling.warn_unknown({"type", "lines"}, options.warn);
      break;
  }
}

}  // namespace

ResourceProblem read_resources(const YamlDocument& document, const ReadOptions& options) {
  const NumberMap map(document.root(), "");
  map.warn_unknown(
      {"format", "version", "name", "description", "objective", "kind", "n", "agents", "coupling", "unit", "dt_hours"},
      options.warn);
  ResourceProblem problem;
  problem.name = map.text("name", "");
  problem.kind = read_name(map, "kind", kinds);
  problem.dimension = map.count("n");
  const YamlNode agents = map.list("agents");
  // Vectors that a file leaves out are filled in: its size bounds what it may ask for.
  constexpr std::size_t most_numbers = std::size_t(1) << 27;
  if (problem.dimension > most_numbers / (agents.size() + 1) / 4)
    throw Error(ErrorCode::too_large, map.get("n").place("n"),
                fmt::format("is {}; with {} agents these are more numbers than fit the limit of {}", problem.dimension,
                            agents.size(), most_numbers));
  problem.agents.reserve(agents.size());
  for (const YamlNode& node : agents.items())
    problem.agents.push_back(
        read_agent(NumberMap(node, fmt::format("agents[{}]", problem.agents.size())), problem.dimension, options));
  read_coupling(map, problem, options);
  check_problem(problem, refuse_in(map.node()));
  return problem;
}

}  // namespace entente
