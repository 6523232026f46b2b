// SPDX-License-Identifier: MIT
// Schedules as comma-separated values.
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "entente/base/error.hpp"
#include "problem/formats/compression.hpp"
#include "problem/formats/coordination.hpp"
#include "problem/formats/text_input.hpp"

namespace entente {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Takes the next cell off a row.
std::string_view next_cell(std::string_view& row) {
  const std::size_t end = std::min(row.find_first_of(",;"), row.size());
  const std::string_view cell = trim(row.substr(0, end));
  row.remove_prefix(std::min(end + 1, row.size()));
  return cell;
}

std::optional<double> number_of(std::string_view cell) {
  double number = 0;
  if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
  if (cell.empty() || error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

}  // namespace

void read_schedule_csv(const std::string& file, std::size_t steps, std::vector<ScheduleAgent>& agents) {
  const std::string bytes = read_problem_text(file);
  std::string_view text = checked_utf8(bytes, file);
  std::unordered_map<std::string, std::size_t> positions;
  for (std::size_t i = 0; i < agents.size(); ++i) positions.emplace(agents[i].id, i);
  bool first = true;
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (row.empty() || row.front() == '#') continue;
    const std::string id(next_cell(row));
    const bool heading = first && !number_of(std::string_view(row).substr(0, row.find_first_of(",;")));
    first = false;
    if (heading) continue;
    const auto [place, added] = positions.try_emplace(id, agents.size());
    if (added) agents.push_back({id, "", 0, {}});
    ScheduleAgent& agent = agents[place->second];
    const auto fail = [&](const std::string& message) {
      throw Error(ErrorCode::bad_input, Place{file, line, 0, printable(id)}, message);
    };
    if (id.empty()) fail("has no agent; expected an id in the first cell");
    std::size_t count = 0;
    while (!row.empty()) {
      const std::string_view cell = next_cell(row);
      const auto number = number_of(cell);
      if (!number) fail(fmt::format("step {} is '{}'; expected a number", count, printable(std::string(cell))));
      agent.schedules.push_back(*number);
      ++count;
    }
    if (count != steps) fail(fmt::format("has {} numbers; expected {}, one a step", count, steps));
    ++agent.count;
  }
}

}  // namespace entente
